"""What all rehearsal servers share, tried on OpenRouter's."""

from __future__ import annotations

import base64
import time

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from rehearsed import BODY, GROUND, body_of, data_uri, encoded, still

from sora_nb import media, prompts
from sora_nb.engines.likeness import cutout_of
from sora_nb.errors import ConfigError, InvalidInput
from sora_nb.server import rehearsal
from sora_nb.server.rehearsal import cast, fields, pictures
from sora_nb.server.rehearsal.cast import Shown
from sora_nb.server.rehearsal.pictures import PictureRules
from sora_nb.server.rehearsal.refused import FAULTS, Refused


@pytest.fixture
def served(engine, tmp_path):
    with rehearsal.start("openrouter", tmp_path / "films", engine) as running:
        yield running


@pytest.fixture
def service(served):
    with httpx.Client(base_url=served.url, headers={"authorization": "Bearer any word"}, timeout=60) as made:
        yield made


STILLS = (still(),)


def order(prompt="Luna is the character in Image 1. Luna waves.", stills=STILLS, **more):
    references = [{"type": "image_url", "image_url": {"url": data_uri(one)}} for one in stills]
    body = {"model": "bytedance/seedance-2.5", "prompt": prompt, "duration": 4, "resolution": "480p"}
    return body | {"input_references": references} | more


def create(service, *args, **more):
    return service.post("/videos", json=order(*args, **more))


def ended(service, ident):
    while (task := service.get(f"/videos/{ident}").json())["status"] in {"pending", "in_progress"}:
        time.sleep(0.02)
    return task


def film(service, *args, **more):
    return ended(service, create(service, *args, **more).json()["id"])


def listed(service):
    return [task.id for task in service.tasks()]


# --- one film -----------------------------------------------------------------------------------------------------


def test_a_film_is_made_of_the_very_pictures_that_were_sent(service, engine):
    accepted = create(service)
    assert accepted.status_code == 202
    assert accepted.json()["status"] == "pending"
    task = ended(service, accepted.json()["id"])
    assert task["status"] == "completed"
    assert task["usage"] == {"cost": 0.28, "is_byok": False}
    (request,) = engine.requests
    assert request.prompt == "@luna waves."
    assert (request.width, request.height, request.seconds) == (854, 480, 4)
    frame = request.cast["luna"].frames[0]
    solid = frame[frame[..., 3] > 250]
    assert np.abs(solid[..., :3].astype(int) - BODY).max() < 8, "something of the ground came along"


