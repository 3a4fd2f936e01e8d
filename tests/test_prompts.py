"""The @mention grammar."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb import prompts
from sora_nb.errors import PromptError
from sora_nb.notebook.widgets._base import module

CASES = json.loads((Path(__file__).parent / "data" / "mentions.json").read_text(encoding="utf-8"))
KNOWN = CASES["known"]
HANDLE = st.from_regex(r"[A-Za-z0-9_]{1,8}(\.[A-Za-z0-9_]{1,8}){0,2}", fullmatch=True)


@pytest.mark.parametrize(("prompt", "names"), CASES["mentions"])
def test_mentions_are_found(prompt, names):
    assert [mention.username for mention in prompts.find(prompt)] == names
    assert prompts.usernames(prompt) == list(dict.fromkeys(names))


@pytest.mark.parametrize(("prompt", "strays"), CASES["strays"])
def test_what_only_looks_like_a_mention_is_refused(prompt, strays):
    said = [f"{fault.message} {fault.hint}" for fault in prompts.faults(prompt, KNOWN)]
    assert len(said) == len(strays)
    for line, (written, meant) in zip(said, strays, strict=True):
        assert written in line or repr(written) in line
        assert meant is None or f"@{meant}" in line


def test_all_faults_are_told_and_the_gravest_is_raised():
    said = [fault.message for fault in prompts.faults("@{mossy} @mosy @luna.moon @nobody", KNOWN)]
    assert [line.split()[0] for line in said] == ["Mentions", "There", "There", "The"]
    with pytest.raises(PromptError, match="without braces"):
        prompts.check("@{mossy} @mosy @luna.moon @nobody", KNOWN)


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


def test_who_asks_gives_the_advice_for_a_handle_like_nobodys():
    faults = prompts.faults("@mosy meets @nobody.at.all", KNOWN, advice="Ask around.")
    assert [fault.hint for fault in faults] == ["Did you mean @mossy?", "Ask around."]


@pytest.mark.parametrize(("prompt", "cursor", "names"), CASES["completions"])
def test_completion_offers_what_begins_so_then_what_contains_it(prompt, cursor, names):
    assert prompts.complete(prompt, cursor, KNOWN) == names


@pytest.mark.parametrize(("prompt", "cursor", "names"), CASES["labelled"])
def test_a_mention_is_completed_by_what_people_call_a_character(prompt, cursor, names):
    assert prompts.complete(prompt, cursor, KNOWN, CASES["labels"]) == names


def test_services_that_know_names_get_names():
    assert prompts.replace_handles("@mossy meets @luna.moon.", {"mossy": "Mossy"}) == "Mossy meets @luna.moon."


@given(HANDLE, st.sampled_from([" ", ", ", "! ", "? ", "\n", ": "]), HANDLE)
def test_every_handle_is_found_whole(first, between, second):
    assert [found.username for found in prompts.find(f"@{first}{between}@{second}.", {first, second})] == [
        first,
        second,
    ]


PLAIN = [
    "a corgi",
    "看海",
    "бежит",
    "una niña",
    "走る",
    "في المطر",
    "ריצה",
    "👩\u200d🚀",
    "5 x 2",
    "C:\\dir",
    "e\u0301t\u00e9",
]
DECOYS = [
    "joe@example.com", "josé.p+x@my-site.co.uk", "иван@пример.рф", "https://x.y/@mossy", "http://u@h.example:80/a?b=@mossy#@c",
    "www.x.y/@luna.moon", "video.example/@mossy", "@24fps", "@3pm", "@60", "@4K60", "\\@mossy", "\\@nobody", "\\＠mossy",
]  # fmt: skip
INVISIBLE = [
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u00ad",
    "\u200e",
    "\u202e",
    "\u2066",
    "\u2060",
    "\ufe0f",
    "\u034f",
    "\U000e0020",
]
LOOKALIKES = str.maketrans("aeoscpyxi", "аеоѕсрухі")
FULL_WIDTH = {place: place + 0xFEE0 for place in range(0x21, 0x7F) if chr(place) != "."}


@st.composite
def strays(draw):
    """A name that somebody meant to mention, and how they wrote it."""
    name = draw(st.sampled_from(KNOWN))
    place = draw(st.integers(1, len(name) - 1))
    unseen = draw(st.sampled_from(INVISIBLE))
    written = draw(
        st.sampled_from(
            [
                f"＠{name}",
                f"﹫{name}",
                f"＠{unseen}{name}",
                f"@{unseen}{name}",
                f"@{name[:place]}{unseen}{name[place:]}",
                f"@<{name}>",
                f"@{{{name}}}",
                f"@[{name}]",
                f"@ {name}",
                f"@@{name}",
                f"@{KNOWN[0]}@{name}",
                f"hello@{name}",
                f"é@{name}",
                f"@{name.translate(FULL_WIDTH)}",
                f"@{name.translate(LOOKALIKES)}",
                f"@{name}ё",
                f"@{name}é",
                f"@{name.upper()}",
                f"_@{name}_",
            ]
        )
    )
    return name, written


PIECES = st.one_of(
    st.sampled_from(PLAIN).map(lambda text: ("", text)),
    st.sampled_from(DECOYS).map(lambda text: ("", text)),
    st.sampled_from(KNOWN).map(lambda name: (name, f"@{name}")),
)


@given(st.lists(st.tuples(PIECES, st.sampled_from([" ", "\n", "，", "！ ", "「", " — "])), min_size=1, max_size=8))
def test_in_any_company_mentions_are_found_and_decoys_are_text(pieces):
    prompt = "".join(f"{text}{between}" for (_, text), between in pieces)
    meant = list(dict.fromkeys(name for (name, _), _ in pieces if name))
    assert prompts.usernames(prompt, KNOWN) == meant
    assert prompts.check(prompt, KNOWN, most=3) == meant


@given(st.lists(PIECES, max_size=4), strays(), st.lists(PIECES, max_size=4))
def test_in_any_company_what_only_looks_like_a_mention_is_refused(before, stray, after):
    name, written = stray
    prompt = " ".join([*(text for _, text in before), written, *(text for _, text in after)])
    said = [f"{fault.message} {fault.hint}" for fault in prompts.faults(prompt, KNOWN, most=3)]
    assert any(f"Did you mean @{name}" in line or "written without" in line for line in said), (prompt, said)
    with pytest.raises(PromptError, match="Nothing was sent, nothing was charged"):
        prompts.check(prompt, KNOWN, most=3)


def test_a_measure_is_a_mention_where_somebody_is_called_so():
    assert prompts.usernames("@24fps") == []
    assert prompts.check("@24fps waves, shot @8k", ["24fps"]) == ["24fps"]
    assert prompts.replace_handles("@24fps waves", {"24fps": "Fips"}) == "Fips waves"
    with pytest.raises(PromptError, match="Did you mean @3po"):
        prompts.check("@3p0 waves", ["3po"])


@pytest.mark.parametrize(
    ("prompt", "plain"),
    [
        (r"a sign says \@home", "a sign says ＠home"),
        (r"看\@mossy", "看＠mossy"),
        (r"joe\@mossy.example \@24fps \@ 5 \＠x", "joe@mossy.example @24fps @ 5 ＠x"),
        ("@mossy joe@x.example", "@mossy joe@x.example"),
    ],
)
def test_a_literal_sign_is_sent_so_that_no_service_takes_it_for_a_mention(prompt, plain):
    assert prompts.unescape(prompt) == plain
    assert prompts.usernames(plain) == prompts.usernames(prompt)


def test_few_names_settle_a_prompt_without_other_signs():
    assert prompts.is_settled("@mossy waves", ["mossy"])
    assert not prompts.is_settled("@mossy waves", ["luna.moon"])
    assert not prompts.is_settled("@mossy waves to ＠luna.moon", ["mossy"])


def test_a_prompt_of_nothing_but_signs_is_read_in_one_go(monkeypatch):
    """The letters looked at are counted, so that a longer prompt takes longer in proportion, not more."""
    looked = []
    fold = prompts._fold_letters
    monkeypatch.setattr(prompts, "_fold_letters", lambda text: looked.append(len(text)) or fold(text))
    for prompt in ("@ " * 1000, "@" * 2000, "@{" * 1000, "a@" * 1000):
        looked.clear()
        prompts.find(prompt)
        assert sum(looked) < 4 * len(prompt)


SCRAPS = [
    *"@@@@＠﹫\\<{}>[]._-/ :*,a1éи月は\n", "mossy", "luna", "moon", "24fps", "x.y", "https://", "𝐦", "ⓐ", "ﬁ", "İ", "ⅷ", "㎜", *INVISIBLE
]  # fmt: skip


def test_python_and_javascript_read_the_same(tmp_path):
    rng = random.Random(20261126)
    texts = ["".join(rng.choices(SCRAPS, k=rng.randint(1, 14))) for _ in range(3000)]
    (tmp_path / "box.mjs").write_text(module("prompt_box"), encoding="utf-8")
    (tmp_path / "texts.json").write_text(json.dumps(texts))
    (tmp_path / "read.mjs").write_text(READ, encoding="utf-8")
    said = subprocess.run(["node", "read.mjs", json.dumps(KNOWN)], cwd=tmp_path, capture_output=True, check=True).stdout
    differ = [
        (text, ours, theirs)
        for text, theirs in zip(texts, json.loads(said), strict=True)
        if (ours := [[mention.username for mention in prompts.find(text, KNOWN)], refused(text)]) != theirs
    ]
    assert differ == []


READ = """
import { readFileSync } from "node:fs";
import { mentions, strays } from "./box.mjs";
const known = JSON.parse(process.argv[2]);
const written = (text, marks) => marks.map(({ start, end }) => text.slice(start, end));
const texts = JSON.parse(readFileSync("texts.json", "utf8"));
console.log(JSON.stringify(texts.map((text) => [mentions(text, known).map(({ username }) => username), written(text, strays(text, known))])));
"""


def refused(text):
    """What is refused in a text as no mention, as it is written there."""
    folded = {prompts._fold(name): name for name in KNOWN}
    marks = [mark for mark in prompts._read(text) if isinstance(mark, prompts.Stray)]
    return [text[mark.start : mark.end] for mark in marks if prompts._stray_fault(mark, text, folded, "") is not None]


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text):
    for mention in prompts.find(text):
        assert text[mention.start : mention.end] == f"@{mention.username}"
    prompts.complete(text, len(text), KNOWN)
