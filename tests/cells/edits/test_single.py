from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from gatedrnn_course.cells import Slice, catalogue, whole_step
from gatedrnn_course.cells import edits as room
from gatedrnn_course.cells.edits import classes, everywhere_edits, single_edits
from gatedrnn_course.cells.edits.combine import touched


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
    assert [edit.outputs for edit in single_edits(cut) if edit.group == ("outputs",)] == [("h_prev",)]


def test_the_lstm_has_more_than_160_single_edits() -> None:
    assert len(single_edits(whole_step(catalogue["LSTM"]))) > 160
