"""What an item forbids is not there: every road to it earns nothing, and what only looks like it keeps its points."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pytest

from gatedrnn_course.grading.judging.forbidden import unless_refused
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.running.student import Place
from gatedrnn_course.grading.sandbox import Limits, ProcessSandbox, Sandbox, best_sandbox
from gatedrnn_course.grading.units import load
from gatedrnn_course.grading.units.u04_through_time import NO_AUTOGRAD
from tests.tools.roads import AUTOGRAD_ROADS, LOOK_ALIKES, ROADS, SETUP

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the process sandbox needs a POSIX system")
ITEM = load("03").item("lstm_step")
Judged = Callable[[str], Verdict]


def cells_of(*tables: Mapping[str, Sequence[str]]) -> list[str]:
    """The cells of one notebook that goes all these roads, each to a function of its own name."""
    return [SETUP, *(cell.replace("NAME", name) for table in tables for name, cells in table.items() for cell in cells)]


@pytest.fixture(scope="module", params=["strongest", "process"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """In the strongest torch is loaded and out of sight before any answer runs, elsewhere an answer loads it."""
    made = best_sandbox(unsafe=True) if request.param == "strongest" else ProcessSandbox()
    with made.open() as session:
        session.load(["import torch"], deadline=60)
    yield made
    made.close()


def judged_in(sandbox: Sandbox, tables: Sequence[Mapping[str, Sequence[str]]], *forbidden: str) -> Judged:
    cells = cells_of(*tables)
    names = [name for table in tables for name in table]
    place = Place(sandbox, cells, names, Limits(wall_s=20.0), {}, 120.0)
    place.forbid(forbidden)

    def verdict(name: str) -> Verdict:
        item = dataclasses.replace(ITEM, name=name)
        return unless_refused(item, judge(item, place, 1, explain=False), cells)

    return verdict


@pytest.fixture(scope="module")
def without(sandbox: Sandbox) -> Judged:
    """Judged where torch's own LSTM is not there."""
    return judged_in(sandbox, (ROADS, LOOK_ALIKES), *ITEM.forbidden)


@pytest.fixture(scope="module")
def with_it(sandbox: Sandbox) -> Judged:
    """Judged where it is."""
    return judged_in(sandbox, (ROADS,))


@pytest.mark.parametrize("sandbox", ["strongest"], indirect=True)
@pytest.mark.parametrize("road", ROADS)
def test_every_road_is_right_where_the_lstm_is_there(with_it: Judged, road: str) -> None:
    verdict = with_it(road)
    assert verdict.outcome == "right", verdict


@pytest.mark.parametrize("road", ROADS)
def test_no_road_earns_anything_where_it_is_not(without: Judged, road: str) -> None:
    verdict = without(road)
    assert verdict.points == 0, verdict


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_what_only_looks_alike_keeps_its_points(without: Judged, name: str) -> None:
    verdict = without(name)
    assert (verdict.outcome, verdict.points) == ("right", ITEM.points), verdict


@pytest.mark.parametrize("forbidden", [(), NO_AUTOGRAD], ids=["allowed", "forbidden"])
def test_derivatives_by_torch(sandbox: Sandbox, forbidden: tuple[str, ...]) -> None:
    session = sandbox.open(Limits(wall_s=20.0))
    session.forbid(forbidden)
    session.load(cells_of(AUTOGRAD_ROADS), names=list(AUTOGRAD_ROADS), deadline=120)
    x = np.array([1.0, 2.0])
    right = [name for name in AUTOGRAD_ROADS if np.allclose(_number(session.call(name, (x,)).value), 2 * x)]
    assert right == ([] if forbidden else list(AUTOGRAD_ROADS))


def test_what_was_reached_is_told(without: Judged) -> None:
    verdict = without("kept_in_a_list")  # no reading finds it
    assert (verdict.outcome, verdict.points) == ("refused", 0)
    assert verdict.sentence == "`kept_in_a_list` uses torch.lstm_cell, which this exercise asks you to build yourself."


OUT_OF_SIGHT = """
def f(x):
    kinds = [k for k in object.__subclasses__() if (k.__module__, k.__name__) == ("torch.nn.modules.module", "Module")]
    cells = [c for k in kinds for b in k.__subclasses__() if b.__name__ == "RNNCellBase" for c in b.__subclasses__()]
    torch = [c.forward.__globals__["torch"] for c in cells if c.__name__ == "LSTMCell"][0]
    z = torch.zeros(4, 1)
    return torch.lstm_cell(z[:1], (z[:1], z[:1]), z, z)[0].numpy()
"""


@pytest.mark.parametrize("sandbox", ["strongest"], indirect=True)
def test_a_torch_out_of_sight_is_not_whole(sandbox: Sandbox) -> None:
    """A search of all objects finds it in a process that never imported it."""
    replies = []
    for forbidden in ((), ITEM.forbidden):
        with sandbox.open(Limits(wall_s=20.0)) as session:
            session.forbid(forbidden)
            assert not session.load([OUT_OF_SIGHT], names=["f"]).torch
            replies.append(session.call("f", (np.zeros(1),)))
    assert replies[1].value is None and replies[1].problem is not None
    if sandbox.name != "process":
        assert replies[0].value is not None and replies[1].reached == "torch.lstm_cell"


def _number(value: object) -> np.ndarray:
    return value if isinstance(value, np.ndarray) and value.dtype == float else np.array(np.nan)
