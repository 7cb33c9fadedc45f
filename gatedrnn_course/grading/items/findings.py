"""Says what a search found: the mistakes, upstream first; what is odd about lines without a name; what is right."""

from __future__ import annotations

import re

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.cells.program import Program
from gatedrnn_course.cells.words import noun
from gatedrnn_course.grading.items.item import Explanation
from gatedrnn_course.grading.items.search import Found
from gatedrnn_course.text import _, mark

__all__ = ["all_named", "told"]

_WRONG = mark("{line} is wrong.")
_ABOVE = mark("`{line}` is wrong: the mistake is in one of these lines: {lines}.")


def all_named(key: str) -> bool:
    """Whether the key of an explanation names a mistake for all that is wrong."""
    patterns = (re.sub(r"\\{[a-z]+\\}", "[^.]*", re.escape(words)) for words in (_WRONG, _ABOVE))
    return not any(re.search(pattern, key) for pattern in patterns)


def told(slice_: Program, found: Found) -> Explanation | None:
    """The explanation of what was found.

    Args:
        slice_: The slice.
        found: What a search found in it.

    Returns:
        The mistakes in words; None where nothing is known but that something is wrong.
    """
    words = list(found.edit.words)
    for one in found.unexplained:
        if len(slice_.lines) > 1:
            words.append(_of(slice_, found, one.line))
        words += [one.oddity.words] if one.oddity else []
    if not words:
        return None
    sentence, key = " ".join(map(str, words)), " ".join(one.english for one in words)
    if found.also is not None:
        sentence += " " + _("The same numbers come of another mistake: {other}").format(other=found.also.sentence)
    right = [_(slice_.line(name).words) for name in found.right]
    if right and (len(found.edit.words) > 1 or found.unexplained):
        sentence += " " + _("These lines are right: {lines}.").format(lines=", ".join(right))
    return Explanation(sentence, key)


def _of(slice_: Program, found: Found, line: str) -> Words:
    """That a line is wrong; of an output, which lines above it may be wrong instead."""
    above = [one.name for one in slice_.lines[: [one.name for one in slice_.lines].index(line) + 1]]
    unsure = [name for name in above if name not in found.right and name not in slice_.outputs]
    if line in slice_.outputs and unsure:
        return Words(_ABOVE, {"line": line, "lines": ", ".join(f"`{name}`" for name in (*unsure, line))})
    return Words(_WRONG, {"line": noun(slice_.line(line))})
