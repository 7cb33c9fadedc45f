"""Tries on the judge of every item all that can be derived from it: wrong answers, empty ones, right ones."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Item, TrainedEquationsItem, TrainedItem
from gatedrnn_course.grading.items.findings import all_named
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.prove.cheats import cheated
from gatedrnn_course.grading.prove.handed_in import hand_in
from gatedrnn_course.grading.prove.matrix import ItemProof, KillMatrix, Share
from gatedrnn_course.grading.prove.programs import answer, blank_answer
from gatedrnn_course.grading.prove.right import right_functions
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.prove.wrong import Wrong, constants, several, slipped, wrong_answers
from gatedrnn_course.grading.prove.wrong import pairs as pairs_of
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.sandbox import Sandbox, best_sandbox
from gatedrnn_course.grading.units import load
from gatedrnn_course.text import _

__all__ = ["PAIRS", "RIGHT_STYLES", "SEVERAL", "SLIPS", "prove", "prove_item", "unhurried"]

PAIRS = 40
"""Pairs of mistakes drawn for each item."""
SEVERAL = 60
"""Draws of mistakes in k lines at once for each item, k from 1 to all its lines."""
SLIPS = 30
"""Slips of Python and NumPy drawn for each item."""
RIGHT_STYLES = 8
"""Right answers in different styles that each item must be tried with."""


def prove(number: str, seed: int | None = None, pairs: int = PAIRS, sandbox: Sandbox | None = None) -> KillMatrix:
    """Grade the grader of one unit.

    Args:
        number: Number of the unit, such as `"03"`.
        seed: Seed of all inputs; a fresh one where left out.
        pairs: How many pairs of mistakes to draw for each item.
        sandbox: Where whole notebooks run; a plain process where left out.

    Returns:
        The kill matrix.
    """
    unit = load(number)
    chosen = secrets.randbelow(2**31) if seed is None else seed
    items = tuple(prove_item(item, chosen, pairs) for item in unit.items)
    where = sandbox or best_sandbox(unsafe=True)
    handed_in = (*hand_in(unit, where, chosen), *cheated(unit, where, chosen))
    return KillMatrix(unit.number, _(unit.title), chosen, items, handed_in)


def prove_item(item: Item, seed: int, pairs: int = PAIRS) -> ItemProof:
    """Try on the judge of one item every mistake, pairs of them, empty answers, and right answers in every style.

    Args:
        item: The item.
        seed: Seed of all inputs.
        pairs: How many pairs of mistakes to draw.

    Returns:
        What the judge made of them.
    """
    item = unhurried(item)
    if isinstance(item, (TrainedItem, TrainedEquationsItem)):
        item = item.given(item.solution())
    return _Trials(item, seed).run(pairs)


def unhurried(item: Item) -> Item:
    """The same item with a clock that stands still: the search for a mistake ends by itself, on slow machines too."""
    return replace(item, clock=lambda: 0.0) if hasattr(item, "clock") else item  # type: ignore[call-arg]


@dataclass
class _Trials:
    """The trials on one item, and what went wrong in them."""

    item: Item
    seed: int
    failures: list[str] = field(default_factory=list)
    count: int = 0

    def run(self, pairs: int) -> ItemProof:
        accepted, refused = self.right(), self.empty()
        classes, caught, named = self.mistakes()
        return ItemProof(
            self.item.name,
            self.item.points,
            classes,
            caught,
            named,
            *self.many(pairs_of(self.item, pairs, self.seed)),
            *self.many(several(self.item, SEVERAL * bool(pairs), self.seed)),
            *self.many(slipped(self.item, SLIPS * bool(pairs), self.seed)),
            refused,
            accepted,
            tuple(self.failures),
        )

    def judge(self, function: Callable[..., Any], explain: bool = True) -> Verdict:
        """The real judge's word, on inputs nothing else was tried on."""
        self.count += 1
        seed = int(np.random.default_rng((self.seed, self.count)).integers(2**31))
        return judge(self.item, LocalCaller(function), seed, explain)

    def fail(self, words: str, **values: object) -> None:
        self.failures.append(f"{self.item.name}: {words.format(**values)} (seed {self.seed})")

    def right(self) -> Share:
        accepted = tried = 0
        for words, function, forbidden in right_functions(self.item):
            verdict = self.judge(function)
            tried += 1
            good = verdict.outcome == "right" and verdict.points == self.item.points and not forbidden
            accepted += good
            if not good:
                said = forbidden or verdict.sentence
                told = _("the right answer in the style '{style}' is not accepted: {said}")
                self.fail(told, style=_(words), said=said)
        if tried < RIGHT_STYLES:
            self.fail(_("only {tried} right answers were tried, expected are {least}"), tried=tried, least=RIGHT_STYLES)
        return Share(accepted, tried)

    def empty(self) -> Share:
        trials = [*constants(self.item), (_("not written yet"), function_of(blank_answer(self.item), self.item.name))]
        refused = 0
        for words, function in trials:
            verdict = self.judge(function, explain=False)
            refused += verdict.outcome != "right" and verdict.points == 0
            if verdict.outcome == "right":
                self.fail(_("an answer that hands back {what} gets points"), what=_(words))
        return Share(refused, len(trials))

    def mistakes(self) -> tuple[int, Share, Share]:
        tried = caught = named = 0
        kinds = set()
        for wrong in wrong_answers(self.item):
            verdict = self.judge(wrong.function)
            tried += 1
            kinds.add(wrong.kind)
            caught += verdict.outcome != "right"
            named += wrong.named(verdict.mistake)
            if verdict.outcome == "right":
                self.fail(_("not caught: {mistake}"), mistake=wrong.names[0])
            elif not wrong.named(verdict.mistake):
                said = verdict.mistake or verdict.sentence
                self.fail(_("not named: {mistake} It says: {said}"), mistake=wrong.names[0], said=said)
        for words, verdict in self.files():
            tried += 1
            kinds.add(-tried)
            caught += verdict.outcome != "right"
            said = " ".join((verdict.sentence, *verdict.details))
            named += words in said
            if words not in said:
                self.fail(_("not named: {mistake} It says: {said}"), mistake=words, said=said)
        return len(kinds), Share(caught, tried), Share(named, tried)

    def files(self) -> Iterator[tuple[str, Verdict]]:
        """What is said of files that must not pass, with the right answer beside them."""
        if isinstance(self.item, (TrainedItem, TrainedEquationsItem)):
            item, function = self.item, function_of(answer(self.item), self.item.name)
            for wrong in item.wrong_files:
                yield wrong.words, judge(item.given(wrong.content()), LocalCaller(function), self.seed)

    def many(self, wrongs: Iterable[Wrong]) -> tuple[Share, Share]:
        """Answers with more than one mistake: named where the mistakes said give the same numbers."""
        tried = caught = named = 0
        for wrong in wrongs:
            verdict = self.judge(wrong.function)
            tried += 1
            caught += verdict.outcome != "right"
            named += bool(verdict.mistake) and all_named(verdict.mistake)
            if verdict.outcome == "right":
                self.fail(_("not caught: {mistake}"), mistake=wrong.names[0])
        return Share(caught, tried), Share(named, tried)
