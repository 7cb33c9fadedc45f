"""What a recurrent module refuses, each in four parts: asked, came, expected, do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from gatedrnn_course.cells.slices import whole_step
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

if TYPE_CHECKING:
    from gatedrnn_course.engines.recurrent import Recurrent

__all__ = ["check_input", "check_settings", "check_state"]


def check_settings(module: Recurrent) -> None:
    """Sizes are whole numbers from 1 (the input's from 0 for a cell that reads no x), dropout is a probability."""
    reads_x = bool(module.cell.inputs)
    for name, smallest in (("input_size", 1 if reads_x else 0), ("hidden_size", 1), ("num_layers", 1)):
        value = getattr(module, name)
        if not isinstance(value, int) or isinstance(value, bool) or value < smallest:
            expected = _("It is a whole number from {smallest}.").format(smallest=smallest)
            raise _refused(module, name, value, expected, _("Choose another {name}.").format(name=name))
    if not reads_x and module.input_size != 0:
        expected = _("This cell reads no x: its input_size is 0.")
        do = _("Give input_size=0, and inputs (T, B, 0) whose T is the number of steps.")
        raise _refused(module, "input_size", module.input_size, expected, do)
    if isinstance(module.dropout, bool) or not 0 <= module.dropout <= 1:
        expected = _("It is a probability, from 0 to 1.")
        raise _refused(module, "dropout", module.dropout, expected, _("Choose another dropout."))
    of_input = [name for name in module.cell.states if whole_step(module.cell).shape(f"{name}_prev") != ("H",)]
    if module.num_layers > 1 and (of_input or not reads_x):
        expected = _("A cell whose layers cannot read each other's hidden states has one layer.")
        raise _refused(module, "num_layers", module.num_layers, expected, _("Give num_layers=1."))


def _refused(module: Recurrent, name: str, value: object, expected: str, do: str) -> CourseError:
    asked = _("Layers of the cell {cell}.").format(cell=module.cell.name)
    return CourseError(asked, _("{name} is {value}.").format(name=name, value=repr(value)), expected, do)


def check_input(module: Recurrent, input: Any, has_lengths: bool) -> None:
    """The input is a floating-point tensor of the module's type and device with 2 or 3 axes, the last of D numbers."""
    wanted = f"(B, T, {module.input_size})" if module.batch_first else f"(T, B, {module.input_size})"
    if not isinstance(input, Tensor):
        raise _wrong(module, "input", type(input).__name__, _("It is a tensor {shape}.").format(shape=wanted))
    if input.dim() not in (2, 3) or (has_lengths and input.dim() == 2) or input.shape[-1] != module.input_size:
        expected = _("Its shape is {batched}, or (T, {D}) for one sequence without lengths.").format(
            batched=wanted, D=module.input_size
        )
        raise _wrong(module, "input", str(tuple(input.shape)), expected)
    _check_kind(module, "input", input)


def check_state(module: Recurrent, state: Any, B: int, batched: bool, like: Tensor) -> tuple[Tensor, ...]:
    """The state as one tensor `(layers * directions, B, H)` for each of the cell's states.

    Raises:
        CourseError: If it is not a tensor, or tuple of tensors, of these shapes.
    """
    names, sizes, layers = list(module.state_sizes), list(module.state_sizes.values()), len(module.layers())
    first = module.first_parameter(like)
    given = () if state is None else (state,) if isinstance(state, Tensor) else state
    few = state is not None and len(given) < min(2, len(names))
    if not isinstance(given, (tuple, list)) or len(given) > len(names) or few:
        expected = _("It holds {states}.").format(states=", ".join(names))
        raise _wrong(module, "state", f"{type(state).__name__} ({len(given)})", expected)
    checked = []
    for name, size, tensor in zip(names, sizes, given, strict=False):
        shape = (layers, B, size) if batched else (layers, size)
        if not isinstance(tensor, Tensor) or tuple(tensor.shape) != shape:
            came = str(tuple(tensor.shape)) if isinstance(tensor, Tensor) else type(tensor).__name__
            raise _wrong(module, name, came, _("It is a tensor {shape}.").format(shape=shape))
        _check_kind(module, name, tensor)
        checked.append((tensor if batched else tensor.unsqueeze(1)).to(first.dtype))
    rest = sizes[len(checked) :]
    zeros = {s: torch.zeros((layers, B, s), dtype=first.dtype, device=like.device) for s in dict.fromkeys(rest)}
    return (*checked, *(zeros[size] for size in rest))


def _check_kind(module: Recurrent, name: str, tensor: Tensor) -> None:
    """Type and device as the parameters'; under autocast any floating-point type."""
    first = module.first_parameter(tensor)
    if tensor.device == first.device and tensor.dtype == first.dtype:
        return
    cast = torch.is_autocast_enabled(tensor.device.type) and tensor.is_floating_point()
    if tensor.device != first.device or not cast:
        came = f"{tensor.dtype}, {tensor.device}"
        expected = _("The parameters are {dtype} on {device}.").format(dtype=first.dtype, device=first.device)
        do = _("Convert the one or the other with .to({dtype}) or .to({device}).").format(
            dtype=first.dtype, device=repr(str(first.device))
        )
        raise _wrong(module, name, came, expected, do)


def _wrong(module: Recurrent, name: str, came: str, expected: str, do: str = "") -> CourseError:
    return CourseError(
        _("Running layers of the cell {cell}.").format(cell=module.cell.name),
        _("{name} came as {came}.").format(name=name, came=came),
        expected,
        do or _("Check the shapes: D = {D}, H = {H}.").format(D=module.input_size, H=module.hidden_size),
    )
