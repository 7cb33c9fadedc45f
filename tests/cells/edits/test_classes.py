from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Slice, catalogue, parse, whole_step
from gatedrnn_course.cells.edits import Edit, Trial, classes
from gatedrnn_course.cells.edits.classes import _fingerprint, _Groups
from gatedrnn_course.cells.edits.combine import all_singles

SQUARE, APART = ({"D": 6, "H": 6}, (6,)), ({"D": 4, "H": 3}, (2,))
TWO_DRAWS = [Slice(catalogue["LSTM"], ("f", "c_prev", "i", "c_tilde"), ("c",)), *map(whole_step, catalogue.values())]
every_slice = pytest.mark.parametrize("cut", TWO_DRAWS, ids=lambda cut: f"{cut.cell.name}-{len(cut.lines)}")


OTHER_CONVENTION = (
    "In the hidden state, `z` and `1 - z` weigh the wrong terms: they are exchanged. "
    "This is the other convention of the literature."
)


class Fresh:
    """Inputs the library never drew: one draw with all sizes equal, one with all distinct."""

    def __init__(self, cut: Slice, seed: int = 20020801) -> None:
        rng = np.random.default_rng(seed)
        self.cut = cut
        self.trials = [Trial(cut, *cut.draw(rng, sizes, batch)) for sizes, batch in (SQUARE, APART)]

    def right(self) -> Any:
        return self(Edit(self.cut.lines, self.cut.outputs, (), 0))

    def __call__(self, edit: Edit) -> Any:
        """All numbers in a row; 1e30 for an edit that raises, other big numbers for what is not finite."""
        rows = []
        for trial in self.trials:
            found = trial.outputs(edit)
            right = trial.pick(trial.right, self.cut.outputs)
            rows += [np.full(np.shape(b), 1e30) for b in right or ()] if found is None else list(found)
        flat = np.concatenate([np.ravel(np.broadcast_to(row, row.shape)).astype(float) for row in rows])
        return np.nan_to_num(flat, nan=1e20, posinf=2e20, neginf=-2e20)


def same(a: Any, b: Any) -> bool:
    return len(a) == len(b) and np.allclose(a, b, rtol=1e-8, atol=1e-9)


@every_slice
def test_every_member_of_a_class_is_the_same_function_on_fresh_inputs(cut: Slice) -> None:
    value = Fresh(cut)
    for found in classes(cut):
        head = value(found.edit)
        assert found.edit == found.members[0]
        assert all(same(value(member), head) for member in found.members[1:]), found.edit.sentence


@every_slice
def test_no_class_is_the_slice_itself_and_no_two_are_one_function_on_fresh_inputs(cut: Slice) -> None:
    value = Fresh(cut)
    named = [("right", value.right()), *((found.edit.sentence, value(found.edit)) for found in classes(cut))]
    by_length: dict[int, list[tuple[str, Any]]] = {}
    for sentence, row in named:
        by_length.setdefault(len(row), []).append((sentence, row))
    for group in by_length.values():
        rows = np.array([row for _, row in group])
        for k in range(1, len(rows)):
            apart = np.abs(rows[:k] - rows[k]).max(axis=1)
            assert apart.min() > 1e-7, (group[k][0], group[int(apart.argmin())][0])


@every_slice
def test_what_is_in_no_class_is_the_slice_itself(cut: Slice) -> None:
    value = Fresh(cut)
    right = value.right()
    members = {id(member) for found in classes(cut) for member in found.members}
    for edit in all_singles(cut):
        assert (id(edit) not in members) == same(value(edit), right), edit.sentence


@every_slice
def test_a_class_that_raises_raises_where_all_sizes_differ(cut: Slice) -> None:
    apart = Fresh(cut).trials[1]
    for found in classes(cut):
        assert (apart.outputs(found.edit) is None) == found.raises, found.edit.sentence


def named_with(cut: Slice, sentence: str) -> list[str]:
    (found,) = [found for found in classes(cut) if any(member.sentence == sentence for member in found.members)]
    return [member.sentence for member in found.members]


def test_a_gate_turned_round_and_its_weights_exchanged_are_one_class() -> None:
    whole = whole_step(catalogue["GRU"])
    words = "The update gate is one minus what it should be, as with a wrong sign inside sigmoid."
    assert OTHER_CONVENTION in named_with(whole, words)


def test_a_class_is_named_by_its_plainest_member() -> None:
    cut = Slice(catalogue["LSTM"], ("f", "c_prev", "i", "c_tilde"), ("c",))
    members = named_with(cut, "In the cell state, `c_prev` and `c_tilde` are exchanged.")
    assert members == [
        "In the cell state, `f` and `i` are exchanged.",
        "In the cell state, `c_prev` and `c_tilde` are exchanged.",
    ]


def test_the_classes_of_a_slice_are_the_same_every_time() -> None:
    whole = whole_step(catalogue["LSTM"])
    first = classes(whole)
    classes.cache_clear()
    assert classes(whole) == first


@pytest.mark.parametrize("small", ["0.0001", "0.0000001"])
def test_edits_that_are_close_and_not_equal_are_classes_of_their_own(small: str) -> None:
    """A term this small left out, subtracted, or twice: none is the cell itself, and no two are one function."""
    cut = whole_step(parse(f"c = c_prev + {small} * tanh(c_prev)  # cell state\nh = tanh(c)  # hidden state"))
    term = f"`{small.replace('0.0000001', '1e-07')} * tanh(c_prev)`"
    for words in ("is missing.", "is subtracted instead of added.", "counts twice."):
        assert named_with(cut, f"In the cell state, {term} {words}") == [f"In the cell state, {term} {words}"]


@pytest.mark.parametrize(("apart", "one"), [(0.0, True), (1e-10, True), (1e-7, False), (1e-2, False)])
def test_values_are_equal_to_a_billionth_even_across_the_bins_of_their_table(apart: float, one: bool) -> None:
    """The table looks a row up by one number in bins of 1e-6: equal rows may fall to both sides of a border."""
    rest = np.linspace(-1.0, 2.0, 6)
    border = np.round(_fingerprint(np.array([0.3, *rest])), 6)
    first = 10 * np.arctanh((border - _fingerprint(np.array([0.0, *rest]))) / np.cos(0.5))
    for sign in (1, -1):  # the row that is there already lies below the border, or above it
        groups = _Groups()
        low, high = (np.array([first + side * sign * max(apart, 1e-11) / 2, *rest]) for side in (-1, 1))
        assert np.floor(_fingerprint(low) * 1e6) != np.floor(_fingerprint(high) * 1e6)
        assert (groups.key((low,), None) == groups.key((high,), None)) is one
