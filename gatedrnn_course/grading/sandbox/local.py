"""What the sandboxes of this machine have in common: how they are probed, and the sessions that are open."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping

from .protocol import Limits, Probe, SandboxUnavailable
from .session import ProcessSession

__all__ = ["LocalSandbox"]


class LocalSandbox(ABC):
    """A sandbox that knows what it lacks here, and closes what it has opened."""

    def __init__(self) -> None:
        self._sessions: set[ProcessSession] = set()

    @classmethod
    @abstractmethod
    def lacks(cls) -> str:
        """What this system has not got for it, in words; empty if nothing."""

    @abstractmethod
    def open(
        self, limits: Limits | None = None, *, seed: int = 0, files: Mapping[str, bytes] | None = None
    ) -> ProcessSession:
        """Start a child; see `Sandbox.open`."""

    def expect(self, libraries: Iterable[str]) -> None:
        """See `Sandbox.expect`."""
        del libraries  # each child loads its own

    @classmethod
    def probe(cls) -> Probe:
        """Start one child and end it."""
        if why := cls.lacks():
            return Probe(False, why)
        try:
            cls().open().close()
        except SandboxUnavailable as error:
            return Probe(False, str(error))
        return Probe(True)

    def close(self) -> None:
        """Close every session still open."""
        for session in list(self._sessions):
            session.close()
