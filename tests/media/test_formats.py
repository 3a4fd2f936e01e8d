"""notebooks/guide/formats.md says of every kind of file what was measured of it."""

from __future__ import annotations

import formats
import pytest
from quick import QuickEngine

from sora_nb.studio import Studio

pytestmark = [pytest.mark.release, pytest.mark.timeout(900)]  # a minute on two free cores

KNOWN = {("AVI", "H.263")}
"""What the page says is wrong: every packet of such a file claims to be a key frame."""


def test_the_table_of_formats_is_what_was_measured(tmp_path):
    """Where it is not, the page is written anew, and the difference is to be looked at."""
    with Studio(engine=QuickEngine(), home=tmp_path / "home", progress=False) as studio:
        found = list(formats.rows(tmp_path, studio))
    page = formats.PAGE.read_text(encoding="utf-8")
    made = formats.corrected(page, formats.table(found))
    if made != page:
        formats.PAGE.write_text(made, encoding="utf-8")
    wrong = {row[:2]: said for row in found for said in row[3] if said and not said.startswith("refused")}
    assert set(wrong) <= KNOWN, wrong
    assert made == page, "notebooks/guide/formats.md was not what was measured; it has been written anew"
