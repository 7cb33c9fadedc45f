"""Which draw decides, what only explains, what a call costs, and which remark wins: looked at through the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.exchange.values import Argument, Framework, Reply, Value
from gatedrnn_course.grading.judging.judge import judge, judge_with_earlier
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load

UNIT = load("03")
GATE, STEP = UNIT.item("forget_gate"), UNIT.item("lstm_step")
SEEDS = range(4)


def right(*args: Any) -> Any:
    return GATE.reference(*args)


def kind_of(x: Any, h_prev: Any) -> str:
    """The kind of a draw, from its shapes alone."""
    if x.ndim == 1:
        return "single"
    if x.size == h_prev.size == 1:
        return "ones"
    return "square" if {*x.shape, *h_prev.shape} == {x.shape[0]} else "batch"


def other_on(*kinds: str, but: bool = False) -> Callable[..., Any]:
    """The right gate, and one minus it on some kinds of draws; with `but`, on all others."""

    def forget_gate(x: Any, h_prev: Any, p: Any) -> Any:
        value: Any = right(x, h_prev, p)
        return 1 - value if (kind_of(x, h_prev) in kinds) is not but else value

    return forget_gate


class Counting(LocalCaller):
    """Counts what is asked of it."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self.calls, self.replacements = 0, 0

    def call(self, name: str, args: Sequence[Argument], *, framework: Framework = "numpy", driver: str = "") -> Reply:
        self.calls += 1
        return super().call(name, args, framework=framework)

    def replace(self, answers: Mapping[str, Callable[..., Value]]) -> None:
        self.replacements += 1
        super().replace(answers)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_function_wrong_on_square_sizes_only_is_right(seed: int) -> None:
    assert judge(GATE, LocalCaller(other_on("square")), seed) == Verdict(
        "forget_gate", "right", GATE.points, GATE.points, "`forget_gate` is right."
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_function_right_on_square_sizes_only_is_wrong(seed: int) -> None:
    verdict = judge(GATE, LocalCaller(other_on("square", but=True)), seed)
    assert (verdict.outcome, verdict.points) == ("wrong", 0)


@pytest.mark.parametrize(
    ("kind", "words"), [("batch", "a batch"), ("single", "a single vector"), ("ones", "sizes of 1")]
)
def test_every_draw_that_decides_costs_all_points_alone(kind: str, words: str) -> None:
    verdict = judge(GATE, LocalCaller(other_on(kind)), 1)
    assert (verdict.outcome, verdict.points) == ("wrong", 0)
    assert verdict.details[0].startswith(f"On {words}: `f` is wrong in ")


@pytest.mark.parametrize("wrong", [1, 2, 3, 4])
def test_each_of_the_four_deciding_calls_costs_the_points(wrong: int) -> None:
    calls: list[int] = []

    def forget_gate(x: Any, h_prev: Any, p: Any) -> Any:
        calls.append(1)
        return right(x, h_prev, p) + (len(calls) == wrong)

    verdict = judge(GATE, LocalCaller(forget_gate), 1, explain=False)
    assert (verdict.outcome, verdict.points) == ("wrong", 0)


def test_the_square_draw_may_raise_without_a_cost() -> None:
    def forget_gate(x: Any, h_prev: Any, p: Any) -> Any:
        if kind_of(x, h_prev) == "square":
            raise ZeroDivisionError
        return right(x, h_prev, p)

    assert judge(GATE, LocalCaller(forget_gate), 1).outcome == "right"


def blank(x: Any, h_prev: Any, p: Any) -> Any:
    """To be written."""


@pytest.mark.parametrize("head", [None, ("x", "h_prev", "p"), ("p", "x"), ("h_prev", "x", "p")])
def test_a_blank_function_is_blank_whatever_its_head(head: tuple[str, ...] | None) -> None:
    verdict = judge(GATE, LocalCaller(blank), 1, head=head)
    assert (verdict.outcome, verdict.sentence) == ("blank", "`forget_gate` is not written yet.")


def test_a_blank_function_is_called_once_and_not_judged_again_with_helpers() -> None:
    own, again = Counting(blank), Counting(blank)
    verdict = judge_with_earlier(STEP, own, again, {"forget_gate": GATE}, 1)
    assert (verdict.outcome, own.calls, again.calls, again.replacements) == ("blank", 1, 0, 0)


class Missing(Counting):
    """A notebook without the function."""

    def call(self, name: str, args: Sequence[Argument], *, framework: Framework = "numpy", driver: str = "") -> Reply:
        from gatedrnn_course.grading.exchange.values import Problem

        self.calls += 1
        return Reply(problem=Problem("missing"))


def test_a_missing_function_is_looked_for_once_and_not_judged_again_with_helpers() -> None:
    own, again = Missing(print), Missing(print)
    verdict = judge_with_earlier(STEP, own, again, {"forget_gate": GATE}, 1)
    assert (verdict.outcome, own.calls, again.calls, again.replacements) == ("missing", 1, 0, 0)


def test_a_right_function_is_not_judged_again_and_a_wrong_one_is() -> None:
    again = Counting(lambda *args: STEP.reference(*args))
    verdict = judge_with_earlier(STEP, Counting(lambda *args: STEP.reference(*args)), again, {"forget_gate": GATE}, 1)
    assert (verdict.outcome, verdict.alone, again.calls) == ("right", False, 0)
    verdict = judge_with_earlier(STEP, Counting(lambda *args: 0 * args[1]), again, {"forget_gate": GATE}, 1)
    assert (verdict.outcome, verdict.alone, again.replacements) == ("right", True, 2)


def test_the_course_s_own_function_does_not_stand_in_where_it_is_the_answer() -> None:
    items = {item.name: item for item in load("03").items}
    mended, step = items["mended_step"], items["lstm_step"]
    again = Counting(lambda *args: mended.reference(*args))
    own = Counting(lambda *args: mended.reference(*args)[::-1])
    verdict = judge_with_earlier(mended, own, again, {"lstm_step": step}, 1)
    assert (verdict.points, again.calls, again.replacements) == (0, 0, 0)
    verdict = judge_with_earlier(mended, own, again, {"lstm_step": step, "forget_gate": items["forget_gate"]}, 1)
    assert (verdict.outcome, verdict.alone, again.replacements) == ("right", True, 2)


@pytest.mark.parametrize("rough", [0, 1])
def test_one_rough_output_among_exact_ones_is_noted(rough: int) -> None:
    def lstm_step(*args: Any) -> Any:
        values: Any = STEP.reference(*args)
        return tuple(value.astype(np.float32) if k == rough else value for k, value in enumerate(values))

    verdict = judge(STEP, LocalCaller(lstm_step), 1)
    assert verdict.outcome == "right" and "float32" in verdict.notes[0]


@pytest.mark.parametrize(
    ("kinds", "noted"), [(("batch",), True), (("single",), True), (("square",), False), ((), False)]
)
def test_float32_on_any_draw_that_decides_is_noted(kinds: tuple[str, ...], noted: bool) -> None:
    def forget_gate(x: Any, h_prev: Any, p: Any) -> Any:
        value: Any = right(x, h_prev, p)
        return value.astype(np.float32) if kind_of(x, h_prev) in kinds else value

    verdict = judge(GATE, LocalCaller(forget_gate), 1)
    assert verdict.outcome == "right"
    assert any("float32" in note for note in verdict.notes) is noted


def test_float32_in_the_last_call_alone_is_noted() -> None:
    calls: list[int] = []

    def forget_gate(x: Any, h_prev: Any, p: Any) -> Any:
        calls.append(1)
        value: Any = right(x, h_prev, p)
        return value.astype(np.float32) if len(calls) == 3 else value

    assert judge(GATE, LocalCaller(forget_gate), 1).notes


def test_a_float32_answer_near_a_mistake_and_not_equal_to_it_is_not_named_by_it() -> None:
    """Without its bias the gate would be named; half a hundredth beside that it is another function."""

    def near(by: float) -> Callable[..., Any]:
        def forget_gate(x: Any, h_prev: Any, p: Any) -> Any:
            a = x @ p.W_f.T + h_prev @ p.U_f.T
            return (1 / (1 + np.exp(-a)) + by).astype(np.float32)

        return forget_gate

    assert judge(GATE, LocalCaller(near(0.0)), 1).mistake == "The forget gate has no bias: `b_f` is missing."
    for by in (0.005, 0.05):
        verdict = judge(GATE, LocalCaller(near(by)), 1)
        assert (verdict.outcome, verdict.mistake) == ("wrong", "Nothing depends on `p.b_f`.")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (lambda x, h, p: p.W_f @ x + h @ p.U_f.T + p.b_f, "`W_f @ x` is typed as on the slide"),
        (lambda x, h, p: x @ p.W_f + h @ p.U_f.T + p.b_f, "W_f stands the wrong way round"),
        (lambda x, h, p: x * p.W_f + h @ p.U_f.T + p.b_f, "W_f is multiplied element by element"),
        (lambda x, h, p: x * p.W_f.T + h @ p.U_f.T + p.b_f, "`x * p.W_f.T` multiplies element by element"),
    ],
)
def test_mistakes_that_raise_elsewhere_are_told_apart_by_the_square_draw(body: Any, words: str) -> None:
    """On batches all of these raise and with sizes of 1 all are right: only equal sizes tell which it is."""

    def forget_gate(x: Any, h_prev: Any, p: Any) -> Any:
        return 1 / (1 + np.exp(-body(x, h_prev, p)))

    for seed in SEEDS:
        assert words in judge(GATE, LocalCaller(forget_gate), seed).mistake


def test_the_last_call_repeats_the_first_and_another_answer_there_costs_the_points() -> None:
    counted = Counting(right)
    assert judge(GATE, counted, 1).outcome == "right"
    seen: list[Any] = []

    def forget_gate(x: Any, h_prev: Any, p: Any) -> Any:
        seen.append((x.copy(), h_prev.copy()))
        return right(x, h_prev, p) + (len(seen) == counted.calls)

    verdict = judge(GATE, LocalCaller(forget_gate), 1)
    assert (verdict.outcome, verdict.points, len(seen)) == ("wrong", 0, counted.calls)
    assert "second call" in verdict.sentence
    assert all(np.array_equal(first, last) for first, last in zip(seen[0], seen[-1], strict=True))