def test_the_film_is_behind_a_signed_link_and_behind_the_key(service, served):
    task = film(service)
    (signed,), (unsigned,) = task["urls"], task["unsigned_urls"]
    whole = httpx.get(signed)
    assert whole.headers["content-type"] == "video/mp4"
    assert service.get(unsigned).content == whole.content
    assert httpx.get(unsigned).status_code == 401
    assert httpx.head(signed).headers["content-length"] == str(len(whole.content))
    part = httpx.get(signed, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert httpx.get(signed.replace("se=2", "se=3")).status_code == 403


def test_several_films_are_made_one_after_another(service, served, engine):
    engine.hold()
    first, second = (create(service).json()["id"] for _ in range(2))
    while service.get(f"/videos/{first}").json()["status"] == "pending":
        time.sleep(0.01)
    assert service.get(f"/videos/{second}").json()["status"] == "pending"
    assert listed(served) == [second, first]
    engine.go_on()
    assert ended(service, first)["status"] == ended(service, second)["status"] == "completed"


def test_a_task_is_cancelled_before_and_while_it_is_worked_on(service, served, engine):
    engine.hold()
    first, second = (create(service).json()["id"] for _ in range(2))
    while engine.begun == 0:
        time.sleep(0.01)
    assert served.cancel(second)
    assert served.cancel(first)
    assert not served.cancel(first)
    engine.go_on()
    assert film(service)["status"] == "completed"
    assert engine.cancelled == 1
    assert [task.state for task in served.tasks()] == ["succeeded", "cancelled", "cancelled"]
    served.delete(first)
    with pytest.raises(Refused):
        served.task(first)


def test_a_server_ends_with_its_thread_and_its_folder(engine):
    running = rehearsal.start("openrouter", engine=engine)
    folder = running._tasks.path("x").parent
    engine.hold()
    with httpx.Client(base_url=running.url, headers={"authorization": "Bearer k"}) as service:
        create(service)
    running.stop()
    assert not folder.exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(running.url)
    running.stop()


def test_an_engine_that_breaks_ends_the_task_and_not_the_server(service, engine, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("out of order")

    with monkeypatch.context() as patched:
        patched.setattr(engine, "generate", broken)
        assert film(service)["error"] == "The local engine failed on this request."
    assert "out of order" in caplog.text
    assert film(service)["status"] == "completed"


def test_who_is_unknown_is_told_who_is_known(engine):
    assert "openrouter" in rehearsal.names()
    with pytest.raises(InvalidInput, match="nobody") as caught:
        rehearsal.start("nobody")
    assert "openrouter" in caught.value.hint
    with rehearsal.start("openrouter", engine=engine) as first:
        port = int(first.url.split(":")[2].partition("/")[0])
        with pytest.raises(ConfigError, match=str(port)):
            rehearsal.start("openrouter", engine=engine, port=port)


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["none", "Bearer", "Basic abc", "abc", "bearerabc"])
def test_a_request_without_a_key_is_refused_in_the_service_s_envelope(served, header):
    answer = httpx.get(f"{served.url}/videos/models", headers={"authorization": header})
    assert answer.status_code == 401
    assert answer.json() == {"error": {"code": 401, "message": "No API key was given."}}


def test_pages_of_the_web_are_refused(served):
    key = {"authorization": "Bearer k"}
    assert httpx.get(f"{served.url}/videos/models", headers=key | {"host": "evil.example"}).status_code == 403
    assert httpx.get(f"{served.url}/videos/models", headers=key | {"origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": "nobody/nothing"}, "not a valid model"),
        ({"prompt": " "}, "prompt"),
        ({"prompt": None}, "prompt"),
        ({"duration": 3}, "duration"),
        ({"duration": 31}, "duration"),
        ({"duration": True}, "duration"),
        ({"duration": "5"}, "duration"),
        ({"resolution": "8K"}, "resolution"),
        ({"aspect_ratio": "2:1"}, "aspect_ratio"),
        ({"size": "1281x720"}, "size"),
        ({"seed": "lucky"}, "seed"),
        ({"input_references": "https://x"}, "list"),
        ({"input_references": [{"type": "image_url", "image_url": "data:"}]}, "object"),
        ({"input_references": [{"type": "image_url", "image_url": {"url": "https://a.example/x.png"}}]}, "nothing"),
        ({"input_references": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,!!"}}]}, "base64"),
        ({"stills": (b"no picture",)}, "no picture"),
        ({"stills": (still(),) * 31}, "at most 30"),
    ],
)
def test_what_the_service_does_not_take_is_refused_and_makes_no_task(service, served, change, said):
    answer = create(service, **change)
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]
    assert not served.tasks()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 100_000, b"\xff"])
def test_a_body_that_is_no_object_is_refused(service, body):
    assert service.post("/videos", content=body).status_code == 400


def test_unknown_paths_and_tasks_are_missing_in_the_service_s_envelope(service):
    for answer in (service.get("/nothing"), service.get("/videos/gen-vid-none")):
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == 404
    wrong = service.delete("/videos")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, 405)


def test_an_address_is_read_where_a_test_says_what_is_behind_it(service, served, engine):
    served.resolver = {"https://a.example/luna.png": still()}.__getitem__
    reference = {"type": "image_url", "image_url": {"url": "https://a.example/luna.png"}}
    assert film(service, input_references=[reference])["status"] == "completed"
    assert list(engine.requests[0].cast) == ["luna"]


# --- failures by order --------------------------------------------------------------------------------------------


def test_failures_come_in_the_order_they_were_ordered_in(service, served):
    served.fail("throttled", times=2)
    served.fail("policy")
    assert [create(service).status_code for _ in range(4)] == [429, 429, 403, 202]
    assert len(served.tasks()) == 1


