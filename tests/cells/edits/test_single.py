from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from gatedrnn_course.cells import Slice, backward_step, catalogue, parse, whole_step
from gatedrnn_course.cells import edits as room
from gatedrnn_course.cells.edits import (
    activations,
    batch,
    classes,
    everywhere_edits,
    extra,
    jacobians,
    joined,
    matrices,
    products,
    scope,
    single_edits,
    slopes,
    stand_ins,
    sums,
    swaps,
)
from gatedrnn_course.cells.edits.combine import touched
from gatedrnn_course.cells.edits.single import RULES
from gatedrnn_course.cells.edits.site import Context
from gatedrnn_course.cells.expr import put, walk
from gatedrnn_course.cells.jacobian import JacobianProgram

SUBTRACTED = "c = tanh(W_c @ x - b_c)  # cell state\nh = c * c_prev  # hidden state"


def marked() -> set[str]:
    """Every message the rules mark for translation."""
    calls = (
        node
        for file in Path(room.__path__[0]).glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "mark"
    )
    return {ast.literal_eval(call.args[0]) for call in calls}


@pytest.mark.parametrize("name", catalogue)
def test_a_single_edit_changes_one_line_or_the_outputs_and_no_two_are_the_same(name: str) -> None:
    whole = whole_step(catalogue[name])
    edits = single_edits(whole)
    assert all(len(touched(whole, edit)) == 1 for edit in edits)
    assert len({(edit.lines, edit.outputs) for edit in edits}) == len(edits)


@pytest.mark.parametrize("name", catalogue)
def test_every_edit_knows_its_first_changed_line(name: str) -> None:
    whole = whole_step(catalogue[name])
    for edit in single_edits(whole):
        differ = [k for k, (new, old) in enumerate(zip(edit.lines, whole.lines, strict=True)) if new != old]
        assert edit.where == (differ[0] if differ else len(whole.lines))


@pytest.mark.parametrize("name", catalogue)
def test_every_edit_is_named_by_a_whole_sentence(name: str) -> None:
    whole = whole_step(catalogue[name])
    for edit in (*single_edits(whole), *everywhere_edits(whole)):
        assert edit.sentence.strip() == edit.sentence
        assert edit.sentence.endswith(".")
        assert "{" not in edit.sentence


def test_every_sentence_can_be_translated() -> None:
    slices = [whole_step(cell) for cell in catalogue.values()]
    edits = [edit for whole in slices for edit in (*single_edits(whole), *everywhere_edits(whole))]
    assert {words.template for edit in edits for words in edit.words} - marked() == set()


@pytest.mark.parametrize("name", catalogue)
def test_no_two_classes_of_edits_have_the_same_name(name: str) -> None:
    sentences = [found.edit.sentence for found in classes(whole_step(catalogue[name]))]
    assert {s for s in sentences if sentences.count(s) > 1} == set()


def test_outputs_in_another_order_and_another_name_handed_back_are_edits(slices: Any) -> None:
    edits = [edit for edit in single_edits(slices["two outputs"]) if edit.group == ("outputs",)]
    named = {edit.outputs: edit.sentence for edit in edits}
    assert named["c", "h"] == "The outputs come back as (c, h) instead of (h, c)."
    assert named["h", "c_prev"] == "`c_prev` is handed back where `c` belongs."
    assert ("h", "c") not in named


def test_what_is_handed_back_has_the_right_shape() -> None:
    cut = Slice(catalogue["LSTM"], ("x", "h_prev"), ("f",))
    assert [edit.outputs for edit in single_edits(cut) if edit.group == ("outputs",)] == [("h_prev",), ("tanh(f)",)]


def test_the_lstm_has_more_than_160_single_edits() -> None:
    assert len(single_edits(whole_step(catalogue["LSTM"]))) > 160


PLAINEST_FIRST = """
    jacobian_transposed matrix_transposed columns_scaled factors_exchanged not_summed averaged over_the_units
    no_slope slope_of_the_output other_slope no_square slope_sign
    exchanged_gates exchanged missing_term other_activation no_activation missing_factor one_minus
    extra_factor complement_of_another no_transpose as_on_the_slide no_matrix elementwise factor_after factor_before
    other_vector other_parameter other_parameters
    wrong_sign term_twice product_for_sum bracket_too_wide takes_in takes_all lets_out before_for_each
    term_outside around_too_much one_too_many sum_for_product factor_inside complement division
    throughout one_term_alone extra_term constant_inside sees_too full_peephole joined_crosswise
"""


def test_the_rules_stand_in_one_order_plainest_first() -> None:
    """Where two edits are one function the earlier rule names it: a changed order renames mistakes."""
    assert [rule.__name__ for rule in RULES] == PLAINEST_FIRST.split()


def test_every_rule_of_the_room_is_in_the_order_once() -> None:
    modules = (activations, batch, extra, jacobians, joined, matrices, products, scope, slopes, stand_ins, sums, swaps)
    written = [getattr(module, name) for module in modules for name in module.__all__]
    assert sorted(rule.__name__ for rule in written) == sorted(PLAINEST_FIRST.split())
    assert set(written) == set(RULES)


@pytest.mark.parametrize(
    ("cut", "text", "words"),
    [
        # Two rules propose the same line; the earlier one names it.
        ("mix", "h = (1 - z) * h_prev + z * h_tilde", "`z` and `1 - z` weigh the wrong terms"),  # not two exchanged
        ("cell state", "c = i * c_prev + f * c_tilde", "`f` and `i` are exchanged"),  # not `i` where `f` belongs
        ("forget gate", "f = sigmoid(U_f @ x + W_f @ h_prev + b_f)", "`W_f` and `U_f` are exchanged"),
        ("hidden state", "h = o", "`o` is not multiplied by `tanh(c)`"),
    ],
)
def test_the_earlier_rule_names_what_two_rules_propose(cut: str, text: str, words: str, sentence: Any) -> None:
    assert words in sentence(cut, text)


@pytest.fixture(scope="module")
def written() -> dict[str, set[Any]]:
    """For each rule the lines it writes, over every cell of the course and one that subtracts."""
    cells = (*catalogue.values(), parse(SUBTRACTED))
    wholes = [*map(whole_step, cells), *map(backward_step, cells), JacobianProgram(catalogue["RNN"])]
    return {
        rule.__name__: {
            (whole.cell.name, line.name, put(line.expr, site.path, site.new))
            for whole in wholes
            for line in whole.lines
            for path, node in walk(line.expr)
            for site in rule(Context(whole, line), path, node)
        }
        for rule in RULES
    }


@pytest.mark.parametrize("rule", PLAINEST_FIRST.split())
def test_every_rule_finds_a_mistake_that_no_other_rule_finds(rule: str, written: dict[str, set[Any]]) -> None:
    assert written[rule] - set().union(*(lines for name, lines in written.items() if name != rule))
