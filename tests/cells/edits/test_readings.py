from __future__ import annotations

from typing import Any

from gatedrnn_course.cells import catalogue, whole_step
from gatedrnn_course.cells.edits import single_edits
from gatedrnn_course.cells.edits.handed import output_edits
from gatedrnn_course.cells.edits.readings import edit_with, further_readings, in_fewer_words, readings
from gatedrnn_course.cells.expr import to_text

STEP = whole_step(catalogue["LSTM"])


def reading(line: str, text: str) -> Any:
    return next(one for one in readings(STEP)[line] if to_text(one.expr) == text)


def test_a_line_is_read_as_it_should_be_first_and_then_with_each_single_edit() -> None:
    rows = readings(STEP)
    assert list(rows) == [line.name for line in STEP.lines]
    for line in STEP.lines:
        first, *wrong = rows[line.name]
        assert first.expr == line.expr and first.words == ()
        assert len(wrong) > 2 and all(len(one.words) == 1 for one in wrong)
    in_lines = {tuple(edit.lines) for edit in single_edits(STEP) if edit.outputs == STEP.outputs}
    read = {tuple(edit_with(STEP, {line: one}).lines) for line, found in rows.items() for one in found[1:]}
    assert len(read & in_lines) > 0.9 * len(read)


def test_the_names_a_reading_uses_are_told_once_each() -> None:
    assert readings(STEP)["c"][0].uses == ("f", "c_prev", "i", "c_tilde")


def test_two_edits_in_a_line_are_said_in_two_sentences_and_repeat_no_single_one() -> None:
    single = {one.expr for one in readings(STEP)["c"]}
    further = further_readings(STEP, "c")
    assert further and all(len(one.words) == 2 for one in further)
    assert not single & {one.expr for one in further}


def test_readings_are_written_into_their_lines_upstream_first() -> None:
    h, f = reading("h", "o * c"), reading("f", "tanh(W_f @ x + U_f @ h_prev + b_f)")
    edit = edit_with(STEP, {"h": h, "f": f})
    assert [str(one) for one in edit.words] == [str(f.words[0]), str(h.words[0])]
    assert {line.name: to_text(line.expr) for line in edit.lines}["h"] == "o * c"
    assert edit.outputs == STEP.outputs
    swapped = next(one for one in output_edits(STEP) if one.outputs == ("c", "h"))
    both = edit_with(STEP, {"h": h}, swapped)
    assert both.outputs == ("c", "h") and len(both.words) == 2


def test_the_same_mistake_in_every_line_is_said_once() -> None:
    chosen = {name: reading(name, f"tanh(W_{name} @ x + U_{name} @ h_prev + b_{name})") for name in ("f", "i", "o")}
    edit = edit_with(STEP, chosen)
    short = in_fewer_words(STEP, edit, chosen)
    assert len(edit.words) == 3 and len(short.words) == 1
    assert short.lines == edit.lines
    one = {"f": chosen["f"]}
    assert in_fewer_words(STEP, edit_with(STEP, one), one).words == chosen["f"].words
