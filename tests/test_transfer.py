"""Which addresses may be fetched from for strangers."""

from __future__ import annotations

import pytest

from sora_nb.errors import DownloadError
from sora_nb.transfer import Transport, is_public


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fe80::1",
     "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1", "fe80::1%eth0", "64:ff9b:1::7f00:1", "::127.0.0.1", "fec0::1"],
)  # fmt: skip
def test_special_addresses_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_ordinary_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:1/a.mp4", "private network"),
        ("http://localhost/a.mp4", "private network"),
        ("http://[::1]/a.mp4", "private network"),
        ("http://2130706433/a.mp4", "private network|not known"),
        ("file:///etc/passwd", "http and https only"),
        ("concat:a|b", "http and https only"),
        ("http://", "http and https only"),
    ],
)
def test_strangers_fetch_nothing_from_here(run, tmp_path, url, words):
    async def fetch():
        transport = Transport()
        try:
            await transport.download(url, tmp_path / "a.mp4", public_only=True)
        finally:
            await transport.close()

    with pytest.raises(DownloadError, match=words):
        run(fetch)
    assert not list(tmp_path.glob("a.mp4*"))
