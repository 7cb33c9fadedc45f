"""Grades on a Dask cluster: work is read and records are written here, answers run on the cluster's machines."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from gatedrnn_course.grading.classroom.desk import Desk, Found, Settings, Task, judge_at_desk
from gatedrnn_course.grading.classroom.record import Judged, Record
from gatedrnn_course.grading.classroom.submission import Submission
from gatedrnn_course.studies.cluster import run_portions

__all__ = ["on_cluster"]


@dataclass(frozen=True)
class _Portion:
    """One attempt of one student, and where its verdicts belong."""

    task: int
    attempt: int
    submission: Submission


def on_cluster(tasks: Sequence[Task], settings: Settings, address: str) -> Generator[Record]:
    """Records as they come. A submission whose worker dies is given to another one.

    Args:
        tasks: What is graded.
        settings: Of the run.
        address: Of a Dask scheduler, such as `tcp://host:8786`.

    Raises:
        CourseError: If the cluster cannot be reached, or a record cannot be written.
    """
    with closing(Desk(settings)) as desk:
        waiting: dict[int, list[Found | Submission]] = {}

        def portions() -> Iterator[_Portion]:
            for k, task in enumerate(tasks):
                waiting[k] = desk.look(task)
                for attempt, one in enumerate(waiting[k]):
                    if isinstance(one, Submission):
                        yield _Portion(k, attempt, one)

        def settled() -> Iterator[Record]:
            whole = {k: [one for one in row if isinstance(one, Found)] for k, row in waiting.items()}
            for k in [k for k, row in whole.items() if len(row) == len(waiting[k])]:
                del waiting[k]
                yield desk.settle(tasks[k], whole[k])

        def lost(portion: _Portion, how: str) -> Judged:
            return desk.not_judged(how)

        for portion, judged in run_portions(partial(_judged, settings), portions(), dask=address, lost=lost):
            waiting[portion.task][portion.attempt] = desk.judged(portion.submission, judged)
            yield from settled()
        yield from settled()


def _judged(settings: Settings, portion: _Portion) -> Judged:
    """Judge a portion, on the machine that got it."""
    return judge_at_desk(settings, portion.submission)
