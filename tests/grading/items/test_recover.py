from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import catalogue, whole_step
from gatedrnn_course.cells.edits.isolation import drawn, isolating, own_parameters
from gatedrnn_course.cells.edits.readings import Reading, edit_with
from gatedrnn_course.cells.expr import Num, Op
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.grading.items.recover import Asked, Recovery


def asked(name: str, **instead: Any) -> tuple[Any, Asked]:
    slice_ = whole_step(catalogue[name])
    lines = {line.name: line for line in slice_.lines}
    edit = edit_with(slice_, {line: Reading(change(lines[line].expr)) for line, change in instead.items()})
    function = compiled(edit.lines, slice_.inputs, edit.outputs)
    return slice_, Asked(lambda inputs, p: function(*inputs, p))


def halved(expr: Any) -> Any:
    return Op("*", Num(0.5), expr)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (name, line.name)
        for name in ("LSTM", "peephole LSTM", "GRU", "GRU reset after", "MUT1", "minLSTM", "CIFG")
        for line in catalogue[name].lines
    ],
)
def test_the_value_of_a_wrong_line_is_read_off_the_outputs(name: str, line: str) -> None:
    slice_, ask = asked(name, **{line: halved})
    probe = drawn(slice_, 3)
    recovery = Recovery(slice_, ask, slice_.outputs, frozenset({line}))
    value = recovery.value(line, probe)
    given = ask(probe)
    known = {**probe.names, **dict(zip(slice_.outputs, given or (), strict=True))}
    for one in slice_.lines:
        right = probe.value(one.name, one.expr, known)
        if one.name == line:
            np.testing.assert_allclose(value, 0.5 * right, rtol=1e-6, atol=1e-7)
            return
        known.setdefault(one.name, right)


def test_several_unknown_lines_are_recovered_one_through_another() -> None:
    slice_, ask = asked("LSTM", f=halved, i=halved, o=halved)
    probe = drawn(slice_, 4)
    pinned = Recovery(slice_, ask, slice_.outputs, frozenset("fio")).pinned(probe)
    assert pinned is not None
    for line in slice_.lines:
        if line.name in "fio":
            np.testing.assert_allclose(pinned[line.name], 0.5 * probe.value(line.name, line.expr, {}), atol=1e-8)


def test_what_isolates_a_line_is_read_off_the_equations() -> None:
    slice_ = whole_step(catalogue["LSTM"])
    assert own_parameters(slice_, "f") == {"W_f", "U_f", "b_f"}
    assert isolating(slice_, "f", own_parameters(slice_, "f"), slice_.outputs) == (
        (own_parameters(slice_, "f"), "", "c"),
    )
    ((kept, plain, output),) = isolating(slice_, "i", own_parameters(slice_, "i"), slice_.outputs)
    assert (kept - own_parameters(slice_, "i"), plain, output) == ({"b_c"}, "", "c")
    gru = whole_step(catalogue["GRU"])
    ((_kept, plain, output),) = isolating(gru, "r", own_parameters(gru, "r"), gru.outputs)
    assert (plain, output) == ("U_h", "h")


def test_an_answer_that_raises_gives_no_value() -> None:
    slice_ = whole_step(catalogue["LSTM"])
    recovery = Recovery(slice_, Asked(lambda inputs, p: None), slice_.outputs, frozenset("f"))
    assert recovery.value("f", drawn(slice_)) is None and recovery.pinned(drawn(slice_)) is None


def test_each_probe_is_asked_once() -> None:
    slice_ = whole_step(catalogue["RNN"])
    calls = []
    ask = Asked(lambda inputs, p: calls.append(1) or slice_.function(*inputs, p))  # type: ignore[func-returns-value]
    ask(drawn(slice_))
    ask(drawn(slice_))
    ask(drawn(slice_, 5))
    assert len(calls) == 2
