"""What all wires share: JSON, numbers, pauses, pictures."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sora_nb.errors import InvalidInput
from sora_nb.providers import wire

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_picture_must_be_one(tmp_path):
    text = tmp_path / "a.txt"
    text.write_text("x")
    big = tmp_path / "a.png"
    big.write_bytes(bytes(wire.MAX_IMAGE_BYTES))
    for path, words in ((text, "not a PNG"), (tmp_path / "none.png", "not a PNG"), (big, "10 MB")):
        with pytest.raises(InvalidInput, match=words):
            wire.image_type(path)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("7", 7),
        ("0", 0),
        ("-5", 0),
        ("99999", 120),
        ("nan", None),
        ("soon", None),
        ("Sun, 22 Nov 2026 00:00:30 GMT", 30),
        ("Sun, 22 Nov 2020 00:00:30 GMT", 0),
        ("Sun, 22 Nov 2099 00:00:30 GMT", 120),
    ],
)
def test_retry_after(value, seconds):
    assert wire.retry_after(value, NOW) == seconds


def test_half_a_surrogate_pair_is_replaced():
    assert wire.decode(b'{"prompt": "\\ud800 and \\ud83d\\ude00"}') == {"prompt": "? and \U0001f600"}


@pytest.mark.parametrize("body", [b"[" * 100_000, b"", b"{", b"\x00", b"9" * 5000])
def test_what_is_no_json_is_a_value_error(body):
    with pytest.raises(ValueError):  # whatever json raises; a deep one would be a RecursionError
        wire.decode(body)
