"""Trials in Optuna's storage: planned once, finished once, whoever does it."""

from __future__ import annotations

import math
import sys

import optuna
import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.studies.storage import Finished, Planned, Search, file_address, open_storage

SPACE = {"x": optuna.distributions.FloatDistribution(0.0, 1.0)}
PLAN = [Planned({"x": k / 10}, 100 + k) for k in range(4)]


def search(path, plan=PLAN, about=None) -> Search:
    return Search(open_storage(file_address(path)), "a search", about or {"data": "toy"}, plan, SPACE)


def test_a_plan_is_written_down_once(tmp_path) -> None:
    one, other = search(tmp_path / "t.db"), search(tmp_path / "t.db")
    assert one.missing == other.missing == [0, 1, 2, 3]
    study = optuna.load_study(study_name="a search", storage=file_address(tmp_path / "t.db"))
    assert [trial.params for trial in study.trials] == [dict(planned.settings) for planned in PLAN]
    assert {trial.state.name for trial in study.trials} == {"WAITING"}


def test_a_result_is_kept_and_never_replaced(tmp_path) -> None:
    one, other = search(tmp_path / "t.db"), search(tmp_path / "t.db")
    one.finish(2, 0.5, {"test": 1.5})
    other.finish(2, 0.7, {"test": 9.9})
    assert other.missing == [0, 1, 3]
    assert other.finished == [Finished(2, {"x": 0.2}, 102, 0.5, {"test": 1.5})]


def test_a_trial_that_diverged_has_a_result_too(tmp_path) -> None:
    one = search(tmp_path / "t.db")
    one.finish(1, math.nan, {"stopped": "diverged", "test": math.nan})
    (row,) = one.finished
    assert math.isnan(row.value) and math.isnan(row.result["test"]) and row.result["stopped"] == "diverged"
    assert one.missing == [0, 2, 3]


def test_a_longer_plan_is_added_to(tmp_path) -> None:
    search(tmp_path / "t.db", PLAN[:2]).finish(0, 1.0, {})
    longer = search(tmp_path / "t.db")
    assert longer.missing == [1, 2, 3]
    assert search(tmp_path / "t.db", PLAN[:2]).missing == [1]


def test_what_two_commands_planned_at_once_counts_once(tmp_path) -> None:
    one = search(tmp_path / "t.db")
    twice = optuna.create_trial(
        state=optuna.trial.TrialState.WAITING, params={"x": 0.0}, distributions=SPACE,
        user_attrs={"number": 0, "seed": 100},
    )  # fmt: skip
    optuna.load_study(study_name="a search", storage=file_address(tmp_path / "t.db")).add_trial(twice)
    one.finish(0, 1.0, {})
    assert search(tmp_path / "t.db").missing == [1, 2, 3]
    assert len(one.finished) == 1


def test_another_study_under_the_name_is_told(tmp_path) -> None:
    search(tmp_path / "t.db")
    with pytest.raises(CourseError, match=r"It was begun with data = toy\.\nThis one has data = other"):
        search(tmp_path / "t.db", about={"data": "other"})


def test_a_storage_that_is_none_is_told_without_its_password() -> None:
    with pytest.raises(CourseError) as told:
        open_storage("nothing://me:secret@host/base")
    assert "host/base" in str(told.value) and "secret" not in str(told.value)


def test_a_missing_package_is_told(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(CourseError, match=r"gatedrnn-course\[lessons\]"):
        open_storage("sqlite:///never.db")
