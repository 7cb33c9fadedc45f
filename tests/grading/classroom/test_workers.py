"""Processes side by side: one that dies is replaced, and what killed it is told."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest

from gatedrnn_course.grading.classroom.workers import side_by_side

pytestmark = pytest.mark.skipif(os.name != "posix", reason="ends processes as POSIX systems do")
KILL = "__import__('os').kill(__import__('os').getpid(), 9)"
EXIT = "__import__('os')._exit(3)"
SLEEP = "__import__('time').sleep(600)"


def lost(task: str, how: str) -> str:
    return f"{task}: {how}"


def test_every_task_has_its_result_and_no_process_is_left() -> None:
    tasks = [f"{n} ** 2" for n in range(20)]
    assert sorted(side_by_side(eval, tasks, 3, lost)) == [n**2 for n in range(20)]
    assert not multiprocessing.active_children()


def test_a_task_that_brings_its_process_down_twice_is_lost_and_the_others_are_done() -> None:
    found = list(side_by_side(eval, [KILL, "1", EXIT, "2", "3"], 2, lost))
    assert sorted(one for one in found if isinstance(one, int)) == [1, 2, 3]
    assert found.index(1) < found.index(f"{KILL}: It was ended by the signal SIGKILL.")  # tried again after all others
    assert f"{EXIT}: It ended itself, with exit code 3." in found


def test_a_task_that_brings_down_one_process_only_is_done_by_the_next(tmp_path: Path) -> None:
    once = f"(lambda p: 7 if p.exists() else (p.touch(), {EXIT}))(__import__('pathlib').Path({str(tmp_path / 'x')!r}))"
    assert list(side_by_side(eval, [once], 1, lost)) == [7]


def test_a_task_that_never_ends_is_ended() -> None:
    found = list(side_by_side(eval, [SLEEP, "1"], 1, lost, longest=3.0))
    assert found == [1, f"{SLEEP}: It was ended after 3 s."]


def test_what_a_function_raises_is_the_callers() -> None:
    with pytest.raises(ZeroDivisionError):
        list(side_by_side(eval, ["1 / 0", SLEEP], 2, lost))
    assert not multiprocessing.active_children()


def test_closed_early_it_ends_its_processes() -> None:
    results = side_by_side(eval, ["1", SLEEP, SLEEP], 2, lost)
    assert next(results) == 1
    results.close()
    assert not multiprocessing.active_children()


def test_processes_compute_in_one_thread_and_this_one_as_before() -> None:
    before = os.environ.get("OMP_NUM_THREADS")
    asked = "__import__('os').environ['OMP_NUM_THREADS']"
    assert list(side_by_side(eval, [asked], 1, lost)) == [before or "1"]
    assert os.environ.get("OMP_NUM_THREADS") == before
