"""The link to a film is found wherever it stands in an answer, and nothing else is taken for it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.models import Status
from sora_nb.providers import links, registry

CUSTOM = registry.dialect(registry.get("custom"))
AT = "https://cdn.example"
FILM = f"{AT}/films/a.mp4"

FILMS = st.sampled_from(
    [FILM, f"{FILM}?se=2026-11-30T00%3A00%3A00Z&sig=x", f"{AT}/A.MP4", f"{AT}/a.webm", f"{AT}/v1/videos/video_1/content",
     f"{AT}/o/8f6c?response-content-type=video%2Fmp4"]
)  # fmt: skip
"""Links that say themselves that they lead to a film."""
KEYS = st.sampled_from(
    ["url", "video_url", "videoUrl", "result_url", "downloadUrl", "uri", "link", "href", "output", "mp4", "src", "file",
     "fail_reason", "remixed_from_video_id"]
)  # fmt: skip
PLAIN = st.sampled_from(
    [{"video_url": f"{AT}/8f6c"}, {"resultUrl": f"{AT}/8f6c?sig=1"}, {"output": f"{AT}/8f6c"}, {"videos": [f"{AT}/8f6c"]},
     {"type": "video", "uri": f"{AT}/8f6c"}, {"url": f"{AT}/8f6c", "content_type": "video/mp4"}]
)  # fmt: skip
"""Links that are told by what stands around them."""
DECOYS = st.sampled_from(
    [
        {"thumbnail_url": f"{AT}/thumb.mp4"}, {"thumbnailUrl": f"{AT}/t"}, {"cover": f"{AT}/c.jpg"},
        {"images": [{"url": f"{AT}/i"}]}, {"poster": {"url": f"{AT}/p.mp4"}}, {"first_frame": f"{AT}/f.png"},
        {"avatar_url": f"{AT}/u"}, {"url": f"{AT}/still.webp"}, {"video_url": f"{AT}/thumbnail/1"},
        {"type": "image", "url": f"{AT}/x"}, {"role": "reference_video", "url": f"{AT}/r.mp4"},
        {"input": {"video_url": f"{AT}/in.mp4"}}, {"input_reference": f"{AT}/ref.mp4"}, {"source_url": f"{AT}/s.mp4"},
        {"upload_url": f"{AT}/up.mp4"}, {"callback_url": f"{AT}/hook/a.mp4"}, {"webhook": {"url": f"{AT}/w"}},
        {"request": {"prompt": f"like {AT}/wish.mp4"}}, {"prompt": f"{AT}/wish.mp4"},
        {"video_url": f"{AT}/twice.mp4", "input": {"video": f"{AT}/twice.mp4"}},
        {"permalink": f"{AT}/p/1"}, {"share_url": f"{AT}/s/1"}, {"page": f"{AT}/watch"}, {"url": f"{AT}/watch.html"},
        {"status_url": f"{AT}/requests/1/status"}, {"cancel_url": f"{AT}/1/cancel"}, {"urls": {"get": f"{AT}/1"}},
        {"polling_url": f"{AT}/videos/1"}, {"message": f"Terms: {AT}/terms"}, {"docs": f"{AT}/docs"}, {"url": AT},
        {"audio_url": f"{AT}/a.mp3"}, {"error": {"message": f"see {AT}/help.mp4"}}, {"subtitles": [f"{AT}/a.vtt"]},
    ]
)  # fmt: skip
WRAPS = st.lists(
    st.sampled_from(["data", "result", "output", "task_result", "videos", "response", "works", [], "text", "percent"]),
    max_size=5,
)


def wrapped(value, wraps):
    """Put a value into fields, lists and JSON written as text, one in another."""
    for wrap in wraps:
        if wrap == "text":
            value = json.dumps(value)
        elif wrap == "percent":
            value = quote(json.dumps(value), safe="")
        else:
            value = [value] if wrap == [] else {wrap: value}
    return value


@st.composite
def answers(draw, made):
    """An answer of a task that has ended, with its link anywhere, and others before and after it."""
    decoys = draw(st.lists(st.tuples(DECOYS, WRAPS), max_size=4))
    fields = [wrapped(decoy, wraps) for decoy, wraps in decoys]
    fields.insert(draw(st.integers(0, len(fields))), wrapped(made, draw(WRAPS)))
    return {"id": "video_1", "status": "completed", **{f"part_{index}": field for index, field in enumerate(fields)}}


@given(st.data(), FILMS, KEYS)
def test_a_link_that_says_what_it_is_is_found_anywhere(data, link, key):
    assert CUSTOM.video(data.draw(answers({key: link}))).url == link


@given(st.data(), PLAIN)
def test_a_link_is_told_by_what_stands_around_it(data, made):
    assert CUSTOM.video(data.draw(answers(made))).url.startswith(f"{AT}/8f6c")


@given(st.lists(st.tuples(DECOYS, WRAPS), max_size=6))
def test_nothing_else_is_taken_for_it(decoys):
    fields = {f"part_{index}": wrapped(decoy, wraps) for index, (decoy, wraps) in enumerate(decoys)}
    assert CUSTOM.video({"id": "video_1", "status": "completed", **fields}).url == ""


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=9)
    | st.sampled_from([FILM, "http://[", '["http', "%5B"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["url", "video", "data", "x"]), inner),
    max_leaves=20,
)


@given(JSON)
def test_any_json_can_be_searched(answer):
    found = links.find(answer)
    assert all(each.url.startswith("http") for each in found)
    left = links.find(links.without(answer, [each.url for each in found]))
    assert not left


@pytest.mark.parametrize("name", ["error", "data", "output", ""])
def test_what_is_nested_without_end_is_left(name):
    deep = FILM
    for _ in range(500):
        deep = {name: deep} if name else [deep]
    assert links.find(deep) == []
    for word in ("dreaming", "failed", "completed"):
        assert CUSTOM.video({"id": "video_1", "status": word, "error": deep}, [FILM]).url == ""


@pytest.mark.parametrize(
    ("fields", "link"),
    [
        ({"output": f"Your video: [open]({FILM})."}, FILM),
        ({"watermark_url": f"{AT}/marked.mp4", "url": FILM}, FILM),
        ({"video_url": f"{AT}/watch/1", "output": [FILM]}, FILM),
        ({"url": f"{AT}/v1/videos/video_1", "result": {"video_url": f"{AT}/8f6c"}}, f"{AT}/8f6c"),
        ({"type": "image_to_video", "url": FILM}, FILM),
        (
            {"unsigned_urls": [f"{AT}/videos/1/content?index=0"], "polling_url": f"{AT}/1"},
            f"{AT}/videos/1/content?index=0",
        ),
    ],
)
def test_the_likeliest_comes_first(fields, link):
    assert CUSTOM.video({"id": "video_1", "status": "completed", **fields}).url == link


def test_an_address_that_the_order_held_is_not_its_result():
    echo = {"id": "video_1", "status": "completed", "video_url": f"{AT}/mine.mp4", "url": FILM}
    assert CUSTOM.video(echo, [f"{AT}/mine.mp4"]).url == FILM
    assert CUSTOM.video({**echo, "url": None}, [f"{AT}/mine.mp4"]).url == ""
    assert CUSTOM.video(echo, [f"{AT}/mine.mp4"]).raw == echo


NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "end", "ended"),
    [(60, -1, True), (60, 1, False), (5, -1, False), (60, -90, False), (60, None, False)],
    ids=["over", "not yet", "a new call", "before the call", "no end"],
)
def test_when_a_link_has_ended(minutes, end, ended):
    begun = NOW - timedelta(minutes=minutes)
    ends = None if end is None else NOW + timedelta(minutes=end)
    assert links.has_ended(FILM, begun, None, ends, now=NOW) is ended
    if ends:
        assert links.has_ended(f"{FILM}?Expires={ends.timestamp():.0f}", begun, now=NOW) is ended


# --- where a task stands ------------------------------------------------------------------------------------------------

ENDS = st.sampled_from(["completed", "SUCCESS", "TASK_STATUS_SUCCEED", "Done", "finish"])
FAILS = st.sampled_from(["failed", "CANCELLED", "expired", "moderation_blocked", "content_filtered", "GENERATE_FAILED",
                         "incomplete", "budget_exceeded", "nsfw", "Aborted"])  # fmt: skip
FOREIGN = st.sampled_from(["ok", "frobnicating", "42", "状态", "JOB_STATE_X", "requires_action"])
WORDS = st.sampled_from(["status", "state", "task_status", "taskStatus"])
AROUND = st.lists(st.sampled_from(["data", "task", "output", "result", "response", []]), max_size=3)
ENVELOPES = st.sampled_from(
    [{}, {"code": 0, "message": "SUCCEED"}, {"code": "success", "message": "", "status": "success"}]
)


@st.composite
def tasks(draw, said):
    """An answer that says this of a task: the object may be wrapped, and the word stand deeper in it."""
    word = {draw(WORDS): draw(said)}
    inside = draw(st.booleans())
    entry = {draw(st.sampled_from(["id", "task_id"])): "video_1", **({"data": word} if inside else word)}
    wraps = draw(AROUND)
    return {**(draw(ENVELOPES) if wraps and wraps[-1] != [] else {}), **found} if isinstance(
        found := wrapped(entry, wraps), dict
    ) else found  # fmt: skip


@given(tasks(ENDS))
def test_an_end_is_read_wherever_it_stands(answer):
    assert CUSTOM.video(answer).status is Status.COMPLETED


@given(tasks(FAILS))
def test_a_failure_is_read_wherever_it_stands(answer):
    assert CUSTOM.video(answer).status is Status.FAILED


@given(tasks(st.sampled_from(["queued", "PROCESSING", "in_progress", "not_start"])))
def test_a_task_that_goes_on_goes_on_whatever_its_envelope_says(answer):
    assert not CUSTOM.video(answer).status.ended


REASONS = [
    {"error": "No faces."}, {"error": {"code": "x", "message": "No faces."}}, {"failure": "No faces.", "failureCode": "X"},
    {"fail_reason": "No faces."}, {"errors": [{"code": 1, "message": "No faces."}]}, {"data": {"error": {"message": "No faces."}}},
]  # fmt: skip


@given(FOREIGN | st.none(), st.sampled_from(REASONS))
def test_an_error_under_a_word_that_nobody_knows_is_a_failure(word, reason):
    video = CUSTOM.video({"id": "video_1", "status": word, **reason})
    assert (video.status, video.error, video.status_word) == (Status.FAILED, "No faces.", "")


@given(FOREIGN | st.none(), st.sampled_from([{"url": FILM}, {"video": {"url": f"{AT}/8f6c"}}, {"progress": "100%"}]))
def test_a_film_or_all_progress_under_such_a_word_is_an_end(word, fields):
    video = CUSTOM.video({"id": "video_1", "status": word, "error": None, "fail_reason": "", **fields})
    assert (video.status, video.progress) == (Status.COMPLETED, 100)


@given(
    FOREIGN,
    st.sampled_from([{}, {"progress": 40}, {"error": {"code": 0, "message": "success"}}, {"url": f"{AT}/watch"}]),
)
def test_a_word_that_nobody_knows_and_nothing_else_is_told(word, fields):
    video = CUSTOM.video({"id": "video_1", "status": word, **fields})
    assert (video.status, video.status_word) == (Status.IN_PROGRESS, word)


@pytest.mark.parametrize("reason", [*REASONS, {"task_status_msg": "No faces."}, {"message": "No faces."}])
def test_a_failure_comes_with_its_reason(reason):
    assert CUSTOM.video({"id": "video_1", "status": "failed", **reason}).error == "No faces."


def test_a_link_in_the_place_of_an_error_is_one():
    """As some gateways write it, for tasks that did not fail."""
    video = CUSTOM.video({"code": "success", "data": {"task_id": "task_1", "status": "SUCCESS", "fail_reason": FILM}})
    assert (video.status, video.url, video.error) == (Status.COMPLETED, FILM, "")