def test_a_lost_create_is_there_all_the_same(service, served):
    served.fail("lost")
    answer = create(service)
    assert answer.status_code == 500
    assert "id" not in answer.json()
    (task,) = served.tasks()
    assert ended(service, task.id)["status"] == "completed"


def test_a_task_ends_badly(service, served):
    served.fail("failed")
    task = film(service)
    assert task["status"] == "failed"
    assert isinstance(task["error"], str)
    assert "usage" not in task
    assert film(service)["status"] == "completed"


def test_a_link_has_ended(service, served):
    served.fail("link_expired")
    assert httpx.get(film(service)["urls"][0]).status_code == 403
    assert httpx.get(film(service)["urls"][0]).status_code == 200


def test_a_failure_that_is_none_is_refused(served):
    with pytest.raises(InvalidInput, match="sulk") as caught:
        served.fail("sulk")
    assert all(kind in caught.value.hint for kind in FAULTS)


# --- who is seen where --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "count", "text", "seen"),
    [
        ("Luna is the character in Image 1. Luna waves", 1, "@luna waves", {"luna": (0,)}),
        ("Luna is the character in Image 1 and Image 2. Luna waves", 2, "@luna waves", {"luna": (0, 1)}),
        ("Luna, a small grey cat, is the character in Image 1. Luna waves", 1, "@luna waves", {"luna": (0,)}),
        ("Luna, a cat. It is grey, is the character in Image 1. Luna waves", 1, "@luna waves", {"luna": (0,)}),
        (
            "Luna is the cat in Image 1, Image 2 and Image 3. Rex is the dog in Image 4. Rex greets Luna",
            4,
            "@rex greets @luna",
            {"luna": (0, 1, 2), "rex": (3,)},
        ),
        ("Luna is the small grey cat in the reference images. Luna waves", 3, "@luna waves", {"luna": (0, 1, 2)}),
        (
            "Luna is the cat in the reference images. Rex is the dog in the reference images. Luna and Rex dance",
            4,
            "@luna and @rex dance",
            {"luna": (0, 1), "rex": (2, 3)},
        ),
        ("Luna is the grey cat in the image. On the beach", 1, "On the beach, with @luna", {"luna": (0,)}),
        ("Luna is the character in Image 1: a cat, grey. Luna waves", 1, "@luna waves", {"luna": (0,)}),
        ("Luna is the character in the reference images: a cat. Luna waves", 2, "@luna waves", {"luna": (0, 1)}),
        (
            "Luna is the cat in the first and second reference images. Rex is the dog in the third image. Rex greets Luna",
            3,
            "@rex greets @luna",
            {"luna": (0, 1), "rex": (2,)},
        ),
        (
            "Luna, the cat is the character in Image 1. Rex is the dog in Image 2. Luna, the cat greets Rex",
            2,
            "@luna_the_cat greets @rex",
            {"luna_the_cat": (0,), "rex": (1,)},
        ),
        ("A walk on the beach.", 2, "A walk on the beach, with @hero", {"hero": (0,)}),
        ("Luna is the cat in Image 7. A beach", 1, "A beach, with @hero", {"hero": (0,)}),
        ("M.Oss is the elf in Image 1. M.Oss waves", 1, "@m_oss waves", {"m_oss": (0,)}),
        ("月 is the cat in Image 1. 月 waves", 1, "@character1 waves", {"character1": (0,)}),
        ("Luna is the cat in the picture.", 0, "Luna is the cat in the picture.", {}),
    ],
)
def test_binding_sentences_are_read(prompt, count, text, seen):
    assert cast.read(prompt, count, 0) == (text, {name: Shown(numbers) for name, numbers in seen.items()})


@pytest.mark.parametrize(
    ("token", "prompt", "text"),
    [
        ("@luna", "@luna waves, @lunatic does not", "@luna waves, @lunatic does not"),
        ("<<<element_1>>>", "<<<element_1>>> waves", "@element_1 waves"),
        ("character1", "character1 waves", "@character1 waves"),
        ("[Image 1]", "[Image 1] waves", "@image_1 waves"),
    ],
)
def test_tokens_that_fields_bind_are_read(token, prompt, text):
    read, seen = cast.read(prompt, 2, 0, {token: Shown((1,)), "@nobody": Shown((0,))})
    assert read == text
    assert list(seen.values()) == [Shown((1,))]


