"""How much of two submissions is the same, once what the exercise gives and what everybody writes is taken off.

Source: fingerprints of runs of tokens as in Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document
fingerprinting", SIGMOD 2003, without their sampling, as submissions are short; runs weigh the more the fewer have them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from .tokens import Run, runs_of

__all__ = ["LEAST_RUNS", "Comparison", "Pair", "compare"]

LEAST_RUNS = 40
"""Who wrote fewer runs of tokens is not compared: short code is alike by itself."""

FEW, LEAST_WEIGHT = 4, 0.1
"""A run that so few students have weighs 1, one that all have so little."""


@dataclass(frozen=True)
class Pair:
    """Two submissions.

    Attributes:
        first: One student.
        second: The other, later in the alphabet.
        share: How much of the smaller one is in the other, from 0 to 1, by weight.
        runs: How many runs of tokens they have in common.
        lines: For each of the two, the lines that these runs touch, from 0.
    """

    first: str
    second: str
    share: float
    runs: int
    lines: tuple[frozenset[int], frozenset[int]]


@dataclass(frozen=True)
class Comparison:
    """A class compared.

    Attributes:
        pairs: The pairs that have much in common, the most alike first.
        compared: How many submissions were compared.
        too_short: Students who wrote too little to compare.
    """

    pairs: tuple[Pair, ...]
    compared: int
    too_short: tuple[str, ...]


def compare(
    submissions: Mapping[str, Sequence[str]], given: Sequence[str] = (), least: float = 0.6, most: int = 100
) -> Comparison:
    """The pairs of submissions that are nearly the same.

    Args:
        submissions: Sources of the cells of each student.
        given: Sources of the cells that everybody was given.
        least: Pairs with a smaller share are left out.
        most: How many pairs at most.
    """
    known = {run for cell in given for run in runs_of(cell)}
    own = {name: {run for cell in cells for run in runs_of(cell)} - known for name, cells in submissions.items()}
    names = sorted(name for name, runs in own.items() if len(runs) >= LEAST_RUNS)
    too_short = tuple(sorted(set(own) - set(names)))
    if len(names) < 2:
        return Comparison((), len(names), too_short)
    shares = _shares([own[name] for name in names])
    rows, columns = np.nonzero(np.triu(shares >= least, 1))
    order = np.lexsort((columns, rows, -shares[rows, columns]))[:most]
    pairs = []
    for k in order:
        first, second = names[rows[k]], names[columns[k]]
        both = own[first] & own[second]
        lines = _lines(submissions[first], both), _lines(submissions[second], both)
        pairs.append(Pair(first, second, min(float(shares[rows[k], columns[k]]), 1.0), len(both), lines))
    return Comparison(tuple(pairs), len(names), too_short)


def _lines(cells: Sequence[str], runs: Set[Run]) -> frozenset[int]:
    """The lines that runs touch, counted over all cells, one after the other, from 0."""
    found: set[int] = set()
    first = 0
    for cell in cells:
        found.update(first + line for run, lines in runs_of(cell).items() if run in runs for line in lines)
        first += len(cell.splitlines())
    return frozenset(found)


def _shares(own: Sequence[Set[Run]]) -> np.ndarray:
    """For each pair the weight of what both have, over that of the smaller one; `(students, students)`."""
    from scipy.sparse import csr_matrix

    numbers: dict[Run, int] = {}
    columns = [numbers.setdefault(run, len(numbers)) for runs in own for run in runs]
    starts = np.cumsum([0, *map(len, own)])
    held = csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(own), len(numbers)))
    count = np.asarray(held.sum(axis=0)).ravel()
    rare = np.log((len(own) + 1) / np.maximum(count, FEW)) / np.log((max(len(own), FEW) + 1) / FEW)
    weights = np.clip(rare, LEAST_WEIGHT, 1)
    common = (held.multiply(weights[None, :]) @ held.T).toarray()
    whole = np.diag(common)
    shares: np.ndarray = common / np.maximum(np.minimum(whole[:, None], whole[None, :]), 1e-12)
    return shares
