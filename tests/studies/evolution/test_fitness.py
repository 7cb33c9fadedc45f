from __future__ import annotations

import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.studies.evolution.fitness import best_members, fitness, reaches

GRU = {"arithmetic": 0.8, "xml": 0.5, "sentences": 0.4}


def test_fitness_is_the_least_accuracy_relative_to_the_gru():
    assert fitness(GRU, GRU) == 1
    assert fitness({"arithmetic": 0.9, "xml": 0.6, "sentences": 0.3}, GRU) == pytest.approx(0.75)
    assert fitness({"arithmetic": 0.2, "xml": 0.6, "sentences": 0.5}, GRU) == pytest.approx(0.25)


def test_a_task_that_diverged_counts_as_nothing():
    assert fitness({**GRU, "xml": float("nan")}, GRU) == 0


def test_a_missing_task_is_told():
    with pytest.raises(CourseError, match="xml"):
        fitness({"arithmetic": 1.0, "sentences": 1.0}, GRU)


@pytest.mark.parametrize(("accuracy", "passes"), [(0.45, True), (0.4499, False), (float("nan"), False)])
def test_a_task_asks_for_90_percent_of_the_gru(accuracy, passes):
    assert reaches(accuracy, 0.5) is passes


def test_the_list_holds_the_fittest_and_the_older_of_equals():
    fitnesses = {1: 0.9, 2: 1.0, 5: 0.95, 7: 0.95, 9: 0.2}
    assert best_members(fitnesses) == [2, 5, 7, 1, 9]
    assert best_members(fitnesses, 3) == [2, 5, 7]
    assert len(best_members({k: float(k) for k in range(250)})) == 100
