"""Drives a layer on a device that holds no numbers: tensors made on the CPU show, on a machine without a GPU too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .modules import as_tensors, built
from .recurrent import outputs_of

__all__ = ["run"]

Arrays = Mapping[str, Any]
ELSEWHERE = "meta"
"""torch's device of tensors that have a shape and no numbers. What meets them must be there as well, as on a GPU."""


def run(cls: Callable[..., Any], sizes: Any, parameters: Arrays, inputs: Arrays, weights: Arrays) -> dict[str, str]:
    """Which operations make tensors on the CPU while all of a layer is elsewhere.

    Args: see `recurrent.run`.

    Returns:
        `made`: names of the operations, as in "zeros, arange"; `left`: the error of a tensor that stayed behind.
    """
    layer = built(cls, sizes, parameters).to(ELSEWHERE)
    given = {name: tensor.to(ELSEWHERE) for name, tensor in as_tensors(inputs).items()}
    made, left = _Made(), ""
    try:
        with made.mode():
            outputs_of(layer, given, tuple(weights))
    except Exception as error:  # what needs numbers cannot run here, and need not
        left = str(error)[:200] if "expected device" in str(error) or "same device" in str(error) else ""
    return {"made": ", ".join(made.names), "left": left}


class _Made:
    """Operations that give a tensor on the CPU. One without axes is a number, which may meet tensors anywhere."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def mode(self) -> Any:
        """A context in which every operation is looked at."""
        from torch import Tensor
        from torch.utils._python_dispatch import TorchDispatchMode

        class Looking(TorchDispatchMode):  # type: ignore[no-untyped-call]
            def __torch_dispatch__(mode, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
                value = func(*args, **(kwargs or {}))
                name = func.__name__.partition(".")[0]
                if isinstance(value, Tensor) and value.device.type == "cpu" and value.ndim and name not in self.names:
                    self.names.append(name)
                return value

        return Looking()  # type: ignore[no-untyped-call]
