"""Relays of /v1/videos: pictures of characters in the field that a profile names, and what the brief's vendor sells there."""

from __future__ import annotations

import json

import pytest
from faulty import Faulty, answer
from hurried import Hurried
from PIL import Image

from sora_nb.errors import ConsentNeeded, GenerationFailed, InvalidInput, OutcomeUnknown, PromptError, RouteRetired
from sora_nb.models import Character, State, Still
from sora_nb.money import prices
from sora_nb.providers import registry
from sora_nb.providers.base import Member, Order
from sora_nb.providers.profile import ModelRules, Profile, ReferenceRules
from sora_nb.providers.references import compiled
from sora_nb.studio import Studio

VENDOR = registry.get("laozhang")
OMNI = "gemini-omni-1.2-flash"
MUSE = "muse-video"


@pytest.fixture
def luna(tmp_path):
    return member(tmp_path, "luna", 2)


def member(folder, name, stills=1):
    found = []
    for number in range(stills):
        path = folder / f"{name}-{number}.jpg"
        Image.new("RGB", (400, 420), "grey").save(path)
        found.append(Still(path=path, width=400, height=420, kind="figure"))
    return Member(character=Character(id=name, username=name, display_name=name.title()), stills=tuple(found))


def order(prompt="a corgi", *members, **more):
    asked = {"model": OMNI, "size": "1280x720", "seconds": 8, **more}
    return Order(kind="video", prompt=prompt, members=members, cast=tuple(who.character for who in members), **asked)


def sent(asked, profile=VENDOR):
    """The request for an order, once it was checked."""
    dialect = registry.dialect(profile)
    dialect.check(asked)
    return dialect.create(asked, "key-1")


def relay(field="input_reference", sent_as="file", body="json", **rules):
    """A gateway of one's own whose model m is shown characters by pictures in this field."""
    shows = ReferenceRules(images=6, field=field, sent_as=sent_as, **rules)
    known = registry.get("custom")
    video = known.video.model_copy(update={"model": "m", "body": body})
    return Profile(**{**dict(known), "name": "relay", "video": video, "models": {"m": ModelRules(references=shows)}})


# --- how pictures go ----------------------------------------------------------------------------------------------


def test_omni_is_sent_each_picture_as_a_part_of_the_same_name(luna):
    request = sent(order("@luna walks on the beach", luna))
    assert (request.method, request.path, request.paid) == ("POST", "/v1/videos", True)
    assert request.form == {
        "model": OMNI,
        "prompt": "Luna is the character in the reference images. Luna walks on the beach",
        "size": "1280x720",
        "seconds": "8",
    }
    assert request.files == {"input_reference": [still.path for still in luna.stills]}


def test_the_parts_arrive(luna):
    with Faulty(answer(b'{"id": "video_1", "status": "queued"}')) as server:
        ticket = Hurried(server.url, "laozhang").create(order("@luna waves", luna))
        [request] = server.creates
    assert ticket.id == "video_1"
    assert request.count(b'name="input_reference"; filename="luna-') == 2
    for still in luna.stills:
        assert still.path.read_bytes() in request


@pytest.mark.parametrize("field", ["images", "input_references", "metadata.media", "a.b.c"])
@pytest.mark.parametrize("body", ["json", "multipart"])
@pytest.mark.parametrize("sent_as", ["url", "image_url"])
def test_relays_that_take_a_list_get_it_in_their_own_field(luna, field, body, sent_as):
    asked = order("@luna waves", luna, model="m", seed=7)
    request = sent(asked, relay(field, sent_as, body))
    assert (request.form, request.files) == (None, {})
    found = request.json
    for name in field.split("."):
        found = found[name]
    urls = [each["image_url"]["url"] for each in found] if sent_as == "image_url" else found
    assert [url[:23] for url in urls] == ["data:image/jpeg;base64,"] * 2
    if sent_as == "image_url":
        assert [each["type"] for each in found] == ["image_url"] * 2
    assert {name: request.json[name] for name in ("model", "size", "seconds", "seed")} == {
        "model": "m",
        "size": "1280x720",
        "seconds": "8",
        "seed": "7",
    }
    assert "luna" not in json.dumps(request.json).replace("Luna", ""), "an @name was left for who does not know it"


