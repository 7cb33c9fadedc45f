"""Portions of work here and in processes."""

from __future__ import annotations

import math
import os
import signal
import sys

import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.studies.cluster import run_portions


def kill(_portion: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_portion_comes_back_with_its_result(jobs) -> None:
    found = dict(run_portions(math.factorial, iter(range(7)), jobs))
    assert found == {n: math.factorial(n) for n in range(7)}


def test_portions_are_taken_as_workers_become_free() -> None:
    taken = []

    def portions():
        for n in range(20):
            taken.append(n)
            yield n

    results = run_portions(math.sqrt, portions(), 2)
    next(results)
    assert len(taken) < 10
    results.close()


def test_an_error_in_a_process_is_the_callers() -> None:
    with pytest.raises(ValueError, match=r"math domain|nonnegative"):
        list(run_portions(math.sqrt, [-1.0], 2))


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_killed_process_is_told() -> None:
    with pytest.raises(CourseError, match="One of them was killed"):
        list(run_portions(kill, [1], 2))


def test_a_cluster_that_is_not_there_is_told() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(CourseError, match="It cannot be reached"):
        list(run_portions(math.sqrt, [1.0], dask="nowhere"))
