"""The search at a tiny size: its tables, its list, and that a killed study ends as one that was not."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from gatedrnn_course.cells.catalogue import GRU, LSTM
from gatedrnn_course.cells.edits.behaviour import behaviour
from gatedrnn_course.errors import CourseError
from gatedrnn_course.studies.evolution.fitness import fitness, reaches
from gatedrnn_course.studies.evolution.search import Candidate, Evolution, evolve_step

HERE = Path(__file__).parent


def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that a study holds, but for the seconds."""
    connection = sqlite3.connect(path)
    asked = {
        "architectures": "SELECT * FROM architectures ORDER BY id",
        "evaluations": "SELECT * FROM evaluations ORDER BY architecture, task, number",
        "portions": "SELECT number, mutants, duplicates, again FROM portions ORDER BY number",
        "study": "SELECT * FROM study ORDER BY key",
    }
    found = {name: connection.execute(text).fetchall() for name, text in asked.items()}
    connection.close()
    return found


@pytest.fixture(scope="module")
def study(tmp_path_factory, tiny):
    study = Evolution(tmp_path_factory.mktemp("whole"), tiny, seed=3)
    study.run(progress=False)
    return study


def test_it_begins_with_lstm_and_gru_on_every_setting(study, tiny):
    rows = study.store.architectures()
    assert [(rows[k].name, rows[k].parent, rows[k].outcome) for k in (1, 2)] == [
        ("LSTM", None, "start"),
        ("GRU", None, "start"),
    ]
    first = [row for row in study.store.evaluations() if row.architecture in (1, 2) and row.portion == -1]
    assert len(first) == 2 * 3 * 2  # architectures, tasks, settings
    assert study.reference == study.store.best()[2]
    assert study.fitnesses()[2] == 1


def test_every_mutant_met_the_filter_once_and_comes_from_somebody_older(study, tiny):
    rows = study.store.architectures()
    mutants = [row for row in rows.values() if row.outcome != "start"]
    assert len(mutants) == study.tried == tiny.architectures
    for row in mutants:
        assert row.parent < row.number
        assert row.memorised is not None
        assert row.operators
        assert row.changes
        assert row.behaviour == behaviour(row.cell)
        assert (row.memorised >= tiny.filter.accuracy) is (row.outcome != "memorisation")
    assert len({row.behaviour for row in rows.values()}) == len(rows)


def test_who_is_listed_reached_90_percent_of_the_gru_on_every_task(study):
    best = study.store.best()
    tasks = [stage.task.name for stage in study.size.stages]
    gru = [row for row in study.store.evaluations() if row.architecture == 2 and row.portion == -1]
    first = {task: max(row.accuracy for row in gru if row.task == task) for task in tasks}
    for row in study.store.architectures().values():
        if row.outcome == "listed":
            assert set(best[row.number]) == set(tasks)
            assert all(reaches(best[row.number][task], first[task]) for task in tasks)
        if row.outcome in tasks:
            assert set(best[row.number]) == set(tasks[: tasks.index(row.outcome) + 1])


def test_the_list_is_by_fitness(study):
    best, found = study.store.best(), study.fitnesses()
    assert found == {k: fitness(best[k], study.reference) for k in found}
    values = [found[k] for k in study.members()]
    assert values == sorted(values, reverse=True)
    assert set(study.members()) == set(found)


def test_members_are_evaluated_again_on_settings_they_have_not_met(study):
    rows = study.store.evaluations()
    keys = [(row.architecture, row.task, row.learning_rate, row.scale) for row in rows]
    assert len(set(keys)) == len(keys)


def test_the_same_seed_gives_the_same_study_and_another_another(study, tmp_path, tiny):
    again = Evolution(tmp_path / "again", tiny, seed=3, threads=2)
    again.run(progress=False)
    assert tables(again.store.path) == tables(study.store.path)
    other = Evolution(tmp_path / "other", tiny, seed=4)
    assert [c.cell.text for c in other_plan(other)] != [c.cell.text for c in other_plan(study)]


def other_plan(study):
    if not study.store.architectures():
        study._start()
    room = study.size.architectures - study.tried
    return study.plan(0).candidates if room else ()


KILLED = """
import sys
sys.path.insert(0, {here!r})
from pathlib import Path
from conftest import TINY
from gatedrnn_course.studies.evolution.search import Evolution
Evolution(Path({out!r}), TINY, seed=3).run(progress=False)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_study_that_was_stopped_ends_as_one_that_was_not(study, tmp_path, tiny, how):
    out = tmp_path / "killed"
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED.format(here=str(HERE), out=str(out))], stderr=subprocess.PIPE
    )
    file = out / "evolution.sqlite"
    deadline = time.monotonic() + 60
    while child.poll() is None and time.monotonic() < deadline:
        if file.exists() and portions(file) >= 2:  # the start, and the first portion
            break
        time.sleep(0.002)
    child.send_signal(how)
    child.communicate()
    resumed = Evolution(out, tiny, seed=3)
    resumed.run(progress=False)
    assert tables(resumed.store.path) == tables(study.store.path)


def portions(file: Path) -> int:
    try:
        connection = sqlite3.connect(file)
        count = connection.execute("SELECT COUNT(*) FROM portions").fetchone()[0]
        connection.close()
    except sqlite3.OperationalError:
        return 0
    return int(count)


def test_a_portion_that_is_stopped_leaves_nothing(tmp_path, tiny, study, monkeypatch):
    half = Evolution(tmp_path, tiny, seed=3)
    half._start()
    before = tables(half.store.path)
    monkeypatch.setattr(half.store, "add_portion", stop)
    with pytest.raises(KeyboardInterrupt):
        half.portion()
    assert tables(half.store.path) == before


def stop(*_given):
    raise KeyboardInterrupt


def test_another_study_in_the_folder_is_told(study, tiny):
    with pytest.raises(CourseError, match="begun with seed = 3, not 4"):
        Evolution(study.out, tiny, seed=4)


def test_a_step_evaluates_a_member_again_or_mutates_one():
    members = [(1, LSTM), (2, GRU)]
    made = [evolve_step(members, np.random.default_rng(seed)) for seed in range(40)]
    again = [step for step in made if isinstance(step, int)]
    mutants = [step for step in made if isinstance(step, Candidate)]
    assert set(again) == {1, 2}
    assert {mutant.parent for mutant in mutants} == {1, 2}
    assert 10 < len(again) < 30
    assert evolve_step(members, np.random.default_rng(0), reevaluate=1.0) in (1, 2)


def test_a_step_draws_anew_what_is_known():
    members = [(1, LSTM), (2, GRU)]
    first = evolve_step(members, np.random.default_rng(1), reevaluate=0.0)
    second = evolve_step(members, np.random.default_rng(1), {first.behaviour}, 0.0)
    assert second.behaviour != first.behaviour
