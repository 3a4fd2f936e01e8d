"""HTML for notebook outputs: what a text, an address and a picture become."""

from __future__ import annotations

import base64
import io

import pandas as pd
import pytest
from PIL import Image

from sora_nb import display


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a corgi", "a corgi"),
        (7, "7"),
        (None, "None"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("e\u0301 und \u72d0\u72f8", "e\u0301 und \u72d0\u72f8"),
        ("\U0001f469\u200d\U0001f680", "\U0001f469\u200d\U0001f680"),  # one picture of two, held by the joiner
        ("a\u200bb\u202ec\x1bd\x00\ud800", "abcd"),
    ],
)
def test_a_text_stands_on_one_line_and_hides_nothing(text, shown):
    assert display.plain(text) == shown


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("file:IMG_4711.MOV", "IMG_4711.MOV"),
        ("url:https://a.example/films/cat.mp4?signature=1", "a.example/films/cat.mp4"),
        ("task:video_939f00", "a generated video"),
        ("", ""),
        ("somewhere else", "somewhere else"),
    ],
)
def test_where_footage_came_from_is_said_as_people_call_it(source, words):
    assert display.origin(source) == words


def test_a_long_text_is_shortened_to_the_limit():
    assert display.plain("a" * 10, 10) == "a" * 10
    assert display.plain("a" * 11, 10) == "a" * 9 + "\u2026"
    assert len(display.plain("\u200b" * 100 + "a" * 1_000_000)) == display.MAX_TEXT


def test_an_escaped_text_cannot_leave_its_element_or_attribute():
    assert display.escape("<b a=\"1\" c='2'>&") == "&lt;b a=&quot;1&quot; c=&#x27;2&#x27;&gt;&amp;"


@pytest.mark.parametrize(
    "url",
    ["https://x.test/a.mp4", " http://x.test ", "blob:https://x.test/1", "data:image/png;base64,", "data:image/jpeg,"],
)
def test_harmless_addresses_are_shown(url):
    assert display.safe_url(url) == url.strip()


@pytest.mark.parametrize(
    "url",
    [None, "", "javascript:alert(1)", "data:text/html,x", "data:image/svg+xml,<svg>", "file:///etc/passwd", "a.mp4"],
)
def test_other_addresses_are_not(url):
    assert display.safe_url(url) == ""


def test_a_picture_becomes_a_small_jpeg(tmp_path):
    Image.new("RGBA", (400, 200), (200, 30, 30, 255)).save(tmp_path / "a.png")
    head, _, data = display.data_url(tmp_path / "a.png", side=100).partition(",")
    assert head == "data:image/jpeg;base64"
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        assert (picture.format, picture.size) == ("JPEG", (100, 50))


@pytest.mark.parametrize("content", [None, b"", b"no picture", b"\x89PNG\r\n\x1a\nbroken"])
def test_what_is_no_picture_is_left_out(tmp_path, content):
    path = tmp_path / "a.png"
    if content is not None:
        path.write_bytes(content)
    assert display.data_url(path, side=100) == ""
    assert display.data_url(None, side=100) == ""


def test_a_card_has_a_picture_a_title_and_the_lines_that_say_something():
    shown = display.card("https://x.test/a.jpg", "a <cat>", "@luna", ["first", "", "last"], size=64)
    assert '<img src="https://x.test/a.jpg" alt="a &lt;cat&gt;" width="64" height="64"' in shown
    assert ">@luna<" in shown
    assert shown.index(">@luna<") < shown.index(">first<") < shown.index(">last<")
    assert shown.count("opacity") == 2  # the empty line has no element


@pytest.mark.parametrize("make", [lambda url: display.card(url, "", "t", []), lambda url: display.figure(url, "", [])])
def test_an_address_that_could_run_something_is_no_picture(make):
    assert "<img" not in make("javascript:alert(1)")
    assert "<img" not in make("")


def test_a_figure_is_as_wide_as_asked_at_most():
    shown = display.figure("https://x.test/a.jpg", "a film", ["5 s"], width=320)
    assert "max-width:320px" in shown
    assert '<img src="https://x.test/a.jpg" alt="a film"' in shown
    assert ">5 s<" in shown


def test_a_dollar_sign_starts_no_formula():
    shown = display.card("", "", "$1 and $2", ["\\alpha"])
    assert "$1" not in shown
    assert "<span>$</span>1 and <span>$</span>2" in shown
    assert "<span>\\</span>alpha" in shown


@pytest.mark.parametrize(("fraction", "percent"), [(0, 0), (0.456, 46), (1, 100), (-3, 0), (7, 100)])
def test_a_bar_is_filled_from_none_to_all(fraction, percent):
    shown = display.progress(fraction, "a < b")
    assert f'value="{percent}"' in shown
    assert f">{percent}%<" in shown
    assert "a &lt; b" in shown


@pytest.fixture
def shell():
    from IPython.core.interactiveshell import InteractiveShell

    InteractiveShell.clear_instance()
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def page(shell, table):
    return shell.display_formatter.format(table)[0]["text/html"]


def test_dollar_signs_of_a_table_start_no_formula_and_those_of_others_still_may(shell):
    table = display.frame(pd.DataFrame({"prompt": ["$x$ for $y$"], "charged": [0.15]}))
    for shown in (table, table[["prompt"]], table.tail(1), table.assign(more=1).reset_index(drop=True)):
        assert "mathjax_ignore" in page(shell, shown)
    assert "mathjax_ignore" not in page(shell, pd.DataFrame({"prompt": ["$x$"]}))
    assert pd.get_option("display.html.use_mathjax")
    assert table["prompt"].tolist() == ["$x$ for $y$"]


def test_whoever_shows_tables_in_another_way_goes_on(shell):
    shell.display_formatter.formatters["text/html"].for_type(pd.DataFrame, lambda _: "mine")
    assert page(shell, display.frame(pd.DataFrame({"prompt": ["$x$"]}))) == "mine"