def test_pictures_by_address_need_a_place_to_be_published_at(luna):
    by_address = relay("images", "url", inline=False)
    with pytest.raises(InvalidInput, match="by public address only"):
        sent(order("@luna waves", luna, model="m"), by_address)
    found = {str(still.path): f"https://files.example/{still.path.name}" for still in luna.stills}
    asked = order("@luna waves", luna, model="m", publishes=True, addresses=found)
    assert sent(asked, by_address).json["images"] == list(found.values())


def test_a_field_that_nobody_named_is_openai_s(luna):
    request = sent(order("@luna waves", luna, model="m"), relay(""))
    assert request.files == {"input_reference": [still.path for still in luna.stills]}


@pytest.mark.parametrize(
    ("field", "parts"), [("input_reference", {"input_reference": 3}), ("images", {"input_reference": 1, "images": 2})]
)
@pytest.mark.parametrize("sent_as", ["file", "url"])
def test_beside_a_picture_to_start_from_all_are_parts(tmp_path, luna, field, parts, sent_as):
    image = tmp_path / "start.png"
    Image.new("RGB", (64, 64)).save(image)
    asked = order("@luna waves", luna, model="m", image=image)
    files = sent(asked, relay(field, sent_as, with_image=True)).files
    assert {name: 1 if hasattr(paths, "name") else len(paths) for name, paths in files.items()} == parts
    with pytest.raises(InvalidInput, match="not both"):
        sent(asked, relay(field, sent_as))


def test_what_was_not_run_live_is_told_with_the_preview(luna):
    said = "muse-video was not run live: the field that carries pictures is assumed, 'input_reference'."
    asked = order("@luna waves", luna, model=MUSE)
    assert compiled(asked, VENDOR).notes == (said,)
    assert compiled(order("a corgi", model=MUSE), VENDOR).notes == ()
    verified = relay("images", verified="Ada, 2026-12-01")
    assert compiled(order("@luna waves", luna, model="m"), verified).notes == ()
    assert compiled(order("@luna waves", luna, model="m"), relay("")).notes == ()


# --- what the vendor makes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "made", "usd"),
    [
        ("640x360", "640x360", "$0.10"),
        ("1280x720", "1280x720", "$0.30"),
        ("720x1280", "720x1280", "$0.30"),
        ("1920x1080", "1920x1080", "$0.45"),
        ("1000x1000", "1920x1080", "$0.45"),
    ],
)
def test_omni_costs_by_the_resolution_that_it_really_makes(size, made, usd):
    asked = order(size=size)
    assert sent(asked).form["size"] == made
    assert str(prices.estimate(VENDOR, prices.ordered(VENDOR, asked))).startswith(f"{usd} (")


@pytest.mark.parametrize(
    ("model", "seconds", "said"),
    [
        (OMNI, 2, "3 s or more"),
        (OMNI, 11, "up to 10 s"),
        (MUSE, 9, "5, 8, 10 s"),
        ("muse-video-20s", 10, "videos of 20 s"),
        ("muse-video-60s", 50, "videos of 60 s"),
    ],
)
def test_lengths_that_are_not_made_are_refused_in_words(model, seconds, said):
    with pytest.raises(InvalidInput, match=said):
        sent(order(model=model, seconds=seconds))


def test_too_many_characters_are_refused_in_words(tmp_path):
    many = [member(tmp_path, f"c{number}") for number in range(7)]
    prompt = " ".join(f"@c{number}" for number in range(7))
    assert len(sent(order(prompt.removesuffix(" @c6"), *many[:6])).files["input_reference"]) == 6
    with pytest.raises(PromptError, match=r"mentions 7 characters; gemini-omni-1\.2-flash can be shown 6"):
        sent(order(prompt, *many))


