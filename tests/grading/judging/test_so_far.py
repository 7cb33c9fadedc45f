"""Mappings that hold some of the outputs: what is there is judged, what is missing is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.running.course import course_function
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load

ITEM = load("04").item("lstm_step_backward")
RIGHT = course_function(ITEM)


def said(change: Callable[[Mapping[str, Any], Any], Mapping[str, Any]]) -> Verdict:
    def lstm_step_backward(saved: Any, d_h: Any, d_c: Any, p: Any) -> Any:
        return change(RIGHT(saved, d_h, d_c, p), saved)

    return judge(ITEM, LocalCaller(lstm_step_backward), 1)


@pytest.mark.parametrize("there", [("d_c_prev",), ("d_x", "d_h_prev"), ITEM.outputs[:-1]])
def test_what_is_right_so_far_is_told(there: tuple[str, ...]) -> None:
    verdict = said(lambda d, _saved: {name: d[name] for name in there})
    assert verdict.outcome == "wrong" and verdict.points == 0
    assert verdict.sentence == f"Right so far: {', '.join(f'`{name}`' for name in there)}."
    missing = [name for name in ITEM.outputs if name not in there]
    assert verdict.details == (f"Still missing: {', '.join(f'`{name}`' for name in missing)}.",)


def test_a_mistake_in_what_is_there_has_its_name() -> None:
    verdict = said(lambda d, saved: {"d_b_f": d["d_b_f"] / len(saved.f)})
    assert verdict.sentence == "The line d_b_f is averaged over the batch instead of summed: it is divided by B."
    assert verdict.details[-1].startswith("Still missing: `d_x`, `d_h_prev`, `d_c_prev`, `d_W_f`")


def test_names_that_nobody_asked_for_are_told() -> None:
    verdict = said(lambda d, _saved: {"d_h": d["d_h_prev"], **{k: v for k, v in d.items() if k != "d_h_prev"}})
    assert verdict.details == ("Still missing: `d_h_prev`.", "Not asked for: `d_h`.")


def test_a_whole_mapping_may_hold_more() -> None:
    assert said(lambda d, _saved: {**d, "d_f": 0.0}).outcome == "right"
