"""The variants of unit 09 as items: each is one edit of V, and a mistake is often another variant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, combinations

from gatedrnn_course.cells import Cell, variant
from gatedrnn_course.cells.edits import Words
from gatedrnn_course.grading.items import Mistake, VariantItem
from gatedrnn_course.studies.odyssey.variants import VANILLA, VARIANTS
from gatedrnn_course.text import mark

__all__ = ["variant_item"]

V = VARIANTS[VANILLA].cell
GATES = ("f", "i", "o")
AFTER = (("i", "f"), ("o", "f"), ("o", "i"))
"""Gates whose lines stand below that of another gate, which they could see in the same step."""

_UNCHANGED = mark("That is V: nothing is edited.")
_ANOTHER = mark("That is {name}, {title}.")
_COUPLED = mark("The gates are coupled, as in CIFG. {name} has no such gate at all: it is 1.")
_LEARNED = mark("The forget gate is learned, and i = 1 - f. The paper keeps the input gate: f = 1 - i.")
_SAME_STEP = mark("The gates of this step stand where those of the step before belong: i_prev for i.")
_WEIGHTLESS = mark("The weights of a peephole are gone, the cell state is still there. Drop the whole term, P and c.")
_TURNED = mark("The letters of every U are turned: U_fi goes into f and comes from i.")
_ITSELF = mark("Every gate sees itself only. It is to see all three gates of the step before.")
_OTHERS = mark("No gate sees itself. It is to see all three gates of the step before.")
_ONE_SEES = mark("Only `{gate}` sees the gates of the step before. All three are to see them.")
_ONE_BLIND = mark("`{gate}` does not see the gates of the step before.")


def variant_item(
    name: str, points: int, which: str, title: str, hints: tuple[str, str, str], forbidden: tuple[str, ...]
) -> VariantItem:
    """The equations of one variant.

    Args:
        name: Name of the function.
        points: What it is worth.
        which: Name of the variant, `NIG` for example.
        title: What it is, in words.
        hints: Three hints.
        forbidden: Names an answer must not use.
    """
    cell = VARIANTS[which].cell
    mistakes = (*_others(cell), *_own(which))
    return VariantItem(name, points, title, hints, forbidden, cell=cell, varied=V, mistakes=mistakes)


def _text(words: str | Words, cell: Cell) -> Mistake:
    return Mistake(words, lambda: cell.text)


def _others(cell: Cell) -> Iterator[Mistake]:
    """V and the other variants that use parameters which this one has not; the rest are single edits of it."""
    for name, other in VARIANTS.items():
        if set(other.cell.parameters) <= {*V.parameters} and not set(other.cell.parameters) <= {*cell.parameters}:
            words = Words(_ANOTHER, {"name": name, "title": other.title})
            yield _text(_UNCHANGED if name == VANILLA else words, other.cell)


def _own(which: str) -> Iterator[Mistake]:
    """What people write for one variant."""
    if which == "NIG":
        coupled = variant(V, "coupled", {"i": None, "c": "c = f * c_prev + (1 - f) * c_tilde"})
        yield _text(Words(_COUPLED, {"name": which}), coupled)
    if which == "CIFG":
        learned = variant(V, "learned", {"i": None, "c": "c = f * c_prev + (1 - f) * c_tilde"})
        yield _text(_LEARNED, learned)
    if which == "NP":
        for gates in chain.from_iterable(combinations(GATES, n) for n in (3, 2, 1)):
            yield _text(_WEIGHTLESS, variant(V, "NP", {gate: _weightless(gate, gate in gates) for gate in GATES}))
    if which == "FGR":
        yield from _full_recurrence()


def _weightless(gate: str, seen: bool) -> str:
    """A gate without the weights of its peephole, which sees the cell state or does not."""
    cell = f" + {'c' if gate == 'o' else 'c_prev'}" if seen else ""
    return f"{gate} = sigmoid(W_{gate} @ x + U_{gate} @ h_prev{cell} + b_{gate})"


def _full_recurrence() -> Iterator[Mistake]:
    """What is made of nine matrices."""
    yield _text(_UNCHANGED, V)
    yield _text(_TURNED, _seeing(lambda gate, other: f"U_{other}{gate} @ {other}_prev"))
    yield _text(_ITSELF, _seeing(lambda gate, other: f"U_{gate}{gate} @ {gate}_prev" if gate == other else ""))
    yield _text(_OTHERS, _seeing(lambda gate, other: f"U_{gate}{other} @ {other}_prev" if gate != other else ""))
    for one in GATES:
        yield _text(Words(_ONE_BLIND, {"gate": one}), _seeing(partial(_sees_unless, one)))
        yield _text(Words(_ONE_SEES, {"gate": one}), _seeing(partial(_sees_if, one)))
    now = _seeing(lambda gate, other: _sees(gate, other, "" if gate == "o" and other != "o" else "_prev"))
    yield _text(_SAME_STEP, now)
    after = _seeing(lambda gate, other: _sees(gate, other, "" if (gate, other) in AFTER else "_prev"))
    yield _text(_SAME_STEP, after)


def _sees(gate: str, other: str, when: str = "_prev") -> str:
    """The term by which a gate sees another."""
    return f"U_{gate}{other} @ {other}{when}"


def _sees_unless(blind: str, gate: str, other: str) -> str:
    return "" if gate == blind else _sees(gate, other)


def _sees_if(seeing: str, gate: str, other: str) -> str:
    return _sees(gate, other) if gate == seeing else ""


def _seeing(term: Callable[[str, str], str]) -> Cell:
    """V with further terms in each gate, one for each gate that it sees."""
    lines = {}
    for gate in GATES:
        peephole = f"P_{gate} * {'c' if gate == 'o' else 'c_prev'}"
        terms = f"W_{gate} @ x", f"U_{gate} @ h_prev", peephole, *(term(gate, other) for other in GATES), f"b_{gate}"
        lines[gate] = f"{gate} = sigmoid({' + '.join(filter(None, terms))})"
    return variant(V, "FGR", lines)