def test_other_models_are_asked_for_as_ever(luna):
    request = sent(order("a corgi", model="model-of-tomorrow", size="704x1280", seconds=7))
    assert request.form == {"model": "model-of-tomorrow", "prompt": "a corgi", "size": "704x1280", "seconds": "7"}
    assert VENDOR.rules("sora-2").references is None
    assert "@luna" in sent(order("@luna waves", luna, model="sora-2")).form["prompt"]


def test_a_picture_to_start_from_is_one_part(tmp_path):
    image = tmp_path / "start.png"
    Image.new("RGB", (64, 64)).save(image)
    assert sent(order(model=MUSE, image=image)).files == {"input_reference": image}


# --- money --------------------------------------------------------------------------------------------------------


def gone(status, inner):
    told = {"code": "fail_to_fetch_task", "message": json.dumps(inner), "data": None}
    return answer(json.dumps(told).encode(), status)


GONE = "The model veo-3.1-generate-preview is no longer available."


@pytest.mark.parametrize("inner", [{"error": {"code": 404, "message": GONE, "status": "NOT_FOUND"}}, {"message": GONE}])
@pytest.mark.parametrize("status", [400, 404])
def test_a_model_that_was_shut_behind_the_relay_is_told_and_costs_nothing(status, inner):
    with Faulty(gone(status, inner)) as server, pytest.raises(RouteRetired, match="nothing was charged") as caught:
        Hurried(server.url, "laozhang").create(order(model="veo-3.1-generate-preview"))
    assert f"laozhang answered: {GONE.rstrip('.')}" in str(caught.value)
    assert caught.value.code == "fail_to_fetch_task"


def test_the_same_words_after_a_server_error_prove_nothing():
    with Faulty(gone(502, {"error": {"message": GONE}})) as server, pytest.raises(OutcomeUnknown):
        Hurried(server.url, "laozhang").create(order())


# --- our own client against the rehearsal -------------------------------------------------------------------------


@pytest.fixture
def studio(engine, tmp_path):
    with Studio("local", engine=engine, home=tmp_path / "home", progress=False) as opened:
        yield opened


@pytest.fixture
def served(studio):
    return studio.rehearse("laozhang")


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(("model", "size", "charged"), [(OMNI, "640x360", 100_000), (MUSE, "1280x720", 300_000)])
def test_a_character_goes_from_the_library_to_a_film_of_the_vendor(studio, footage, engine, model, size, charged):
    studio.extract(footage, 2, 4, name="luna")
    asked = {"model": f"laozhang/{model}", "size": size, "seconds": 5}
    with pytest.raises(ConsentNeeded):
        studio.generate("@luna waves", **asked)
    assert "not run live: the field that carries pictures is assumed" in str(studio.preview("@luna waves", **asked))
    film = studio.generate("@luna waves", consent="Ada: my own rabbit", **asked)
    assert film.path.is_file()
    assert engine.requests[-1].cast.keys() == {"luna"}
    call = studio.ledger.calls()[-1]
    assert (call.state, call.estimate, call.charged) == (State.DONE, charged, charged)


def test_a_failure_is_refunded_in_full(studio, served):
    served.fail("failed")
    with pytest.raises(GenerationFailed, match="Failed videos are not charged here"):
        studio.generate("a corgi", model=f"laozhang/{MUSE}", seconds=5)
    assert studio.ledger.calls()[-1].charged == 0


def test_a_lost_create_stays_open(studio, served):
    served.fail("lost")
    with pytest.raises(OutcomeUnknown):
        studio.generate("a corgi", model=f"laozhang/{MUSE}", seconds=5)
    studio.resume()
    call = studio.ledger.calls()[-1]
    assert (call.state, call.charged, len(served.tasks())) == (State.UNKNOWN, None, 1)
