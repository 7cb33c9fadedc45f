"""Which template children come from: one a kind of surroundings, kept over all submissions of this process."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterable

from .child.warm import LIBRARIES
from .template import Command, Template

__all__ = ["MAX_FORKS", "Templates"]

MAX_FORKS = 500


class Templates:
    """Starts a template when it is first needed, and another when it has served long, has died or lacks a library.

    A class that never imports torch never pays for it. Once one child has imported it, those after it find it loaded.

    Args:
        command: What starts one.
        namespaces: Whether each child gets its own.
        warm: Libraries to load from the first one on.
    """

    def __init__(self, command: Command, namespaces: bool, warm: Iterable[str] = ()) -> None:
        self._command, self._namespaces = command, namespaces
        self._lock = threading.Lock()
        self._warm = set(warm)
        self._owner = os.getpid()
        self._template: Template | None = None
        atexit.register(self.close)

    def current(self) -> Template:
        """A template that can fork, with every library loaded that any child has used.

        Raises:
            SandboxUnavailable: If none starts.
        """
        with self._lock:
            if self._template is not None and self._owner != os.getpid():
                self._template.abandon()
                self._template = None
            if self._template is not None and not self._good(self._template):
                self._template.retire()
                self._template = None
            if self._template is None:
                self._owner = os.getpid()
                self._template = Template(self._command, self._namespaces, sorted(self._warm))
            return self._template

    def _good(self, template: Template) -> bool:
        return template.alive and template.forked < MAX_FORKS and self._warm <= set(template.warm)

    def learn(self, used: Iterable[str]) -> None:
        """Have these libraries loaded from the next template on; names of others are passed over."""
        with self._lock:
            self._warm |= LIBRARIES.keys() & set(used)

    def close(self) -> None:
        """End the template, and its children with it."""
        with self._lock:
            if self._template is not None:
                self._template.abandon() if self._owner != os.getpid() else self._template.end()
                self._template = None
