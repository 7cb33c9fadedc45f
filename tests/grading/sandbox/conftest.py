"""Real sessions for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from gatedrnn_course.grading.sandbox import ProcessSandbox, Session

Loaded = Callable[..., Session]


@pytest.fixture
def sandbox() -> Iterator[ProcessSandbox]:
    """A sandbox whose sessions are closed after the test."""
    made = ProcessSandbox()
    yield made
    made.close()


@pytest.fixture
def loaded(sandbox: ProcessSandbox) -> Loaded:
    """Opens a session and runs cells in it."""

    def open_and_load(*cells: str, **options: object) -> Session:
        session = sandbox.open(**options)  # type: ignore[arg-type]
        session.load(["import numpy as np", *cells], deadline=60)
        return session

    return open_and_load
