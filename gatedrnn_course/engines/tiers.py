"""Three ways to run a cell over sequences, with the same numbers: NumPy, torch, and compiled C."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import torch
from torch import Tensor

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.engines import c_tier, numpy_tier
from gatedrnn_course.engines.shared.reach import by_operation, in_memory, ordinary
from gatedrnn_course.engines.torch_tier import scan, sequence
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["TIERS", "Tier", "check_tier", "run"]

Tier = Literal["auto", "c", "torch", "numpy"]
"""`c`: compiled from the equations. `torch`: the derived backward equations. `numpy`: the reference, slow. `auto`: `c`
where it can be had, else `torch`; on a GPU by a scan where the cell is linear in its state. What `c` and `numpy` cannot
take goes by `torch`, which takes all: GPUs (for `c`), half precision (for `numpy`), `torch.func`, forward mode,
tracing, subclasses."""
TIERS: tuple[Tier, ...] = get_args(Tier)
HALVES = frozenset({torch.bfloat16, torch.half})
"""Types that the compiled kernel computes in float32: wider than asked for, and faster than step by step."""


def run(
    tier: Tier,
    cell: Cell,
    xs: Tensor,
    batch_sizes: Sequence[int],
    state: Sequence[Tensor],
    stacks: Sequence[Tensor],
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """A cell over packed sequences; arguments and results as those of `sequence.run`.

    Raises:
        CourseError: If the tier `c` is asked for where it cannot be had.
    """
    tensors = xs, *state, *stacks
    if tier == "numpy" and ordinary(tensors) and not by_operation(()):
        return numpy_tier.run(cell, xs, batch_sizes, state, stacks)
    if tier in ("auto", "c"):
        if c_tier.usable(cell, *tensors):
            return c_tier.run(cell, xs, batch_sizes, state, stacks)
        if xs.dtype in HALVES and in_memory(tensors, xs.dtype):
            wide = [t.float() for t in tensors]
            if c_tier.usable(cell, *wide):
                count = 1 + len(state)
                hs, last = c_tier.run(cell, wide[0], batch_sizes, wide[1:count], wide[count:])
                return hs.to(xs.dtype), tuple(s.to(xs.dtype) for s in last)
    if tier == "auto" and xs.is_cuda and scan.can_scan(cell, batch_sizes) and not by_operation(tensors):
        return scan.run(cell, xs, batch_sizes, state, stacks)
    if tier == "c" and c_tier.fits(*tensors):
        raise CourseError(
            _("The cell {cell} by its compiled kernel.").format(cell=cell.name),
            c_tier.why(),
            _("Kernels need a C compiler."),
            _('Use the tier "torch" or "auto".'),
        )
    return sequence.run(cell, xs, batch_sizes, state, stacks)


def check_tier(tier: object) -> Tier:
    """The tier.

    Raises:
        CourseError: If there is none of this name.
    """
    for known in TIERS:
        if tier == known:
            return known
    raise CourseError(
        _("A recurrent module of the tier {tier}.").format(tier=repr(tier)),
        expected=_("There are {known}.").format(known=", ".join(TIERS)),
        do=_("Leave it out to take the fastest."),
    )
