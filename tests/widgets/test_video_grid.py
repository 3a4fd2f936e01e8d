import threading

import pytest
import traitlets
import wire as wires

from sora_nb import media
from sora_nb.errors import InvalidInput
from sora_nb.models import Status, Video
from sora_nb.notebook.widgets import video_grid
from sora_nb.notebook.widgets.video_grid import VideoGrid


def shown(*videos, **more):
    """A grid that has looked into all its files."""
    grid = VideoGrid(*videos, **more)
    grid.ready.result()
    return grid


@pytest.fixture
def bunny(footage):
    return Video(
        id="video_1", status=Status.COMPLETED, prompt="a rabbit", path=footage, model="sora-2", charged=0, seconds=5
    )


def test_files_go_to_the_page_as_messages(wire, bunny):
    grid = shown([bunny])
    (player,) = grid._players
    assert (player["title"], player["about"]) == ("a rabbit", "sora-2 · 5 s · $0.00")
    assert (player["width"], player["height"], player["codec"], player["note"]) == (1280, 720, "h264", "")
    assert player["poster"].startswith("data:image/jpeg;base64,")
    assert b"".join(buffers[0] for _, buffers in wire.customs(grid)) == bunny.path.read_bytes()
    assert "text" not in str(wire.state(grid)["media"])


def test_one_alone_and_whatever_can_be_a_video_is_taken(bunny, footage):
    assert VideoGrid(bunny).videos == (bunny,)
    grid = VideoGrid(each for each in (footage, str(footage), bunny, "https://x.example/cat.mp4"))
    assert [player["title"] for player in grid._players] == [
        footage.name, footage.name, "a rabbit", "https://x.example/cat.mp4"
    ]  # fmt: skip
    assert VideoGrid(footage, captions=["first"])._players[0]["title"] == "first"


@pytest.mark.parametrize("wrong", [7, [7], ["missing.mp4"], "missing.mp4", (1, 3)])
def test_what_is_no_video_is_refused(bunny, wrong):
    grid = VideoGrid(bunny)
    with pytest.raises(InvalidInput):
        grid.show(wrong)
    assert grid.videos == (bunny,)
    with pytest.raises(InvalidInput):
        VideoGrid(wrong)


def test_a_file_is_looked_into_and_sent_once_however_often_progress_is_shown(wire, bunny, monkeypatch):
    waiting = Video(id="4", status=Status.IN_PROGRESS, progress=40)
    grid = shown([bunny, waiting])
    sent = len(wire.customs(grid))
    monkeypatch.setattr(video_grid.media, "probe", None)
    grid.videos = [bunny, waiting.model_copy(update={"progress": 60})]
    grid.ready.result()
    assert "60 %" in grid._players[1]["note"]
    assert len(wire.customs(grid)) == sent


def test_what_cannot_be_played_says_why(bunny, tmp_path):
    text = tmp_path / "a.mp4"
    text.write_text("no video")
    gone = bunny.model_copy(update={"id": "2", "path": tmp_path / "gone.mp4"})
    failed = Video(id="3", status=Status.FAILED, error="No capacity.")
    waiting = Video(id="4", status=Status.IN_PROGRESS, progress=40)
    grid = shown([bunny.model_copy(update={"path": text}), gone, failed, waiting])
    notes = [player["note"] for player in grid._players]
    assert "is not a video file" in notes[0]
    assert notes[1:] == [
        "The file gone.mp4 is not here any more.",
        "No video: No capacity.",
        "Not made yet: in progress, 40 %",
    ]


def test_a_large_file_is_shown_as_a_small_preview(wire, bunny, monkeypatch, tmp_path):
    monkeypatch.setattr(video_grid, "LARGEST", 1000)
    grid = VideoGrid([bunny])
    grid.videos = [bunny]  # as progress of others is shown; the preview is not begun again
    grid.ready.result()
    (player,) = grid._players
    assert (player["preview"], player["codec"], player["note"]) == (True, "h264", "")
    sent = tmp_path / "sent.mp4"
    sent.write_bytes(b"".join(buffers[0] for _, buffers in wire.customs(grid)))
    info = media.probe(sent)
    assert (info.width, info.height, info.has_audio) == (720, 404, True)
    assert info.duration == pytest.approx(media.probe(bunny.path).duration, abs=0.05)
    assert sent.stat().st_size < bunny.path.stat().st_size


def test_of_a_large_and_long_file_no_preview_is_made(bunny, monkeypatch):
    monkeypatch.setattr(video_grid, "LARGEST", 1000)
    monkeypatch.setattr(video_grid, "LONGEST", 3.0)
    grid = shown([bunny])
    assert "too long to be played here. Open bigbuckbunny.mp4." in grid._players[0]["note"]
    assert grid.media == {}


def test_a_preview_nobody_wants_any_more_is_not_sent(wire, bunny, monkeypatch):
    monkeypatch.setattr(video_grid, "LARGEST", 1000)
    grid = VideoGrid([bunny])
    grid.videos = []
    grid.ready.result()
    assert grid.media == {}
    assert wire.customs(grid) == []


