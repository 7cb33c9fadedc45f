from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Slice, catalogue
from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake, SliceItem
from gatedrnn_course.grading.items.fingerprint import function_fingerprint, judge_fingerprint, rubric_fingerprint

LSTM = catalogue["LSTM"]
HINTS = ("one", "two", "three")
GATE = SliceItem("forget_gate", 12, "The forget gate.", HINTS, slice=Slice(LSTM, ("x", "h_prev"), ("f",)))


def draw_one(rng: np.random.Generator) -> tuple[Draw, ...]:
    return (Draw("batch", (rng.normal(size=3),)),)


def draw_two(rng: np.random.Generator) -> tuple[Draw, ...]:
    return (Draw("batch", (rng.normal(size=3),)), Draw("batch", (rng.normal(size=4),)))


def item(**other: Any) -> FunctionItem:
    fields: dict[str, Any] = {
        "takes": {"a": "numbers"},
        "gives": {"b": "numbers"},
        "function": lambda a: 2 * a,
        "mistakes": (Mistake("It is not doubled.", lambda a: a),),
        "draw": draw_one,
    }
    return FunctionItem("double", 5, "Twice.", HINTS, **{**fields, **other})


def test_the_same_item_has_the_same_fingerprint() -> None:
    assert rubric_fingerprint((item(), GATE)) == rubric_fingerprint((item(), GATE))


@pytest.mark.parametrize(
    "changed",
    [
        item(function=lambda a: 3 * a),
        item(draw=draw_two),
        item(mistakes=()),
        item(takes={"z": "numbers"}),
        item(gives={"c": "numbers"}),
    ],
)
def test_a_changed_reference_or_draw_is_another_rubric(changed: FunctionItem) -> None:
    assert rubric_fingerprint((changed,)) != rubric_fingerprint((item(),))


@pytest.mark.parametrize(
    "change",
    [
        {"points": 13},
        {"forbidden": ("torch.nn.LSTM",)},
        {"single": True},
        {"slice": Slice(LSTM, ("x", "h_prev"), ("i",))},
        {"slice": Slice(catalogue["peephole LSTM"], ("x", "h_prev", "c_prev"), ("f",))},
    ],
)
def test_every_field_of_an_item_counts(change: dict[str, Any]) -> None:
    assert rubric_fingerprint((replace(GATE, **change),)) != rubric_fingerprint((GATE,))


def test_a_clock_is_no_part_of_the_rubric() -> None:
    assert rubric_fingerprint((replace(GATE, clock=lambda: 0.0),)) == rubric_fingerprint((GATE,))


def test_the_version_and_the_code_of_the_judge_count(monkeypatch: pytest.MonkeyPatch) -> None:
    before = rubric_fingerprint((GATE,))
    judge_fingerprint.cache_clear()
    monkeypatch.setattr("gatedrnn_course.grading.items.fingerprint.version", lambda name: "9.9")
    assert rubric_fingerprint((GATE,)) != before
    monkeypatch.undo()
    judge_fingerprint.cache_clear()
    assert rubric_fingerprint((GATE,)) == before
    judge_fingerprint.cache_clear()
    monkeypatch.setattr("gatedrnn_course.grading.items.fingerprint.JUDGING", ("cells",))
    assert rubric_fingerprint((GATE,)) != before
    judge_fingerprint.cache_clear()


def defined(source: str) -> Callable[..., Any]:
    namespace: dict[str, Any] = {"np": np}
    exec(source, namespace)
    function: Callable[..., Any] = namespace["f"]
    return function


@pytest.mark.parametrize(
    "other",
    [
        "def f(x):\n    return x + 2",
        "def f(x):\n    return x - 1",
        "def f(x, y=1):\n    return x + 1",
        "def f(x):\n    return g(x)\ndef g(x):\n    return x + 1",
        "f = lambda x: (lambda y: y + 3)(x)",
    ],
)
def test_another_function_has_another_fingerprint(other: str) -> None:
    assert function_fingerprint(defined(other)) != function_fingerprint(defined("def f(x):\n    return x + 1"))


def test_comments_layout_and_the_docstring_do_not_count() -> None:
    plain = defined('def f(x):\n    """One."""\n    return x + 1')
    assert function_fingerprint(plain) == function_fingerprint(
        defined('\n\n# new\ndef f(x):\n    """Two."""\n\n    return (x + 1)  # more')
    )


def test_a_changed_helper_or_constant_counts() -> None:
    source = "def f(x):\n    return g(x) * K\ndef g(x):\n    return x + {}\nK = {}"
    one = function_fingerprint(defined(source.format(1, 2)))
    assert one == function_fingerprint(defined(source.format(1, 2)))
    assert one != function_fingerprint(defined(source.format(3, 2)))
    assert one != function_fingerprint(defined(source.format(1, 3)))


def test_recursion_closures_and_partials_have_one() -> None:
    def made(n: int) -> Callable[[int], int]:
        return lambda x: x + n

    assert function_fingerprint(made(1)) == function_fingerprint(made(1)) != function_fingerprint(made(2))
    assert function_fingerprint(partial(made, 1)) != function_fingerprint(partial(made, 2))
    loop = defined("def f(x):\n    return f(x - 1) if x else 0")
    assert len(function_fingerprint(loop)) == 16


def test_an_attribute_is_no_name_of_the_notebook() -> None:
    source = "def f(x):\n    return np.linalg.norm(x) * norm\n"
    assert function_fingerprint(defined("norm = 1.0\n" + source)) != function_fingerprint(
        defined("norm = 2.0\n" + source)
    )
    source = "def f(x):\n    return np.linalg.norm(x)\n"
    assert function_fingerprint(defined(source + "norm = 1.0\n")) == function_fingerprint(defined(source))
