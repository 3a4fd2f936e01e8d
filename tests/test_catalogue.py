"""The table of the models that are known by name."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from conftest import KEY

from sora_nb.models import Price
from sora_nb.money import catalogue
from sora_nb.providers import registry
from sora_nb.providers.profile import ModelRules, ReferenceRules
from sora_nb.studio import Studio

READ = dt.date(2026, 11, 20)
SAID = {"kind": "video", "source": "a page", "date": READ}
MODELS = {
    "dance": ModelRules(
        lengths=tuple(range(4, 16)),
        seconds=5,
        resolutions=("480p", "720p"),
        ratios=("16:9", "9:16"),
        references=ReferenceRules(style="number", images=9, members=3),
        source="another page",
        date=READ,
    ),
    "glide": ModelRules(shortest=3, longest=10, references=ReferenceRules(style="alias", images=7)),
    "plain": ModelRules(lengths=(6, 10), retired="Closed on 2026-01-01."),
    "many-*": ModelRules(longest=20),
}
PRICES = (
    Price(model="dance", usd="0.20", per="second", when={"resolution": "480p"}, least="0.80", **SAID),
    Price(model="dance", usd="0.30", per="second", when={"resolution": "720p"}, least="0.80", **SAID),
    Price(model="many-1", usd="0.55", **SAID),
)
VENDOR = registry.get("custom").model_copy(
    update={
        "name": "vendor",
        "models": MODELS,
        "prices": PRICES,
        "key_variables": ("VENDOR_KEY",),
        "base_url": "https://v.example",
    }
)
VENDOR = VENDOR.model_copy(update={"video": VENDOR.video.model_copy(update={"model": "dance"})})


def rows(*profiles, **options):
    table = catalogue.table(profiles, lambda _: False, {}, **options)
    return {row["model"]: row for row in table.to_dict("records")}


def test_a_row_says_what_a_model_makes_and_costs():
    found = rows(VENDOR)
    assert list(found) == ["dance", "glide", "plain", "many-1"]
    assert found["dance"] == {
        "name": "vendor/dance",
        "provider": "vendor",
        "model": "dance",
        "seconds": "4-15",
        "resolutions": "480p, 720p",
        "ratios": "16:9, 9:16",
        "characters": 3,
        "images": 9,
        "prompt": "number",
        "usd_per_second": pytest.approx(0.30),
        "usd_per_film": pytest.approx(1.50),
        "took": None,
        "key": "SORA_NB_VENDOR_API_KEY or VENDOR_KEY",
        "key_set": False,
        "retired": "",
        "source": "another page",
        "date": READ,
    }


def test_lengths_pictures_and_prices_are_told_as_far_as_they_are_known():
    found = rows(VENDOR)
    assert [found[name]["seconds"] for name in ("glide", "plain", "many-1")] == ["3-10", "6, 10", "up to 20"]
    assert (found["glide"]["characters"], found["glide"]["images"]) == (7, 7)
    assert found["plain"]["retired"] == "Closed on 2026-01-01."
    assert pd.isna(found["plain"]["usd_per_film"])
    assert (found["many-1"]["usd_per_film"], found["many-1"]["source"]) == (0.55, "a page")
    assert pd.isna(found["many-1"]["usd_per_second"])


def test_who_needs_models_that_show_characters_sees_no_others():
    known = registry.get("custom").routes
    vendor = VENDOR.model_copy(update={"routes": known.model_copy(update={"characters": None})})
    assert list(rows(vendor, references=True)) == ["dance", "glide"]
    assert list(rows(vendor, references=False)) == ["plain", "many-1"]
    assert rows(VENDOR)["plain"]["characters"] == 2, "its service makes characters by itself"


def test_the_studio_lists_every_known_service(tmp_path, monkeypatch):
    monkeypatch.setenv("SORA_NB_LAOZHANG_API_KEY", KEY)
    with Studio("local", home=tmp_path) as studio:
        table = studio.models().set_index("name")
        assert set(table["provider"]) == set(registry.names())
        assert table.index.is_unique
        assert (table.loc["local/animatic", "characters"], table.loc["local/animatic", "key"]) == (4, "none needed")
        assert table.loc["laozhang/muse-video", "usd_per_film"] == pytest.approx(0.30)
        assert "retired" in table.loc["laozhang/sora-2", "retired"]
        assert table.loc["local/animatic", "key_set"]
        assert table.loc["laozhang/muse-video", "key_set"]
        assert not table.loc["apiyi/sora-2", "key_set"]
        studio.connect("apiyi", api_key=KEY)
        again = studio.models()
        assert again.set_index("name").loc["apiyi/sora-2", "key_set"]
        assert KEY not in again.to_csv() + again.to_html() + repr(again)
        names = set(studio.models(references=True)["name"])
        assert "local/animatic" in names
        assert not [name for name in names if name.startswith("apiyi/")]


def test_every_name_can_be_given_as_a_model(tmp_path):
    with Studio("local", home=tmp_path) as studio:
        for name, price in studio.models()[["name", "usd_per_film"]].itertuples(index=False):
            told = studio.estimate(model=name).usd
            assert (told is None) == pd.isna(price)
            assert told is None or float(told) == pytest.approx(price)


def test_a_profile_of_ones_own_is_listed(tmp_path):
    with Studio(VENDOR, api_key=KEY, home=tmp_path) as studio:
        table = studio.models().set_index("name")
        assert table.loc["vendor/dance", "key_set"]
        assert "local/animatic" in table.index
