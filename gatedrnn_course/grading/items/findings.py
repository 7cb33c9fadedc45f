"""Says what a search found: the mistakes, upstream first; what is odd about lines without a name; what is right."""

from __future__ import annotations

import re

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.cells.slices import Slice
from gatedrnn_course.cells.words import noun
from gatedrnn_course.grading.items.item import Explanation
from gatedrnn_course.grading.items.search import Found
from gatedrnn_course.text import _, mark

__all__ = ["all_named", "told"]

_WRONG = mark("{line} is wrong.")


def all_named(key: str) -> bool:
    """Whether the key of an explanation names a mistake for all that is wrong."""
    before, after = _WRONG.split("{line}")
    return re.search(f"{before}[^.]*{re.escape(after)}", key) is None


def told(slice_: Slice, found: Found) -> Explanation | None:
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
            words.append(Words(_WRONG, {"line": noun(slice_.cell.line(one.line))}))
        words += [one.oddity.words] if one.oddity else []
    if not words:
        return None
    sentence, key = " ".join(map(str, words)), " ".join(one.english for one in words)
    if found.also is not None:
        sentence += " " + _("The same numbers come of another mistake: {other}").format(other=found.also.sentence)
    right = [_(slice_.cell.line(name).words) for name in found.right]
    if right and (len(found.edit.words) > 1 or found.unexplained):
        sentence += " " + _("These lines are right: {lines}.").format(lines=", ".join(right))
    return Explanation(sentence, key)
