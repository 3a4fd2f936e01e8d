"""A bucket as moto has it, and s3fs: a published file is fetched by its link, and not without it."""

from __future__ import annotations

import importlib.metadata
import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

from moto.server import ThreadedMotoServer

_, root, folder = sys.argv
sys.path.insert(0, root)
server = ThreadedMotoServer(port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
os.environ |= {
    "AWS_ACCESS_KEY_ID": "someone",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_DEFAULT_REGION": "us-east-1",
    "FSSPEC_S3_ENDPOINT_URL": f"http://{host}:{port}",
}

import s3fs  # noqa: E402  it reads the environment

from sora_nb.calls.publishing import Publisher  # noqa: E402
from sora_nb.errors import ConfigError  # noqa: E402


def status(url):
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


s3fs.S3FileSystem().mkdir("mine")
picture = Path(folder) / "luna.jpg"
picture.write_text("a picture")
link = Publisher("s3://mine/characters")(picture)
try:
    missing = Publisher("s3://nosuch/characters")(picture)
except ConfigError as error:
    missing = str(error)
report = {
    "version": importlib.metadata.version("s3fs"),
    "link": link,
    "signed": status(link),
    "bare": status(link.partition("?")[0]),
    "missing": missing,
}
server.stop()
print(json.dumps(report))
