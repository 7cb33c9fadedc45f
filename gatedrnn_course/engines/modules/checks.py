"""What a recurrent module refuses, each in four parts: asked, came, expected, do."""

from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.slices import whole_step
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["Layers", "check_input", "check_packed", "check_settings", "check_state"]


class Layers(Protocol):
    """What the checks read of a recurrent module; explained there."""

    cell: Cell
    input_size: int
    hidden_size: int
    num_layers: int
    batch_first: bool
    dropout: float
    bidirectional: bool
    proj_size: int
    state_sizes: dict[str, int]


def check_settings(module: Layers) -> None:
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
    if module.proj_size != 0:
        expected = _("It is 0: no cell here projects its hidden state.")
        do = _("Leave it out, put a torch.nn.Linear behind the layers, or use torch.nn.LSTM.")
        raise _refused(module, "proj_size", module.proj_size, expected, do)
    of_input = [name for name in module.cell.states if whole_step(module.cell).shape(f"{name}_prev") != ("H",)]
    if module.num_layers > 1 and (of_input or not reads_x):
        expected = _("A cell whose layers cannot read each other's hidden states has one layer.")
        raise _refused(module, "num_layers", module.num_layers, expected, _("Give num_layers=1."))


def _refused(module: Layers, name: str, value: object, expected: str, do: str) -> CourseError:
    asked = _("Layers of the cell {cell}.").format(cell=module.cell.name)
    return CourseError(asked, _("{name} is {value}.").format(name=name, value=repr(value)), expected, do)


def check_input(module: Layers, input: Any, has_lengths: bool, like: Tensor | None) -> None:
    """The input is a dense floating-point tensor with 2 or 3 axes, the last of D numbers.

    Args:
        module: The module.
        input: What came.
        has_lengths: Whether lengths came with it.
        like: A parameter: the input is of its type and on its device.
    """
    if not isinstance(input, Tensor) or input.layout is not torch.strided or input.is_nested:
        came = type(input).__name__
        if isinstance(input, Tensor):
            came = "torch.nested" if input.is_nested else str(input.layout)
        raise _wrong(module, "input", came, _("It is a dense tensor {shape}.").format(shape=_shape(module)))
    if input.dim() not in (2, 3) or (has_lengths and input.dim() == 2) or input.shape[-1] != module.input_size:
        expected = _("Its shape is {batched}, or (T, {D}) for one sequence without lengths.").format(
            batched=_shape(module), D=module.input_size
        )
        raise _wrong(module, "input", str(tuple(input.shape)), expected)
    _check_kind(module, "input", input, input if like is None else like)


def check_packed(module: Layers, data: Tensor, lengths: Any, like: Tensor | None) -> None:
    """The rows of a packed sequence are as an input's, and no lengths come with them."""
    check_input(module, data.unsqueeze(1), False, like)
    if lengths is not None:
        expected = _("A packed sequence holds the lengths of its own.")
        raise _wrong(module, "lengths", type(lengths).__name__, expected, _("Leave lengths out, or give a tensor."))


def _shape(module: Layers) -> str:
    return f"(B, T, {module.input_size})" if module.batch_first else f"(T, B, {module.input_size})"


def check_state(module: Layers, state: Any, B: int, batched: bool, like: Tensor) -> tuple[Tensor, ...]:
    """The state as one tensor `(layers * directions, B, H)` for each of the cell's states.

    Args:
        module: The module.
        state: What came; None for zeros.
        B: The number of sequences.
        batched: Whether the input has an axis for them.
        like: A parameter or the input, whose type and device those of the state are.

    Raises:
        CourseError: If it is not a tensor, or tuple of tensors, of these shapes.
    """
    names, layers = tuple(module.state_sizes), module.num_layers * (1 + module.bidirectional)
    given = () if state is None else (state,) if isinstance(state, Tensor) else state
    held = len(given) if isinstance(given, (tuple, list)) else 0
    if held > len(names) or (state is not None and held < min(2, len(names))):
        expected = _("It holds {states}.").format(states=", ".join(names))
        raise _wrong(module, "state", f"{type(state).__name__} ({held})", expected)
    checked = []
    for name, tensor in zip(names, given, strict=False):
        size = module.state_sizes[name]
        shape = (layers, B, size) if batched else (layers, size)
        if not isinstance(tensor, Tensor) or tensor.layout is not torch.strided or tuple(tensor.shape) != shape:
            came = type(tensor).__name__
            if isinstance(tensor, Tensor):
                came = str(tuple(tensor.shape)) if tensor.layout is torch.strided else str(tensor.layout)
            raise _wrong(module, name, came, _("It is a dense tensor {shape}.").format(shape=shape))
        _check_kind(module, name, tensor, like)
        checked.append(tensor if batched else tensor.unsqueeze(1))
    zeros: dict[int, Tensor] = {}
    for name in names[len(checked) :]:
        size = module.state_sizes[name]
        if size not in zeros:
            zeros[size] = like.new_zeros((layers, B, size))
        checked.append(zeros[size])
    return tuple(checked)


def _check_kind(module: Layers, name: str, tensor: Tensor, like: Tensor) -> None:
    """Type and device as the parameters'; under autocast any floating-point type."""
    if tensor.device == like.device and tensor.dtype == like.dtype:
        return
    cast = torch.is_autocast_enabled(tensor.device.type) and tensor.is_floating_point()
    if tensor.device != like.device or not cast:
        came = f"{tensor.dtype}, {tensor.device}"
        expected = _("The parameters are {dtype} on {device}.").format(dtype=like.dtype, device=like.device)
        do = _("Convert the one or the other with .to({dtype}) or .to({device}).").format(
            dtype=like.dtype, device=repr(str(like.device))
        )
        raise _wrong(module, name, came, expected, do)


def _wrong(module: Layers, name: str, came: str, expected: str, do: str = "") -> CourseError:
    return CourseError(
        _("Running layers of the cell {cell}.").format(cell=module.cell.name),
        _("{name} came as {came}.").format(name=name, came=came),
        expected,
        do or _("Check the shapes: D = {D}, H = {H}.").format(D=module.input_size, H=module.hidden_size),
    )
