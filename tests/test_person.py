"""People: how a call knows whose it is, and what one person, or an experiment, has cost."""

from __future__ import annotations

import pytest
from quick import QuickEngine

from sora_nb.errors import ConfigError, InvalidInput
from sora_nb.models import State
from sora_nb.storage.call import Call
from sora_nb.storage.ledger import Ledger
from sora_nb.storage.person import person
from sora_nb.studio import Studio

SMALL = {"seconds": 1, "size": "64x64"}


@pytest.fixture
def work(monkeypatch, tmp_path):
    """Make studios of several people, all on one ledger."""
    made = []

    def make(who):
        monkeypatch.setenv("SORA_NB_USER", who)
        made.append(Studio("local", home=tmp_path / "team", engine=QuickEngine(), progress=False))
        return made[-1]

    yield make
    for studio in made:
        studio.close()


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"SORA_NB_USER": "ann", "JUPYTERHUB_USER": "hub", "LOGNAME": "login"}, "ann"),
        ({"SORA_NB_USER": " ", "JUPYTERHUB_USER": "hub", "LOGNAME": "login"}, "hub"),
        ({"LOGNAME": "login"}, "login"),
        ({"SORA_NB_USER": "  Zoë Ø. 王 "}, "Zoë Ø. 王"),
    ],
)
def test_a_person_is_named_by_the_environment(monkeypatch, environment, name):
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    assert person() == name


@pytest.mark.parametrize("name", ["a\nb", "x" * 81, "\x07", "\udc80"])
def test_what_is_no_name_is_told(monkeypatch, name):
    monkeypatch.setenv("JUPYTERHUB_USER", name)
    with pytest.raises(ConfigError, match=r"is no name of a person.*Nothing was sent.*Set SORA_NB_USER"):
        Studio("local")


def test_a_user_without_a_name_works_all_the_same(monkeypatch, work):
    def nobody():
        raise KeyError("getpwuid(): uid not found: 1234")

    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.setattr("getpass.getuser", nobody)
    studio = work("")
    studio.generate("a fox", **SMALL)
    assert studio.costs()["person"].tolist() == [""]


@pytest.mark.usefixtures("each_database")
def test_everybody_s_costs_and_mine_and_hers(work, clip):
    ann, bob = work("ann"), work("bob")
    ann.generate("a fox", **SMALL)
    ann.extract(clip, 0, 1)
    bob.generate("a cat", **SMALL)
    bob.sweep(["a dog", "an owl"], experiment="autumn", **SMALL).run()
    for studio in (ann, bob):
        assert studio.costs()["person"].tolist() == ["ann", "ann", "bob", "bob", "bob"]
        assert studio.costs()["experiment"].tolist() == ["", "", "", "autumn", "autumn"]
        assert studio.costs(person="ann")["kind"].tolist() == ["video", "character"]
        assert studio.costs(experiment="autumn")["prompt"].tolist() == ["a dog", "an owl"]
        assert studio.costs("nobody", experiment="autumn").empty
    assert ann.costs("mine").equals(bob.costs("ann"))
    assert bob.costs(person="mine")["prompt"].tolist() == ["a cat", "a dog", "an owl"]
    assert ann.person == "ann"
    assert [len(studio.videos()) for studio in (ann, bob)] == [4, 4]  # one library for the team


@pytest.mark.parametrize("name", ["", "x" * 81, 7, "a\nb"])
def test_whose_costs_are_asked_for_is_a_name(work, name):
    with pytest.raises(InvalidInput, match="is no name of a person"):
        work("ann").costs(name)
    with pytest.raises(InvalidInput, match="is no name of an experiment"):
        work("ann").costs(experiment=name)


@pytest.mark.parametrize("name", ["x" * 81, 7, " "])
def test_an_experiment_has_a_name_or_none(work, name):
    with pytest.raises(InvalidInput, match="is no name of an experiment"):
        work("ann").sweep(["a fox"], experiment=name)


@pytest.mark.usefixtures("each_database")
@pytest.mark.parametrize("name", ["'; DROP TABLE calls; --", 'a "b" %s %(x)s :y ? \\', "%", "ann' OR '1'='1"])
def test_a_name_of_any_letters_is_that_name(tmp_path, name):
    ledger = Ledger(tmp_path / "ledger.db")
    for who in (name, "other"):
        call = ledger.add(Call(kind="video", profile="local", person=who, experiment=who, estimate=1_000_000))
        ledger.change(call, state=State.DONE, charged=400_000)
    assert ledger.costs(name, name)["person"].tolist() == [name]
    assert ledger.totals(name, name) == (400_000, 1_000_000)
    assert ledger.totals() == (800_000, 2_000_000)
    ledger.close()


def test_the_command_line_tells_whose_costs_are_whose(work, capsys):
    from sora_nb import commands

    ann = work("ann")
    ann.generate("a fox", **SMALL)
    commands.costs(ann.home, None, None, None)
    alone = capsys.readouterr().out
    assert "person" not in alone
    assert alone.splitlines()[-1] == "Total estimate $0.15 (list price), charged $0.00."
    bob = work("bob")
    bob.generate("a cat", **SMALL)
    bob.generate("a dog", **SMALL)
    commands.costs(ann.home, None, None, None)
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "Total estimate $0.45 (list price), charged $0.00.",
        "  ann: estimate $0.15, charged $0.00",
        "  bob: estimate $0.30, charged $0.00",
    ]
    commands.costs(ann.home, None, "mine", None)
    assert capsys.readouterr().out.splitlines()[-1] == "Total estimate $0.30 (list price), charged $0.00."
