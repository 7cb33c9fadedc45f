from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gatedrnn_course.grading.judging.signature import head_in_sources, head_of, wrong_head

WANTED = ("x", "h_prev", "p")


@pytest.mark.parametrize(
    ("source", "head"),
    [
        ("def gate(x, h_prev, p): ...", WANTED),
        ("def gate(h_prev, x, p): ...", ("h_prev", "x", "p")),
        ("def gate(): ...", ()),
        ("def gate(x, *rest): ...", None),
        ("def gate(x, h_prev, p, bias=True): ...", None),
        ("def gate(x, *, p): ...", None),
    ],
)
def test_source_and_function_tell_the_same(source: str, head: tuple[str, ...] | None) -> None:
    names: dict[str, Callable[..., Any]] = {}
    exec(source, names)
    assert head_of(names["gate"]) == head_in_sources([source], "gate") == head


def test_the_last_definition_counts_and_broken_cells_are_passed_over() -> None:
    cells = ["def gate(p): ...", "def gate(x, p): ...\ndef other(a): ...", "def gate(:"]
    assert head_in_sources(cells, "gate") == ("x", "p")
    assert head_in_sources(cells, "nobody") is None


def test_what_has_no_signature_has_no_head() -> None:
    assert head_of(dict) is None


@pytest.mark.parametrize("head", [None, WANTED, ("a", "b", "c"), ("x", "h", "p")])
def test_other_names_in_the_same_number_are_a_learners_own_business(head: tuple[str, ...] | None) -> None:
    assert wrong_head("gate", WANTED, head) == ""


@pytest.mark.parametrize(("head", "shown"), [(("h_prev", "x", "p"), "h_prev, x, p"), (("x",), "x"), ((), "none")])
def test_another_order_or_number_is_said(head: tuple[str, ...], shown: str) -> None:
    told = wrong_head("gate", WANTED, head)
    assert told == f"`gate` takes its arguments in the order x, h_prev, p; yours takes {shown}."
