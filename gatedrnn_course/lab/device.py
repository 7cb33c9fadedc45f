"""`run_on_device(lstm_step)`: the learner's function as a torch computation on the best device of this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from gatedrnn_course.cells import Params, Slice, whole_step
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.blank import is_blank
from gatedrnn_course.grading.exchange.convert import from_function
from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.items.item import as_argument
from gatedrnn_course.lab import passed
from gatedrnn_course.lab.example import named
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.show import show
from gatedrnn_course.text import _, n_

__all__ = ["run_on_device"]

STEPS = 5
CLOSE = {"float64": 1e-9, "float32": 1e-4}
"""Agreement of two computations in another order, over a few steps."""


def run_on_device(function: Callable[..., Any], device: str | None = None) -> None:
    """Run a function of an exercise with torch tensors on the best device, and compare with its NumPy numbers.

    A step of a cell runs over a few time steps, on its own states. What it prints names the device, so the notebook's
    author tags the cell `nbval-ignore-output`.

    Args:
        function: The learner's function.
        device: A torch device such as `"cpu"`; the best one where left out: cuda, then mps, then cpu.
    """
    name = getattr(function, "__name__", "?")
    if is_blank(function):
        show(Panel("note", _("`{name}` is not written yet, so nothing ran.").format(name=name)))
        return
    if find_spec("torch") is None:
        words = _("torch is not installed here, so `{name}` ran on no device.").format(name=name)
        show(Panel("note", words, (_("Your NumPy function is not affected."),)))
        return
    try:
        show(_compare(function, named(name)[1], device or best_device()))
    except CourseError as error:
        show(Panel("note", error.asked, tuple(filter(None, (error.came, error.expected, error.do)))))


def best_device() -> str:
    """The fastest kind of device torch finds: cuda, mps or cpu."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def device_name(device: str) -> str:
    """A device in words: "cuda (NVIDIA H100)", "cpu"."""
    import torch

    kind = torch.device(device).type
    return f"{device} ({torch.cuda.get_device_name(device)})" if kind == "cuda" else device


def _compare(function: Callable[..., Any], item: Item, device: str) -> Panel:
    precision = "float32" if device.startswith("mps") else "float64"
    args = item.example()
    run, count = (_steps, STEPS) if _is_step(item) else (_once, 1)
    try:
        ours = _on_cpu(run, function, args)
    except Exception as error:  # any fault of the learner's function; check() explains it
        do = _("check({name}) says more.").format(name=item.name)
        raise _failed(item, error, _("With NumPy arrays"), do) from error
    try:
        theirs = run(function, [_tensors(argument, device, precision) for argument in args])
    except Exception as error:
        do = _("Functions such as np.tanh take NumPy arrays only. `sigmoid` and `tanh` of gatedrnn_course take both.")
        raise _failed(item, error, _("With torch tensors on {device}").format(device=device), do) from error
    difference = max(float(np.abs(a - b).max()) for a, b in zip(ours, theirs, strict=True))
    steps = n_("{count} step", "{count} steps", count).format(count=count)
    title = _("`{name}` ran on {device}: {steps} with torch tensors").format(
        name=item.name, device=device_name(device), steps=steps
    )
    words = _("The largest difference from your NumPy numbers is {difference:.1e}, in {precision}.")
    said = words.format(difference=difference, precision=precision)
    if difference > CLOSE[precision]:
        other = _("These are other numbers: the function treats arrays and tensors differently.")
        return Panel("note", title, (said, other))
    same = _("These are the same numbers.")
    if passed.holds(item.name, function):
        return Panel("right", title, (said, same))
    unsure = _("Its check has not passed yet: both may be wrong in the same way.")
    return Panel("note", title, (said, same, unsure))


def _on_cpu(run: Callable[..., list[Any]], function: Callable[..., Any], args: Sequence[Any]) -> list[Any]:
    """The numbers of a function on NumPy arrays, or, where it was written for torch only, on tensors in main memory."""
    try:
        return run(function, [as_argument(argument) for argument in args])
    except Exception:
        try:
            return run(function, [_tensors(argument, "cpu", "float64") for argument in args])
        except Exception:  # the first exception is the one to tell
            pass
        raise


def _is_step(item: Item) -> bool:
    """Whether the function takes the states of one step and gives those of the next."""
    part = getattr(item, "slice", None)
    return isinstance(part, Slice) and item.arguments[:-1] == part.inputs and part == whole_step(part.cell)


def _steps(function: Callable[..., Any], args: Sequence[Any]) -> list[Any]:
    """A few steps, each from the states of the step before; the input changes its sign at each."""
    x, *state, p = args
    outputs: list[Any] = []
    for _step in range(STEPS):
        value = function(x, *state, p)
        state = list(value) if isinstance(value, tuple) else [value]
        outputs += state
        x = -x
    return [_array(output) for output in outputs]


def _once(function: Callable[..., Any], args: Sequence[Any]) -> list[Any]:
    value = function(*args)
    values = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else (value,)
    return [_array(part) for part in values]


def _array(value: Any) -> Any:
    return np.asarray(from_function(value), dtype=np.float64)


def _tensors(argument: Any, device: str, precision: str) -> Any:
    """An argument as tensors on a device."""
    import torch

    if isinstance(argument, Mapping):
        return Params({name: _tensors(array, device, precision) for name, array in argument.items()})
    return torch.from_numpy(np.array(argument)).to(device=device, dtype=getattr(torch, precision))


def _failed(item: Item, error: Exception, where: str, do: str) -> CourseError:
    words = _("{where} it raises {error}: {message}")
    came = words.format(where=where, error=type(error).__name__, message=str(error)[:300])
    return CourseError(_("`{name}` did not run on the device").format(name=item.name), came, "", do)