def test_what_breaks_a_preview_stands_in_the_place_of_the_video(bunny, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(video_grid, "LARGEST", 1000)
    monkeypatch.setattr(video_grid.media, "preview", full)
    grid = VideoGrid([bunny])
    grid.ready.result()
    assert "No space left" in grid._players[0]["note"]


def test_a_page_that_cannot_play_a_file_gets_a_preview_once(wire, bunny):
    grid = shown([bunny])
    name = grid._players[0]["key"]
    for _ in range(2):  # two views say so
        wires.custom(grid, {"kind": "broken", "name": name})
    grid.ready.result()
    assert grid._players[0]["preview"]
    assert grid.media[name]["size"] < bunny.path.stat().st_size
    wires.custom(grid, {"kind": "broken", "name": "another"})
    assert grid.problem == ""


def test_a_link_is_played_only_from_the_web(bunny):
    linked = bunny.model_copy(update={"path": None, "url": "https://example.com/a.mp4"})
    assert VideoGrid([linked])._players[0]["url"] == "https://example.com/a.mp4"
    hostile = bunny.model_copy(update={"path": None, "url": "javascript:alert(1)"})
    assert "url" not in VideoGrid([hostile])._players[0]


def test_the_favourite_goes_both_ways_and_stays_with_its_video(bunny):
    other = bunny.model_copy(update={"id": "video_2", "prompt": "again"})
    grid, seen = VideoGrid([bunny, other]), []
    grid.observe(lambda change: seen.append(change["new"]), "favourite")
    wires.update(grid, favourite=1)
    grid.videos = [other, bunny]
    assert grid.favourite == 0
    grid.videos = [bunny]
    assert grid.favourite is None
    assert seen == [1, 0, None]
    with pytest.raises(traitlets.TraitError, match="There are 1 videos"):
        grid.favourite = 3


def test_what_was_not_understood_is_told_under_the_player(bunny):
    strange = bunny.model_copy(update={"raw": {"warnings": ["Not understood: unicycle."]}})
    assert VideoGrid([strange])._players[0]["about"] == "sora-2 · 5 s · $0.00 · Not understood: unicycle."


def test_a_caption_for_each(bunny):
    assert VideoGrid([bunny], captions=["the \u202ebest"])._players[0]["title"] == "the best"
    with pytest.raises(InvalidInput, match="1 videos and 2 captions"):
        VideoGrid([bunny], captions=["a", "b"])


def test_a_matrix_has_a_place_for_each_video(bunny):
    failed = Video(id="3", status=Status.FAILED, prompt="a rabbit", error="No capacity.")
    grid = VideoGrid([bunny, failed], rows=["a \u202erabbit"], columns=["x", "<b>y</b>"])
    assert grid._headings == {"rows": ["a rabbit"], "columns": ["x", "<b>y</b>"]}
    assert [player["title"] for player in grid._players] == ["", ""]
    assert VideoGrid([bunny], rows=["r"], columns=["c"], captions=["best"])._players[0]["title"] == "best"
    html = grid._still()
    assert '<th scope="row"' in html
    assert "&lt;b&gt;y&lt;/b&gt;</th>" in html
    assert html.count("<td style=") == 2
    assert 'alt="Video: a rabbit"' in html
    grid.videos = [bunny]
    assert (grid._headings, grid._players[0]["title"]) == ({}, "a rabbit")


@pytest.mark.parametrize(("rows", "columns"), [(["a"], ["x", "y"]), (["a"], []), ([], ["x"]), (["a", "b"], ["x"])])
def test_a_matrix_that_does_not_fit_is_refused(bunny, rows, columns):
    with pytest.raises(InvalidInput, match=f"1 videos for {len(rows)} rows and {len(columns)} columns"):
        VideoGrid([bunny], rows=rows, columns=columns)


def test_without_a_kernel_posters_are_seen(bunny):
    html = VideoGrid([bunny.model_copy(update={"prompt": "<script>x</script>"})])._still()
    assert "data:image/jpeg;base64," in html
    assert "<script>" not in html
    assert "Run this cell" in VideoGrid()._still()
    assert repr(VideoGrid([bunny])) == "VideoGrid(1 videos, favourite=None)"


def test_a_large_file_is_played_by_address_as_it_is(wire, served, bunny, monkeypatch):
    monkeypatch.setattr(video_grid, "LARGEST", 1000)
    monkeypatch.setattr(video_grid, "LONGEST", 3.0)
    monkeypatch.setattr(media, "poster", None)  # nothing is decoded for a picture
    grid = shown([bunny])
    (player,) = grid._players
    assert (player["note"], player.get("preview"), player["poster"]) == ("", None, "")
    assert served.find(grid.media[player["key"]]["at"]).path == str(bunny.path)
    assert wire.customs(grid) == []


def test_a_page_that_reaches_no_address_gets_a_poster_and_then_a_preview_of_a_large_file(
    wire, served, bunny, monkeypatch
):
    monkeypatch.setattr(video_grid, "LARGEST", 1000)
    grid = shown([bunny])
    key = grid._players[0]["key"]
    wires.custom(grid, {"kind": "need", "name": key, "token": grid.media[key]["token"]})
    grid.ready.result()
    (player,) = grid._players
    assert player["poster"].startswith("data:image/jpeg;base64,")
    assert player["preview"]
    assert "at" not in grid.media[key]
    assert (
        grid.media[key]["size"] == sum(len(buffers[0]) for _, buffers in wire.customs(grid)) < bunny.path.stat().st_size
    )


def test_nothing_is_looked_into_by_the_constructor(bunny, monkeypatch):
    here = threading.get_ident()
    looked = []
    probe = media.probe
    monkeypatch.setattr(media, "probe", lambda file: looked.append(threading.get_ident()) or probe(file))
    shown([bunny])
    assert looked
    assert here not in looked
