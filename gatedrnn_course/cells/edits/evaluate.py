"""Computes many edits of one slice on the same arrays, each line once where nothing above it changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits.site import Edit
from gatedrnn_course.cells.expr import Expr
from gatedrnn_course.cells.language import Line
from gatedrnn_course.cells.numeric import NUMPY_FUNCTIONS, python_of
from gatedrnn_course.cells.params import Params
from gatedrnn_course.cells.program import Program

__all__ = ["Trial"]

Values = tuple[Any, ...]


@lru_cache(maxsize=16384)
def _code(expr: Expr) -> CodeType:
    return compile(python_of(expr), "<equation>", "eval")


class Trial:
    """One draw of inputs and parameters on which edits of a slice are computed.

    Args:
        slice_: The slice.
        inputs: Its inputs, in order.
        p: Its parameters.

    Attributes:
        slice: The slice.
        inputs: Its inputs by name, and `p`.
        right: All names after its lines, or None where a line raises on these shapes.
    """

    def __init__(self, slice_: Program, inputs: Sequence[Any], p: Params) -> None:
        self.slice = slice_
        self.inputs = {**dict(zip(slice_.inputs, inputs, strict=True)), "p": p}
        self.right = self.run(self.inputs, slice_.lines)

    @staticmethod
    def run(names: dict[str, Any], lines: Iterable[Line]) -> dict[str, Any] | None:
        """All names after the lines, or None when a line raises on these shapes."""
        names = dict(names)
        with np.errstate(all="ignore"):
            try:
                for line in lines:
                    names[line.name] = eval(_code(line.expr), NUMPY_FUNCTIONS, names)
            except ValueError:
                return None
        return names

    def after(self, edit: Edit) -> dict[str, Any] | None:
        """All names of the edited slice, or None when it raises on these shapes."""
        if self.right is None:
            return self.run(self.inputs, edit.lines)
        return self.run(self.right, edit.lines[edit.where :])

    def outputs(self, edit: Edit) -> Values | None:
        """What the edited slice hands back, or None when it raises on these shapes."""
        return self.pick(self.after(edit), edit.outputs)

    @staticmethod
    def pick(names: dict[str, Any] | None, outputs: Sequence[str]) -> Values | None:
        """The values of some names, in order; an output may also be an expression, such as `tanh(c)`."""
        if names is None:
            return None
        with np.errstate(all="ignore"):
            return tuple(names[o] if o in names else eval(o, NUMPY_FUNCTIONS, names) for o in outputs)
