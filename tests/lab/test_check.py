"""`check` in a terminal and in a real kernel: right, wrong, not written yet."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gatedrnn_course import sigmoid
from gatedrnn_course.grading.running import local
from gatedrnn_course.lab import passed
from gatedrnn_course.lab.check import CheckFailed, check

IMPORTS = "from gatedrnn_course import check, sigmoid"
RIGHT = "def forget_gate(x, h_prev, p):\n    return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"
WRONG = RIGHT.replace(" + p.b_f", "")
BLANK = 'def forget_gate(x, h_prev, p):\n    """The forget gate."""\n    ...'


def defined(source: str, **names: Any) -> dict[str, Any]:
    """The names a learner's cell defines."""
    namespace: dict[str, Any] = {"sigmoid": sigmoid, "np": np, "In": [source], **names}
    exec(source, namespace)
    return namespace


def test_right_shows_one_panel_and_is_remembered(capsys: pytest.CaptureFixture[str]) -> None:
    function = defined(RIGHT)["forget_gate"]
    check(function)
    out, err = capsys.readouterr()
    assert "`forget_gate` is right." in out
    assert err == ""
    assert passed.function("forget_gate") is function


def test_wrong_names_the_mistake_and_forgets_an_earlier_success(capsys: pytest.CaptureFixture[str]) -> None:
    check(defined(RIGHT)["forget_gate"])
    with pytest.raises(CheckFailed, match="bias"):
        check(defined(WRONG)["forget_gate"])
    assert passed.function("forget_gate") is None
    assert "hint(forget_gate)" in capsys.readouterr().out


def test_not_written_yet_is_one_line_on_stderr_and_no_exception(capsys: pytest.CaptureFixture[str]) -> None:
    check(defined(BLANK)["forget_gate"])
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "`forget_gate` is not written yet.\n"


@pytest.mark.parametrize("thing", ["forget_gate", np.zeros(3), None, 7])
def test_something_that_is_no_function_is_told_in_words(thing: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CheckFailed, match="takes a function"):
        check(thing)
    assert "without quotes" in capsys.readouterr().out


def test_an_unknown_name_lists_what_can_be_checked(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CheckFailed, match="my_gate"):
        check(defined("def my_gate(x):\n    return x")["my_gate"])
    assert "forget_gate" in capsys.readouterr().out


@pytest.mark.parametrize(
    "answer",
    [
        "import torch\ndef lstm_step(x, h_prev, c_prev, p):\n    return torch.nn.LSTM(3, 4)(x)",
        "import torch.nn as nn\nmake = nn.LSTMCell\ndef lstm_step(x, h_prev, c_prev, p):\n    return make(3, 4)(x)",
        "def lstm_step(x, h_prev, c_prev, p):\n    from gatedrnn_course.cells import step\n    return step(x)",
    ],
)
def test_what_the_exercise_asks_to_build_may_not_be_called(answer: str) -> None:
    with pytest.raises(CheckFailed, match="build yourself"):
        check(defined(answer)["lstm_step"])


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


def test_the_names_come_back_when_the_function_raises() -> None:
    broken = STEP.replace("return", "raise RuntimeError('stop')\n    return")
    names = defined("\n".join((WRONG, INPUT, broken)))
    mine = names["forget_gate"]
    with pytest.raises(CheckFailed, match="RuntimeError: stop"):
        check(names["lstm_step"])
    assert names["forget_gate"] is mine


def test_outputs_in_the_wrong_order_are_named() -> None:
    swapped = STEP.replace("return sigmoid", "return c, sigmoid").replace("np.tanh(c), c", "np.tanh(c)")
    with pytest.raises(CheckFailed, match=r"\(c, h\) instead of \(h, c\)"):
        check(defined("\n".join((RIGHT, INPUT, swapped)))["lstm_step"])


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
    shown, error = wrongs
    assert shown.output_type == "display_data"
    assert 'role="status"' in shown.data["text/html"]
    assert error.output_type == "error"
    assert error.traceback == ["Not right yet: the panel above says why."]
    assert "\n" not in error.evalue
    assert "bias" in error.evalue
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


def test_a_loop_without_end_is_ended_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "SECONDS", 0.05)
    with pytest.raises(CheckFailed, match="did not finish in time"):
        check(defined("def forget_gate(x, h_prev, p):\n    while True:\n        pass")["forget_gate"])
