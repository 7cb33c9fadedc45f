"""`compare_with_torch(...)`: the learner's LSTM, forwards and backwards, beside torch.nn.LSTM."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from gatedrnn_course.cells import Params, catalogue, draw_params
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.blank import is_blank
from gatedrnn_course.lab.backward import run_and_keep
from gatedrnn_course.lab.device import best_device, device_name
from gatedrnn_course.lab.example import named
from gatedrnn_course.lab.outputs import outputs_by_name
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.show import show
from gatedrnn_course.lab.table import Table
from gatedrnn_course.text import _

__all__ = ["CLOSE", "SIZES", "compare_with_torch", "why_nothing_compares"]

LSTM = catalogue["LSTM"]
SIZES = ((3, 2, 4, 5), (8, 5, 1, 3), (20, 3, 7, 6))
"""T, B, D and H of each comparison."""
CLOSE = 1e-10
"""What two computations in float64 may differ by."""

Function = Callable[..., Any]
Numbers = dict[str, Any]


def compare_with_torch(forward: Function, backward: Function, layout: Function, device: str | None = None) -> None:
    """Run a learner's LSTM and torch's on the same numbers, and show how far apart they are.

    States, outputs and all gradients are compared, in float64, for a few sizes, with states before the first step that
    are not zero; on the CPU and, where there is one, on a CUDA device. The loss is a sum of all hidden states, each
    with a weight of its own.

    Args:
        forward: `lstm_forward(xs, h_0, c_0, p) -> (hs, cs)`.
        backward: `lstm_backward(saved, d_hs, p)`, gradients by name.
        layout: `to_torch_layout(p)`, arrays by torch's names.
        device: The one torch device to run torch's LSTM on.
    """
    functions = {"lstm_forward": forward, "lstm_backward": backward, "to_torch_layout": layout}
    if (why := why_nothing_compares(functions)) is not None:
        show(why)
        return
    try:
        for place in [device] if device else dict.fromkeys(("cpu", best_device())):
            if place.startswith("mps"):  # knows no float64
                continue
            show(_compared(functions, place))
    except CourseError as error:
        show(Panel("note", error.asked, tuple(filter(None, (error.came, error.expected, error.do)))))


def why_nothing_compares(functions: Mapping[str, Function]) -> Panel | None:
    """Why a learner's functions cannot be put beside torch: one is not written yet, or there is no torch."""
    blank = [f"`{name}`" for name, function in functions.items() if is_blank(function)]
    if blank:
        words = _("Nothing was compared. Still to be written: {names}.")
        return Panel("note", words.format(names=", ".join(blank)))
    if find_spec("torch") is None:
        return Panel("note", _("torch is not installed here, so nothing was compared."))
    return None


def _compared(functions: Mapping[str, Function], device: str) -> Table:
    """The largest differences, a row for each quantity and a column for each choice of sizes."""
    found = [_differences(functions, sizes, device) for sizes in SIZES]
    rows = {name: tuple(f"{column[name]:.0e}" for column in found) for name in found[0]}
    far = [name for name in rows if not max(column[name] for column in found) <= CLOSE]
    where = device_name(device)
    if far:
        title = _("Not the numbers of torch.nn.LSTM on {device}: see {names}.")
        title = title.format(device=where, names=", ".join(far))
    else:
        title = _("The same numbers as torch.nn.LSTM on {device}, to 1e-10.").format(device=where)
    heads = tuple(f"T={T} B={B} D={D} H={H}" for T, B, D, H in SIZES)
    return Table("wrong" if far else "right", title, _("largest difference"), heads, rows)


def _differences(functions: Mapping[str, Function], sizes: Sequence[int], device: str) -> dict[str, float]:
    T, B, D, H = sizes
    rng = np.random.default_rng(sizes)
    xs, d_hs = rng.normal(size=(T, B, D)), rng.normal(size=(T, B, H))
    h_0, c_0 = rng.normal(size=(2, B, H))
    p = draw_params(LSTM, D, H, rng)
    states = _call(functions, "lstm_forward", xs, h_0, c_0, p)
    gradients = _call(functions, "lstm_backward", run_and_keep(LSTM, p, xs, [h_0, c_0]), d_hs, p)
    arrays = _call(functions, "to_torch_layout", p)
    turned = _call(functions, "to_torch_layout", Params({name: gradients[f"d_{name}"] for name in p}))
    theirs = _torch(arrays, xs, h_0, c_0, d_hs, device)
    ours = {
        "hs": states["hs"],
        "cs[-1]": states["cs"][-1],
        **{name: gradients[name] for name in ("d_xs", "d_h_0", "d_c_0")},
        **{f"d_{name}": turned[name] for name in ("weight_ih_l0", "weight_hh_l0")},
        "d_bias_l0": turned["bias_ih_l0"] + turned["bias_hh_l0"],  # the same number reaches both of torch's biases
    }
    return {name: float(np.abs(ours[name] - theirs[name]).max()) for name in ours}


def _call(functions: Mapping[str, Function], name: str, *args: Any) -> Numbers:
    """The outputs of a learner's function by name.

    Raises:
        CourseError: If it raises, or hands back something else.
    """
    asked = _("Nothing was compared.")
    try:
        return outputs_by_name(functions[name], named(name)[1], args, asked)
    except CourseError:
        raise
    except Exception as error:  # any fault of the learner's function
        words = _("`{name}` raises {error}: {message}")
        came = words.format(name=name, error=type(error).__name__, message=str(error)[:300])
        raise CourseError(asked, came, "", _("check({name}) says more.").format(name=name)) from error


def _torch(arrays: Numbers, xs: Any, h_0: Any, c_0: Any, d_hs: Any, device: str) -> Numbers:
    """The same quantities by torch."""
    import torch

    def tensor(array: Any) -> torch.Tensor:
        return torch.from_numpy(np.array(array, dtype=np.float64)).to(device)

    layer = torch.nn.LSTM(xs.shape[-1], h_0.shape[-1], device=device, dtype=torch.float64)
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            parameter.copy_(tensor(arrays[name]))
    starts = [tensor(array).requires_grad_() for array in (xs, h_0[None], c_0[None])]
    outputs, (_h, c) = layer(starts[0], (starts[1], starts[2]))
    names = [name for name, _parameter in layer.named_parameters()]
    wanted = (*starts, *(parameter for _name, parameter in layer.named_parameters()))
    d_xs, d_h_0, d_c_0, *d_parameters = torch.autograd.grad(outputs, wanted, tensor(d_hs))
    gradients = {f"d_{name}": gradient for name, gradient in zip(names, d_parameters, strict=True)}
    found = {"hs": outputs, "cs[-1]": c[0], "d_xs": d_xs, "d_h_0": d_h_0[0], "d_c_0": d_c_0[0], **gradients}
    found |= {"d_bias_l0": gradients["d_bias_ih_l0"]}
    return {name: value.detach().cpu().numpy() for name, value in found.items()}
