from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Slice, catalogue, whole_step
from gatedrnn_course.cells.edits.probes import probes
from gatedrnn_course.cells.edits.readings import edit_with, readings
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.grading.items.lines import Lines, TooMany, same_as

LSTM = whole_step(catalogue["LSTM"])


def asked(slice_: Slice, chosen: Any, probe: Any) -> Any:
    edit = edit_with(slice_, chosen)
    with np.errstate(all="ignore"):
        values = compiled(edit.lines, slice_.inputs, edit.outputs)(*probe.inputs, probe.p)
    return tuple(np.asarray(value) for value in values)


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU", "GRU reset after", "MUT1", "minLSTM"])
def test_the_reading_that_stands_there_is_never_struck_out(name: str) -> None:
    slice_ = whole_step(catalogue[name])
    rng, rows = random.Random(5), readings(slice_)
    for k in range(6):
        count = 1 + k % len(rows)
        chosen = {line: rng.choice(rows[line][1:]) for line in rng.sample(list(rows), count)}
        lines = Lines(slice_, slice_.outputs)
        for probe in probes(slice_):
            try:
                lines.see(probe, asked(slice_, chosen, probe), {}, most=20_000)
            except TooMany:
                continue
        places = {line: rows[line].index(chosen[line]) if line in chosen else 0 for line in rows}
        assert all(place in lines.left[line] for line, place in places.items())


def test_the_right_answer_leaves_few_readings() -> None:
    lines = Lines(LSTM, LSTM.outputs)
    for _again in range(2):
        for probe in probes(LSTM):
            lines.see(probe, asked(LSTM, {}, probe), {})
    assert all(left[0] == 0 and len(left) < 10 for left in lines.left.values())


def test_other_numbers_leave_no_reading() -> None:
    lines = Lines(LSTM, LSTM.outputs)
    lines.see(probes(LSTM)[0], (np.full((3, 3), 7.0), np.full((3, 3), 8.0)), {})
    assert not lines.possible


def test_too_many_combinations_strike_nothing_out() -> None:
    lines = Lines(LSTM, LSTM.outputs)
    probe, before = probes(LSTM)[-1], lines.left
    with pytest.raises(TooMany):
        lines.see(probe, asked(LSTM, {}, probe), {}, most=50)
    assert lines.left == before


def test_a_line_that_may_be_anything_takes_the_value_given() -> None:
    probe = probes(LSTM)[-1]
    values = dict(zip(("h", "c"), asked(LSTM, {}, probe), strict=True))
    names = {**probe.names}
    f = probe.value("f", readings(LSTM)["f"][0].expr, names)
    for pinned, possible in ((f, True), (f + 0.1, False)):
        lines = Lines(LSTM, LSTM.outputs, {"f"})
        for one in probes(LSTM)[:-1]:
            lines.see(one, asked(LSTM, {}, one), {"f": one.value("f", readings(LSTM)["f"][0].expr, {})})
        lines.see(probe, (values["h"], values["c"]), {"f": pinned})
        assert lines.possible == possible


def test_what_is_handed_back_twice_must_be_equal() -> None:
    lines = Lines(LSTM, ("h", "h"))
    probe = probes(LSTM)[0]
    lines.see(probe, asked(LSTM, {}, probe), {})
    assert not lines.possible


def test_same_as() -> None:
    assert same_as(np.array([1.0, np.nan]), np.array([1.0, np.nan]))
    assert not same_as(np.array([1.0]), np.array([1.1])) and not same_as(np.zeros(2), np.zeros(3))
    assert same_as(np.array([1.00005]), np.array([1.0], dtype=np.float32))
