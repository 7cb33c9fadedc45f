"""The one lookup through which every learner-facing sentence goes."""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["_", "in_english", "language", "mark", "n_", "set_language"]

DOMAIN = "gatedrnn_course"
LOCALE = Path(__file__).parent / "locale"

_translation: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def set_language(code: str) -> None:
    """Choose the language of every later message.

    Args:
        code: A language code such as `"fr"`. Without a catalogue for it, messages stay in English.
    """
    global _translation, _language
    _translation = gettext.translation(DOMAIN, LOCALE, languages=[code], fallback=True)
    _language = code


def language() -> str:
    """The language code in force, `"en"` unless one was chosen."""
    return _language


@contextmanager
def in_english() -> Iterator[None]:
    """Messages in English inside the block, as for a key that is the same in every language."""
    before = language()
    set_language("en")
    try:
        yield
    finally:
        set_language(before)


def _(message: str) -> str:
    """The message in the language in force. Fill placeholders after the lookup, never before."""
    return _translation.gettext(message)


def n_(singular: str, plural: str, n: int) -> str:
    """The message for `n` things in the language in force."""
    return _translation.ngettext(singular, plural, n)


def mark(message: str) -> str:
    """The message as it is, marked for the catalogue; look it up with `_` where it is shown."""
    return message


set_language(os.environ.get("GATEDRNN_LANG", "en"))
