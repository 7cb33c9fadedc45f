"""The progress bar of a run."""

from __future__ import annotations

from typing import Any

__all__ = ["bar_over"]


def bar_over(steps: int, done: int, what: str, shown: bool) -> Any:
    """A bar over the steps of a run, at the step where the run stands.

    Args:
        steps: How many there are.
        done: How many are done.
        what: What is trained on.
        shown: Whether it shows at all.
    """
    from tqdm.auto import tqdm

    return tqdm(total=steps, initial=done, desc=what, disable=not shown)
