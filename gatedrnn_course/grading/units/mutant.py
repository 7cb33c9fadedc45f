"""The mutant of unit 10: three of the paper's changes, made to the GRU by hand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from gatedrnn_course.cells import Cell, catalogue, variant
from gatedrnn_course.cells.edits import Words
from gatedrnn_course.grading.items import Mistake, VariantItem
from gatedrnn_course.text import mark

__all__ = ["MUTANT", "mutate_item"]

GRU = catalogue["GRU"]
CHANGES = {
    "z": "z = sigmoid(W_z @ x + U_z @ tanh(h_prev) + b_z)",
    "r": "r = relu(W_r @ x + U_r @ h_prev + b_r)",
    "h_tilde": "h_tilde = tanh(W_h @ x + U_h @ (r + h_prev) + b_h)",
}
"""The lines of the mutant: an activation inserted (3), one swapped (1), an elementwise operation swapped (2)."""
MUTANT = variant(GRU, "mutant", CHANGES, "the GRU after three changes of Jozefowicz, Zaremba and Sutskever 2015")

_UNCHANGED = mark("That is the GRU: nothing is changed.")
_TWO = mark("The lines of `{line}` and `{other}` are still the GRU's.")
_AROUND = mark("In z, tanh stands around the product. It is to come between h_prev and U_z: on what is multiplied.")
_EVERYWHERE = mark("tanh stands on every h_prev. The change is made between two nodes only, in z.")
_LINE = mark("The candidate adds r and h_prev after the matrix. The sum is to take the place of their product.")


def mutate_item(points: int, hints: tuple[str, str, str], forbidden: tuple[str, ...]) -> VariantItem:
    """The equations of the GRU after three changes.

    Args:
        points: What it is worth.
        hints: Three hints.
        forbidden: Names an answer must not use.
    """
    title = mark("The GRU after three mutations, as equations.")
    return VariantItem("mutate", points, title, hints, forbidden, cell=MUTANT, varied=GRU, mistakes=tuple(_mistakes()))


def _mistakes() -> Iterator[Mistake]:
    """What people write that is no single edit of the mutant."""
    yield _text(_UNCHANGED, GRU)
    for one, other in combinations(CHANGES, 2):
        yield _text(Words(_TWO, {"line": one, "other": other}), _without(one, other))
    yield _text(_AROUND, _with(z="z = sigmoid(W_z @ x + tanh(U_z @ h_prev) + b_z)"))
    reset, kept = "r = relu(W_r @ x + U_r @ tanh(h_prev) + b_r)", "h = z * tanh(h_prev) + (1 - z) * h_tilde"
    summed = "h_tilde = tanh(W_h @ x + U_h @ (r + tanh(h_prev)) + b_h)"
    yield _text(_EVERYWHERE, _with(r=reset, h_tilde=summed))
    yield _text(_EVERYWHERE, _with(r=reset, h_tilde=summed, h=kept))
    yield _text(_LINE, _with(h_tilde="h_tilde = tanh(W_h @ x + U_h @ h_prev + r + b_h)"))
    yield _text(_LINE, _with(h_tilde="h_tilde = tanh(W_h @ x + r + U_h @ h_prev + h_prev + b_h)"))


def _text(words: str | Words, cell: Cell) -> Mistake:
    return Mistake(words, lambda: cell.text)


def _without(*lines: str) -> Cell:
    """The mutant with some lines as they were."""
    return variant(GRU, "mutant", {name: text for name, text in CHANGES.items() if name not in lines})


def _with(**lines: str) -> Cell:
    """The mutant with some lines written otherwise."""
    return variant(GRU, "mutant", {**CHANGES, **lines})
