"""What characters lend to a service, what a preview shows of it, and who was asked before they leave this machine."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from conftest import KEY
from faulty import Faulty, answer
from PIL import Image
from quick import QuickEngine

from sora_nb.errors import ConsentNeeded, InvalidInput, OutcomeUnknown, PromptError
from sora_nb.models import Registration, Still
from sora_nb.providers import references
from sora_nb.providers.profile import ModelRules, Profile, ReferenceRules
from sora_nb.studio import Studio

SHOWN = ReferenceRules(style="number", images=3, side=200)


def bakery(**rules):
    return Profile(
        name="bakery",
        title="a service that is shown who is meant",
        dialect="toy:Toy",
        models={
            "cake": ModelRules(
                seconds=5, ratios=("16:9", "9:16"), resolutions=("720p", "1080p"), references=SHOWN, **rules
            ),
            "bread": ModelRules(seconds=5),
        },
        video={"model": "cake"},
        refusals_charged="yes",
    )


@pytest.fixture
def service():
    with Faulty(answer(b"upstream", 502)) as running:
        yield running


@pytest.fixture
def studio(service, tmp_path):
    with Studio(
        bakery(), base_url=service.url, api_key=KEY, home=tmp_path / "home", progress=False, engine=QuickEngine()
    ) as made:
        yield made


@pytest.fixture
def luna(studio, clip, tmp_path):
    """A character of two pictures."""
    made = studio.extract(clip, 0, 2, name="luna", description="a small grey cat")
    path = tmp_path / "head.jpg"
    Image.new("RGB", (300, 300), "grey").save(path)
    stills = (made.stills[0], Still(path=path, width=300, height=300, kind="head"))
    return studio.ledger.characters.change(made, stills=stills)


def test_a_character_is_made_here_and_lends_its_pictures(studio, luna, service):
    seen = studio.preview("@luna walks on the beach")
    assert seen.model == "bakery/cake"
    assert seen.prompt == ("Luna is the character in Image 1 and Image 2: a small grey cat. Luna walks on the beach")
    assert [each.path for each in seen.pictures] == [still.path for still in luna.stills[:2]]
    assert (seen.shape.ratio, seen.shape.resolution, seen.seconds) == ("16:9", "720p", 5)
    assert seen.consent == ("@luna",)
    assert "unknown" in str(seen.price)
    html = seen._repr_mimebundle_()["text/html"]
    assert html.count("data:image/jpeg;base64,") == 2
    assert "Image 2: @luna" in html
    assert service.requests == []
    assert [call.kind for call in studio.ledger.calls()] == ["character"]


def test_a_size_that_is_not_made_is_told(studio):
    seen = studio.preview("a corgi", size="704x1280")
    assert seen.notes == ("cake makes 9:16 at 720p, in place of 704x1280.",)
    assert seen.shape.size == "720x1280"


def test_an_order_is_compiled_once(studio, luna, monkeypatch):
    made, compile_ = [], references._compile
    monkeypatch.setattr(references, "_compile", lambda *order: made.append(order) or compile_(*order))
    job = studio.submit("@luna walks", consent="Ada: my own cat")
    with pytest.raises(OutcomeUnknown):
        job.result()
    assert len(made) == 1


def test_nobody_leaves_unasked(studio, luna, service):
    with pytest.raises(ConsentNeeded, match=r"@luna would leave this machine.*bakery.*A refusal is charged.*consent="):
        studio.generate(f"{luna} walks")
    assert service.requests == []
    assert len(studio.ledger.calls()) == 1
    with pytest.raises(InvalidInput, match="has the name of whoever says so"):
        studio.generate(f"{luna} walks", consent=" ")
    before = datetime.now(UTC)
    with pytest.raises(OutcomeUnknown):
        studio.generate(f"{luna} walks", consent="Ada Lovelace: my own cat")
    said = studio.character("luna").consent
    assert said.by == "Ada Lovelace: my own cat"
    assert before <= said.at <= datetime.now(UTC)
    with pytest.raises(OutcomeUnknown):
        studio.generate(f"{luna} runs")  # answered once
    assert len(service.creates) == 2
    assert studio.preview("@luna sits").consent == ()


def test_who_stays_here_is_not_asked_about(studio, luna):
    studio.generate(f"{luna} walks", model="local/animatic", seconds=1, size="320x176")
    assert studio.character("luna").consent is None


def test_a_model_that_cannot_be_shown_anybody_says_which_can(studio, luna):
    with pytest.raises(PromptError, match=r"bread at bakery cannot be shown @luna.*These models of bakery can: cake"):
        studio.preview(f"{luna} walks", model="bakery/bread")


def test_too_many_characters_are_told_before_money(studio, luna, clip):
    names = ["luna", *(studio.extract(clip, 0, 2, name=f"cat{number}").username for number in range(3))]
    with pytest.raises(PromptError, match="mentions 4 characters, this service takes 3"):
        studio.preview(" and ".join(f"@{name}" for name in names))
    seen = studio.preview("@cat1 and @luna")
    assert [(each.username, each.label) for each in seen.pictures] == [("cat1", "Image 1"), ("luna", "Image 2")]


def test_pictures_that_are_too_small_are_told(studio, luna, tmp_path):
    small = tmp_path / "small.png"
    Image.new("RGB", (100, 100)).save(small)
    studio.ledger.characters.change(luna, stills=(Still(path=small, width=100, height=100, kind="figure"),))
    with pytest.raises(InvalidInput, match=r"nothing to show @luna.*100x100 pixels; cake takes 200 or more"):
        studio.preview("@luna walks")


def test_pictures_that_are_gone_are_made_again(studio, luna):
    for still in luna.stills:
        still.path.unlink()
    seen = studio.preview("@luna walks")
    assert all(each.path.is_file() for each in seen.pictures)
    assert studio.character("luna").stills


def test_a_lifelike_face_is_told_before_money(studio, service, luna, tmp_path):
    face = luna.stills[0].model_copy(update={"face": True})
    luna = studio.ledger.characters.change(luna, stills=(face,))
    assert not any("face" in note for note in studio.preview("@luna walks").notes)
    strict = bakery(faces="refused")
    options = {"base_url": service.url, "api_key": KEY, "home": studio.home, "progress": False}
    with Studio(strict, **options) as careful:
        assert any("shows a lifelike face; cake refuses" in note for note in careful.preview("@luna walks").notes)
        with pytest.warns(UserWarning, match="lifelike face"), pytest.raises(OutcomeUnknown):
            careful.generate("@luna walks", consent="Ada")
        careful.ledger.characters.change(luna, consent=None)
        with pytest.raises(ConsentNeeded, match="refuses photorealistic faces"):
            careful.generate("@luna walks")


def test_a_registration_counts_until_it_ends(studio, luna):
    """A service that prompts mention by its own handle knows who was made there, until it says so."""
    handles = Profile(name="shop", title="handles", dialect="sora", routes={"characters": "/c"})
    options = {"base_url": "https://shop.example", "api_key": KEY, "home": studio.home, "progress": False}
    known = {"shop at https://shop.example": Registration(id="ch_9", username="vendor.handle")}
    studio.ledger.characters.change(luna, providers=known)
    with Studio(handles, **options) as shop:
        assert shop.preview("@luna walks").prompt == "@vendor.handle walks"
        over = datetime.now(UTC) - timedelta(seconds=1)
        ended = {name: each.model_copy(update={"expires_at": over}) for name, each in known.items()}
        shop.ledger.characters.change(luna, providers=ended)
        with pytest.raises(PromptError, match="not to shop"):
            shop.preview("@luna walks")


def test_the_wording_is_kept_with_the_call(studio, luna):
    with pytest.raises(OutcomeUnknown):
        studio.generate("@luna walks", consent="Ada")
    (call,) = [call for call in studio.ledger.calls() if call.kind == "video"]
    assert re.match(r"Luna is the character in Image 1", call.details["wording"])
    assert call.prompt == "@luna walks"


def test_where_a_model_takes_no_clip_pictures_are_sent(studio, luna):
    seen = studio.preview("@luna walks", references="clips")
    assert [each.path for each in seen.pictures] == [still.path for still in luna.stills]
    assert seen.clips == ()
    assert any("cake takes no clips. Pictures are sent instead" in note for note in seen.notes)


@pytest.mark.parametrize(("references", "pictures"), [("clips", 0), ("both", 2)])
def test_clips_alone_or_with_pictures(service, studio, luna, references, pictures):
    clips = SHOWN.model_copy(update={"clips": 1, "clip_inline": True})
    taking = bakery().model_copy(update={"models": {"cake": ModelRules(seconds=5, references=clips)}})
    with Studio(taking, base_url=service.url, api_key=KEY, home=studio.home, progress=False) as other:
        seen = other.preview("@luna walks", references=references)
        assert (len(seen.clips), len(seen.pictures)) == (1, pictures)


def test_a_clip_that_is_gone_is_told(studio, luna):
    luna.clip_file.unlink()
    seen = studio.preview("@luna walks", references="clips")
    assert len(seen.pictures) == 2
    assert "The clip of @luna is not on this machine. Pictures are sent instead." in seen.notes
