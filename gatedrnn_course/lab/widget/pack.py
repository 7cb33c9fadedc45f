"""Many texts that differ in their numbers, stored once with a column for each number that changes.

A drawing at another position of a slider is the same text with other numbers in it. So the text is kept as a template,
and of each number the values at all positions: whole numbers, each as the difference to the one before, five bits a
character as in source maps. Nothing is drawn a second time in the browser: explorer.js puts the numbers back where
they stood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Any

__all__ = ["pack", "unpack"]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LARGE = 2**30
"""The browser counts bits up to here."""
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)")


def pack(texts: Sequence[str]) -> dict[str, Any]:
    """Store texts compactly.

    Args:
        texts: Texts, in an order in which neighbours are alike.

    Returns:
        What JSON can hold: `uses`, for each text the number of its template; `templates`, each with its `pieces` and
        the numbers of the columns that stand between them, `holes`, and its `columns`.
    """
    templates: dict[tuple[str, ...], list[list[str]]] = {}
    uses = []
    for text in texts:
        parts = _NUMBER.split(text)
        rows = templates.setdefault(tuple(parts[::2]), [])
        rows.append(parts[1::2])
        uses.append(list(templates).index(tuple(parts[::2])))
    return {"uses": uses, "templates": [_template(words, rows) for words, rows in templates.items()]}


def unpack(packed: dict[str, Any]) -> Callable[[int], str]:
    """The texts by their places; explorer.js does the same.

    Args:
        packed: What `pack` made.
    """
    columns = [[_spread(column) for column in template["columns"]] for template in packed["templates"]]
    uses = packed["uses"]

    def text(place: int) -> str:
        used, row = uses[place], uses[:place].count(uses[place])
        template = packed["templates"][used]
        holes = [columns[used][hole][row] for hole in template["holes"]]
        return "".join(piece + hole for piece, hole in zip(template["pieces"], [*holes, ""], strict=True))

    return text


def _template(words: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    pieces, holes = [words[0]], []
    found: dict[tuple[str, ...], int] = {}
    for column, after in zip(zip(*rows, strict=True), words[1:], strict=True):
        if len(set(column)) == 1:
            pieces[-1] += column[0] + after
        else:
            holes.append(found.setdefault(column, len(found)))
            pieces.append(after)
    return {"pieces": pieces, "holes": holes, "columns": [_column(column) for column in found]}


def _column(numbers: Sequence[str]) -> dict[str, Any]:
    """The values of one number; as texts where writing them as whole numbers would change one."""
    digits = max(len(number.partition(".")[2]) for number in numbers)
    whole = [round(float(number) * 10**digits) for number in numbers]
    moves = [now - before for before, now in zip([0, *whole], whole, strict=False)]
    made = {"digits": digits, "moves": "".join(map(_letters, moves))}
    if max(map(abs, moves)) < _LARGE and _spread(made) == list(numbers):
        return made
    distinct = list(dict.fromkeys(numbers))
    return {"texts": distinct, "picks": [distinct.index(number) for number in numbers]}


def _spread(column: dict[str, Any]) -> list[str]:
    if "texts" in column:
        return [column["texts"][pick] for pick in column["picks"]]
    digits = column["digits"]
    return [f"{total / 10**digits:.{digits}f}" for total in accumulate(_numbers(column["moves"]))]


def _letters(number: int) -> str:
    """A whole number in base 32, lowest part first; the first bit is its sign, and 32 says that more follows."""
    rest, text = (abs(number) << 1) | (number < 0), ""
    while True:
        rest, part = rest >> 5, rest & 31
        text += _LETTERS[part | (32 if rest else 0)]
        if not rest:
            return text


def _numbers(text: str) -> Iterator[int]:
    number = shift = 0
    for letter in text:
        part = _LETTERS.index(letter)
        number |= (part & 31) << shift
        shift += 5
        if not part & 32:
            yield -(number >> 1) if number & 1 else number >> 1
            number = shift = 0
