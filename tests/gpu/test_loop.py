"""The whole loop with open weights: out of footage, into films, with what they cost and who is in them."""

from __future__ import annotations

import pytest
from conftest import FOOTAGE
from weights import diffusers

from sora_nb import Cancelled, Studio


@pytest.fixture(scope="module")
def filmer(tmp_path_factory):
    model = diffusers("random_model").wan_vace(tmp_path_factory.mktemp("model") / "wan-vace")
    return diffusers("filmer").make(f"{model}?steps=2")


def test_a_character_of_the_footage_is_filmed_again(filmer, tmp_path):
    with Studio(home=tmp_path / "home", engine=filmer, progress=False) as studio:
        hero = studio.extract(FOOTAGE, 2, 4)
        film = studio.generate(f"{hero} walks on the beach at sunset", size="100x70", seconds=1, seed=3)
        assert film.model == "wan-vace"
        assert film.path.is_file()
        assert any("96x64" in said for said in film.warnings)
        told = film.raw["made"]
        assert {
            "engine": "diffusers",
            "model_id": "wan-vace",
            "licence": "mit",
            "seed": 3,
            "steps": 2,
        }.items() <= told.items()
        assert told["generated"] == "yes"
        row = studio.costs().iloc[-1]
        assert (row["charged"], row["status"]) == (0, "done")
        listed = studio.models().set_index("name").loc["local/wan-vace"]
        assert listed["usd_per_film"] == 0
        assert listed["took"] > 0
        found = studio.consistency(hero, film)
        assert 0 <= found.score <= 1
        held = studio.submit(f"{hero} waves", size="96x64", seconds=1, seed=3)
        assert held.cancel()
        with pytest.raises(Cancelled):
            held.result()
    assert filmer.placement is None, "the memory was given back"
