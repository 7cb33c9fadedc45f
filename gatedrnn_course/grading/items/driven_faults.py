"""What a driver may find of another form, and what torch says of everyday slips: in a learner's terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.drivers import FAULT
from gatedrnn_course.text import _, mark

__all__ = ["ERRORS", "FAULTS", "course_error"]

FAULTS: dict[str, tuple[str, str, str]] = {
    "no module": (
        mark("`{name}` is no nn.Module, but a {type}."),
        mark("A class that derives from it: `class {name}(nn.Module):`."),
        "",
    ),
    "parameters": (
        mark("`{name}` has other parameters than the exercise names."),
        mark("Yours are {came}; expected are {wanted}."),
        mark("A module inside, such as nn.Linear, brings parameters of its own names: make them with nn.Parameter."),
    ),
    "shapes": (
        mark("The parameters of `{name}` have other shapes."),
        mark("Yours are {came}; expected are {wanted}."),
        "",
    ),
    "a tensor": (
        mark("`{about}` is a plain tensor: no optimiser finds it."),
        mark("It must be among model.parameters()."),
        mark("Wrap it: `self.{about} = nn.Parameter(...)`. Does a later line give the name something else?"),
    ),
    "a buffer": (
        mark("`{about}` is a buffer, which is kept and not trained."),
        "",
        mark("Make it a parameter: `self.{about} = nn.Parameter(...)`."),
    ),
    "a list": (
        mark("`{about}` is a list or a dict: what is inside is not registered, so no optimiser finds it."),
        mark("One parameter that holds all row blocks."),
        mark("`self.{about} = nn.Parameter(...)`; where a list is wanted, nn.ParameterList or nn.ModuleList."),
    ),
    "structure": (
        mark("`{name}` hands back another structure."),
        mark("It is {came}; expected is (tensor, (tensor, tensor)): `return hs, (h, c)`."),
        "",
    ),
    "no tensor": (
        mark("`{about}` is no tensor, but a {type}."),
        mark("A tensor through which gradients can go back."),
        "",
    ),
    "count": (
        mark("`{name}` hands back {came} values."),
        mark("Expected: {wanted}."),
        "",
    ),
    "changed": (
        mark("The function changes its argument {names} in place."),
        "",
        mark("Make a new tensor instead, for example with `a = a + b` or torch.where."),
    ),
    "frozen": (
        mark("{names} cannot be trained any more: requires_grad is False afterwards."),
        "",
        mark("Change the numbers inside `with torch.no_grad():`, and leave requires_grad as it is."),
    ),
    "step": (
        mark("`{name}` hands back {came}, not two values."),
        mark("Expected: `return loss, state`."),
        "",
    ),
    "answers": (
        mark("`{name}` hands back one {came}, not outputs and a state."),
        mark("Expected: `return outputs, state`."),
        "",
    ),
    "outputs": (
        mark("`{name}` answers in another shape."),
        mark("It is {came}; expected is {wanted}: steps, sequences, outputs."),
        mark("`hs[-1:]` keeps the axis of the steps, `hs[-1]` does not."),
    ),
    "states": (
        mark("The state that `{name}` hands back is a {came}."),
        mark("Expected is the tuple (h, c), as the model gives it."),
        "",
    ),
}
"""For each kind: what is wrong, what came and what was expected, what to do."""

ERRORS: tuple[tuple[str, str], ...] = (
    (
        r"cannot assign (parameters|module)s? before Module.__init__|no attribute '_parameters'",
        mark("super().__init__() is missing, or comes too late: it must be the first line of __init__."),
    ),
    (
        r'is missing the required "forward" function',
        mark("The class has no method `forward`: a module is called through it, so it must have this very name."),
    ),
    (
        r"modified by an inplace operation|a leaf Variable that requires grad|a view of a leaf Variable",
        mark(
            "A tensor that the backward still needs is written over: `a += b`, `a[t] = b` and methods that end in _ "
            "change it in place. Make a new tensor: `a = a + b`; collect steps in a list and stack them."
        ),
    ),
    (
        r"backward through the graph a second time",
        mark(
            "The graph of an earlier call is still in use: something is kept from call to call, such as a state in "
            "`self`. Begin each call from the state that it is given."
        ),
    ),
    (
        r"call numpy\(\) on Tensor that requires grad",
        mark("NumPy takes no tensor that needs a gradient. Stay in torch: torch.tanh, torch.sigmoid, torch.stack."),
    ),
    (
        r"same dtype|expected scalar type|expected m1 and m2|must have the same dtype|Found dtype",
        mark(
            "A tensor made inside, or in __init__, has another dtype than what it meets: torch.zeros gives float32. "
            "Take dtype and device of the input: `xs.new_zeros(...)`, torch.zeros_like."
        ),
    ),
    (
        r"not compiled with CUDA|No CUDA|Invalid device|CUDA driver",
        mark("A device is written into the answer. Take that of the input: `xs.device`, `xs.new_zeros(...)`."),
    ),
    (
        r"does not require grad and does not have a grad_fn",
        mark(
            "The graph is cut before backward: .detach(), .data, .item(), torch.no_grad() or NumPy lose the gradient."
        ),
    ),
)
"""Texts of exceptions as regular expressions, and the slip each comes of."""


def course_error(name: str, told: Mapping[str, Any]) -> CourseError:
    """The sentences about an answer of another form.

    Args:
        name: Name of the answer.
        told: What the driver told of it.
    """
    texts = {key: value for key, value in told.items() if isinstance(value, str)}
    about = texts.pop("name", name)
    rows = FAULTS.get(texts.get(FAULT, ""), (mark("The answer of `{name}` has another form."), "", ""))
    values = _Told(texts, name=name, about=about)
    asked, expected, do = (_(row).format_map(values) if row else "" for row in rows)
    return CourseError(asked, expected=expected, do=do)


class _Told(dict[str, str]):
    """Texts by name; one that did not come is empty."""

    def __missing__(self, key: str) -> str:
        return ""
