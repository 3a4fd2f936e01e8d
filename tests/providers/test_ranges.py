"""Files by ranges: what is looked at comes first, nothing comes twice, and no two versions of a file are ever mixed."""

from __future__ import annotations

import re

import pytest
from faulty import Faulty, answer
from hurried import Hurried

from sora_nb.errors import DownloadError, FileNotReady
from sora_nb.media.arriving import BLOCK
from sora_nb.providers import addresses
from sora_nb.providers.ranges import FIRST

CONTENT = bytes(range(251)) * 2000
NEW = CONTENT[::-1]
MIDDLE = 300_000
MOST = 1024**2


class Looker:
    """Looks at the middle and the end of a file on its way, and keeps what it saw, or what went wrong."""

    def __init__(self):
        self.seen, self.errors = [], []

    def __call__(self, film):
        try:
            with film.open("rb") as file:
                for place in (MIDDLE, film.size - 10):
                    file.seek(place)
                    self.seen.append(file.read(10))
        except (OSError, DownloadError) as error:
            self.errors.append(error)


class Server(Faulty):
    """Sends parts of a file, after those requests that it answers in another way; `last` is answered so from then on.

    Attributes:
        content, tag: the file, and what tells it from others.
        sent: bytes of it.
    """

    def __init__(self, *first, last=None, content=CONTENT, tag='"1"', named="etag"):
        self.content, self.tag, self.named, self.sent = content, tag, named, 0
        super().__init__(*[reply or self.honest for reply in first], last or self.honest)

    def honest(self, connection, request, *, cut=None, **lies):
        head = request.decode("latin-1").lower()
        asked = re.search(r"\r\nrange: bytes=(\d+)-(\d*)", head)
        fits = re.search(r"\r\nif-range: *([^\r]*)", head)
        headers = [(self.named, self.tag)] if self.tag else []
        if not asked or (fits and fits[1] != self.tag.lower()):
            self.sent += len(self.content)
            return connection.sendall(answer(self.content, 200, headers))
        first, last = int(asked[1]), min(int(asked[2] or len(self.content)), len(self.content) - 1)
        told = lies.get("told", f"bytes {first}-{last}/{len(self.content)}")
        headers = [*headers, ("content-range", told)] if told else headers
        headers = [(self.named, lies["tag"]), *headers[1:]] if "tag" in lies else headers
        body = self.content[first : last + 1]
        whole = answer(body, lies.get("status", 206), headers)
        if cut is not None:
            whole = whole[: len(whole) - len(body) + cut]
        self.sent += len(body) if cut is None else cut
        return connection.sendall(whole)

    def lying(self, **lies):
        return lambda connection, request: self.honest(connection, request, **lies)


def fetch(server, target, look, **options):
    return Hurried(server.url).fetch(f"{server.url}/a.mp4", target, most=MOST, given=True, look=look, **options)


@pytest.mark.parametrize(("named", "tag"), [("etag", '"1"'), ("last-modified", "Mon, 23 Nov 2026 10:00:00 GMT")])
def test_a_look_comes_first_and_nothing_comes_twice(tmp_path, named, tag):
    look, before = Looker(), []

    def looking(film):
        look(film)
        before.append(film.have)

    arrived = []
    with Server(named=named, tag=tag) as server:
        got = fetch(server, tmp_path / "a.mp4", looking, on_progress=lambda *now: arrived.append(now))
        assert all(b"if-range:" in request.lower() for request in server.requests[1:])
        assert server.sent == len(CONTENT)
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT
    assert (got.size, got.tag) == (len(CONTENT), tag)
    assert look.seen == [CONTENT[MIDDLE : MIDDLE + 10], CONTENT[-10:]]
    assert FIRST < before[0] <= FIRST + 3 * BLOCK
    assert arrived[-1] == (len(CONTENT), len(CONTENT))
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize("size", [1, BLOCK, FIRST, FIRST + 1, 5 * BLOCK - 1])
def test_files_of_any_size_come_whole(tmp_path, size):
    with Server(content=CONTENT[:size]) as server:
        fetch(server, tmp_path / "a.mp4", lambda _: None)
        assert server.sent == size
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT[:size]


@pytest.mark.parametrize("tag", ["", 'W/"1"'])
def test_a_server_that_does_not_tell_its_versions_apart_is_not_looked_at(tmp_path, tag):
    look = Looker()
    with Server(tag=tag) as server:
        fetch(server, tmp_path / "a.mp4", look)
        assert server.sent <= len(CONTENT) + FIRST
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT
    assert (look.seen, look.errors) == ([], [])


def test_a_server_without_ranges_sends_the_file_once(tmp_path):
    look = Looker()
    with Faulty(answer(CONTENT, headers=[("etag", '"1"')])) as server:
        fetch(server, tmp_path / "a.mp4", look)
        assert len(server.requests) == 1
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT
    assert (look.seen, look.errors) == ([], [])


