"""`run_on_device(lstm_step)`: the learner's function as a torch computation on the best device of this machine."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from gatedrnn_course.cells import Params, Slice, whole_step
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.blank import is_blank
from gatedrnn_course.grading.items import DrivenItem, Item, SequenceItem
from gatedrnn_course.grading.items.item import as_argument
from gatedrnn_course.grading.running.bound import name_of, namespace_of
from gatedrnn_course.grading.units import is_asked_for
from gatedrnn_course.lab import passed
from gatedrnn_course.lab.cells import names_here
from gatedrnn_course.lab.device_layer import compare_layer
from gatedrnn_course.lab.earlier import is_handed_out
from gatedrnn_course.lab.example import named
from gatedrnn_course.lab.outputs import outputs_by_name
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.show import show
from gatedrnn_course.text import _, n_

__all__ = ["run_on_device"]

Again = Callable[[Any], Any]
"""Makes of an output what the next call takes: an array, or a tensor on the device."""
Run = Callable[[Callable[..., Any], Item, Sequence[Any], Again], list[Any]]

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
    name = name_of(function, (names_here(), namespace_of(function)), is_asked_for)
    if is_blank(function):
        show(Panel("note", _("`{name}` is not written yet, so nothing ran.").format(name=name)))
        return
    if find_spec("torch") is None:
        words = _("torch is not installed here, so `{name}` ran on no device.").format(name=name)
        show(Panel("note", words, (_("Your NumPy function is not affected."),)))
        return
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # of the libraries: a learner has no use for them here
            item, where = named(name)[1], device or best_device()
            layer = isinstance(item, DrivenItem) and bool(item.base)
            panel = compare_layer(function, item, where) if layer else _compare(function, item, where)
        show(panel)
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
    run = _steps if _is_step(item) else _once
    count = STEPS if run is _steps else len(args[0]) if isinstance(item, SequenceItem) else 1
    try:
        ours = _on_cpu(run, function, item, args)
    except CourseError:
        raise
    except Exception as error:  # any fault of the learner's function; check() explains it
        do = _("check({name}) says more.").format(name=item.name)
        raise _failed(item, error, _("With NumPy arrays"), do) from error
    try:
        to_device = partial(_tensors, device=device, precision=precision)
        theirs = run(function, item, [to_device(argument) for argument in args], to_device)
    except CourseError:
        raise
    except Exception as error:
        do = _(
            "Functions such as np.tanh take NumPy arrays only. `sigmoid`, `tanh` and `stack` of gatedrnn_course "
            "take both."
        )
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
    if passed.holds(item.name, function) or is_handed_out(function):  # `earlier` hands out right functions only
        return Panel("right", title, (said, same))
    unsure = _("Its check has not passed yet: both may be wrong in the same way.")
    return Panel("note", title, (said, same, unsure))


def _on_cpu(run: Run, function: Callable[..., Any], item: Item, args: Sequence[Any]) -> list[Any]:
    """The numbers of a function on NumPy arrays, or, where it was written for torch only, on tensors in main memory."""
    to_cpu = partial(_tensors, device="cpu", precision="float64")
    try:
        return run(function, item, [as_argument(argument) for argument in args], np.asarray)
    except CourseError:
        raise
    except Exception:
        try:
            return run(function, item, [to_cpu(argument) for argument in args], to_cpu)
        except Exception:  # the first exception is the one to tell
            pass
        raise


def _is_step(item: Item) -> bool:
    """Whether the function takes the states of one step and gives those of the next."""
    part = getattr(item, "slice", None)
    return isinstance(part, Slice) and item.arguments[:-1] == part.inputs and part == whole_step(part.cell)


def _steps(function: Callable[..., Any], item: Item, args: Sequence[Any], again: Again) -> list[Any]:
    """A few steps, each from the states of the step before; the input changes its sign at each."""
    x, *state, p = args
    outputs: list[Any] = []
    for _step in range(STEPS):
        numbers = _once(function, item, [x, *state, p], again)
        outputs += numbers
        state = [again(number) for number in numbers]
        x = -x
    return outputs


def _once(function: Callable[..., Any], item: Item, args: Sequence[Any], _again: Again) -> list[Any]:
    """The outputs of one call, read as `check` reads them.

    Raises:
        CourseError: If they cannot be read.
    """
    asked = _("`{name}` did not run on the device").format(name=item.name)
    return [*outputs_by_name(function, item, args, asked, any_shape=True).values()]


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
