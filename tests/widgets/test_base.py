import re
from types import SimpleNamespace

import pytest
import traitlets
import wire as wires
from ipywidgets import CallbackDispatcher
from jupyter_client.session import Session

from sora_nb.errors import ConfigError
from sora_nb.notebook.widgets import _base


class Sample(_base.SoraWidget):
    """A widget with the least in it."""

    _esm = "export default {};"
    number = traitlets.Int(1).tag(sync=True)


def test_a_misspelt_trait_is_an_error():
    with pytest.raises(TypeError, match="Sample has no 'nubmer'; check the spelling"):
        Sample(nubmer=3)


def test_media_go_as_messages_in_slices_and_never_as_state(wire, tmp_path, monkeypatch):
    monkeypatch.setattr(_base, "SLICE", 4)
    file = tmp_path / "a.mp4"
    file.write_bytes(b"0123456789")
    sample = Sample()
    sample.offer("video", file)
    told = wire.customs(sample)
    assert [content["index"] for content, _ in told] == [0, 1, 2]
    assert b"".join(buffers[0] for _, buffers in told) == b"0123456789"
    assert sample.media["video"]["size"] == 10
    assert set(sample.media["video"]) == {"token", "mime", "size"}


def test_what_all_widgets_share_overrides_no_widget_of_its_own_style_whichever_sheet_a_page_got_last():
    own = "".join(sheet.read_text("utf-8") for sheet in _base.STATIC.glob("*.css") if sheet.stem != "shared")
    shared = (_base.STATIC / "shared.css").read_text("utf-8")
    strong = re.findall(r"\.sora-widget \.(sora-[\w-]+)", shared)  # as strong as a widget's own rules
    assert [name for name in strong if f".{name}" in own] == []
    assert len(re.findall(r"^\.sora-[\w-]+ \{", shared, re.MULTILINE)) > 3


def need(widget, name):
    """Ask for something as a page does that did not get it."""
    wires.custom(widget, {"kind": "need", "name": name, "token": widget.media.get(name, {}).get("token")})


def test_a_page_that_missed_media_asks_again(wire, tmp_path):
    file = tmp_path / "a.mp4"
    file.write_bytes(b"video")
    sample = Sample()
    sample.offer("video", file)
    need(sample, "video")
    need(sample, "nothing")
    assert len(wire.customs(sample)) == 2
    sample.offer("video", None)
    assert sample.media == {}


def test_what_goes_wrong_in_a_message_is_shown():
    sample = Sample()

    def fail(content, buffers):
        raise ConfigError("No room.", hint="Make room.")

    sample.handle("go", fail)
    wires.custom(sample, {"kind": "go"})
    wires.custom(sample, {"kind": "unknown"})
    assert sample.problem.startswith("No room.")


def test_what_goes_wrong_in_a_callback_is_shown():
    sample, heard = Sample(problem="An old one."), []
    callbacks = CallbackDispatcher()
    callbacks.register_callback(lambda *told: heard.append(told))
    assert sample.tell(callbacks, "news")
    assert (heard, sample.problem) == ([(sample, "news")], "")
    callbacks.register_callback(lambda *_: 1 / 0)
    assert not sample.tell(callbacks)
    assert sample.problem == "ZeroDivisionError: division by zero"


def test_a_reader_without_a_kernel_sees_a_text_and_html():
    bundle, _ = Sample()._repr_mimebundle_()
    assert bundle["text/plain"] == "Sample()"
    assert "Run this cell" in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


@pytest.mark.parametrize("sheet", sorted(path for path in _base.STATIC.glob("*.css") if path.stem != "shared"))
def test_every_rule_is_about_its_own_widget(sheet):
    """A page has the sheets of all widgets at once, so a rule for everybody's `.sora-title` would reach the others.

    A widget's own element is both `.sora-widget` and `.sora-its-name`: nothing is one inside the other.
    """
    root = f".sora-{sheet.stem.replace('_', '-')}"
    rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    for selectors in re.findall(r"(?:^|[{}])\s*([^{}@]+?)\s*\{", rules):
        for selector in re.split(r",(?![^(]*\))", selectors):
            assert selector.strip().startswith(root) or re.fullmatch(r"from|to|\d+%", selector.strip()), selector
            assert f"{root} .sora-widget" not in selector


@pytest.fixture
def film(tmp_path):
    file = tmp_path / "a.mp4"
    file.write_bytes(b"0123456789")
    return file


def sent(wire, widget, start=0):
    return [buffers[0] for _, buffers in wire.customs(widget)[start:]]


def test_a_film_is_offered_by_address_where_a_server_lives_and_no_byte_is_sent(wire, served, film):
    sample = Sample()
    sample.offer("video", film, "video/webm")
    found = served.find(sample.media["video"]["at"])
    assert (found.path, found.mime) == (str(film), "video/webm")
    sample.offer("poster", film, "image/jpeg")  # a picture is sent
    assert "at" not in sample.media["poster"]
    assert sent(wire, sample) == [b"0123456789"]


def test_a_page_can_ask_a_server_whether_the_process_that_made_a_widget_lives(served, film):
    assert served.lives(Sample()._maker)
    served.close()
    assert Sample()._maker == ""


def test_a_widget_tells_the_page_which_process_made_it(monkeypatch):
    assert Sample()._process == ""
    kernel = SimpleNamespace(session=Session())
    monkeypatch.setattr(_base, "get_ipython", lambda: SimpleNamespace(kernel=kernel))
    assert Sample()._process == kernel.session.msg("kernel_info_reply")["header"]["session"] != ""
    kernel.session = SimpleNamespace(session=lambda: "another kind of kernel")
    assert Sample()._process == ""


def test_what_is_taken_away_or_ends_is_offered_no_longer(wire, served, film):
    sample, other = Sample(), Sample()
    for widget in (sample, other):
        widget.offer("video", film)
    names = [widget.media["video"]["at"] for widget in (sample, other)]
    sample.offer("video", None)
    other.close()
    assert [served.find(name) for name in names] == [None, None]


def test_a_page_that_reaches_no_address_gets_this_film_and_all_later_ones_by_message(wire, served, film):
    sample = Sample()
    sample.offer("video", film, start=1.0)
    name = sample.media["video"]["at"]
    need(sample, "video")
    assert not sample.by_address
    assert served.find(name) is None
    entry = sample.media["video"]
    assert ("at" in entry, entry["start"], entry["size"]) == (False, 1.0, 10)
    sample.offer("video", film)
    assert sent(wire, sample) == [b"0123456789"] * 2


def test_a_page_that_asks_for_a_film_which_another_took_the_place_of_is_not_one_that_reaches_nothing(
    wire, served, film
):
    sample = Sample()
    sample.offer("video", film)
    before = sample.media["video"]["token"]
    sample.offer("video", film)
    wires.custom(sample, {"kind": "need", "name": "video", "token": before})
    assert sample.by_address
    assert served.find(sample.media["video"]["at"]) is not None
    assert wire.customs(sample) == []


def test_by_message_something_small_comes_first(wire, film, tmp_path):
    small = tmp_path / "small.mp4"
    small.write_bytes(b"small")
    sample = Sample()
    sample.offer("video", film, first=small)
    assert sent(wire, sample) == [b"small", b"0123456789"]
    assert wire.customs(sample)[0][0]["token"] == sample.media["video"]["first"]["token"]
