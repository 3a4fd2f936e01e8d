"""Files are put into a bucket under names that nobody guesses, and services get links that end."""

from __future__ import annotations

import fsspec
import httpx
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from sora_nb import Studio
from sora_nb.calls.publishing import LIFE_SECONDS, Publisher
from sora_nb.errors import ConfigError
from sora_nb.storage.object_store import ObjectStore


class Bucket(MemoryFileSystem):
    """A bucket in memory that signs links."""

    protocol = "bucket"
    store = {}  # noqa: RUF012  as its parent has it
    pseudo_dirs = [""]  # noqa: RUF012
    cachable = False
    signed = []  # noqa: RUF012

    def sign(self, path, expiration=100, **_):
        self.signed.append((path, expiration))
        return f"https://bucket.example{path}?signature=abc"


class Full(Bucket):
    protocol = "full"

    def put_file(self, *_, **__):
        raise PermissionError("Access Denied")


@pytest.fixture(autouse=True)
def buckets():
    Bucket.store.clear()
    Bucket.signed.clear()
    for kind in (Bucket, Full):
        fsspec.register_implementation(kind.protocol, kind, clobber=True)


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "luna.jpg"
    path.write_bytes(b"a picture")
    return path


def test_a_file_gets_a_link_that_ends_within_the_hour(picture):
    publish = Publisher("bucket://mine/characters")
    links = [publish(picture) for _ in range(2)]
    assert len(set(links)) == 2
    assert all(link.startswith("https://bucket.example") and "mine/characters/" in link for link in links)
    assert not any("luna" in link for link in links)
    assert {bytes(file.getbuffer()) for file in Bucket.store.values()} == {b"a picture"}
    assert [life for _, life in Bucket.signed] == [LIFE_SECONDS] * 2
    assert LIFE_SECONDS <= 3600


@pytest.mark.parametrize("place", ["", "mine", 3, "nosuch://mine"])
def test_what_is_no_place_is_told(place):
    with pytest.raises(ConfigError, match=r"publish"):
        Publisher(place)


def test_a_place_without_links_is_told(picture):
    with pytest.raises(ConfigError, match=r"gives no links.*Nothing was sent.*s3://"):
        Publisher("memory://mine")(picture)


def test_a_bucket_that_refuses_is_told(picture):
    with pytest.raises(ConfigError, match=r"PermissionError: Access Denied.*nothing was charged"):
        Publisher("full://mine")(picture)


def test_a_studio_refuses_a_place_that_cannot_be_used_at_once(tmp_path):
    with pytest.raises(ConfigError, match=r"sora_nb\[publish\]"):
        Studio(home=tmp_path, publish="nosuch://mine")


@pytest.mark.release
def test_what_is_in_the_store_of_files_is_not_put_there_again(bucket, tmp_path):
    """Another file of this machine still is."""
    store, home = ObjectStore(f"{bucket}/files"), tmp_path / "home"
    still, own = home / "stills" / "luna.jpg", tmp_path / "own.jpg"
    still.parent.mkdir(parents=True)
    still.write_bytes(b"a still")
    own.write_bytes(b"my own")
    store.put(still, "stills/luna.jpg")
    publish = Publisher(f"{bucket}/files/", store, home)
    assert httpx.get(publish(still)).content == b"a still"
    assert store.keys() == ["stills/luna.jpg"]
    assert httpx.get(publish(own)).content == b"my own"
    assert len(store.keys()) == 2
    elsewhere = Publisher(f"{bucket}/links", store, home)
    assert httpx.get(elsewhere(still)).content == b"a still"
    assert len(ObjectStore(f"{bucket}/links").keys()) == 1
