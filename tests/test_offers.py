"""What kernels offer to their user's Jupyter servers, how long it holds, and who can get it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb import offers

ROOT = Path(__file__).parents[1]
CONTENT = bytes(range(256)) * 40
KERNEL = """
import sys
from pathlib import Path
from sora_nb import offers
print(offers.of_process().add(Path(sys.argv[1]), "video/mp4"), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def where(tmp_path, monkeypatch):
    """The folder of offers of a user who has run nothing yet."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setattr(offers, "_mine", {})
    yield offers.folder()
    for mine in offers._mine.values():
        mine.close()


@pytest.fixture
def served(where):
    made = offers.Served(where)
    yield made
    made.close()


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """A server whose folder has an offer in it, and files beside the folder."""
    where = tmp_path_factory.mktemp("runtime") / "sora_nb"
    made = offers.Served(where)
    film = where.parent / "film.json"
    film.write_bytes(CONTENT)
    mine = offers.Offers(where)
    assert made.find(mine.add(film, "video/mp4"))
    yield made
    mine.close()
    made.close()


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "a film.mp4"
    path.write_bytes(CONTENT)
    return path


def test_a_film_is_found_until_it_is_withdrawn(served, film):
    mine = offers.of_process()
    name = mine.add(film, "video/mp4")
    found = served.find(name)
    assert (found.path, found.mime, found.size) == (str(film), "video/mp4", len(CONTENT))
    mine.withdraw(name)
    assert served.find(name) is None


def test_a_process_lives_until_it_gives_its_offers_back(served):
    mine = offers.of_process()
    assert [served.lives(name) for name in (mine.process, mine.process[:-1], "0" * 32)] == [True, False, False]
    mine.close()
    assert not served.lives(mine.process)


def test_nothing_is_written_where_no_server_lives(where, film):
    assert offers.of_process() is None
    assert not where.exists()
    gone = offers.Served(where)
    assert offers.of_process() is not None
    gone.close()
    assert offers.of_process() is None


def test_others_cannot_read_what_is_offered(served, where, film):
    offers.of_process().add(film, "video/mp4")
    if os.name == "posix":
        assert where.stat().st_mode & 0o077 == 0
        assert [path.name for path in where.glob("*.json") if path.stat().st_mode & 0o077] == []


def test_what_was_changed_since_or_is_not_here_is_not_found(served, film):
    mine = offers.of_process()
    name = mine.add(film, "video/mp4")
    film.write_bytes(CONTENT + b"more")
    assert served.find(name) is None
    name = mine.add(film, "video/mp4")
    film.unlink()
    assert served.find(name) is None
    film.mkdir()
    assert served.find(name) is None


def test_offers_end_with_their_kernel_however_it_ends(served, where, film):
    with subprocess.Popen(
        [sys.executable, "-c", KERNEL, str(film)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as kernel:  # fmt: skip
        name = kernel.stdout.readline().strip()
        process = name.partition("-")[0]
        assert served.find(name).path == str(film)
        assert served.lives(process)
        kernel.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    assert served.find(name) is None
    assert not served.lives(process)
    offers.of_process()  # whoever comes next clears up
    assert list(where.glob("*.json")) == []


@given(
    st.one_of(
        st.text(),
        st.from_regex(r"[0-9a-f]{32}-[0-9a-f]{32}", fullmatch=True),
        st.from_regex(r"(\.\./)+[\w/.-]*", fullmatch=True),
        st.sampled_from(["", ".", "..", "/etc/passwd", "*", "a\0b", "0" * 32 + "-" + "0" * 32 + "\n"]),
    )
)
def test_no_other_name_finds_anything(crowded, name):
    assert crowded.find(name) is None
    assert not crowded.lives(name)


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", "null", '{"path": "/etc/passwd"}',
        json.dumps({"path": ["x"], "mime": "video/mp4", "size": 1, "changed": 1}),
        json.dumps({"path": "/etc/passwd", "mime": "text/html", "size": 1, "changed": 1}),
        json.dumps({"path": "a\0b", "mime": "video/mp4", "size": 1, "changed": 1}),
    ],
)  # fmt: skip
def test_what_is_no_offer_finds_nothing(served, where, film, text):
    name = offers.of_process().add(film, "video/mp4")
    (where / f"{name}.json").write_text(text, encoding="utf-8")
    assert served.find(name) is None