def test_tokens_of_the_same_character_are_one():
    tokens = {"@luna": Shown((0,)), "@luna_2": Shown((1,)), "@rex": Shown((2,))}
    prompt = "@luna and @luna_2 show the same character. @luna greets @rex"
    seen = {"luna": Shown((0, 1)), "rex": Shown((2,))}
    assert cast.read(prompt, 3, 0, tokens) == ("@luna greets @rex", seen)


@pytest.mark.parametrize("where", ["Video 1", "the reference video", "the video"])
def test_a_character_can_be_bound_to_a_clip(where):
    read = cast.read(f"Luna is the cat in {where}. Luna waves", 0, 1)
    assert read == ("@luna waves", {"luna": Shown(clips=(0,))})


def test_clips_have_ordinals_of_their_own():
    prompt = (
        "Luna is the cat in the first and second reference images and the second reference video. "
        "Rex is the dog in the third reference image and the first reference video. Luna and Rex dance"
    )
    seen = {"luna": Shown((0, 1), (1,)), "rex": Shown((2,), (0,))}
    assert cast.read(prompt, 3, 2) == ("@luna and @rex dance", seen)


def test_a_character_can_be_bound_to_pictures_and_a_clip():
    read = cast.read("Luna is the character in the reference images and the reference video. Luna waves", 2, 1)
    assert read == ("@luna waves", {"luna": Shown((0, 1), (0,))})
    read = cast.read("Luna is the character in Image 2 and Video 1. Luna waves", 2, 1)
    assert read == ("@luna waves", {"luna": Shown((1,), (0,))})


@given(
    names=st.lists(st.from_regex(r"[A-Z][a-z]{2,8}( [A-Z][a-z]{1,8})?", fullmatch=True), min_size=1, max_size=4, unique=True),
    counts=st.lists(st.integers(1, 3), min_size=4, max_size=4),
    rest=st.text(max_size=40),
)  # fmt: skip
def test_whoever_is_bound_is_seen_and_mentioned(names, counts, rest):
    sentences, start = [], 1
    for name, count in zip(names, counts, strict=False):
        numbers = " and ".join(f"Image {start + number}" for number in range(count))
        sentences.append(f"{name} is the character in {numbers}.")
        start += count
    text, seen = cast.read(f"{' '.join(sentences)} {' and '.join(names)} dance. {rest}", start - 1, 0)
    assert [len(shown.pictures) for shown in seen.values()] == counts[: len(names)]
    assert sorted(number for shown in seen.values() for number in shown.pictures) == list(range(start - 1))
    assert set(seen) <= set(prompts.candidates(text))


@given(st.text(max_size=200), st.integers(0, 3), st.integers(0, 2))
def test_any_prompt_is_read(prompt, count, clips):
    text, seen = cast.read(prompt, count, clips)
    assert bool(seen) == bool(count or clips)
    assert set(seen) <= set(prompts.candidates(text)) or not seen


# --- pictures -----------------------------------------------------------------------------------------------------


