"""Ark's wire: what is sent and read, on the exchanges as its SDK has them (byteplus-python-sdk-v2 3.0.63, 2026-11-26)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from faulty import Faulty, answer
from hurried import Hurried
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sora_nb.errors import (
    BadRequest,
    InvalidInput,
    NotDelivered,
    OutcomeUnknown,
    PolicyError,
    PromptError,
    RateLimited,
    RealPersonError,
    UpstreamError,
)
from sora_nb.models import Character, Registration, Status, Still
from sora_nb.money import prices
from sora_nb.providers import registry
from sora_nb.providers.ark import seed_of
from sora_nb.providers.base import Member, Order
from sora_nb.providers.dialect import UNREADABLE

PATH = "/api/v3/contents/generations/tasks"
MODEL = "dreamina-seedance-2-5-260628"
SENT = datetime(2026, 11, 25, 12, tzinfo=UTC)
DONE = {
    "id": "cgt-20261125-abcd",
    "model": MODEL,
    "status": "succeeded",
    "content": {"video_url": "https://tos.example/film?X-Tos-Signature=1"},
    "usage": {"completion_tokens": 108000, "total_tokens": 108000},
    "seed": 7,
    "resolution": "720p",
    "ratio": "16:9",
    "duration": 5,
    "created_at": 1795600000,
    "updated_at": 1795600140,
}
VOLCENGINE = {**DONE, "model": "doubao-seedance-2-5-260628"}


@pytest.fixture
def luna(tmp_path):
    return member(tmp_path, "luna", 2)


def member(folder, name, stills=1, *, known="", clip=None, seconds=3.0, side=400):
    found = []
    for number in range(stills):
        path = folder / f"{name}-{number}.jpg"
        Image.new("RGB", (side, side + 20), "grey").save(path)
        found.append(Still(path=path, width=side, height=side + 20, kind="figure"))
    return Member(
        character=Character(id=name, username=name, display_name=name.title()),
        stills=tuple(found),
        clip=clip,
        clip_seconds=seconds if clip else 0,
        registration=Registration(id=known) if known else None,
    )


def order(prompt="@luna walks on the beach", *members, **more):
    asked = {"model": MODEL, "size": "1280x720", "seconds": 5, **more}
    return Order(kind="video", prompt=prompt, members=members, **asked)


def sent(asked, profile="ark", key="key-1"):
    """The request for an order, once it was checked."""
    dialect = registry.dialect(registry.get(profile))
    dialect.check(asked)
    return dialect.create(asked, key)


def read(data, profile="ark"):
    return registry.dialect(registry.get(profile)).video(data)


def content(request):
    return [(item["type"], item.get("role"), item.get(item["type"])) for item in request.json["content"]]


# --- what is sent -------------------------------------------------------------------------------------------------


def test_a_character_is_sent_by_numbered_pictures_in_the_order_of_the_text(luna):
    request = sent(order("@luna walks on the beach at sunset", luna, seed=7))
    assert (request.method, request.path, request.paid) == ("POST", PATH, True)
    assert {name: value for name, value in request.json.items() if name != "content"} == {
        "model": MODEL,
        "ratio": "16:9",
        "resolution": "720p",
        "duration": 5,
        "generate_audio": True,
        "seed": 7,
    }
    text, *pictures = request.json["content"]
    words = "Luna is the character in Image 1 and Image 2. Luna walks on the beach at sunset"
    assert text == {"type": "text", "text": words}
    assert [(each["type"], each["role"]) for each in pictures] == [("image_url", "reference_image")] * 2
    assert all(each["image_url"]["url"].startswith("data:image/jpeg;base64,") for each in pictures)


@pytest.mark.parametrize(
    ("profile", "host", "path"),
    [
        ("ark", "https://ark.ap-southeast.bytepluses.com", PATH),
        ("volcengine", "https://ark.cn-beijing.volces.com", PATH),
        ("laozhang-seedance", "https://api.laozhang.ai", f"/seedance{PATH}"),
    ],
)
def test_each_host_has_its_path(profile, host, path):
    found = registry.get(profile)
    request = sent(order("a corgi", model=found.video.model), profile)
    assert (found.base_url, request.path) == (host, path)
    assert registry.dialect(found).task("cgt-1/2").path == f"{path}/cgt-1%2F2"


def test_the_seed_is_made_of_the_key_where_nobody_gave_one():
    one, again, other = (sent(order("a corgi"), key=key).json["seed"] for key in ("a", "a", "b"))
    assert one == again == seed_of("a") != other
    assert sent(order("a corgi", seed=0)).json["seed"] == 0


@given(st.text(max_size=64))
def test_any_key_makes_a_seed_that_is_taken(key):
    assert 0 <= seed_of(key) < 2**31


def test_an_asset_is_sent_in_the_place_of_pictures(tmp_path, luna):
    request = sent(order("@leo and @luna dance", member(tmp_path, "leo", known="asset://asset-1"), luna))
    assert content(request)[1] == ("image_url", "reference_image", {"url": "asset://asset-1"})
    assert request.json["content"][0]["text"].startswith(
        "Leo is the character in Image 1. Luna is the character in Image 2 and Image 3."
    )
    with pytest.raises(InvalidInput, match=r"knows characters as asset://.*not as 'asset-1'"):
        sent(order("@leo dances", member(tmp_path, "leo", known="asset-1")))


def test_a_picture_to_start_from_is_the_first_frame_and_stands_alone(tmp_path, luna):
    image = tmp_path / "start.png"
    Image.new("RGB", (64, 64)).save(image)
    (_, text), (kind, role) = [(each[0], each[1]) for each in content(sent(order("a corgi", image=image)))]
    assert (text, kind, role) == (None, "image_url", "first_frame")
    with pytest.raises(InvalidInput, match="not both"):
        sent(order("@luna waves", luna, image=image))


def test_a_clip_is_sent_by_its_address_alone(tmp_path):
    clip = tmp_path / "luna.mp4"
    shown = member(tmp_path, "luna", clip=clip)
    asked = order("@luna waves", shown, publishes=True, addresses={str(clip): "https://files.example/luna.mp4"})
    assert content(sent(asked))[2] == ("video_url", "reference_video", {"url": "https://files.example/luna.mp4"})
    assert "Image 1 and Video 1" in sent(asked).json["content"][0]["text"]
    assert [kind for kind, *_ in content(sent(order("@luna waves", shown)))] == ["text", "image_url"]


# --- what is refused before it is sent ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"model": "dreamina-seedance-9"}, "no model"),
        ({"seconds": 3}, "4 s or more"),
        ({"seconds": 31}, "up to 30 s"),
        ({"model": "dreamina-seedance-2-0-260128", "seconds": 16}, "up to 15 s"),
        ({"seed": 2**31}, "seeds up to 2147483647"),
        ({"route": "sync"}, "videos alone"),
    ],
)
def test_what_is_not_made_is_refused_in_words(asked, said):
    with pytest.raises(InvalidInput, match=said):
        sent(order("a corgi", **asked))


def test_small_pictures_and_too_many_characters_are_refused_in_words(tmp_path):
    with pytest.raises(InvalidInput, match="300 or more on the shorter side"):
        sent(order("@luna waves", member(tmp_path, "luna", side=200)))
    many = [member(tmp_path, f"c{number}") for number in range(10)]
    prompt = " ".join(f"@c{number}" for number in range(10))
    assert len(content(sent(order(prompt, *many)))) == 11
    with pytest.raises(PromptError, match="mentions 10 characters; dreamina-seedance-2-0-260128 can be shown 9"):
        sent(order(prompt, *many, model="dreamina-seedance-2-0-260128"))


@pytest.mark.parametrize("profile", ["ark", "volcengine", "laozhang-seedance"])
def test_every_frame_of_every_model_is_asked_for_by_its_size(profile):
    found = registry.get(profile)
    for model in found.video.models[:4]:
        rules = found.rules(model)
        assert rules.references.style == "number"
        assert rules.frames.keys() <= set(rules.resolutions)
        for resolution, frames in rules.frames.items():
            assert set(frames) == set(rules.ratios)
            for ratio, size in frames.items():
                asked = order("a corgi", model=model, size=size)
                body = sent(asked, profile).json
                assert (body["resolution"], body["ratio"]) == (resolution, ratio)


# --- what is read -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("queued", Status.QUEUED),
        ("running", Status.IN_PROGRESS),
        ("succeeded", Status.COMPLETED),
        ("failed", Status.FAILED),
        ("cancelled", Status.FAILED),
        ("expired", Status.FAILED),
    ],
)
def test_its_words(word, status):
    assert read({**DONE, "status": word}).status is status


def test_a_task_that_ended_well():
    video = read(DONE)
    assert (video.id, video.url, video.model) == (DONE["id"], DONE["content"]["video_url"], MODEL)
    assert (video.seed, video.seconds, video.created_at) == (7, 5, datetime.fromtimestamp(1795600000, UTC))


def test_a_task_that_failed_says_why_in_an_answer_of_200():
    why = {"code": "InputImageSensitiveContentDetected.PrivacyInformation", "message": "may contain real person"}
    video = read({"id": "cgt-1", "model": MODEL, "status": "failed", "error": why, "content": None, "usage": None})
    assert (video.status, video.error, video.error_code) == (Status.FAILED, why["message"], why["code"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*DONE, "items", "total"]), inner),
    max_leaves=12,
)


@given(JSON)
def test_answers_of_any_shape_are_read_or_cannot_be(data):
    dialect = registry.dialect(registry.get("ark"))
    for reader in (dialect.video, dialect.entries, dialect.more, dialect.charge):
        try:
            reader(data)
        except UNREADABLE:
            continue
        except ArithmeticError:
            assert reader == dialect.charge  # whoever asks for a charge expects it


# --- money --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "micros"),
    [
        ({}, 1_080_000),
        ({"resolution": "1080p", "usage": {"completion_tokens": 243_000}}, 2_673_000),
        ({"model": "doubao-seedance-2-0-260128"}, 709_715),
        ({"duration": 4, "usage": {"completion_tokens": 87_300}}, 873_000),  # a frame more than 4 s
        (
            {"usage": {"completion_tokens": 108_000 + 2 * 21_600}},
            None,
        ),  # with a clip of 2 s, which has a price of its own
        ({"resolution": "540p"}, None),
        ({"model": "doubao-seedance-1-0-pro"}, None),
    ],
)
def test_tokens_are_charged_at_list_price(told, micros):
    assert registry.dialect(registry.get("volcengine")).charge({**VOLCENGINE, **told}) == micros


def test_tokens_without_a_price_list_charge_nothing_that_is_known():
    unpriced = registry.get("ark").model_copy(update={"prices": ()})
    assert registry.dialect(unpriced).charge(DONE) is None
    assert registry.dialect(registry.get("ark")).charge(DONE) == 1_155_600  # $10.70 for 1,000,000 tokens


@pytest.mark.parametrize(
    ("size", "usd"), [("1280x720", "$1.08"), ("960x960", "$1.08"), ("480x480", "$0.48"), ("1920x1080", "$2.673")]
)
def test_the_estimate_is_of_the_frame_that_is_really_made(size, usd):
    profile = registry.get("volcengine")
    asked = order("a corgi", model=profile.video.model, size=size)
    found = prices.estimate(profile, prices.ordered(profile, asked))
    assert str(found).startswith(f"{usd} (")
    assert "at 7 yuan a dollar" in found.source


REFUSALS = [
    (400, "InputImageSensitiveContentDetected.PrivacyInformation", "the input image may contain real person.", RealPersonError),
    (400, "InputTextSensitiveContentDetected", "The request failed because the input text may contain sensitive information.", PolicyError),
    (400, "InputImageRiskDetection", "The request could not be processed.", PolicyError),
    (400, "InvalidParameter", "first/last frame content cannot be mixed with reference media content.", BadRequest),
    (429, "RateLimitExceeded.EndpointRPMExceeded", "The requests have exceeded their limit.", RateLimited),
]  # fmt: skip


@pytest.mark.parametrize(("status", "code", "said", "kind"), REFUSALS)
def test_refusals_are_told_and_cost_nothing(status, code, said, kind):
    body = json.dumps({"error": {"code": code, "message": said, "param": "", "type": "BadRequest"}}).encode()
    with Faulty(answer(body, status)) as server, pytest.raises(kind, match="nothing was charged") as caught:
        Hurried(server.url, "ark").create(order("a corgi"))
    assert code in caught.value.code
    assert said.split()[0] in str(caught.value)


# --- a create whose answer was lost -------------------------------------------------------------------------------


def task(number, seed, minutes=0.0, **more):
    made = int((SENT + timedelta(minutes=minutes)).timestamp())
    return {"id": f"cgt-{number}", "model": MODEL, "status": "running", "seed": seed, "created_at": made, **more}


def listing(tasks, most=100):
    """Serve tasks by pages of at most so many, whatever is asked for."""

    def reply(connection, request):
        query = dict(pair.split("=") for pair in request.split(b" ")[1].decode().partition("?")[2].split("&"))
        size = min(most, int(query["page_size"]))
        start = (int(query["page_num"]) - 1) * size
        told = {"total": len(tasks), "items": tasks[start : start + size]}
        connection.sendall(answer(json.dumps(told).encode()))

    return reply


def find(tasks, profile="ark", most=100, **asked):
    with Faulty(listing(tasks, most)) as server:
        fake = Hurried(server.url, profile)
        return fake.run(fake.provider.find, order("a corgi", **asked), "key-1", SENT, ()), server.requests


OTHERS = [task(number, number) for number in range(250)]


@pytest.mark.parametrize("most", [20, 100])
def test_it_is_found_by_its_seed_behind_many_others(most):
    ticket, requests = find([*OTHERS, task("ours", seed_of("key-1"))], most=most)
    assert (ticket.id, ticket.video.seed) == ("cgt-ours", seed_of("key-1"))
    assert len(requests) == 1 + 250 // most


@pytest.mark.parametrize("most", [20, 100])
def test_one_that_is_not_listed_never_came(most):
    with pytest.raises(NotDelivered):
        find(OTHERS, most=most)
    with pytest.raises(NotDelivered):
        find([])


def test_a_seed_that_the_caller_gave_proves_nothing():
    assert find([task("ours", 7)], seed=7)[0] is None
    assert find([], seed=7)[0] is None


def test_tasks_that_do_not_show_their_seed_prove_nothing():
    with pytest.raises(UpstreamError, match="cannot be read"):
        find([{"id": "cgt-1", "status": "running"}])


def test_where_tasks_are_not_listed_the_outcome_stays_open():
    ticket, requests = find([task("ours", seed_of("key-1"))], "laozhang-seedance", model="doubao-seedance-2-5-260628")
    assert (ticket, requests) == (None, [])


def test_a_server_error_may_come_after_the_create_was_accepted():
    with Faulty(answer(b'{"error":{"code":"InternalServiceError","message":"?"}}', 500)) as server:
        with pytest.raises(OutcomeUnknown):
            Hurried(server.url, "ark").create(order("a corgi"))
        assert len(server.creates) == 1


def test_a_task_is_stopped_and_the_relay_is_not_asked_to():
    request = registry.dialect(registry.get("ark")).cancel("cgt-1")
    assert (request.method, request.path, request.paid) == ("DELETE", f"{PATH}/cgt-1", False)
    assert registry.dialect(registry.get("laozhang-seedance")).cancel("cgt-1") is None


def test_the_relay_has_a_copy_of_the_film_itself_where_the_link_has_ended(tmp_path):
    film = b"\0\0\0\x18ftypisom" + bytes(200)
    told = json.dumps({**DONE, "content": {"video_url": "{}/film"}}).encode()

    def serve(connection, request):
        path = request.split(b" ")[1].decode()
        found = {"/v1/videos/cgt-20261125-abcd/content": answer(film), "/film": answer(b"AccessDenied", 403)}
        connection.sendall(found.get(path, answer(told.replace(b"{}", server.url.encode()))))

    with Faulty(serve) as server:
        fake = Hurried(server.url, "laozhang-seedance")
        video = fake.retrieve(DONE["id"])
        fake.run(fake.provider.fetch, video, tmp_path / "film.mp4")
        assert (tmp_path / "film.mp4").read_bytes() == film
    assert registry.dialect(registry.get("ark")).content("cgt-1") == ""
