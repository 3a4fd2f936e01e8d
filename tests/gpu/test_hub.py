"""Models by their id: a stand-in for Hugging Face's hub on this machine, asked by its own library."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from waiting import until
from weights import diffusers

SHA = "89abcdef" * 5
LARGE = "transformer/diffusion_pytorch_model.safetensors"
FETCH = """
import errno, os, shutil, sys
from huggingface_hub import constants
from sora_nb.engines.base import Control
from sora_nb.engines.diffusers import folder, hub
from sora_nb.errors import SoraError
idents, what = sys.argv[1:]
constants.DOWNLOAD_CHUNK_SIZE = 2**14  # these files are small
if what == "small disk":
    real = shutil.disk_usage
    shutil.disk_usage = lambda path: real(path)._replace(free=1000)
if what == "full disk":
    from huggingface_hub import file_download
    def http_get(url, file, **_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file.name)
    file_download.http_get = http_get
control = Control(lambda done, stage: (print("STEP", round(done, 3), stage, flush=True), cancelled(done)))
def cancelled(done):
    if what == "cancel" and done > 0.05:
        control.cancel()
for ident in idents.split():
    try:
        print("CACHED", hub.cached(ident, None) is not None)
        remote = hub.look(ident, None)
        print("ABOUT", hub.about(remote))
        print("RULES", sorted(folder.read_settings(hub.settings(remote), ident).parts))
        found = folder.read(hub.fetch(remote, control, 0.1), ident)
        print("READ", found.name, found.revision, found.licence, hub.cached(ident, None) == found.path)
    except SoraError as error:
        print("REFUSED", error)
"""
FILM = """
import os, sys
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen
import torch
from sora_nb.engines.base import Control
from sora_nb.engines.diffusers.filmer import make
from sora_nb.engines.film import FilmRequest
torch.set_num_threads(1)
for number in (1, 2):
    made = make("org/vace?steps=1")
    request = FilmRequest(prompt="a fox", references=(), width=96, height=64, frames=made.model.frames[0],
        fps=made.model.fps, seed=1, image=None, out=Path(sys.argv[1]) / f"{number}.mp4")
    film = made.film(request, Control(lambda done, stage: print("STEP", round(done, 3), stage)))
    made.close()
    print("MADE", film.about["model_id"], film.about["revision"], film.about["licence"])
    with suppress(OSError):
        urlopen(os.environ["HF_ENDPOINT"] + "/made")
