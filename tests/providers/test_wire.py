"""What all wires share: JSON, numbers, pictures."""

from __future__ import annotations

import pytest

from sora_nb.errors import InvalidInput
from sora_nb.providers import wire


def test_a_picture_must_be_one(tmp_path):
    text = tmp_path / "a.txt"
    text.write_text("x")
    big = tmp_path / "a.png"
    big.write_bytes(bytes(wire.MAX_IMAGE_BYTES))
    for path, words in ((text, "not a PNG"), (tmp_path / "none.png", "not a PNG"), (big, "10 MB")):
        with pytest.raises(InvalidInput, match=words):
            wire.image_type(path)


def test_half_a_surrogate_pair_is_replaced():
    assert wire.decode(b'{"prompt": "\\ud800 and \\ud83d\\ude00"}') == {"prompt": "? and \U0001f600"}


@pytest.mark.parametrize("body", [b"[" * 100_000, b"", b"{", b"\x00", b"9" * 5000])
def test_what_is_no_json_is_a_value_error(body):
    with pytest.raises(ValueError):  # whatever json raises; a deep one would be a RecursionError
        wire.decode(body)
