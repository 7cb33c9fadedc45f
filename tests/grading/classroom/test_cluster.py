"""On a Dask cluster: the same verdicts as here, and a worker that is killed half-way loses nothing."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.record import Record, read_record
from gatedrnn_course.grading.classroom.run import Options, grade_class

distributed = pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="the process sandbox needs a POSIX system"),
    pytest.mark.slow,
]
IMPORTS = "import numpy as np\nfrom gatedrnn_course import sigmoid"
GATE = "def forget_gate(x, h_prev, p):\n    return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"
CELLS = (GATE, GATE.replace(" + p.b_f", ""), "x = 1", GATE.replace("sigmoid", "np.tanh"), GATE + "\n1 / 0", GATE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "class"
    made.mkdir()
    for k, cell in enumerate(CELLS):
        cells = [
            {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": s}
            for s in (IMPORTS, cell)
        ]
        text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
        (made / f"s{k}.ipynb").write_text(text, "utf-8")
    (made / "eve.ipynb").write_bytes(b"{")
    return made


@pytest.fixture
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as made:
        yield made


class KillsOne:
    """Kills a worker as soon as the first record is there."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.killed: list[int] = []

    def begin(self, known: Sequence[Record], todo: Sequence[str]) -> None: ...

    def done(self, record: Record) -> None:
        if not self.killed:
            with distributed.Client(self.address) as client:
                self.killed += list(client.run(os.getpid).values())[:1]
            os.kill(self.killed[0], signal.SIGKILL)


def test_the_same_verdicts_as_here_and_a_killed_worker_loses_nothing(
    folder: Path, tmp_path: Path, cluster: Any
) -> None:
    here = grade_class(folder, "03", tmp_path / "here", options=Options(seed=5))
    watcher = KillsOne(cluster.scheduler_address)
    options = Options(seed=5, dask=cluster.scheduler_address)
    there = grade_class(folder, "03", tmp_path / "there", progress=watcher, options=options)
    assert len(watcher.killed) == 1
    told = [[(one.student, one.status, one.seed, one.items, one.notes) for one in run.records] for run in (here, there)]
    assert told[0] == told[1]
    for record in there.records:
        assert read_record(tmp_path / "there" / "records" / f"{record.student}.json") == record
    assert grade_class(folder, "03", tmp_path / "there", options=options).fresh == 0


def test_a_cluster_that_is_not_there_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="It cannot be reached"):
        grade_class(folder, "03", tmp_path / "out", options=Options(dask="nowhere"))
