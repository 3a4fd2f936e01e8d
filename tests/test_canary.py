"""The search for leaked keys finds what it should; the search itself runs at the end of every test run."""

from __future__ import annotations

import base64
import json

import canary
import pytest
from conftest import KEY
from toy import Toy

OTHER = "another-secret-0123456789"


@pytest.mark.parametrize("pad", [b"", b"x", b"xy", b"xyz"])
@pytest.mark.parametrize(
    "hide",
    [
        lambda secret: secret,
        lambda secret: b"Bearer " + secret + b"\n",
        lambda secret: json.dumps(Toy.authorise(None, secret.decode())).encode(),  # whatever a service calls its header
        base64.b64encode,
        lambda secret: json.dumps({"key": secret.decode()}).encode("utf-16-le"),
    ],
)
def test_a_key_is_found_however_it_hides(tmp_path, pad, hide):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(pad + hide(pad + OTHER.encode() + b"-and-more"))
    (tmp_path / "harmless").write_bytes(b"another-secret")
    assert canary.leaks(tmp_path, OTHER) == [tmp_path / "deep" / "file"]


def test_a_key_in_a_name_is_found(tmp_path):
    (tmp_path / f"{OTHER}.txt").touch()
    assert len(canary.leaks(tmp_path, OTHER)) == 1


def test_the_tests_use_the_canary():
    assert KEY == canary.CANARY
