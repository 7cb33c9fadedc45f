"""Text that came from a student, made fit to be shown: cleaned, on one line, not too long, and escaped as HTML."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from gatedrnn_course.grading.sandbox.untrusted import clean

__all__ = ["LONGEST", "code", "plain", "plain_names"]

LONGEST = 400
"""Characters of one sentence on a page."""


def plain(text: str, longest: int = LONGEST) -> str:
    """A text on one line without escape sequences, control and turning characters, cut at `longest`; still no HTML."""
    line = " ".join(clean(text, 4 * longest).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def plain_names(students: Iterable[str]) -> str:
    """Names of students as a terminal may show them."""
    return ", ".join(map(plain, students))


def code(text: str) -> Markup:
    """A sentence as HTML: cleaned and escaped, what stands between backticks as code."""
    parts = plain(text).split("`")
    if len(parts) % 2 == 0:  # one backtick is left over: it is itself
        parts[-2:] = ["`".join(parts[-2:])]
    return Markup("").join(Markup("<code>{}</code>").format(p) if k % 2 else escape(p) for k, p in enumerate(parts))