def test_the_ground_is_cut_away_also_where_it_is_seen_through_the_figure():
    cutout = pictures.cut([still(kind="JPEG")])
    alpha = cutout.frames[0][..., 3]
    height, width = alpha.shape
    assert (240, 180) < (height, width) < (340, 200)
    assert alpha[0].max() == alpha[:, 0].max() == 0
    assert alpha[height // 3, width // 2 + 20] < 30
    assert alpha[3 * height // 4, width // 2] == 255
    assert not cutout.bust


def test_a_whole_figure_goes_before_a_head():
    head = Image.new("RGB", (300, 300), GROUND)
    head.paste((200, 30, 30), (60, 60, 240, 300))
    cutout = pictures.cut([encoded(head), still()])
    assert not cutout.bust
    assert pictures.cut([encoded(head)]).bust


def test_a_picture_without_a_plain_ground_is_shown_whole_with_a_soft_border():
    noise = np.random.default_rng(7).integers(0, 255, (200, 300, 3), np.uint8)
    cutout = pictures.cut([encoded(Image.fromarray(noise))])
    frame = cutout.frames[0]
    assert frame.shape[0] >= 200
    assert frame[100, 150, 3] == 255
    assert 0 < frame[100, 6, 3] < 255


def test_a_picture_with_alpha_is_cut_along_it():
    picture = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    picture.paste((10, 200, 10, 255), (50, 50, 150, 150))
    frame = pictures.cut([encoded(picture)]).frames[0]
    assert (98, 98) < frame.shape[:2] < (130, 130)
    assert tuple(frame[50, 50]) == (10, 200, 10, 255)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no picture"),
        (b"GIF89a", "no picture"),
        (still()[:200], "no picture"),
        (still(size=(200, 480)), "300 at least"),
        (still(size=(300, 900)), "1:2.5"),
        (encoded(Image.new("RGB", (400, 400)), "GIF"), "GIF"),
        (still() + b"x" * 2_000_000, "MB"),
    ],
)
def test_pictures_that_the_rules_do_not_allow_are_refused(content, said):
    rules = PictureRules(most=1, least_side=300, widest=2.5, most_bytes=1_000_000)
    with pytest.raises(ValueError, match=said):
        pictures.check(content, rules)
    pictures.check(still(), rules)


@given(st.binary(min_size=1, max_size=300))
def test_data_uris_and_base64_are_decoded_strictly(content):
    text = base64.b64encode(content).decode()
    assert pictures.decode(text) == pictures.decode(f"data:image/png;charset=x;base64,{text}") == content
    for wrong in (f"{text}!", f" {text}", f"data:image/png,{text}", "data:image/png;base64,", text[:-1]):
        with pytest.raises(ValueError, match=r"base64|empty"):
            pictures.decode(wrong)
    with pytest.raises(ValueError, match="more than"):
        pictures.decode(text, len(content) // 2)


@pytest.mark.parametrize(
    ("ratio", "resolution", "size"),
    [
        ("16:9", "720p", "1280x720"),
        ("9:16", "1080P", "1080x1920"),
        ("16:9", "480p", "854x480"),
        ("1:1", "768p", "768x768"),
        ("21:9", "4k", "5040x2160"),
    ],
)
def test_a_ratio_and_a_resolution_make_a_size(ratio, resolution, size):
    assert fields.frame_size(ratio, resolution) == size


@given(st.text(max_size=8), st.text(max_size=6))
def test_what_is_no_ratio_or_resolution_is_refused(ratio, resolution):
    with pytest.raises(Refused):
        fields.frame_size(ratio, "720p" if resolution == "720p" else resolution + "q")
    with pytest.raises(Refused):
        fields.frame_size(ratio + ":", "720p")


# --- with the real engine -----------------------------------------------------------------------------------------


@pytest.mark.release
def test_the_sample_s_rabbit_walks_on_the_beach_as_it_was_sent(made):
    cutout = cutout_of(made.rabbit, made.home)
    figure = Image.fromarray(cutout.frames[cutout.best])
    sheet = Image.new("RGBA", (figure.width + 160, figure.height + 120), (*GROUND, 255))
    sheet.alpha_composite(figure, (80, 60))
    sent = encoded(sheet.convert("RGB"), "JPEG")
    with (
        rehearsal.start("openrouter") as running,
        httpx.Client(base_url=running.url, headers={"authorization": "Bearer k"}, timeout=60) as service,
    ):
        prompt = "Luna is the rabbit in Image 1. Luna walks on the beach at sunset."
        films = [film(service, prompt, stills) for stills in ((sent,), ())]
        paths = [running._tasks.path(running.task(task["id"]).name) for task in films]
        with_rabbit, without = (next(media.frames(path, 2.0)).rgb.astype(int) for path in paths)
    # the rabbit's own colours are where they are not without it
    cut = pictures.cut([sent]).frames[0]
    usual = body_of(cut)
    changed = np.abs(with_rabbit - without).max(-1) > 40
    assert changed.mean() > 0.01
    assert np.abs(with_rabbit[changed].mean(0) - usual).max() < 60