LIES = {
    "another place": {"told": f"bytes {MIDDLE + 1}-{MIDDLE + 100}/{len(CONTENT)}"},
    "another size": {"told": f"bytes 294912-311295/{len(CONTENT) + 1}"},
    "no place": {"told": ""},
    "no numbers": {"told": "bytes x-y/z"},
    "a size that is not told": {"told": "bytes 294912-311295/*"},
    "more than was asked for": {"told": f"bytes 294912-400000/{len(CONTENT)}"},
    "another tag": {"tag": '"2"'},
    "no range satisfied": {"status": 416},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_server_that_sends_something_else_later_is_asked_for_all_of_it_anew(tmp_path, lie):
    look = Looker()
    with Server() as server:
        server.replies = [server.honest, server.lying(**LIES[lie]), server.honest]
        fetch(server, tmp_path / "a.mp4", look)
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT
    assert look.seen == []
    assert "has changed at the server" in str(look.errors[0])
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize(
    "told", ["bytes 5-65535/502000", "bytes 0-65535/*", "", "bytes 0-99/50", "bytes 0-99999/502000"]
)
def test_a_beginning_that_makes_no_sense_is_not_looked_at(tmp_path, told):
    look = Looker()
    with Server() as server:
        server.replies = [server.lying(told=told), server.honest]
        fetch(server, tmp_path / "a.mp4", look)
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT
    assert (look.seen, look.errors) == ([], [])


def test_a_file_that_changes_meanwhile_comes_anew_and_is_never_a_mix(tmp_path):
    look = Looker()

    def looking(film):
        look(film)
        server.content, server.tag = NEW, '"2"'

    with Server() as server:
        got = fetch(server, tmp_path / "a.mp4", looking)
    assert (tmp_path / "a.mp4").read_bytes() == NEW
    assert got.tag == '"2"'
    assert look.seen[0] == CONTENT[MIDDLE : MIDDLE + 10]


def test_what_is_cut_short_goes_on_and_what_came_is_kept(tmp_path):
    with Server() as server:
        server.replies = [
            server.lying(cut=100), server.honest, server.lying(cut=100_000), server.honest,
        ]  # fmt: skip
        fetch(server, tmp_path / "a.mp4", lambda _: None)
        assert server.sent <= len(CONTENT) + 100 + 4 * BLOCK
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT


def test_parts_smaller_than_asked_for_are_taken_and_endless_crumbs_are_not(tmp_path):
    def crumbs(size):
        def reply(connection, request):
            first = int(re.search(rb"(?i)range: bytes=(\d+)", request)[1])
            last = min(first + size, len(CONTENT)) - 1
            headers = [("etag", '"1"'), ("content-range", f"bytes {first}-{last}/{len(CONTENT)}")]
            connection.sendall(answer(CONTENT[first : last + 1], 206, headers))

        return reply

    with Faulty(crumbs(2 * BLOCK + 7)) as server:
        fetch(server, tmp_path / "a.mp4", lambda _: None)
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT
    with Faulty(crumbs(100)) as server, pytest.raises(DownloadError, match="hardly anything came"):
        fetch(server, tmp_path / "b.mp4", lambda _: None)


def test_too_large_a_file_and_words_in_place_of_one_are_refused_at_once(tmp_path):
    look = Looker()
    with Server(content=bytes(MOST + 1)) as server:
        with pytest.raises(DownloadError, match="more than 1 MB"):
            fetch(server, tmp_path / "a.mp4", look)
        assert server.sent <= FIRST
    with Server(content=b"<html>" + b" no film " * 20_000) as server, pytest.raises(FileNotReady, match="Words came"):
        fetch(server, tmp_path / "a.mp4", look)
    assert (look.seen, look.errors) == ([], [])


def test_a_file_that_is_gone_meanwhile_is_told(tmp_path):
    with Server(None, last=answer(b"", 404)) as server, pytest.raises(FileNotReady, match="no file at its address"):
        fetch(server, tmp_path / "a.mp4", Looker())


def test_a_look_that_reads_all_of_a_file_is_ended_and_the_rest_comes_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr("sora_nb.providers.ranges.LOOK_BYTES", 100_000)
    ended = []

    def looking(film):
        with film.open("rb") as file, pytest.raises(ConnectionError, match="no index"):
            file.read()
        ended.append(film.have)

    with Server() as server:
        fetch(server, tmp_path / "a.mp4", looking)
        assert server.sent == len(CONTENT)
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT
    assert 100_000 < ended[0] < len(CONTENT)


def test_what_is_the_same_already_is_not_looked_at(tmp_path):
    look = Looker()
    with Faulty(answer(b"", 304)) as server:
        assert fetch(server, tmp_path / "a.mp4", look, unless='"1"').unchanged
        assert b'if-none-match: "1"' in server.requests[0].lower()
    assert (look.seen, look.errors) == ([], [])


def test_each_range_is_guarded_like_the_file_itself(tmp_path, monkeypatch):
    """A server on the web that sends the beginning, and leads to this machine for the rest."""
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    look = Looker()
    away = answer(b"", 302, [("location", "http://127.0.0.2:9/secret")])
    with Server(None, last=away) as server, pytest.raises(DownloadError, match="private network"):
        fetch(server, tmp_path / "a.mp4", look)
    assert look.seen == []
    assert not (tmp_path / "a.mp4").exists()
