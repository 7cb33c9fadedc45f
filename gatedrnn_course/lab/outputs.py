"""The outputs of a learner's function by name, read as `check` reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.convert import NotAValue, from_function, still
from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.judging.forms import another_form, outputs_of, read_outputs
from gatedrnn_course.text import _

__all__ = ["outputs_by_name"]


def outputs_by_name(
    function: Callable[..., Any], item: Item, args: Sequence[Any], asked: str, any_shape: bool = False
) -> dict[str, Any]:
    """Call a function of an exercise and read what it hands back.

    Args:
        function: The learner's function.
        item: What the exercise asks for.
        args: Its arguments.
        asked: What is being done, for the message where it cannot be.
        any_shape: Whether they may have other shapes than the right ones.

    Returns:
        Arrays in float64 by the names of the outputs.

    Raises:
        CourseError: If they cannot be read or have other shapes.
    """
    do = _("check({name}) says more.").format(name=item.name)
    try:
        value = from_function(function(*args))
    except NotAValue as error:
        came = _("`{name}` returns a {kind}, which is no array of numbers.").format(name=item.name, kind=error)
        raise CourseError(asked, came, "", do) from error
    right = item.reference(*map(still, args))
    rows, wanted = read_outputs(value, right, item.outputs), outputs_of(right, item.outputs) or ()
    if rows is None:
        raise CourseError(asked, str(another_form(item.name, value, right, item.outputs)), "", do)
    for name, row, array in zip(item.outputs, rows, wanted, strict=True):
        if row.shape != array.shape and not any_shape:
            words = _("`{output}` of `{name}` has shape {came}, expected is {wanted}.")
            came = words.format(output=name, name=item.name, came=row.shape, wanted=array.shape)
            raise CourseError(asked, came, "", do)
    return {name: np.asarray(row, dtype=np.float64) for name, row in zip(item.outputs, rows, strict=True)}
