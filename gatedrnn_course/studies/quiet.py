"""Optuna without its log lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["quiet_optuna"]


@contextmanager
def quiet_optuna() -> Iterator[None]:
    """Inside, Optuna logs warnings only; outside, what was set before."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(max(before, optuna.logging.WARNING))
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
