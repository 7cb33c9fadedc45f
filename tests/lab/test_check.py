"""`check` in a terminal and in a real kernel: right, wrong, not written yet."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gatedrnn_course import sigmoid
from gatedrnn_course.grading.running import local
from gatedrnn_course.lab import passed
from gatedrnn_course.lab.check import check

IMPORTS = "from gatedrnn_course import check, sigmoid"
RIGHT = "def forget_gate(x, h_prev, p):\n    return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"
WRONG = RIGHT.replace(" + p.b_f", "")
BLANK = 'def forget_gate(x, h_prev, p):\n    """The forget gate."""\n    ...'


def defined(source: str, **names: Any) -> dict[str, Any]:
    """The names a learner's cell defines."""
    namespace: dict[str, Any] = {"sigmoid": sigmoid, "np": np, "In": [source], **names}
    exec(source, namespace)
    return namespace


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[Any], str]:
    """What a check of something wrong shows: the panel; it raises nothing and says one line on stderr."""

    def check_it(thing: Any) -> str:
        check(thing)
        out, err = capsys.readouterr()
        assert err.endswith("is not right yet: the panel above says why.\n") and err.count("\n") == 1
        return out

    return check_it


def test_right_shows_one_panel_and_is_remembered(capsys: pytest.CaptureFixture[str]) -> None:
    function = defined(RIGHT)["forget_gate"]
    check(function)
    out, err = capsys.readouterr()
    assert "`forget_gate` is right." in out
    assert err == ""
    assert passed.function("forget_gate") is function


def test_wrong_names_the_mistake_and_forgets_an_earlier_success(
    said: Callable[[Any], str], capsys: pytest.CaptureFixture[str]
) -> None:
    check(defined(RIGHT)["forget_gate"])
    capsys.readouterr()
    shown = said(defined(WRONG)["forget_gate"])
    assert "bias" in shown and "hint(forget_gate)" in shown
    assert passed.function("forget_gate") is None


def test_not_written_yet_is_one_line_on_stderr_and_no_exception(capsys: pytest.CaptureFixture[str]) -> None:
    check(defined(BLANK)["forget_gate"])
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "`forget_gate` is not written yet.\n"


@pytest.mark.parametrize("thing", ["forget_gate", np.zeros(3), None, 7])
def test_something_that_is_no_function_is_told_in_words(thing: Any, said: Callable[[Any], str]) -> None:
    shown = said(thing)
    assert "takes a function" in shown and "without quotes" in shown


def test_an_unknown_name_lists_what_can_be_checked(said: Callable[[Any], str]) -> None:
    shown = said(defined("def my_door(x):\n    return x")["my_door"])
    assert "my_door" in shown and "forget_gate" in shown


@pytest.mark.parametrize(
    "answer",
    [
        "import torch\ndef lstm_step(x, h_prev, c_prev, p):\n    return torch.nn.LSTM(3, 4)(x)",
        "import torch.nn as nn\nmake = nn.LSTMCell\ndef lstm_step(x, h_prev, c_prev, p):\n    return make(3, 4)(x)",
        "def lstm_step(x, h_prev, c_prev, p):\n    from gatedrnn_course.cells import step\n    return step(x)",
    ],
)
def test_what_the_exercise_asks_to_build_may_not_be_called(answer: str, said: Callable[[Any], str]) -> None:
    assert "build yourself" in said(defined(answer)["lstm_step"])


STEP = """
def lstm_step(x, h_prev, c_prev, p):
    f, i = forget_gate(x, h_prev, p), input_gate(x, h_prev, p)
    c = f * c_prev + i * np.tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)
    return sigmoid(x @ p.W_o.T + h_prev @ p.U_o.T + p.b_o) * np.tanh(c), c
"""
INPUT = (
    RIGHT.replace("forget", "input").replace("_f", "_i").replace("input_gate(x, h_prev, p)", "input_gate(x, h_prev, p)")
)


def test_a_later_function_stands_on_its_own_and_the_names_come_back(capsys: pytest.CaptureFixture[str]) -> None:
    names = defined("\n".join((WRONG, INPUT, STEP)))
    mine = {name: names[name] for name in ("forget_gate", "input_gate")}
    check(names["lstm_step"])
    assert "in place of yours" in capsys.readouterr().out
    assert all(names[name] is function for name, function in mine.items())


def test_the_names_come_back_when_the_function_raises(said: Callable[[Any], str]) -> None:
    broken = STEP.replace("return", "raise RuntimeError('stop')\n    return")
    names = defined("\n".join((WRONG, INPUT, broken)))
    mine = names["forget_gate"]
    assert "RuntimeError: stop" in said(names["lstm_step"])
    assert names["forget_gate"] is mine


