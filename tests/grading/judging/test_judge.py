from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells.edits import classes
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.values import Argument, Framework, Problem, Reply
from gatedrnn_course.grading.items import Draw, SliceItem
from gatedrnn_course.grading.judging.judge import judge, judge_with_earlier
from gatedrnn_course.grading.judging.signature import head_of
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.prove.programs import answer
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load

UNIT = load("03")
GATE, UPDATE, STEP = (UNIT.item(name) for name in ("forget_gate", "cell_update", "lstm_step"))
HEAD = """
import numpy as np

def sigmoid(a):
    return 1 / (1 + np.exp(-a))
"""


def gate(body: str, head: str = HEAD) -> Callable[..., Any]:
    rows = "".join(f"    {row}\n" for row in body.split("\n"))
    return function_of(f"{head}\ndef forget_gate(x, h_prev, p):\n{rows}", "forget_gate")


def said(body: str, seed: int = 1) -> Verdict:
    return judge(GATE, LocalCaller(gate(body)), seed)


class Recorder(LocalCaller):
    """Notes what the function is called with."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self.seen: list[tuple[tuple[int, ...], ...]] = []

    def call(self, name: str, args: Any, *, framework: Framework = "numpy", driver: str = "") -> Reply:
        self.seen.append(tuple(a.shape for a in args if isinstance(a, np.ndarray)))
        return super().call(name, args, framework=framework)


class Says(LocalCaller):
    """Answers every call with one reply."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(print)
        self.reply, self.calls = reply, 0

    def call(self, name: str, args: Any, *, framework: Framework = "numpy", driver: str = "") -> Reply:
        self.calls += 1
        return self.reply


RIGHT = "return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"


def test_right() -> None:
    assert said(RIGHT) == Verdict("forget_gate", "right", 10, 10, "`forget_gate` is right.")


def test_batches_single_vectors_and_size_1_are_tried_with_fresh_numbers() -> None:
    caller = Recorder(gate(RIGHT))
    judge(GATE, caller, 3)
    (x1, h1), (x2, h2), single, ones, _square, *far, again = caller.seen
    assert len({x1[0], x1[1], h1[1]}) == 3 and x1 != x2
    assert far == [(x1, h1)] * 2 + [(x2, h2)] * 2
    assert single == ((3,), (4,)) and ones == ((1, 1), (1, 1)) and again == (x1, h1)


def test_inputs_are_fresh_unless_a_seed_is_given() -> None:
    numbers: list[float] = []
    source = f"{HEAD}\ndef forget_gate(x, h_prev, p):\n    numbers.append(float(x.sum()))\n    {RIGHT}"
    function = function_of(source, "forget_gate")
    function.__globals__["numbers"] = numbers
    for seed in (None, None, 5, 5):
        judge(GATE, LocalCaller(function), seed)
    first, second, third, fourth = np.reshape(numbers, (4, -1))
    assert not np.isin(first, second).any()
    np.testing.assert_array_equal(third, fourth)


def test_float32_is_noted_and_not_penalised() -> None:
    verdict = said("return np.float32(sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f))")
    assert (verdict.outcome, verdict.points) == ("right", 10)
    assert "float32" in verdict.notes[0]


def test_torch_answers() -> None:
    head = "import torch\n"
    body = "return torch.sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"
    assert judge(GATE, LocalCaller(gate(body, head)), 1).outcome == "right"
    wrong = judge(GATE, LocalCaller(gate(body.replace(" + p.b_f", ""), head)), 1)
    assert wrong.mistake == "The forget gate has no bias: `b_f` is missing."


def test_not_written_yet() -> None:
    for body in ('"""Text."""', "...", "pass", "return", "return None", '"""Text."""\npass'):
        verdict = said(body)
        assert (verdict.outcome, verdict.points, verdict.sentence) == ("blank", 0, "`forget_gate` is not written yet.")


