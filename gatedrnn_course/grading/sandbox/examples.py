"""The file from which `example(name)` reads where answers are graded."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.grading.exchange.values import Argument

__all__ = ["EXAMPLES", "write_examples"]

EXAMPLES = "examples.npz"
"""Name of the file, for `Sandbox.open(files={EXAMPLES: write_examples(...)})`."""


def write_examples(examples: Mapping[str, Sequence[Argument]]) -> bytes:
    """The bytes of an `.npz` holding example arguments.

    Args:
        examples: Name of an item to its arguments, in order. An array is stored as
            `name/0`, a named one as `name/2/W_f`.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for name, arguments in examples.items():
        for k, argument in enumerate(arguments):
            if isinstance(argument, Mapping):
                arrays.update({f"{name}/{k}/{key}": array for key, array in argument.items()})
            else:
                arrays[f"{name}/{k}"] = argument
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()