def test_outputs_in_the_wrong_order_are_named(said: Callable[[Any], str]) -> None:
    swapped = STEP.replace("return sigmoid", "return c, sigmoid").replace("np.tanh(c), c", "np.tanh(c)")
    assert "(c, h) instead of (h, c)" in said(defined("\n".join((RIGHT, INPUT, swapped)))["lstm_step"])


def test_no_message_holds_a_number_of_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """The reference is tried on the very inputs of the check; none of its numbers may be in the panel."""
    from gatedrnn_course.grading.units import find_item
    from gatedrnn_course.lab.check import verdict_on

    unit, item = find_item("forget_gate")
    function = defined("def forget_gate(x, h_prev, p):\n    return x @ p.W_f.T * 0 + 0.123")["forget_gate"]
    verdict = verdict_on(function, unit, item, seed=5)
    said = " ".join((verdict.sentence, *verdict.details, *verdict.notes))
    rights = [np.ravel(item.reference(*draw.args)) for draw in item.draws(np.random.default_rng(5))]
    for found in re.findall(r"\d+\.\d{2,}", said):
        assert not np.isclose(np.concatenate(rights), float(found), atol=5e-4).any()


@pytest.mark.slow
def test_the_three_outcomes_in_a_real_kernel(run_cells: Callable[..., list[Any]]) -> None:
    blank, wrong, right, after = "check(forget_gate)", "check(forget_gate)", "check(forget_gate)", "print(6 * 7)"
    _imports, _b, blanks, _w, wrongs, _r, rights, afters = run_cells(
        IMPORTS, BLANK, blank, WRONG, wrong, RIGHT, right, after
    )
    assert [(o.output_type, o.get("name"), o.get("text")) for o in blanks] == [
        ("stream", "stderr", "`forget_gate` is not written yet.\n")
    ]
    shown, line = wrongs
    assert shown.output_type == "display_data"
    assert 'role="status"' in shown.data["text/html"] and "bias" in shown.data["text/html"]
    assert "Judged: the function as cell [4] defined it." in shown.data["text/plain"]
    assert (line.output_type, line.name) == ("stream", "stderr")
    assert line.text == "forget_gate is not right yet: the panel above says why.\n"
    assert [o.output_type for o in rights] == ["display_data"]
    assert "forget_gate" in rights[0].data["text/html"]
    assert afters[0].text == "42\n"


def test_a_lambda_is_found_by_the_name_it_was_given() -> None:
    function = defined("forget_gate = lambda x, h_prev, p: sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)")[
        "forget_gate"
    ]
    check(function)
    assert passed.holds("forget_gate", function)


def test_a_function_prints_once_and_not_at_every_try(capsys: pytest.CaptureFixture[str]) -> None:
    check(defined(RIGHT.replace("    return", "    print('here')\n    return"))["forget_gate"])
    assert capsys.readouterr().out.count("here") == 1


def test_a_loop_without_end_is_ended_and_said(monkeypatch: pytest.MonkeyPatch, said: Callable[[Any], str]) -> None:
    monkeypatch.setattr(local, "SECONDS", 0.05)
    endless = "def forget_gate(x, h_prev, p):\n    while True:\n        pass"
    assert "did not finish in time" in said(defined(endless)["forget_gate"])


def test_an_earlier_function_that_is_wrong_and_raises_nothing_stops_nothing(said: Callable[[Any], str]) -> None:
    """Run All with one item wrong: all the others are checked."""
    names = defined("\n".join((WRONG, INPUT)))
    said(names["forget_gate"])
    check(names["input_gate"])
    assert passed.names() == ("input_gate",)


def test_a_function_redefined_since_its_check_is_not_the_one_that_passed() -> None:
    function = defined(RIGHT)["forget_gate"]
    check(function)
    assert passed.holds("forget_gate", defined(RIGHT)["forget_gate"])  # the same code, run again
    assert not passed.holds("forget_gate", defined(WRONG)["forget_gate"])


def test_a_thing_without_a_name_is_told_what_to_do(said: Callable[[Any], str]) -> None:
    shown = said(functools.partial(np.add, 1))
    assert "a partial that no name stands for" in shown and "forget_gate = ..." in shown


def test_a_partial_or_an_object_is_checked_under_the_name_it_is_bound_to(capsys: pytest.CaptureFixture[str]) -> None:
    class Gate:
        def __call__(self, x: Any, h_prev: Any, p: Any) -> Any:
            return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)

    globals()["forget_gate"] = Gate()
    try:
        check(globals()["forget_gate"])
    finally:
        del globals()["forget_gate"]
    assert "`forget_gate` is right." in capsys.readouterr().out
