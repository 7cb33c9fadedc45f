"""Parameters both ways between a `Recurrent` and the layers of `torch.nn`.

torch stacks the rows of the gates, LSTM i f g o, GRU r z n, and adds two biases where one would do. Here `b_f` holds
their sum; on the way back one holds it and the other is zero. Only the GRU's n needs both: the second stands inside the
product with the reset gate, and is `b_u` here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import torch
from torch import Tensor, nn

from gatedrnn_course.cells.catalogue import catalogue
from gatedrnn_course.cells.cell import Cell, variant
from gatedrnn_course.engines.modules.bias import without_bias
from gatedrnn_course.engines.modules.recurrent import Recurrent
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["RNN_RELU", "from_torch", "same_equations", "stacked", "to_torch"]

RNN_RELU = variant(
    catalogue["RNN"],
    "RNN relu",
    {"h": "h = relu(W_h @ x + U_h @ h_prev + b_h)"},
    "torch.nn.RNN with nonlinearity='relu'; Le, Jaitly and Hinton 2015",
)

GATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"LSTM": ("i", "f", "c", "o"), "GRU reset after": ("r", "z", "h"), "RNN": ("h",), "RNN relu": ("h",)}
)
"""Our name of each block of torch's rows, from top to bottom."""


def same_equations(cell: Cell, other: Cell) -> bool:
    """Whether two cells have the same lines, whatever they are called."""
    return [(line.name, line.expr) for line in cell.lines] == [(line.name, line.expr) for line in other.lines]


def from_torch(layer: nn.Module) -> Recurrent:
    """A layer of `torch.nn` as a `Recurrent` with the same results.

    Args:
        layer: The layer.

    Returns:
        A module with copies of its parameters, and its settings.

    Raises:
        CourseError: If the layer is of another kind or projects its hidden state (`proj_size`).
    """
    if not isinstance(layer, (nn.LSTM, nn.GRU, nn.RNN)) or layer.proj_size:
        raise CourseError(
            _("A layer of torch as one of this course."),
            _("{layer} came.").format(layer=layer),
            _("It is torch.nn.LSTM, GRU or RNN, without proj_size."),
            _("Build its equations with `parse`, and give them to `Recurrent`."),
        )
    cell = _cell_of(layer)
    parameters = dict(layer.named_parameters())
    like = parameters["weight_ih_l0"]
    settings = {
        name: getattr(layer, name) for name in ("num_layers", "bias", "batch_first", "dropout", "bidirectional")
    }
    module = Recurrent(cell, layer.input_size, layer.hidden_size, **settings, device=like.device, dtype=like.dtype)
    module.train(layer.training)
    with torch.no_grad():
        for suffix, _size in module.layers():
            for name, value in _unstacked(cell, suffix, parameters, layer.hidden_size).items():
                module.named(suffix)[name].copy_(value)
    return module


def to_torch(module: Recurrent) -> nn.LSTM | nn.GRU | nn.RNN:
    """A `Recurrent` as a layer of `torch.nn` with the same results.

    Args:
        module: A module of the cell LSTM, GRU reset after, RNN or RNN relu.

    Returns:
        A layer with copies of its parameters, and its settings; `bias_hh` is zero but for the GRU's n.

    Raises:
        CourseError: If torch has no such cell.
    """
    name = _name_of(module)
    like = module.all_weights[0][0]
    keys = ("num_layers", "bias", "batch_first", "dropout", "bidirectional")
    settings = {key: getattr(module, key) for key in keys} | {"device": like.device, "dtype": like.dtype}
    sizes = module.input_size, module.hidden_size
    layer: nn.LSTM | nn.GRU | nn.RNN
    if name.startswith("RNN"):
        layer = nn.RNN(*sizes, nonlinearity="relu" if name == "RNN relu" else "tanh", **settings)
    else:
        layer = (nn.LSTM if name == "LSTM" else nn.GRU)(*sizes, **settings)
    layer.train(module.training)
    with torch.no_grad():
        for suffix, _size in module.layers():
            for key, value in stacked(name, module.named(suffix)).items():
                getattr(layer, f"{key}{suffix}").copy_(value)
    return layer


def _cell_of(layer: nn.LSTM | nn.GRU | nn.RNN) -> Cell:
    if isinstance(layer, nn.RNN):
        return catalogue["RNN"] if layer.nonlinearity == "tanh" else RNN_RELU
    return catalogue["LSTM" if isinstance(layer, nn.LSTM) else "GRU reset after"]


def _name_of(module: Recurrent) -> str:
    """The key of `GATES` whose equations the module has."""
    for name in GATES:
        cell = RNN_RELU if name == "RNN relu" else catalogue[name]
        if same_equations(module.cell, cell if module.bias else without_bias(cell)):
            return name
    raise CourseError(
        _("The cell {cell} as a layer of torch.").format(cell=module.cell.name),
        _("torch.nn has no layer with these equations."),
        _("It has those of {names}.").format(names=", ".join(GATES)),
        _("torch's GRU resets after the product: use the cell 'GRU reset after'."),
    )


def _unstacked(cell: Cell, suffix: str, parameters: Mapping[str, Tensor], H: int) -> dict[str, Tensor]:
    """Our parameters of one layer and direction, from torch's."""
    found: dict[str, Tensor] = {}
    for k, gate in enumerate(GATES[cell.name]):
        block = {key: parameters[f"{key}{suffix}"][k * H : (k + 1) * H] for key in _keys(suffix, parameters)}
        found[f"W_{gate}"], found[f"U_{gate}"] = block["weight_ih"], block["weight_hh"]
        if "bias_ih" in block and _has_two(cell.name, gate):
            found[f"b_{gate}"], found["b_u"] = block["bias_ih"], block["bias_hh"]
        elif "bias_ih" in block:
            found[f"b_{gate}"] = block["bias_ih"] + block["bias_hh"]
    return found


def stacked(name: str, named: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """torch's parameters of one layer and direction, from ours."""
    gates = GATES[name]
    stacks = {
        "weight_ih": torch.cat([named[f"W_{gate}"] for gate in gates]),
        "weight_hh": torch.cat([named[f"U_{gate}"] for gate in gates]),
    }
    if f"b_{gates[0]}" in named:
        stacks["bias_ih"] = torch.cat([named[f"b_{gate}"] for gate in gates])
        zeros = torch.zeros_like(named[f"b_{gates[0]}"])
        stacks["bias_hh"] = torch.cat([named["b_u"] if _has_two(name, gate) else zeros for gate in gates])
    return stacks


def _has_two(name: str, gate: str) -> bool:
    """Whether torch's two biases of a gate do different things."""
    return name == "GRU reset after" and gate == "h"


def _keys(suffix: str, parameters: Mapping[str, Tensor]) -> list[str]:
    return [k for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh") if f"{k}{suffix}" in parameters]
