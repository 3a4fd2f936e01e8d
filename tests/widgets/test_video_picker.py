import hashlib
from pathlib import Path

import pytest
import wire as wires
from cast import Library

from sora_nb.errors import InvalidInput, MediaError
from sora_nb.models import Status, Video
from sora_nb.notebook.widgets import _addresses
from sora_nb.notebook.widgets._base import SLICE
from sora_nb.notebook.widgets._search import PAGE
from sora_nb.notebook.widgets.video_picker import VideoPicker


@pytest.fixture
def bunny(footage):
    return Video(id="video_1", status=Status.COMPLETED, prompt="a rabbit", path=footage, model="sora-2", seconds=5)


class Page:
    """A page that uploads a file to a picker."""

    def __init__(self, wire, picker, ident="a"):
        self.wire, self.picker, self.ident = wire, picker, ident

    def send(self, buffers=(), **content):
        """Send a message of the upload and return its answer."""
        wires.custom(self.picker, {"kind": "upload", "id": self.ident, **content}, buffers)
        answer, _ = self.wire.customs(self.picker)[-1]
        assert (answer.pop("kind"), answer.pop("id")) == ("upload", self.ident)
        return answer

    def begin(self, size, name="cat.mp4"):
        return self.send(do="begin", name=name, size=size)

    def slice(self, at, data):
        return self.send([data], do="slice", at=at)

    def whole(self, data, name="cat.mp4"):
        answer = self.begin(len(data), name)
        while "have" in answer:
            answer = self.slice(answer["have"], data[answer["have"] : answer["have"] + SLICE])
        return answer


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://example.com/cat.mp4", ""),
        ("  http://localhost:8000/a?token=1  ", ""),
        ("https://[2001:db8::1]/a.mov", ""),
        ("", "Type or paste"),
        ("example.com/cat.mp4", "Start with https://"),
        ("ftp://example.com/cat.mp4", "not with ftp:"),
        ("file:///home/me/cat.mp4", "Upload it instead"),
        (r"C:\Videos\cat.mp4", "Upload it instead"),
        ("data:video/mp4;base64,AA", "Upload the file instead"),
        ("https://exa mple.com/cat.mp4", "no spaces"),
        ("https://", "name of a computer"),
        ("https://cat", "name of a computer"),
        ("https://example.com:99999/cat.mp4", "cannot be right"),
        ("https://me:secret@example.com/cat.mp4", "has a password"),
        ("https://www.youtube.com/watch?v=1", "a page of youtube.com"),
        ("https://notyoutube.com/cat.mp4", ""),
        ("https://example.com/cat.JPG", "leads to a picture"),
        ("https://example.com/" + "a" * 2000, "characters long"),
    ],
)
def test_what_is_wrong_with_an_address_is_said_in_words(address, fault):
    said = _addresses.fault(address)
    assert fault in said if fault else said == ""


def test_an_address_is_checked_and_used(wire):
    picker = VideoPicker()
    wires.custom(picker, {"kind": "check", "address": "cat"})
    wires.custom(picker, {"kind": "use", "address": "file:///etc/passwd"})
    faults = [content["fault"] for content, _ in wire.customs(picker)]
    assert faults[0] == "Start with https://"
    assert "Upload it instead" in faults[1]
    assert picker.value is None
    wires.custom(picker, {"kind": "use", "address": " https://example.com/my%20cat.mp4 "})
    assert picker.value == "https://example.com/my%20cat.mp4"
    assert (picker._chosen["title"], picker._chosen["about"]) == ("my cat.mp4", "example.com")


class Crew:
    """A library with one character, which had another name before."""

    def __init__(self, who):
        self.who = who

    def resolve(self, names):
        return {name: self.who for name in names if name in {self.who.username, *self.who.aliases}}


