"""What takes long begins first: several processes share the files of tests, and none should be left alone with the last one.

A pytest plugin.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONG = (
    "tests/faults/test_dialects.py",
    "tests/test_same_wire.py",
    "tests/engines/test_hint.py",
    "tests/lab/test_app.py",
    "tests/engines/test_extract.py",
    "tests/lab/test_bounds.py",
    "tests/faults/test_kills.py",
    "tests/team/test_shared_ledger.py",
    "tests/team/test_crowd.py",
    "tests/test_resume.py",
    "tests/faults/test_workflows.py",
    "tests/lab/test_saved.py",
    "tests/test_every_service.py",
    "tests/media/test_formats.py",
    "tests/lab/test_hosts.py",
    "tests/team/test_readme.py",
    "tests/team/test_compose.py",
    "tests/load/test_orders.py",
    "tests/team/test_workers.py",
    "tests/lab/test_address.py",
    "tests/test_docs.py",
    "tests/lab/test_alive.py",
    "tests/test_notebooks.py",
    "tests/load/test_load.py",
    "tests/benchmarks/test_memory.py",
    "tests/test_cli.py",
    "tests/test_js.py",
)
"""Files of a minute or more, and those whose few tests are long, longest first; of the others those with more tests begin first."""


@pytest.hookimpl(trylast=True)  # once it is known which tests are run
def pytest_collection_modifyitems(items):
    places = {ROOT / name: place for place, name in enumerate(LONG)}
    counts = Counter(item.path for item in items)
    items.sort(key=lambda item: (places.get(item.path, len(LONG)), -counts[item.path]))
