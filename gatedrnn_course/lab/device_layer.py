"""A learner's class of layers on the best device of this machine, beside the same layer on the CPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.drivers import Unfit
from gatedrnn_course.grading.exchange.drivers.modules import as_tensors, built
from gatedrnn_course.grading.exchange.drivers.recurrent import outputs_of
from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.items.driven_faults import course_error
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.text import _

__all__ = ["compare_layer"]

CLOSE = 1e-4
"""Agreement of two float32 computations in another order, over a few steps."""


def compare_layer(cls: Callable[..., Any], item: Item, device: str) -> Panel:
    """Run a layer on the CPU and on a device, with the same parameters and inputs, in float32.

    Args:
        cls: The learner's class.
        item: The item that asks for it.
        device: A torch device.

    Returns:
        What is said of it.

    Raises:
        CourseError: If the layer cannot be run.
    """
    from gatedrnn_course.lab.device import device_name

    sizes, parameters, inputs, weights = item.draws(np.random.default_rng(0))[0].args
    numbers: list[list[Any]] = []
    for where in ("cpu", device):
        try:
            layer = built(cls, sizes, parameters).float().to(where)  # type: ignore[arg-type]
            given = {name: tensor.float().to(where) for name, tensor in as_tensors(inputs).items()}  # type: ignore[arg-type]
            outputs = outputs_of(layer, given, tuple(weights))
            numbers.append([tensor.detach().cpu().numpy() for tensor in outputs.values()])
        except Unfit as unfit:
            raise course_error(item.name, unfit.told) from unfit
        except Exception as error:  # any fault of the learner's class; check() explains it
            words = _("On {device} it raises {error}: {message}")
            came = words.format(device=where, error=type(error).__name__, message=str(error)[:300])
            do = _("check({name}) says more.").format(name=item.name)
            raise CourseError(_("`{name}` did not run on the device").format(name=item.name), came, "", do) from error
    difference = max(float(np.abs(a - b).max()) for a, b in zip(*numbers, strict=True))
    title = _("`{name}` ran on {device}").format(name=item.name, device=device_name(device))
    said = _("The largest difference from its numbers on the CPU is {difference:.1e}, in float32.").format(
        difference=difference
    )
    if difference > CLOSE:
        return Panel("note", title, (said, _("These are other numbers: does it treat devices differently?")))
    return Panel("right", title, (said, _("These are the same numbers.")))