make("org/ltx").download(Control())
"""


class Hub(ThreadingHTTPServer):
    """A hub with two models; a test may cut its answers short, or hold them.

    Attributes:
        url: its address.
        roots: the folders of its models.
        asked: method, path and headers of every request.
        cut: how many answers with the large file end in the middle.
        hold: lets the large file wait in the middle until it is set.
    """

    daemon_threads = True

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), Answer)
        self.roots = {
            "org/vace": diffusers("random_model").wan_vace(folder / "vace"),
            "org/ltx": diffusers("random_model").ltx2(folder / "ltx"),
        }
        vace = self.roots["org/vace"]
        (vace / "transformer" / "diffusion_pytorch_model.fp16.safetensors").write_bytes(b"another variant")
        (vace / "vace.safetensors").write_bytes(b"all in one file")
        for idle in ("prompt_enhancer", "processor"):
            (self.roots["org/ltx"] / idle).mkdir(exist_ok=True)
            (self.roots["org/ltx"] / idle / "model.safetensors").write_bytes(b"what no film needs")
        self.asked, self.cut, self.hold = [], 0, None
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def got(self, ident="org/vace"):
        """The files of a model that were sent, in order."""
        start = f"/{ident}/resolve/"
        return [
            each.path.removeprefix(start).partition("/")[2]
            for each in self.asked
            if each.method == "GET" and each.path.startswith(start)
        ]


class Answer(BaseHTTPRequestHandler):
    """One connection to the hub."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path = self.path.partition("?")[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append(SimpleNamespace(method=self.command, path=path, headers=headers))
        api, ident, file = re.match(r"/(api/models/)?([\w-]+/[\w-]+)?(?:/\w+/\w+/)?(.*)", path).groups()
        gated = ident == "org/gated"
        if ident not in self.server.roots and not gated:
            self.refuse(401, "RepoNotFound", "Repository not found")
        elif api:
            self.send(json.dumps({"id": ident, "sha": SHA, "siblings": self.files(ident)}).encode())
        elif gated:
            self.refuse(403, "GatedRepo", "Access to model org/gated is restricted.")
        else:
            self.send((self.server.roots[ident] / file).read_bytes(), large=path.endswith(LARGE))

    def files(self, ident):
        root = self.server.roots.get(ident, self.server.roots["org/vace"])
        found = sorted(each for each in root.rglob("*") if each.is_file())
        return [{"rfilename": each.relative_to(root).as_posix(), "size": each.stat().st_size} for each in found]

    def refuse(self, status, code, message):
        self.head(status, {"X-Error-Code": code, "X-Error-Message": message, "content-length": "0"})

    def head(self, status, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def send(self, body, *, large=False):
        begin = re.match(r"bytes=(\d+)-", self.headers.get("range", ""))
        rest = body[int(begin[1]) :] if begin else body
        about = {
            "ETag": f'"{hashlib.sha256(body).hexdigest()}"',
            "X-Repo-Commit": SHA,
            "content-length": str(len(rest)),
        }
        if begin:
            about["content-range"] = f"bytes {begin[1]}-{len(body) - 1}/{len(body)}"
        self.head(206 if begin else 200, about)
        if self.command == "GET":
            with suppress(OSError):  # whoever asked may be gone
                self.body(rest, large=large)

    def body(self, rest, *, large):
        middle = len(rest) // 2
        self.wfile.write(rest[:middle])
        self.wfile.flush()
        if large and self.server.hold is not None:
            self.server.hold.wait()
        if large and self.server.cut:
            self.server.cut -= 1
            self.close_connection = True
            return
        self.wfile.write(rest[middle:])


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    made = Hub(tmp_path_factory.mktemp("hub"))
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def hub(running):
    running.asked.clear()
    running.cut, running.hold = 0, None
    return running


@pytest.fixture
def home(tmp_path):
    return tmp_path / "hf"


def environment(home, address):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    return kept | {"HF_HOME": str(home), "HF_ENDPOINT": address, "PYTHONPATH": str(Path(__file__).parents[2])}


def run(script, *told, home, address):
    done = subprocess.run(
        [sys.executable, "-c", script, *told],
        env=environment(home, address),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "|" not in done.stderr, "the library's own progress bar"
    return done.stdout.splitlines()


def fetch(ident, home, address, what=""):
    return run(FETCH, ident, what, home=home, address=address)


def steps(said):
    return [(float(line.split()[1]), line.split(maxsplit=2)[2]) for line in said if line.startswith("STEP")]


def kept(home):
    """The files of the first model that are in the cache, each looked at: it is the one that the hub has."""
    folders = list(home.glob(f"hub/models--org--vace/snapshots/{SHA}"))
    return {
        each.relative_to(folder).as_posix(): each for folder in folders for each in folder.rglob("*") if each.is_file()
    }


def whole(hub, home):
    found = kept(home)
    for name, file in found.items():
        assert file.read_bytes() == (hub.roots["org/vace"] / name).read_bytes(), name
    return set(found)


def test_the_first_film_downloads_a_model_and_the_second_one_nothing(hub, home, tmp_path):
    said = run(FILM, str(tmp_path), home=home, address=hub.url)
    assert said.count(f"MADE org/vace {SHA} mit") == 2
    end = next(number for number, line in enumerate(said) if line.startswith("MADE"))
    told = steps(said[:end])
    assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)
    assert any(stage.startswith("downloading org/vace, ") for _, stage in told)
    assert not any(stage.startswith("downloading") for _, stage in steps(said[end:]))
    first, second = (number for number, each in enumerate(hub.asked) if each.path == "/made")
    assert second == first + 1, "the second film asked the hub for something"
    films = [(tmp_path / f"{number}.mp4").read_bytes() for number in (1, 2)]
    assert films[0] == films[1]
    assert SHA.encode() in films[0]
    parts = {name.split("/")[0] for name in hub.got("org/ltx") if name.endswith(".safetensors")}
    assert {"transformer", "text_encoder", "vae"} <= parts
    assert not parts & {"prompt_enhancer", "processor"}, "what no film needs"


def test_a_model_is_downloaded_once_with_its_size_said_first(hub, home):
    said = fetch("org/vace", home, hub.url)
    assert said[0] == "CACHED False"
    assert said[1].startswith("ABOUT 0.")
    assert said[2] == "RULES ['text_encoder', 'transformer', 'vae']"
    told = steps(said)
    assert told[0][1].startswith("downloading org/vace, 0.0 MiB of 0.")
    sent, total = re.fullmatch(r"downloading org/vace, (.*) of (.*)", told[-1][1]).groups()
    assert (sent, told[-1][0]) == (total, 0.1)
    assert said[-1] == f"READ org/vace {SHA} mit True"
    names = hub.got()
    assert len(names) == len(set(names))
    weights = {name for name in names if name.endswith(".safetensors")}
    assert weights == {LARGE, "text_encoder/model.safetensors", "vae/diffusion_pytorch_model.safetensors"}
    for each in hub.asked:  # the library of the hub asks for a list of its own, which tells it nothing
        assert each.path.startswith(("/api/models/org/vace", "/org/vace/resolve/", "/api/agent-harnesses"))
        assert "torch" not in each.headers["user-agent"]


def test_a_connection_that_breaks_goes_on_where_it_broke(hub, home):
    hub.cut = 2
    assert fetch("org/vace", home, hub.url)[-1].startswith("READ org/vace")
    assert hub.cut == 0
    large = [each.headers for each in hub.asked if each.method == "GET" and each.path.endswith(LARGE)]
    begun = [int(re.fullmatch(r"bytes=(\d+)-", each.get("range", "bytes=0-"))[1]) for each in large]
    assert len(begun) == 3
    assert begun == sorted(set(begun)), "it began anew"
    assert LARGE in whole(hub, home)


def test_one_that_is_killed_in_the_middle_of_a_file_leaves_no_half_one(hub, home):
    hub.hold = threading.Event()
    with subprocess.Popen(
        [sys.executable, "-c", FETCH, "org/vace", ""], env=environment(home, hub.url), stdout=subprocess.DEVNULL
    ) as process:
        until(lambda: LARGE in hub.got())
        process.kill()
    hub.hold.set()
    before = whole(hub, home)
    assert before
    assert LARGE not in before
    hub.asked.clear()
    assert fetch("org/vace", home, hub.url)[-1].startswith("READ org/vace")
    assert LARGE in hub.got()
    assert not before & set(hub.got())
    assert whole(hub, home) > before


def test_it_is_cancelled_within_a_file_and_what_has_come_is_kept(hub, home):
    said = fetch("org/vace", home, hub.url, "cancel")
    assert said[-1].startswith("REFUSED The task was cancelled.")
    assert steps(said)[-1][0] < 0.1
    before = whole(hub, home)
    assert before
    assert not list(home.rglob("*.incomplete"))
    hub.asked.clear()
    assert fetch("org/vace", home, hub.url)[-1].startswith("READ org/vace")
    assert not before & set(hub.got())


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("small disk", r"is another 0\.\d MiB to download, and the disk has 0\.0 MiB\. .* set HF_HOME to a folder"),
        ("full disk", r"cannot be kept in .*hub: .*No space left on device.* Make room there, or set HF_HOME"),
    ],
)
def test_a_disk_that_is_full_is_told_in_words(what, words, hub, home):
    assert re.search(words, fetch("org/vace", home, hub.url, what)[-1])
    assert not list(home.rglob("*.incomplete"))


def test_no_model_no_agreement_and_no_connection_are_told_in_words(hub, home):
    nothing, gated = (line for line in fetch("org/nothing org/gated", home, hub.url) if line.startswith("REFUSED"))
    assert "Hugging Face has no model 'org/nothing' that may be seen here" in nothing
    assert "Check the name." in nothing
    assert "org/gated asks for an agreement before it is downloaded." in gated
    assert "Agree at https://huggingface.co/org/gated, then log in here: hf auth login." in gated
    unreached = fetch("org/vace", home, "http://127.0.0.1:9")[-1]
    assert "org/vace is not on this machine, and Hugging Face cannot be reached" in unreached
    assert "give the path of a folder that has it" in unreached
