"""The @mention grammar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb import prompts
from sora_nb.errors import PromptError

KNOWN = ["luna.moon", "mossy", "hfspncadz.mooflapand"]
HANDLE = st.from_regex(r"[A-Za-z0-9_]{1,8}(\.[A-Za-z0-9_]{1,8}){0,2}", fullmatch=True)


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("@mossy runs", ["mossy"]),
        ("see @luna.moon.", ["luna.moon"]),
        ("see @luna.moon... and go", ["luna.moon"]),
        ("(@mossy), @luna.moon!", ["mossy", "luna.moon"]),
        ("@mossy and @mossy", ["mossy"]),
        ("write to me@mossy.example", []),
        ("@@mossy", []),
        ("@ mossy", []),
        ("看@mossy跑", ["mossy"]),
        ("@mossy's tail", ["mossy"]),
        ("@mossy-like", ["mossy"]),
        ("", []),
    ],
)
def test_mentions_are_found(prompt, names):
    assert prompts.usernames(prompt) == names


def test_a_mention_knows_where_it_stands():
    (mention,) = prompts.find("see @luna.moon.")
    assert (mention.start, mention.end) == (4, 14)


def test_known_mentions_pass():
    assert prompts.check("@mossy meets @luna.moon", KNOWN) == ["mossy", "luna.moon"]


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("  ", "empty"),
        ("@{mossy} runs", "without braces: @mossy"),
        ("@mosy runs", "Did you mean @mossy"),
        ("@nobody.at.all runs", "see studio.characters"),
        ("@mossy @luna.moon @hfspncadz.mooflapand", "takes 2"),
        ("x" * 50, "takes 40"),
    ],
)
def test_a_bad_prompt_is_refused_before_money_is_spent(prompt, words):
    with pytest.raises(PromptError, match=words) as caught:
        prompts.check(prompt, KNOWN, longest=40)
    assert "nothing was charged" in str(caught.value)


@pytest.mark.parametrize(
    ("prompt", "cursor", "names"),
    [
        ("@", 1, ["hfspncadz.mooflapand", "luna.moon", "mossy"]),
        ("see @lu", 7, ["luna.moon"]),
        ("see @LUNA.", 10, ["luna.moon"]),
        ("see @moo", 8, ["hfspncadz.mooflapand", "luna.moon"]),
        ("see @mossy ", 11, []),
        ("me@mo", 5, []),
        ("@mo runs", 3, ["mossy", "hfspncadz.mooflapand", "luna.moon"]),
    ],
)
def test_completion_offers_what_begins_so_then_what_contains_it(prompt, cursor, names):
    assert prompts.complete(prompt, cursor, KNOWN) == names


def test_services_that_know_names_get_names():
    assert prompts.named("@mossy meets @luna.moon.", {"mossy": "Mossy"}) == "Mossy meets @luna.moon."


@given(HANDLE, st.sampled_from([" ", ", ", "! ", "? ", "\n", ": "]), HANDLE)
def test_every_handle_is_found_whole(first, between, second):
    assert [found.username for found in prompts.find(f"@{first}{between}@{second}.")] == [first, second]


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text):
    for mention in prompts.find(text):
        assert text[mention.start : mention.end] == f"@{mention.username}"
    prompts.complete(text, len(text), KNOWN)
