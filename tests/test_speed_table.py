"""The table of speed: what a benchmark writes into it, and how a page gets it."""

from __future__ import annotations

import pytest
import speed

ROW = {"before": "9x", "now": 1.234, "unit": "x", "limit": "the floor", "reach": 1.3}


@pytest.fixture
def written(row, pytestconfig, tmp_path, monkeypatch):
    """Write rows into a table of their own; return them."""
    monkeypatch.setitem(pytestconfig.stash, speed.ROWS, [])
    monkeypatch.setattr(pytestconfig.option, "table", tmp_path / "page.md")

    def write(**changed):
        row("a strip", **{**ROW, **changed})
        return pytestconfig.stash[speed.ROWS][-1]

    return write


def test_a_row_says_what_was_measured_and_whether_the_aim_is_reached(written):
    made = written(peers={"decord": lambda: 19.04})
    assert (made.now, made.limit, made.aim, made.reached) == ("1.23x", "the floor; decord 19x", "1.3x", True)


@pytest.mark.parametrize(("now", "more", "reached"), [(1.31, False, False), (1.31, True, True), (1.2, True, False)])
def test_more_may_be_better(written, now, more, reached):
    assert written(now=now, more=more).reached is reached


def test_no_peer_is_asked_where_no_table_is_made(row, pytestconfig):
    row("a strip", **ROW, peers={"decord": lambda: pytest.fail("was asked")})
    assert pytestconfig.stash[speed.ROWS] == []


def test_what_is_not_reached_says_why(written):
    text = speed.report([written(), written(now=2, why="the rest is encoding")])
    assert text.count("| a strip | 9x |") == 2
    assert "Not reached:\n\n- a strip: the rest is encoding." in text
    assert "Not reached" not in speed.report([written()])


def test_a_page_keeps_what_stands_around_its_table():
    page = "# Speed\n\n<!-- speed -->\nold\n<!-- /speed -->\n\nThe end.\n"
    assert speed.placed(page, "new") == page.replace("old", "new")
