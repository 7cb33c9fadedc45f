"""Parameters both ways between a `Recurrent` and the weights of Keras layers, as NumPy arrays; Keras is not needed.

Keras stands the matrices on their side, `(D, gates * H)`, with the columns LSTM i f c o and GRU z r h. It has one bias;
a GRU with `reset_after=True`, its default, has two rows of it, the second beside h.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import torch

from gatedrnn_course.cells.catalogue import catalogue
from gatedrnn_course.engines.modules.bias import without_bias
from gatedrnn_course.engines.modules.layouts import same_equations
from gatedrnn_course.engines.modules.recurrent import Recurrent
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["from_keras", "load_keras", "to_keras"]

GATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"LSTM": ("i", "f", "c", "o"), "GRU": ("z", "r", "h"), "GRU reset after": ("z", "r", "h"), "RNN": ("h",)}
)
"""Our name of each block of Keras' columns, from left to right."""


def from_keras(cell: str, weights: Sequence[Any], **settings: Any) -> Recurrent:
    """A layer of Keras as a `Recurrent` with the same results.

    Args:
        cell: `"LSTM"`, `"RNN"` for SimpleRNN, `"GRU reset after"` for a GRU as by default, `"GRU"` with
            `reset_after=False`.
        weights: What `layer.get_weights()` gives: kernel `(D, gates * H)`, recurrent kernel `(H, gates * H)`, bias.
        settings: More arguments of `Recurrent`, such as `batch_first=True`, which is Keras' order of axes.

    Returns:
        A module of one layer, of the weights' type.
    """
    if cell not in GATES:
        raise _refused(cell)
    arrays = [np.asarray(array) for array in weights]
    D, H = arrays[0].shape[0], arrays[1].shape[0]
    dtype = torch.from_numpy(arrays[0]).dtype
    module = Recurrent(cell, D, H, **{"bias": len(arrays) == 3, "dtype": dtype, **settings})
    load_keras(module, arrays)
    return module


def load_keras(module: Recurrent, weights: Sequence[Any], suffix: str = "_l0") -> None:
    """Copy the weights of a Keras layer into one layer and direction of a module.

    Args:
        module: A module of the cell LSTM, GRU, GRU reset after or RNN.
        weights: What `layer.get_weights()` gives.
        suffix: `"_l0"`, `"_l0_reverse"`, `"_l1"`...

    Raises:
        CourseError: If Keras has no such cell, or the shapes do not fit.
    """
    name, named = _name_of(module), module.named(suffix)
    arrays = [torch.as_tensor(np.asarray(array)) for array in weights]
    came = [tuple(array.shape) for array in arrays]
    wanted = [array.shape for array in to_keras(module, suffix)]
    if came != wanted:
        raise CourseError(
            _("The weights of a Keras layer for the cell {cell}.").format(cell=name),
            _("Their shapes are {came}.").format(came=came),
            _("They are {wanted}.").format(wanted=wanted),
            _("Give layer.get_weights(); for a GRU check reset_after."),
        )
    H, gates = module.hidden_size, GATES[name]
    with torch.no_grad():
        for k, gate in enumerate(gates):
            columns = slice(k * H, (k + 1) * H)
            named[f"W_{gate}"].copy_(arrays[0][:, columns].T)
            named[f"U_{gate}"].copy_(arrays[1][:, columns].T)
            if module.bias and name == "GRU reset after" and gate == "h":
                named["b_h"].copy_(arrays[2][0, columns])
                named["b_u"].copy_(arrays[2][1, columns])
            elif module.bias:
                named[f"b_{gate}"].copy_(arrays[2].reshape(-1, len(gates) * H).sum(0)[columns])


def to_keras(module: Recurrent, suffix: str = "_l0") -> list[Any]:
    """One layer and direction of a module as the weights of a Keras layer.

    Args:
        module: A module of the cell LSTM, GRU, GRU reset after or RNN.
        suffix: `"_l0"`, `"_l0_reverse"`, `"_l1"`...

    Returns:
        Arrays for `layer.set_weights`: kernel, recurrent kernel, bias where there is one.

    Raises:
        CourseError: If Keras has no such cell.
    """
    name = _name_of(module)
    named = {key: value.detach().cpu().numpy() for key, value in module.named(suffix).items()}
    gates = GATES[name]
    kernels = [np.concatenate([named[f"{kind}_{gate}"] for gate in gates]).T for kind in "WU"]
    if not module.bias:
        return kernels
    bias = np.concatenate([named[f"b_{gate}"] for gate in gates])
    if name == "GRU reset after":
        second = np.zeros_like(bias)
        second[2 * module.hidden_size :] = named["b_u"]
        bias = np.stack([bias, second])
    return [*kernels, bias]


def _name_of(module: Recurrent) -> str:
    for name in GATES:
        if same_equations(module.cell, catalogue[name] if module.bias else without_bias(catalogue[name])):
            return name
    raise _refused(module.cell.name)


def _refused(name: str) -> CourseError:
    return CourseError(
        _("The cell {cell} as a layer of Keras.").format(cell=name),
        _("Keras has no layer with these equations."),
        _("It has those of {names}.").format(names=", ".join(GATES)),
        _("Use one of these cells."),
    )
