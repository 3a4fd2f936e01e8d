"""Fixtures of the local server's tests."""

from __future__ import annotations

import logging

import pytest


@pytest.fixture
def errors_logged(caplog, monkeypatch, server):
    """What the running server logs as an error; Uvicorn keeps its records to itself otherwise."""
    monkeypatch.setattr(logging.getLogger("uvicorn"), "propagate", True)
    caplog.set_level(logging.ERROR)
    return caplog
