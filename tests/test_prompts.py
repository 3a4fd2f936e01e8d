"""The @mention grammar."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb import prompts
from sora_nb.errors import PromptError

CASES = json.loads((Path(__file__).parent / "data" / "mentions.json").read_text(encoding="utf-8"))
KNOWN = CASES["known"]
HANDLE = st.from_regex(r"[A-Za-z0-9_]{1,8}(\.[A-Za-z0-9_]{1,8}){0,2}", fullmatch=True)


@pytest.mark.parametrize(("prompt", "names"), CASES["mentions"])
def test_mentions_are_found(prompt, names):
    assert [mention.username for mention in prompts.find(prompt)] == names
    assert prompts.usernames(prompt) == list(dict.fromkeys(names))


@pytest.mark.parametrize(("prompt", "names"), CASES["braces"])
def test_every_brace_is_a_fault(prompt, names):
    said = [str(fault) for fault in prompts.faults(prompt, KNOWN)]
    assert [f"without braces: @{name}" in line for name, line in zip(names, said, strict=True)] == [True] * len(names)


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


def test_services_that_know_names_get_names():
    assert prompts.replace_handles("@mossy meets @luna.moon.", {"mossy": "Mossy"}) == "Mossy meets @luna.moon."


@given(HANDLE, st.sampled_from([" ", ", ", "! ", "? ", "\n", ": "]), HANDLE)
def test_every_handle_is_found_whole(first, between, second):
    assert [found.username for found in prompts.find(f"@{first}{between}@{second}.")] == [first, second]


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text):
    for mention in prompts.find(text):
        assert text[mention.start : mention.end] == f"@{mention.username}"
    prompts.complete(text, len(text), KNOWN)
