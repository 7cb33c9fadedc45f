"""The state of a run in one file: tensors, numbers and words only, read without unpickling anything else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gatedrnn_course.errors import CourseError
from gatedrnn_course.files import write_atomically
from gatedrnn_course.text import _

__all__ = ["Checkpoint", "load", "read", "save", "write"]


@dataclass(frozen=True)
class Checkpoint:
    """Everything that a run needs to go on to the same numbers.

    Attributes:
        settings: As `settings.described` gives them.
        step: Steps done.
        model: The model's state_dict: tensors, and what its modules give as extra state.
        optimiser: The optimiser's state_dict.
        best: The state_dict at the lowest validation loss; empty before the first evaluation.
        random: Where torch's random numbers stand.
        rows: The history's rows as mappings.
        stopped: As in `History`.
        total: Sum of the training losses since the last row.
        count: How many steps that sum has.
        seconds: Time spent so far.
    """

    settings: dict[str, Any]
    step: int
    model: dict[str, Any]
    optimiser: dict[str, Any]
    best: dict[str, Any]
    random: dict[str, Tensor]
    rows: list[dict[str, Any]]
    stopped: str
    total: float
    count: int
    seconds: float


def save(checkpoint: Checkpoint, path: Path) -> None:
    """Write a checkpoint; a process killed while writing leaves the old file whole."""
    write({field.name: getattr(checkpoint, field.name) for field in fields(Checkpoint)}, path)


def load(path: Path, expected: Mapping[str, Any]) -> Checkpoint:
    """Read a checkpoint, onto the CPU.

    Args:
        path: The file.
        expected: The settings of the run that wants to go on.

    Raises:
        CourseError: If the file is damaged, is no checkpoint of ours, or belongs to a run with other settings.
    """
    return Checkpoint(**read(path, expected, {field.name for field in fields(Checkpoint)}))


def write(content: Mapping[str, Any], path: Path) -> None:
    """Write tensors, numbers and words under names, `settings` among them."""
    write_atomically(path, lambda file: torch.save(dict(content), file))


def read(path: Path, expected: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Read what `write` wrote, onto the CPU.

    Args:
        path: The file.
        expected: The settings of the run that wants to go on.
        names: What the file holds.

    Raises:
        CourseError: As in `load`.
    """
    asked = _("Resuming from the checkpoint {path}.").format(path=path)
    try:
        content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        if set(content) != set(names):
            raise ValueError(f"it holds {', '.join(content)}")
    except Exception as problem:  # zip, pickle and torch each have errors of their own for a damaged file
        raise CourseError(
            asked,
            _("It cannot be read: {problem}.").format(problem=type(problem).__name__),
            _("A checkpoint is a whole file that `fit` wrote."),
            _("Remove the file, or give resume=False to start again and overwrite it."),
        ) from problem
    different = [key for key, value in expected.items() if content["settings"].get(key) != value]
    if different:
        key = different[0]
        raise CourseError(
            asked,
            _("It was made with {key} = {value}.").format(key=key, value=content["settings"].get(key)),
            _("This run has {key} = {value}.").format(key=key, value=expected[key]),
            _("Use the same settings, another file, or resume=False to start again and overwrite it."),
        )
    return content