def test_faces_take_the_places_of_names(wire, bunny, made):
    who = made.rabbit.model_copy(update={"username": "Bunny", "aliases": ("hero",)})
    old = bunny.model_copy(
        update={"id": "2", "prompt": "@hero, @gone dance with @hero", "characters": ("hero", "gone")}
    )
    picker = VideoPicker([bunny, old])
    assert picker._past[1]["title"] == old.prompt
    picker.characters = Crew(who)
    first, second = picker._past
    assert (first["title"], first["cast"]) == ("a rabbit", [])
    assert (second["title"], second["cast"]) == ("@gone dance with @hero", ["hero"])
    assert second["prompt"] == old.prompt
    wires.custom(picker, {"kind": "posters", "keys": [second["key"]]})
    picker.ready.result()
    (face,) = [content for content, _ in wire.customs(picker) if content["kind"] == "face"]
    assert face["username"] == "hero"
    assert face["picture"].startswith("data:image/")


def test_a_past_video_is_picked_by_its_card(bunny):
    unfinished = Video(id="video_2", prompt="not there yet")
    picker, seen = VideoPicker([unfinished, bunny]), []
    picker.observe(lambda change: seen.append(change["new"]), "value")
    (card,) = picker._past
    assert card["prompt"] == "a rabbit"
    wires.custom(picker, {"kind": "pick", "key": card["key"]})
    assert seen == [bunny]
    assert picker._chosen["about"] == "sora-2 · 5 s · 1.1 MB"
    assert picker._chosen["poster"].startswith("data:image/jpeg;base64,")
    wires.custom(picker, {"kind": "pick", "key": "gone"})
    assert "not in the list any more" in picker.problem
    assert picker.value == bunny


def test_posters_are_no_state_and_are_sent_when_asked_for(wire, bunny):
    picker = VideoPicker([bunny.model_copy(update={"id": str(number)}) for number in range(3)])
    assert "base64" not in str(picker._past)
    wires.custom(picker, {"kind": "posters", "keys": [picker._past[1]["key"], "gone", 7]})
    picker.ready.result()
    ((content, _),) = wire.customs(picker)
    assert content["key"] == picker._past[1]["key"]
    assert content["picture"].startswith("data:image/jpeg;base64,")


def search(picker, text):
    wires.custom(picker, {"kind": "search", "text": text})
    picker.ready.result()
    return [card["prompt"] for card in picker._past[PAGE:]]


def test_the_page_has_the_newest_videos_and_those_a_search_finds(bunny):
    many = [bunny.model_copy(update={"id": str(number), "prompt": f"a rabbit {number}"}) for number in range(300)]
    picker = VideoPicker(many)
    assert (len(picker._past), picker._total, repr(picker)) == (PAGE, 300, "VideoPicker(300 videos, value=None)")
    assert search(picker, "299 Rabbit") == ["a rabbit 299"]
    wires.custom(picker, {"kind": "pick", "key": picker._past[-1]["key"]})
    assert picker.value == many[299]
    assert search(picker, "") == []
    picker.videos = many[:PAGE]
    assert picker._total == PAGE
    picker.videos = Library(many)
    assert picker._total is None
    picker.ready.result()
    assert (picker._total, len(picker.videos)) == (None, PAGE)
    assert repr(picker) == f"VideoPicker({PAGE}+ videos, value={many[299]!r})"
    assert search(picker, "25 rabbit") == [f"a rabbit {number}" for number in (125, 225, *range(250, 260))]
    wires.custom(picker, {"kind": "pick", "key": picker._past[-1]["key"]})
    assert picker.value == many[259]


def test_a_page_cannot_name_a_file_of_the_kernel(wire, footage):
    picker = VideoPicker()
    wires.custom(picker, {"kind": "use", "address": str(footage)})
    assert picker.value is None


def test_a_value_can_be_set_and_is_checked(bunny, footage, tmp_path):
    picker = VideoPicker([bunny])
    for value in (bunny, footage, "https://example.com/cat.mp4", None):
        picker.value = value
        assert picker.value == value
    picker.value = str(footage)
    assert picker.value == footage
    picker.value = None
    text = tmp_path / "a.mp4"
    text.write_text("no video")
    for value, error, words in (
        ("cat.mp4", InvalidInput, "no file on this machine.*they begin at"),
        (str(tmp_path), InvalidInput, "a folder on this machine"),
        ("ftp://example.com/cat.mp4", InvalidInput, "not with ftp:"),
        (text, MediaError, "not a video file"),
        (7, InvalidInput, "not 7"),
    ):
        with pytest.raises(error, match=words):
            picker.value = value
    assert picker.value is None


