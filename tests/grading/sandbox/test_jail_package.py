"""The small `gatedrnn_course` that an answer sees: its own names, quiet ones, and refused ones."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pytest
import torch

from gatedrnn_course.grading.exchange.values import Value
from gatedrnn_course.grading.sandbox import EXAMPLES, ProcessSandbox, Session, write_examples
from gatedrnn_course.grading.sandbox.child import jail

Loaded = Callable[..., Session]


def value(session: Session, expression: str) -> Value:
    report = session.load([f"def answer():\n    return {expression}"], deadline=60)
    assert report.problem is None
    reply = session.call("answer", [], deadline=60)
    assert reply.problem is None, reply.problem
    return reply.value


def test_sigmoid_of_arrays_floats_and_tensors() -> None:
    a = np.array([-800.0, -1.0, 0.0, 1.0, 800.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = jail.sigmoid(a)
    assert np.allclose(got, [0, 1 / (1 + np.e), 0.5, np.e / (1 + np.e), 1], atol=1e-15)
    assert np.allclose(jail.sigmoid(torch.from_numpy(a)).numpy(), got, atol=1e-15)
    assert jail.sigmoid(0) == jail.sigmoid(0.0) == 0.5


def test_stack_of_arrays_and_of_tensors() -> None:
    rows = [np.full(3, float(k)) for k in range(4)]
    assert np.array_equal(jail.stack(rows), np.stack(rows))
    tensors = [torch.from_numpy(row) for row in rows]
    assert torch.equal(jail.stack(tensors), torch.stack(tensors))


def test_params_is_a_mapping_and_a_namespace() -> None:
    p = jail.Params({"W_f": 1}, b_f=2)
    p["U_f"] = 3
    p.b_f = 4
    assert (p.W_f, p["U_f"], p["b_f"], list(p), len(p)) == (1, 3, 4, ["W_f", "b_f", "U_f"], 3)
    assert "W_f" in p and "W_i" not in p and dict(**p) == {"W_f": 1, "b_f": 4, "U_f": 3}
    assert repr(p) == "Params(W_f, b_f, U_f)"
    with pytest.raises(AttributeError):
        _ = p.W_i


def test_quiet_names_take_everything() -> None:
    quiet = jail.check
    with quiet(1, a=2).b.c[3] as inside:
        inside[4] = 5
    inside.x = 6
    assert list(quiet) == [] and f"{quiet:.3f}{quiet!r}" == "" and not quiet
    assert quiet(test_quiet_names_take_everything) is test_quiet_names_take_everything


def test_the_child_sees_this_package_and_no_other(loaded: Loaded) -> None:
    session = loaded("import gatedrnn_course, sys", "import importlib", "importlib.reload(gatedrnn_course)")
    assert value(session, "int(hasattr(gatedrnn_course, 'REFUSED'))") == 1
    assert value(session, "len([m for m in sys.modules if m.startswith('gatedrnn_course.')])") == 0


@pytest.mark.parametrize(
    "cell",
    [
        "from gatedrnn_course.cells import catalogue",
        "import gatedrnn_course.cells",
        "from gatedrnn_course import cells",
        "from gatedrnn_course.grading.units import load",
    ],
)
def test_the_courses_own_cells_are_refused_with_a_sentence(sandbox: ProcessSandbox, cell: str) -> None:
    with sandbox.open() as session:
        (fault,) = session.load([cell]).faults
    assert fault.type == "ImportError" and fault.line == cell
    assert fault.message.startswith("An answer may not import the course's own cells")


def test_learner_facing_names_never_fail_a_cell(sandbox: ProcessSandbox) -> None:
    cells = [
        "from gatedrnn_course import check, hint, predict, progress, example, sigmoid, Params, explore_gates, setup",
        "setup()",
        "check(lambda x: x)\nhint('forget_gate')\npredict('what?', ['a', 'b'])\nprogress()",
        "explore_gates(f=0.5).value.observe(print)",
        "from gatedrnn_course.lab import widgets\nwidgets.show()",
        "@check\ndef kept(): return 7",
    ]
    with sandbox.open() as session:
        report = session.load(cells, names=["kept"])
        assert report.faults == () and report.defined == ("kept",)


def test_example_reads_what_the_judge_wrote(sandbox: ProcessSandbox) -> None:
    x, p = np.arange(6.0).reshape(2, 3), {"W_f": np.ones((4, 3)), "b_f": np.zeros(4)}
    files = {EXAMPLES: write_examples({"forget_gate": (x, p), "forget": (p,)})}
    with sandbox.open(files=files) as session:
        session.load(["from gatedrnn_course import example", "x, p = example('forget_gate')"])
        got = value(session, "(x, p.W_f, p['b_f'], len(example('forget')), type(p).__name__ == 'Params')")
        fault = session.load(["example('other')"]).faults[0]
        assert fault.type == "Missing"
        assert fault.message.startswith("example('other'): there is nothing of that name. There are: forget")
        assert session.load(["try: example(3)\nexcept KeyError: pass"]).faults == ()
    assert isinstance(got, tuple)
    for a, b in zip(got, (x, p["W_f"], p["b_f"], 1, True), strict=True):
        assert np.array_equal(a, b)


def test_examples_are_the_same_bytes_each_time() -> None:
    one = {"item": (np.ones(2), {"W": np.ones(3)})}
    assert write_examples(one) == write_examples(one)
