"""Which sandbox answers run in: the strongest that works here and that no attack gets out of."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

from .canaries import got_through
from .forked import BubblewrapSandbox, ForkingSandbox, LandlockSandbox
from .process import ProcessSandbox
from .protocol import Level, Sandbox, SandboxUnavailable
from .seatbelt import SeatbeltSandbox

__all__ = ["CHOSEN", "KINDS", "UNSAFE", "Examined", "best_sandbox", "examine"]

CHOSEN = "GATEDRNN_SANDBOX"
"""The variable that names a sandbox for this process and those it starts."""
UNSAFE = "GATEDRNN_UNSAFE_SANDBOX"
"""The variable that, set to 1, lets a weak one be used."""
TRUSTED: tuple[Level, ...] = ("strong", "medium")


Kind = type[ForkingSandbox] | type[ProcessSandbox]

KINDS: Sequence[Kind] = (BubblewrapSandbox, LandlockSandbox, SeatbeltSandbox, ProcessSandbox)
"""The strongest first."""


@dataclass(frozen=True)
class Examined:
    """What became of trying a kind of sandbox.

    Attributes:
        name: Its name.
        level: How far it can be trusted where it works.
        why: Why it does not work here, in words; empty if it does.
        escapes: What attacks could do there, in words; those of a weak one are not tried.
    """

    name: str
    level: Level
    why: str = ""
    escapes: tuple[str, ...] = ()

    @property
    def safe(self) -> bool:
        """Whether strangers' answers may run there."""
        return not self.why and not self.escapes and self.level in TRUSTED


_examined: dict[str, Examined] = {}


def examine(kind: Kind) -> Examined:
    """Try a kind of sandbox, and attacks in it; remembered for this process."""
    if kind.name not in _examined:
        _examined[kind.name] = _tried(kind)
    return _examined[kind.name]


def _tried(kind: Kind) -> Examined:
    probe = kind.probe()
    if not probe.ok:
        return Examined(kind.name, kind.level, probe.reason)
    if kind.level not in TRUSTED:
        return Examined(kind.name, kind.level)
    try:
        return Examined(kind.name, kind.level, escapes=tuple(got_through(kind())))
    except (SandboxUnavailable, OSError) as error:  # the attacks themselves could not be made
        return Examined(kind.name, kind.level, str(error))


def best_sandbox(name: str | None = None, *, unsafe: bool = False) -> Sandbox:
    """A sandbox of the strongest kind that works here, or of the kind asked for.

    Args:
        name: A name in `KINDS`; else the one that the variable `GATEDRNN_SANDBOX` names, else any.
        unsafe: Whether it may be a weak one, or one that an attack gets out of; also set by the variable
            `GATEDRNN_UNSAFE_SANDBOX`.

    Returns:
        A sandbox.

    Raises:
        SandboxUnavailable: If there is none that may be used.
        CourseError: If there is no kind of that name.
    """
    name = name or os.environ.get(CHOSEN) or None
    unsafe = unsafe or os.environ.get(UNSAFE) == "1"
    kinds = [kind for kind in KINDS if name in (None, kind.name)]
    if not kinds:
        names = ", ".join(kind.name for kind in KINDS)
        raise CourseError(
            _("The sandbox {name}.").format(name=name), expected=_("There are: {names}.").format(names=names)
        )
    found = []
    for kind in kinds:
        examined = examine(kind)
        if examined.safe or (unsafe and not examined.why):
            made = kind()
            made.level = "weak" if examined.escapes else made.level
            return made
        found.append(_told(examined))
    raise SandboxUnavailable(
        _("A sandbox was asked for that strangers' answers may run in."),
        " ".join(found),
        _("One that keeps files, network and processes from them was expected."),
        _("`gatedrnn doctor` says what is missing. With `--unsafe-sandbox`, grade only answers that you trust."),
    )


def _told(examined: Examined) -> str:
    """One sentence on why a kind may not be used."""
    if examined.why:
        return _("{name} does not work here: {why}.").format(name=examined.name, why=examined.why.rstrip("."))
    if examined.escapes:
        words = ", ".join(examined.escapes)
        return _("{name} does not hold: an answer can {words}.").format(name=examined.name, words=words)
    return _("{name} is {level}.").format(name=examined.name, level=_(examined.level))
