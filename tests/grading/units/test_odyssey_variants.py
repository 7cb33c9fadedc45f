"""Answers to the variants of unit 09 as people type them, and what they are told."""

from __future__ import annotations

import re
from typing import Any

import pytest

from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load
from gatedrnn_course.studies.odyssey.variants import VARIANTS

UNIT = load("09")
NAMES = {
    "no_input_gate": "NIG",
    "no_forget_gate": "NFG",
    "no_output_gate": "NOG",
    "no_input_activation": "NIAF",
    "no_output_activation": "NOAF",
    "coupled_gates": "CIFG",
    "no_peepholes": "NP",
    "full_gate_recurrence": "FGR",
}
V = VARIANTS["V"].cell.text
FGR = VARIANTS["FGR"].cell.text


def told(name: str, text: Any) -> Any:
    return judge(UNIT.item(name), LocalCaller(lambda: text), 5)


def edited(**lines: str | None) -> str:
    rows = dict(row.partition("#")[0].strip().split(" = ", 1) for row in V.splitlines())
    return "\n".join(f"{name} = {row}" for name, row in {**rows, **lines}.items() if row)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("no_input_gate", edited(i=None, c="f * c_prev + c_tilde")),
        ("no_input_gate", edited(i="1", c="f * c_prev + i * c_tilde")),
        ("no_input_gate", edited(c="f * c_prev + c_tilde")),  # i stands there and nobody uses it
        ("no_forget_gate", edited(f=None, c="c_prev + i * c_tilde")),
        ("no_output_gate", edited(o=None, h="tanh(c)")),
        ("no_output_gate", edited(o="1", h="o * tanh(c)")),
        ("no_input_activation", edited(c_tilde="W_c @ x + U_c @ h_prev + b_c")),
        ("no_output_activation", edited(h="c * o")),
        ("coupled_gates", edited(f=None, c="(1 - i) * c_prev + i * c_tilde")),
        ("coupled_gates", edited(f=None, c="c_prev + i * (c_tilde - c_prev)")),
        ("coupled_gates", V.replace(V.splitlines()[0], "").replace("c = f *", "f = 1 - i\nc = f *")),
        ("no_peepholes", V.replace(" + P_f * c_prev", "").replace(" + P_i * c_prev", "").replace(" + P_o * c ", " ")),
        ("full_gate_recurrence", FGR),
        ("full_gate_recurrence", FGR.replace("c_tilde", "new").replace("tanh(c)", "(2 / (1 + exp(-2 * c)) - 1)")),
    ],
)
def test_any_spelling_is_right(name: str, text: str) -> None:
    assert told(name, text).outcome == "right"


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name not in ("no_input_activation", "no_output_activation")]
)
def test_nothing_edited(name: str) -> None:
    assert told(name, V).sentence == "That is V: nothing is edited."


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("no_input_gate", VARIANTS["NFG"].cell.text, "That is NFG, no forget gate: f = 1."),
        ("no_output_gate", VARIANTS["NOAF"].cell.text, "That is NOAF, no output activation function."),
        ("no_input_activation", VARIANTS["NOAF"].cell.text, "The hidden state has no tanh around `c`"),
        ("no_input_gate", edited(i=None, c="f * c_prev + (1 - f) * c_tilde"), "coupled, as in CIFG"),
        ("no_input_gate", edited(i=None, c="f * c_prev"), "`c_tilde` is missing"),
        ("no_forget_gate", edited(f=None, c="i * c_tilde"), "`c_prev` is missing"),
        ("no_forget_gate", edited(f=None, c="(1 - i) * c_prev + i * c_tilde"), "1 - i"),
        ("no_output_gate", edited(o=None, h="c"), "no tanh"),
        ("no_input_activation", V, "The candidate passes through tanh, and should not."),
        ("no_output_activation", V, "`c` passes through tanh, and should not"),
        ("no_output_activation", edited(h="c", o=None), "`o`"),
        ("coupled_gates", edited(i="1 - f"), "The paper keeps the input gate"),
        ("coupled_gates", edited(f=None, c="i * c_prev + (1 - i) * c_tilde"), "they are exchanged"),
        ("coupled_gates", edited(f=None, c="c_prev + i * c_tilde"), "`i` is missing"),
        ("no_peepholes", V.replace(" + P_f * c_prev", ""), "still uses P_i, P_o, which NP does without"),
        (
            "no_peepholes",
            V.replace("P_f * ", "").replace("P_i * ", "").replace("P_o * ", ""),
            "weights of a peephole are",
        ),
        ("full_gate_recurrence", re.sub(r"(U_[fio]{2}) @", r"\1 *", FGR), "Multiply it with a vector: U_f"),
        ("full_gate_recurrence", FGR.replace("U_fi @ i_prev", "U_if @ i_prev"), "p.U_if where p.U_fi belongs"),
        ("full_gate_recurrence", FGR.replace("P_o * c ", "P_o * c_prev "), "uses `c_prev` where `c` belongs"),
        (
            "full_gate_recurrence",
            FGR.replace(" + U_oi @ i_prev + U_of @ f_prev + U_oo @ o_prev", ""),
            "`o` does not see",
        ),
        ("full_gate_recurrence", FGR.replace("U_oi @ i_prev + U_of @ f_prev", "U_oi @ i + U_of @ f"), "of this step"),
    ],
)
def test_mistakes_are_named(name: str, text: str, says: str) -> None:
    verdict = told(name, text)
    assert verdict.outcome == "wrong" and says in verdict.sentence


@pytest.mark.parametrize(("name", "variant"), NAMES.items())
def test_the_item_is_the_paper_s_variant(name: str, variant: str) -> None:
    item: Any = UNIT.item(name)
    assert item.cell is VARIANTS[variant].cell and item.reference() == item.cell.text


def test_a_gate_that_is_always_one_has_no_parameters_left() -> None:
    verdict = told("no_input_gate", edited(i="sigmoid(W_i @ x + 100 * b_i)"))
    assert "still uses W_i, b_i, which NIG does without" in verdict.sentence


def test_the_points_go_to_ideas() -> None:
    assert sum(UNIT.item(name).points for name in NAMES) <= 35
