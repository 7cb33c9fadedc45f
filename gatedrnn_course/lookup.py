"""Named things that say which names are near when asked for one they lack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TypeVar

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["Named", "missing"]

Value = TypeVar("Value")


class Missing(CourseError, KeyError):
    """A name that nothing has. It is a `KeyError` too, so that `get` and `in` work as for any mapping."""

    __str__ = Exception.__str__


def missing(asked: str, name: object, known: Iterable[str], do: str = "") -> Missing:
    """The error for a name that nothing has.

    Args:
        asked: What was asked for, as a sentence.
        name: The name.
        known: The names there are.
        do: What to do next.

    Returns:
        The error; it gives the names that are near, or all where none is.
    """
    names = list(known)
    folded = {other.casefold(): other for other in reversed(names)}
    wanted = name.casefold() if isinstance(name, str) else ""
    near = [folded[key] for key in get_close_matches(wanted, folded, n=3, cutoff=0.6)]
    came = _("There is nothing of the name {name}.").format(name=repr(name))
    if near:
        return Missing(asked, came, _("Near it: {names}.").format(names=", ".join(near)), do)
    return Missing(asked, came, _("There are: {names}.").format(names=", ".join(names)), do)


class Named(Mapping[str, Value]):
    """A mapping that cannot be changed, from names to what they name.

    Args:
        asked: What a look-up asks for, as a sentence that is marked for translation ("A cell of the catalogue.").
        entries: What there is, by name.
    """

    def __init__(self, asked: str, entries: Mapping[str, Value]) -> None:
        self._asked, self._entries = asked, dict(entries)

    def __getitem__(self, name: str) -> Value:
        try:
            return self._entries[name]
        except (KeyError, TypeError):
            raise missing(_(self._asked), name, self._entries) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._entries

    def __repr__(self) -> str:
        return f"<{_(self._asked)} {', '.join(self._entries)}>"