def test_an_upload_of_200_mb_arrives_slice_by_slice(wire, footage, tmp_path):
    size = 200_000_000
    video = footage.read_bytes()
    filler = (size - len(video)).to_bytes(4, "big") + b"free"
    data = video + filler + bytes(size - len(video) - len(filler))
    picker = VideoPicker(uploads=tmp_path / "uploads")
    assert Page(wire, picker).whole(data) == {"done": True}
    with picker.value.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").digest() == hashlib.sha256(data).digest()
    assert [file for file in (tmp_path / "uploads").rglob("*") if file.is_file()] == [picker.value]
    assert "200.0 MB" in picker._chosen["about"]


def test_slices_that_come_twice_or_too_early_change_nothing(wire, footage, tmp_path):
    data = footage.read_bytes()
    picker = VideoPicker(uploads=tmp_path)
    page = Page(wire, picker)
    assert page.begin(len(data)) == {"have": 0}
    first, rest = data[:700_000], data[700_000:]
    assert page.slice(700_000, rest) == {"have": 0}
    assert page.slice(0, first) == {"have": 700_000}
    assert page.slice(0, first) == {"have": 700_000}
    assert page.begin(len(data)) == {"have": 700_000}  # after a lost connection it goes on where it stopped
    assert page.slice(700_000, rest) == {"done": True}
    assert page.slice(700_000, rest) == {"done": True}
    assert page.begin(len(data)) == {"done": True}
    assert picker.value.read_bytes() == data


@pytest.mark.parametrize(
    "name", ["../../evil.mp4", r"..\..\evil.mp4", "/etc/evil.mp4", "evil\0.mp4", "évil.mp4.sh", ""]
)
def test_a_name_from_the_page_is_never_a_path(wire, footage, tmp_path, name):
    picker = VideoPicker(uploads=tmp_path / "uploads")
    assert Page(wire, picker).whole(footage.read_bytes(), name) == {"done": True}
    assert picker.value.parent.parent == tmp_path / "uploads"
    assert picker.value.suffix in {".mp4", ""}
    assert [file.name for file in tmp_path.iterdir()] == ["uploads"]


def test_what_is_no_video_is_refused_and_leaves_nothing(wire, tmp_path):
    picker = VideoPicker(uploads=tmp_path)
    page = Page(wire, picker)
    assert "is not a video file this package opens" in page.whole(b"no video" * 100)["refused"]
    assert "empty" in page.begin(0)["refused"]
    assert "are free here" in page.begin(10**18)["refused"]
    assert page.slice(0, b"late") == {"unknown": True}
    page.begin(10)
    assert "wrong size" in page.slice(0, bytes(11))["refused"]
    assert list(tmp_path.iterdir()) == []
    assert picker.value is None


def test_a_cancelled_upload_leaves_nothing(wire, tmp_path):
    picker = VideoPicker(uploads=tmp_path)
    page = Page(wire, picker)
    page.begin(2_000_000)
    page.slice(0, bytes(SLICE))
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["cat.mp4.part"]
    assert page.send(do="cancel") == {"cancelled": True}
    assert list(tmp_path.iterdir()) == []


def test_without_a_folder_uploads_go_to_a_temporary_one(wire, footage):
    picker = VideoPicker()
    assert Page(wire, picker).whole(footage.read_bytes()) == {"done": True}
    assert picker.value.parent.parent.name.startswith("sora_nb-uploads-")
    picker.value.unlink()


def test_without_a_kernel_the_choice_is_seen(bunny):
    picker = VideoPicker([bunny])
    assert "Run this cell" in picker._still()
    picker.value = bunny.model_copy(update={"prompt": "<script>x</script>"})
    assert "data:image/jpeg;base64," in picker._still()
    assert "<script>" not in picker._still()
    assert repr(VideoPicker()) == "VideoPicker(0 videos, value=None)"
    assert isinstance(picker.videos[0].path, Path)
