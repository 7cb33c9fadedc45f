"""What commands say and ask about sandboxes: which to use, whether a weak one may be used, which work here."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gatedrnn_course.text import _

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["choose", "doctor_table"]


def choose(name: str | None, unsafe: bool, console: Console) -> None:
    """Have this process, and those it starts, use a sandbox; say in red if it is a weak one.

    Args:
        name: Of which kind; None for the strongest.
        unsafe: Whether it may be weak.
        console: Where it is said.

    Raises:
        SandboxUnavailable: If there is none that may be used.
        CourseError: If there is no such kind.
    """
    from gatedrnn_course.grading.sandbox.choose import CHOSEN, TRUSTED, UNSAFE, best_sandbox

    if name is not None:
        os.environ[CHOSEN] = name
    if unsafe:
        os.environ[UNSAFE] = "1"
    sandbox = best_sandbox()
    sandbox.close()
    if sandbox.level not in TRUSTED:
        words = _("UNSAFE: the sandbox `{name}` is {level}. Whoever wrote these answers can do here whatever you can.")
        told = words.format(name=sandbox.name, level=_(sandbox.level))
        console.print(told, style="bold white on red", markup=False, highlight=False)


def doctor_table() -> tuple[Table, bool]:
    """Every kind of sandbox, tried here; and whether one is fit for strangers' answers."""
    from rich.table import Table

    from gatedrnn_course.grading.sandbox.choose import KINDS, TRUSTED, examine

    table = Table(title=_("Sandboxes"), title_justify="left")
    for heading in (_("sandbox"), _("works"), _("level"), _("what is missing"), _("attacks tried")):
        table.add_column(heading, overflow="fold")
    found = [(kind, examine(kind)) for kind in KINDS]
    for kind, examined in found:
        missing = examined.why or ", ".join(kind().missing)
        attacks = _("held")
        if examined.escapes:
            attacks = _("got through: {what}").format(what=", ".join(examined.escapes))
        elif examined.why or examined.level not in TRUSTED:
            attacks = "–"
        works = _("no") if examined.why else _("yes")
        table.add_row(examined.name, works, _(examined.level), missing, attacks)
    return table, any(examined.safe for _kind, examined in found)