def test_no_value() -> None:
    assert "it returns nothing" in said("f = x @ p.W_f.T").details[0]
    assert "returns a str" in said("return 'f'").sentence
    assert "shape (" in said("return (x @ p.W_f.T).T").details[0]


@pytest.mark.parametrize(
    "body",
    [
        "h_prev += 1\nreturn sigmoid(x @ p.W_f.T + (h_prev - 1) @ p.U_f.T + p.b_f)",
        "p.b_f[:] = p.b_f + x.sum()\nreturn sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f - x.sum())",
        "out = p.b_f\nf = sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)\nout *= 0\nreturn f",
    ],
)
def test_changed_arguments_cost_the_points_and_are_said(body: str) -> None:
    verdict = said(body)
    assert (verdict.outcome, verdict.points) == ("wrong", 0)
    assert verdict.mistake == "The function changes its argument in place."
    assert "`h_prev`" in verdict.sentence or "`p.b_f`" in verdict.sentence


def test_a_wrong_answer_that_also_changes_its_argument_is_named_by_the_equation() -> None:
    verdict = said("h_prev *= 1\nx += 0\nreturn sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T)")
    assert verdict.mistake == "The forget gate has no bias: `b_f` is missing."


def test_state_hidden_between_calls_is_found() -> None:
    source = f"{HEAD}\ncalls = []\ndef forget_gate(x, h_prev, p):\n    calls.append(1)\n"
    source += "    return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f) + (len(calls) > 5)"
    verdict = judge(GATE, LocalCaller(function_of(source, "forget_gate")), 1)
    assert verdict.outcome == "wrong" and "second call" in verdict.sentence


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("return sigmoid(p.W_f @ x + h_prev @ p.U_f.T + p.b_f)", "`W_f @ x` is typed as on the slide"),
        ("return sigmoid(p.W_f @ x + p.U_f @ h_prev + p.b_f)", "Every product is typed as on the slide"),
        ("return sigmoid(x @ p.W_f + h_prev @ p.U_f.T + p.b_f)", "W_f stands the wrong way round"),
        ("return sigmoid(x @ p.W_f + h_prev @ p.U_f + p.b_f)", "Every weight matrix stands the wrong way round"),
        ("return sigmoid(x * p.W_f + h_prev @ p.U_f.T + p.b_f)", "W_f is multiplied element by element"),
        ("return sigmoid(x * p.W_f.T + h_prev @ p.U_f.T + p.b_f)", "`x * p.W_f.T` multiplies element by element"),
        ("return sigmoid(x * p.W_f.T + h_prev * p.U_f.T + p.b_f)", "multiplied element by element (*), after"),
        ("return sigmoid(x @ p.U_f.T + h_prev @ p.W_f.T + p.b_f)", "`W_f` and `U_f` are exchanged"),
    ],
)
def test_an_exception_is_explained_by_the_edit_that_raises(body: str, name: str) -> None:
    verdict = said(body)
    assert verdict.outcome == "wrong" and name in verdict.mistake
    assert any("do not fit" in detail for detail in verdict.details)


def test_an_exception_no_edit_explains_is_told_with_shapes_only() -> None:
    verdict = said("return undefined(x)")
    assert (verdict.outcome, verdict.points, verdict.mistake) == ("raised", 0, "")
    assert "NameError" in verdict.sentence
    assert re.search(r"It was called with x \(\d, \d\), h_prev \(\d, \d\), p\.", verdict.details[-1])


