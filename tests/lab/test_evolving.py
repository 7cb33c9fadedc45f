from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from gatedrnn_course.cells import catalogue
from gatedrnn_course.cells.edits.behaviour import behaviour
from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab import evolving
from gatedrnn_course.lab.evolving import bias_race, learn_to_spell, mutants_of, show_intervals, small_evolution


def test_mutants_are_different_architectures_and_the_same_each_time() -> None:
    found = mutants_of("GRU", 6, seed=3)
    keys = {behaviour(catalogue["GRU"]), *(behaviour(one.cell) for one in found)}
    assert len(keys) == 7
    assert [one.cell.name for one in found] == [f"mutant {k}" for k in range(1, 7)]
    assert [one.cell.text for one in mutants_of("GRU", 6, seed=3)] == [one.cell.text for one in found]


def test_spelling_begins_at_chance_and_has_thirteen_moments() -> None:
    curves = learn_to_spell(["GRU", "RNN"], letters=2, kinds=4, steps=60)
    assert set(curves) == {"GRU", "RNN"}
    for curve in curves.values():
        assert len(curve) == 13
        assert curve[0] == 0.25
        assert curve == sorted(curve[:1]) + sorted(curve[1:])  # the best so far
    assert curves["GRU"][-1] > 0.5


def test_a_small_search_tells_who_is_in_its_list() -> None:
    found = small_evolution(3)
    assert found.tried == 3
    assert found.tried >= found.spelt >= found.listed
    assert list(found.fitness) == sorted(found.fitness, reverse=True)
    assert {"LSTM", "GRU"} <= {cell.name for cell in found.cells}
    assert len(found.cells) == len(found.fitness) == len(found.changes) == 2 + found.listed
    assert ET.fromstring(found.tree).get("role") == "img"


@pytest.mark.parametrize("task", ["letters", "sums"])
def test_the_race_pairs_starts_and_its_picture_is_told_in_words(task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    race = bias_race(task, seeds=2, steps=8)
    assert {name: len(values) for name, values in race.items()} == {"LSTM": 2, "LSTM-b": 2, "GRU": 2}
    shown = []
    monkeypatch.setattr(evolving, "show", shown.append)
    show_intervals(race)
    assert "LSTM-b: 0." in repr(shown[0])


def test_an_unknown_task_is_told() -> None:
    with pytest.raises(CourseError, match="letters"):
        bias_race("music")
