"""`compare_gru_with_torch(...)`: both forms of the learner's GRU beside torch.nn.GRU."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gatedrnn_course.cells import Params
from gatedrnn_course.grading.units.gru_from_torch import ARRAYS, NAMES
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.parity import CLOSE, SIZES, why_nothing_compares
from gatedrnn_course.lab.show import show
from gatedrnn_course.lab.table import Table
from gatedrnn_course.text import _

__all__ = ["compare_gru_with_torch"]

FAR = 1e-3
"""What the two forms differ by, at least, on random numbers."""

Function = Callable[..., Any]


def compare_gru_with_torch(before: Function, after: Function, from_torch: Function) -> None:
    """Run both steps of the learner with torch's parameters over sequences, and show how far they are from torch.

    Args:
        before: `gru_step(x, h_prev, p)`, the reset before the product.
        after: `gru_step_reset_after(x, h_prev, p)`.
        from_torch: `from_torch_gru(p)`, torch's parameters in our names.
    """
    functions = {"gru_step": before, "gru_step_reset_after": after, "from_torch_gru": from_torch}
    if (why := why_nothing_compares(functions)) is not None:
        show(why)
        return
    rows: dict[str, list[float]] = {"gru_step_reset_after": [], "gru_step": []}
    for sizes in SIZES:
        arrays, xs, h_0, theirs = _torch(*sizes)
        try:
            p = _named(from_torch(Params(arrays)))
            for name, differences in rows.items():
                ours = np.stack(_states(functions[name], xs, h_0, p))
                differences.append(float(np.abs(ours - theirs).max()))
        except Exception:  # whatever a learner's function raises
            words = _("Nothing was compared: one of the functions raises an error. Their checks say more.")
            show(Panel("note", words))
            return
    show(_table(rows))


def _table(rows: Mapping[str, list[float]]) -> Table:
    same = [name for name, differences in rows.items() if max(differences) <= CLOSE]
    apart = min(rows["gru_step"]) >= FAR
    if same == ["gru_step_reset_after"] and apart:
        kind, title = (
            "right",
            _("The reset after the product is torch's GRU, to 1e-10. The other form is another cell."),
        )
    else:
        kind = "wrong"
        title = _("Expected is: gru_step_reset_after within 1e-10 of torch, and gru_step far from it.")
    heads = tuple(f"T={T} B={B} D={D} H={H}" for T, B, D, H in SIZES)
    cells = {name: tuple(f"{number:.0e}" for number in differences) for name, differences in rows.items()}
    return Table(kind, title, _("largest difference from torch.nn.GRU"), heads, cells)


def _named(value: Any) -> Params:
    """What the learner's function handed back as parameters: a mapping, or all in the order of the exercise."""
    if not isinstance(value, Mapping):
        value = dict(zip(NAMES, value, strict=True))
    return Params({name: np.asarray(value[name]) for name in NAMES})


def _states(step: Function, xs: Any, h_0: Any, p: Params) -> list[Any]:
    states = [h_0]
    for x in xs:
        states.append(np.asarray(step(x, states[-1], p)))
    return states[1:]


def _torch(T: int, B: int, D: int, H: int) -> tuple[dict[str, Any], Any, Any, Any]:
    """torch's arrays, inputs, first state and all states, in float64."""
    import torch

    rng = np.random.default_rng((T, B, D, H))
    shapes = (3 * H, D), (3 * H, H), (3 * H,), (3 * H,)
    arrays = {name: rng.normal(size=shape) for name, shape in zip(ARRAYS, shapes, strict=True)}
    xs, h_0 = rng.normal(size=(T, B, D)), rng.normal(size=(B, H))
    layer = torch.nn.GRU(D, H, dtype=torch.float64)
    with torch.no_grad():
        for name, array in arrays.items():
            getattr(layer, name).copy_(torch.from_numpy(array))
        outputs, _last = layer(torch.from_numpy(xs), torch.from_numpy(h_0)[None])
    return arrays, xs, h_0, outputs.numpy()