def test_wrong_for_single_vectors_only() -> None:
    verdict = said("return np.stack([sigmoid(p.W_f @ a + p.U_f @ b + p.b_f) for a, b in zip(x, h_prev)])")
    assert (verdict.outcome, verdict.points) == ("raised", 0)
    assert verdict.details[-1] == "It was called with x (3,), h_prev (4,), p."
    sums = said("f = sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)\nreturn f if x.ndim == 2 else 1 - f")
    assert sums.outcome == "wrong" and sums.details[0].startswith("On a single vector: `f` is wrong in 4 of 4")


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("missing", "missing"),
        ("timeout", "timeout"),
        ("died", "died"),
        ("frame", "died"),
        ("value", "wrong"),
    ],
)
def test_a_process_that_gives_nothing(kind: Any, outcome: str) -> None:
    caller = Says(Reply(problem=Problem(kind, "str", "why")))
    verdict = judge(GATE, caller, 1)
    assert (verdict.outcome, verdict.points) == (outcome, 0)
    assert caller.calls == (1 if kind != "value" else 9)


class TextItem(SliceItem):
    """Asks for a text: the equation of the gate, of which it computes the numbers."""

    def read(self, value: Any, draw: Draw) -> Any:
        if not isinstance(value, str):
            raise CourseError("A text was asked for.", "This is none.", "An equation was expected.", "Return one.")
        return self.reference(*draw.args) if value == "f" else np.zeros_like(self.reference(*draw.args))


def test_an_item_may_ask_for_a_text() -> None:
    item = TextItem("gate_text", 1, "", ("", "", ""), slice=GATE.slice)

    def said(value: Any) -> Verdict:
        return judge(item, Says(Reply(value)), 1)

    assert said("f").outcome == "right"
    assert said("g").outcome == "wrong" and "is wrong in" in said("g").details[0]
    verdict = said(np.zeros(3))
    assert (verdict.outcome, verdict.sentence) == ("wrong", "A text was asked for.")
    assert verdict.details == ("This is none.", "An equation was expected.", "Return one.")


def numbers_in(text: str) -> set[float]:
    return {abs(float(n)) for n in re.findall(r"-?\d+\.\d+(?:e[+-]?\d+)?", text)}


@pytest.mark.parametrize("item", UNIT.items[:1] + UNIT.items[3:4], ids=lambda item: item.name)
def test_no_message_holds_a_number_of_the_hidden_inputs(item: Any) -> None:
    for k, found in enumerate(classes(item.slice)):
        verdict = judge(item, LocalCaller(function_of(answer(item, found.edit), item.name)), k)
        text = " ".join((verdict.sentence, *verdict.details, *verdict.notes, verdict.mistake))
        hidden: list[float] = []
        for draw in item.draws(np.random.default_rng(k)):
            right = item.reference(*draw.args)
            for argument in (*draw.args, right):
                rows: Any = argument.values() if isinstance(argument, Mapping) else [argument]
                hidden += [abs(float(n)) for row in rows for n in np.ravel(row)]
        for shown in numbers_in(text.split("largest error")[0]):
            assert not np.isclose(hidden, shown, rtol=1e-2).any(), text


def helpers(**changed: str) -> dict[str, Any]:
    """A notebook in which the step calls the learner's own helpers, some of them other than right."""
    cells = [answer(item) for item in UNIT.items[:-1]]
    step = (
        "def lstm_step(x, h_prev, c_prev, p):\n    f = forget_gate(x, h_prev, p)\n"
        "    c = cell_update(f, input_gate(x, h_prev, p), candidate(x, h_prev, p), c_prev)\n"
        "    h = hidden_state(output_gate(x, h_prev, p), c)\n    return h, c\n"
    )
    names: dict[str, Any] = {}
    for source in (*cells, changed.pop("lstm_step", step)):
        exec(source, names)
    for name, source in changed.items():
        exec(source, names)
        assert name in names
    return names


WRONG_GATE = "def forget_gate(x, h_prev, p):\n    return 1 - sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)\n"


def test_a_wrong_helper_costs_its_own_item_only() -> None:
    names = helpers(forget_gate=WRONG_GATE)
    own, caller = names["forget_gate"], LocalCaller(names["lstm_step"])
    assert judge(STEP, caller, 1).outcome == "wrong"
    verdict = judge_with_earlier(STEP, caller, caller, {"forget_gate": GATE}, 1)
    assert (verdict.outcome, verdict.points, verdict.alone) == ("right", 16, True)
    assert "forget_gate" in verdict.notes[-1]
    assert names["forget_gate"] is own


