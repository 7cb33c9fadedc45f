"""A learner is never stranded: their own function where it passed, else the course's; one line says which."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gatedrnn_course import check, earlier, example, progress
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.units import find_item
from gatedrnn_course.lab import kept, passed
from gatedrnn_course.lab.check import judged

GATE = "def gate(x, h, W, U, b):\n    return sigmoid(x @ W.T + h @ U.T + b)"
MINE = f"{GATE}\ndef forget_gate(x, h_prev, p):\n    return gate(x, h_prev, p.W_f, p.U_f, p.b_f)"
LINE = "`forget_gate`: your own, kept from unit 03 and checked again.\n"


def notebook(source: str, name: str = "forget_gate") -> Any:
    """What a notebook of this cell has under a name."""
    names: dict[str, Any] = {"__name__": "__main__", "In": ["", "from gatedrnn_course import sigmoid", source]}
    exec("from gatedrnn_course import sigmoid\n" + source, names)
    return names[name]


@pytest.fixture
def restart(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """As if the kernel began anew."""
    from gatedrnn_course.lab import earlier as module

    def run() -> None:
        monkeypatch.setattr(passed, "_passed", {})
        monkeypatch.setattr(module, "_proven", {})

    return run


def right(function: Any) -> bool:
    x, h_prev, p = example("forget_gate")
    item = find_item("forget_gate")[1]
    return np.allclose(function(x, h_prev, p=p), item.reference(x, h_prev, p))  # type: ignore[arg-type]


def test_where_none_passed_it_is_the_courses(capsys: pytest.CaptureFixture[str]) -> None:
    f = earlier("forget_gate")
    assert capsys.readouterr().out == "`forget_gate`: the course's own. Yours, of unit 03, has not passed yet.\n"
    assert right(f)
    assert str(inspect.signature(f)) == "(x, h_prev, p)" and f.__name__ == "forget_gate" and "W_f" in str(f.__doc__)


def test_the_learners_own_of_this_notebook(capsys: pytest.CaptureFixture[str]) -> None:
    own = notebook(MINE)
    check(own)
    capsys.readouterr()
    f = earlier("forget_gate")
    assert capsys.readouterr().out == "`forget_gate`: your own, right in this notebook.\n"
    assert inspect.unwrap(f) is own and right(f)


def test_the_learners_own_of_another_notebook_with_its_helpers(
    capsys: pytest.CaptureFixture[str], restart: Callable[[], None]
) -> None:
    check(notebook(MINE))
    restart()
    capsys.readouterr()
    f = earlier("forget_gate")
    assert capsys.readouterr().out == LINE
    assert "gate(x, h_prev, p.W_f, p.U_f, p.b_f)" in inspect.getsource(f) and right(f)
    assert set(inspect.unwrap(f).__globals__) >= {"gate", "sigmoid"}


@pytest.mark.parametrize(
    "source",
    [
        "def forget_gate(x, h_prev, p):\n    return sigmoid(x)",
        "def forget_gate(x, h_prev, p):\n    while True: pass",
        "while",
        "raise SystemExit(1)",
        "forget_gate = 3",
        "from gatedrnn_course import earlier\nforget_gate = earlier('forget_gate')",
        "from gatedrnn_course.cells import catalogue\ndef forget_gate(x, h_prev, p):\n    return catalogue",
        "",
    ],
)
def test_what_is_kept_and_not_right_is_replaced(
    source: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatedrnn_course.grading.running.local.SECONDS", 0.2)
    kept.keep("forget_gate", "12", source)
    f = earlier("forget_gate")
    words = "the course's own. Yours passed in unit 03, but cannot be used here: check it there again."
    assert capsys.readouterr().out == f"`forget_gate`: {words}\n"
    assert right(f)


def test_a_step_whose_own_helper_is_wrong_is_not_handed_out(capsys: pytest.CaptureFixture[str]) -> None:
    step = (
        "def forget_gate(x, h_prev, p):\n    return sigmoid(x)\n"
        "def lstm_step(x, h_prev, c_prev, p):\n    f = forget_gate(x, h_prev, p)\n"
        "    i = sigmoid(x @ p.W_i.T + h_prev @ p.U_i.T + p.b_i)\n"
        "    o = sigmoid(x @ p.W_o.T + h_prev @ p.U_o.T + p.b_o)\n"
        "    c = f * c_prev + i * np.tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)\n    return o * np.tanh(c), c"
    )
    check(notebook(f"import numpy as np\n{step}", "lstm_step"))
    assert "lstm_step" in passed.names()
    capsys.readouterr()
    earlier("lstm_step")
    assert "the course's own" in capsys.readouterr().out


def test_the_courses_own_takes_tensors() -> None:
    import torch

    x, h_prev, p = example("forget_gate")
    given = {name: torch.tensor(value, dtype=torch.float32) for name, value in p.items()}  # type: ignore[union-attr]
    f = earlier("forget_gate")(torch.tensor(x, dtype=torch.float32), torch.tensor(h_prev, dtype=torch.float32), given)
    assert f.dtype == torch.float32
    np.testing.assert_allclose(f, find_item("forget_gate")[1].reference(x, h_prev, p), rtol=1e-5)  # type: ignore[arg-type]


def test_every_known_name_gives_a_function(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("linear", "lstm_step", "latch", "lstm_equations", "bias_for_half_life"):
        assert callable(earlier(name))
    assert "f * c_prev" in earlier("lstm_equations")()
    assert float(earlier("latch")()["b_f"]) == 10


def test_an_unknown_name_is_told_in_four_parts() -> None:
    with pytest.raises(CourseError) as told:
        earlier("lstm_stepp")
    assert "lstm_step" in told.value.expected and told.value.do


def test_no_answer_is_made_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    check(notebook("from gatedrnn_course import earlier\nforget_gate = earlier('forget_gate')"))
    shown = capsys.readouterr()
    assert "Only functions of units before 03 are available in grading." in shown.out
    assert "not right yet" in shown.err and "forget_gate" not in passed.names()


def test_an_answer_that_asks_for_itself_while_it_is_judged_gets_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    inside = "def forget_gate(x, h_prev, p):\n    return earlier('forget_gate')(x, h_prev, p)"
    check(notebook(f"from gatedrnn_course import earlier\n{inside}"))
    assert "not right yet" in capsys.readouterr().err
    assert judged.get() == ""


def test_an_earlier_unit_is_available_while_a_later_one_is_judged(capsys: pytest.CaptureFixture[str]) -> None:
    through = (
        "def forget_gate(x, h_prev, p):\n    z = linear(x, {'W_h': p.W_f, 'b_h': p.b_f})\n"
        "    return sigmoid(z + h_prev @ p.U_f.T)"
    )
    check(notebook(f"from gatedrnn_course import earlier\nlinear = earlier('linear')\n{through}"))
    assert "`forget_gate` is right." in capsys.readouterr().out


def test_progress_does_not_take_it_for_an_answer(restart: Callable[[], None]) -> None:
    check(notebook(MINE))
    restart()
    globals()["forget_gate"] = earlier("forget_gate")
    try:
        assert "forget_gate" in repr(progress("03"))
        assert progress("03").states == {"forget_gate": "before"}
    finally:
        del globals()["forget_gate"]


def test_it_goes_from_kernel_to_kernel(run_cells: Callable[..., list[Any]]) -> None:
    first = "from gatedrnn_course import check, earlier, sigmoid"
    run_cells(first, GATE, MINE.removeprefix(GATE), "check(forget_gate)")
    outputs = run_cells(first, "forget_gate = earlier('forget_gate')", "print(forget_gate.__name__)")
    assert outputs[1][0].text == LINE
    assert outputs[2][0].text == "forget_gate\n"
