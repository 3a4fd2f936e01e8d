"""What came whole and makes no sense: films this machine cannot read are kept, and no row keeps others from their end."""

from __future__ import annotations

import hashlib
import json

import av
import pytest
from conftest import KEY
from faults import campaign
from faulty import Faulty, answer

from sora_nb import media
from sora_nb.models import Clip, State
from sora_nb.storage.call import Call
from sora_nb.storage.files import Files
from sora_nb.studio import Studio

UNKNOWN_CODEC = {b"avc1": b"zzzz"}
UNKNOWN_SOUND = {b"mp4a": b"zzzz", b"esds": b"zzzz"}
TITLE = "titletitle"
LATIN = {TITLE.encode(): "été à Noël".encode("latin-1")}


@pytest.fixture(scope="module")
def film(footage, tmp_path_factory):
    """A second of the footage as bytes, with a title."""
    folder = tmp_path_factory.mktemp("film")
    media.cut(footage, Clip(1, 2), folder / "cut.mp4")
    with av.open(str(folder / "cut.mp4")) as source, av.open(str(folder / "a.mp4"), "w") as target:
        target.metadata["title"] = TITLE
        tracks = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = tracks[packet.stream.index]
                target.mux(packet)
    return (folder / "a.mp4").read_bytes()


def changed(film, pieces):
    for old, new in pieces.items():
        assert old in film
        film = film.replace(old, new)
    return film


def serving(**films):
    """A service whose tasks have ended, each with its film; the name of a film is its task's."""

    def reply(connection, request):
        path = request.split(b" ", 2)[1].decode()
        task = path.removeprefix("/v1/videos/").partition("/")[0]
        if task not in films:
            connection.sendall(answer(b"{}", 404))
        elif path.endswith("/content"):
            connection.sendall(answer(films[task]))
        else:
            connection.sendall(answer(json.dumps({"id": task, "status": "completed"}).encode()))

    return Faulty(reply)


def left_running(server, home, *tasks):
    """A studio after a restart, with a paid call for each of these tasks."""
    studio = Studio("custom", base_url=server.url, api_key=KEY, home=home, progress=False)
    for task in tasks:
        studio.ledger.add(
            Call(kind="video", profile="custom", base_url=server.url, state=State.RUNNING, task=task, estimate=1)
        )
    return studio


@pytest.mark.usefixtures("each_database")
def test_a_film_in_an_unknown_format_is_kept_and_says_so(tmp_path, film, tally):
    content = changed(film, UNKNOWN_CODEC)
    with serving(odd=content, good=film) as server, left_running(server, tmp_path, "odd", "good") as studio:
        assert studio.resume()["note"].tolist() == ["finished"] * 2
        odd, good = studio.ledger.calls()
        assert (odd.state, odd.charged, odd.poster) == (State.DONE, 1, None)
        assert odd.file.read_bytes() == content
        assert odd.sha256 == hashlib.sha256(content).hexdigest()
        assert "kept, but cannot be shown here" in odd.error
        assert "kept, but cannot be shown here" in studio.videos()[-1]._repr_mimebundle_()["text/html"]
        assert (good.state, good.error) == (State.DONE, "")
        assert not list((tmp_path / "incoming").iterdir())
    tally.hostile += 1


@pytest.mark.parametrize("odd", [LATIN, UNKNOWN_SOUND])
def test_odd_titles_and_sounds_harm_nothing(tmp_path, film, odd, tally):
    path = tmp_path / "a.mp4"
    path.write_bytes(changed(film, odd))
    assert media.probe(path).has_audio == (odd is LATIN)
    media.cut(path, Clip(0, 0.5), tmp_path / "cut.mp4")
    assert len(list(media.frames(tmp_path / "cut.mp4"))) == 12
    tally.hostile += 1


@pytest.mark.usefixtures("each_database")
def test_one_row_that_cannot_be_finished_does_not_keep_others_from_it(tmp_path, film, monkeypatch):
    honest = Files.keep_video
    poisoned = hashlib.sha256(film + b"\0\0\0\x08free").hexdigest()

    def keep_video(self, incoming, digest):
        if digest == poisoned:
            raise AttributeError("'NoneType' object has no attribute 'width'")
        return honest(self, incoming, digest)

    monkeypatch.setattr(Files, "keep_video", keep_video)
    films = {"bad": film + b"\0\0\0\x08free", "first": film, "second": film}
    with serving(**films) as server, left_running(server, tmp_path, "first", "bad", "second") as studio:
        for _ in range(2):
            noted = studio.resume()["note"].tolist()
        assert len(noted) == 1
        assert noted[0].startswith(
            "not finished, AttributeError: 'NoneType' object has no attribute 'width'. If you know"
        )
        assert [call.state for call in studio.ledger.calls()] == [State.DONE, State.RUNNING, State.DONE]


@pytest.mark.parametrize("profile", ["local", "listing"])
def test_a_task_whose_id_came_garbled_is_looked_up(world, tally, profile):
    """It was accepted; it is not followed under a name that no task has."""
    campaign.play(world, tally, (profile, [("generate", {"create": ["an id of another type"]})]))