def test_without_failed_helpers_nothing_is_replaced() -> None:
    names = helpers()
    caller = LocalCaller(names["lstm_step"])
    verdict = judge_with_earlier(STEP, caller, caller, {"forget_gate": GATE}, 1)
    assert verdict.outcome == "right" and not verdict.alone


def test_a_wrong_step_is_named_although_a_helper_is_wrong_too() -> None:
    wrong = "def lstm_step(x, h_prev, c_prev, p):\n    f = forget_gate(x, h_prev, p)\n"
    wrong += "    c = cell_update(f, input_gate(x, h_prev, p), candidate(x, h_prev, p), c_prev)\n"
    wrong += "    return hidden_state(output_gate(x, h_prev, p), c_prev), c\n"
    names = helpers(forget_gate=WRONG_GATE, lstm_step=wrong)
    caller = LocalCaller(names["lstm_step"])
    verdict = judge_with_earlier(STEP, caller, caller, {"forget_gate": GATE}, 1)
    assert verdict.mistake == "The hidden state uses `c_prev` where `c` belongs."


def test_names_are_restored_even_when_the_judge_is_interrupted() -> None:
    def interrupted(*args: Argument) -> Any:
        raise KeyboardInterrupt

    names = helpers(forget_gate=WRONG_GATE)
    names["input_gate"] = lambda x, h, p: interrupted() if names["forget_gate"] is not own else x[..., :1] * h
    own, caller = names["forget_gate"], LocalCaller(names["lstm_step"])
    with pytest.raises(KeyboardInterrupt):
        judge_with_earlier(STEP, caller, caller, {"forget_gate": GATE}, 1)
    assert names["forget_gate"] is own


def test_replaced_helpers_take_and_give_tensors() -> None:
    import torch

    torch_helpers = {
        item.name: answer(item)
        .replace("import numpy as np", "import torch")
        .replace("np.tanh", "torch.tanh")
        .replace("1 / (1 + np.exp(-a))", "torch.sigmoid(a)")
        .replace("np.maximum", "torch.maximum")
        for item in UNIT.items[: UNIT.items.index(STEP)]
    }
    torch_helpers["forget_gate"] = "def forget_gate(x, h_prev, p):\n    return torch.zeros_like(h_prev)\n"
    names = helpers(**torch_helpers)
    names["torch"] = torch
    caller = LocalCaller(names["lstm_step"])
    verdict = judge_with_earlier(STEP, caller, caller, {"forget_gate": GATE}, 1)
    assert (verdict.outcome, verdict.alone) == ("right", True)


def test_one_of_two_blank_helpers() -> None:
    names = helpers(forget_gate='def forget_gate(x, h_prev, p):\n    """To be written."""\n')
    caller = LocalCaller(names["lstm_step"])
    assert judge_with_earlier(STEP, caller, caller, {"forget_gate": GATE, "cell_update": UPDATE}, 1).outcome == "right"


def test_arguments_in_another_order_are_named_before_any_equation() -> None:
    source = f"{HEAD}\ndef forget_gate(h_prev, x, p):\n    return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"
    function = function_of(source, "forget_gate")
    verdict = judge(GATE, LocalCaller(function), 1, head=head_of(function))
    assert verdict.sentence == "`forget_gate` takes its arguments in the order x, h_prev, p; yours takes h_prev, x, p."
    assert verdict.mistake


def test_other_names_of_arguments_cost_nothing() -> None:
    source = f"{HEAD}\ndef forget_gate(a, b, c):\n    return sigmoid(a @ c.W_f.T + b @ c.U_f.T + c.b_f)"
    function = function_of(source, "forget_gate")
    assert judge(GATE, LocalCaller(function), 1, head=head_of(function)).outcome == "right"
