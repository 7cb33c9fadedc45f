"""How an exercise is graded, in the words of one list that every exercise shows; what differs comes from its items."""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.grading.units import Unit
from gatedrnn_course.text import _

__all__ = ["terms"]


def terms(unit: Unit) -> str:
    """What earns points in an exercise and what may be used, as a list in markdown.

    Args:
        unit: The unit.
    """
    rows = [_points(unit)]
    if len(unit.items) > 1:
        rows.append(_earlier(unit))
    rows += [
        _("Where you define an answer twice, the last counts; if that is wrong, the one last checked, then the first."),
        _("Leave arguments as they came: `a = a + b`, not `a += b`, unless the text asks for a change in place."),
        *_allowed(unit),
    ]
    return "\n".join(f"- {row}" for row in rows)


def _points(unit: Unit) -> str:
    """All or nothing, and what becomes of what the notebook shows."""
    words = [_("An answer earns all of its points or none; one that is only begun earns none.")]
    if kept := [item for item in unit.items if item.file]:
        words += [
            _(
                "`{name}` needs the file `{file}` too: that beside the notebook, else that in what the training cell "
                "shows. With neither it earns none."
            ).format(name=item.name, file=item.file)
            for item in kept
        ]
        words.append(_("Nothing else that the notebook shows is read."))
    else:
        words.append(_("What the notebook shows is not read, so you may clear it."))
    return " ".join(words)


def _earlier(unit: Unit) -> str:
    """What becomes of an answer that stands on a wrong one."""
    words = [
        _(
            "An answer may call those above it. Where one of these is wrong, the later one is judged with the course's "
            "own in its place, unless that would be the answer itself."
        )
    ]
    if any(item.base for item in unit.items[:-1]):
        words.append(_("A class is not replaced."))
    return " ".join(words)


def _allowed(unit: Unit) -> Iterator[str]:
    """What may be used: all but what some items forbid, said of all items or by name."""
    where: dict[str, tuple[str, ...]] = {}
    for name in dict.fromkeys(name for item in unit.items for name in _told(item.forbidden)):
        where[name] = tuple(item.name for item in unit.items if name in item.forbidden)
    grouped: dict[tuple[str, ...], list[str]] = {}
    for name, items in where.items():
        grouped.setdefault(items, []).append(name)
    everywhere = tuple(item.name for item in unit.items)
    if names := grouped.pop(everywhere, []):
        yield _("You may use Python, NumPy and torch, but not {names}.").format(names=_listed(names))
    else:
        yield _("You may use Python, NumPy and torch.")
    for items, names in grouped.items():
        yield _("Not allowed in {items}: {names}.").format(items=_listed(items), names=_listed(names))


def _told(forbidden: tuple[str, ...]) -> Iterator[str]:
    """The names by which people know what is forbidden: of several places for one name, the shortest."""
    for name in forbidden:
        last = name.rpartition(".")[2]
        if name == min((one for one in forbidden if one.rpartition(".")[2] == last), key=len):
            yield name


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
