"""What an exception says, in a learner's terms: sizes that do not fit, a name for a parameter, math for NumPy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.cells.expr import names
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.grading.exchange.values import Problem
from gatedrnn_course.grading.items import Draw, Item
from gatedrnn_course.grading.items.jacobian_item import NP_DIAG
from gatedrnn_course.text import _, mark

__all__ = ["about_tensors", "named_error", "sizes_in_words"]

_PRODUCT = re.compile(r"\(size (\d+) is different from (\d+)\)|shapes cannot be multiplied \(\d+x(\d+) and (\d+)x\d+\)")
_ALIGNED = re.compile(r"shapes (\([\d,]*\)) and (\([\d,]*\)) not aligned: (\d+) \(dim \d+\) != (\d+)")
_BROADCAST = re.compile(r"operands could not be broadcast together with shapes (\([\d, ]*\)) (\([\d, ]*\))")
_TENSORS = re.compile(r"The size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)")
_NAME = re.compile(r"name '(\w+)' is not defined")
_PARAMETER = re.compile(r"p has no (\w+)|'Params' object has no attribute '(\w+)'|^'(\w+)'$")
_COUNT = re.compile(r"takes (?:from \d+ to )?(\d+) positional arguments? but (\d+) (?:was|were) given")
_UNBOUND = re.compile(r"local variable '(\w+)'")
_ATTRIBUTE = re.compile(r"object has no attribute '(\w+)'")
_BUFFER = re.compile(r"could not broadcast input array from shape (\([\d, ]*\)) into shape (\([\d, ]*\))")
_BY_NAME = re.compile(r"""\bp\[["'](\w+)["']\]""")
_NUMBERS = ("can be converted to Python scalars", "must be real number, not", "only integer scalar arrays")
MODULES = {"np": "import numpy as np", "numpy": "import numpy", "torch": "import torch", "math": "import math"}


def sizes_in_words(message: str) -> str:
    """What NumPy or torch says of sizes that do not fit, in plain words; empty for any other message."""
    if found := _PRODUCT.search(message):
        a, b = (size for size in found.groups() if size)
        return _("the sizes do not fit: a product @ needs {a} and {b} to be equal.").format(a=b, b=a)
    if found := _ALIGNED.search(message):
        return _("the sizes do not fit: np.dot needs {a} and {b} to be equal.").format(a=found[3], b=found[4])
    if found := _BROADCAST.search(message):
        a, b = (shape.replace(",", ", ").replace(", )", ",)") for shape in found.groups())
        words = _(
            "the shapes {a} and {b} do not fit: + and * go from the last size to the first, and each must be equal or "
            "1, as in (B, H) and (H,)."
        )
        return words.format(a=a, b=b)
    if found := _TENSORS.search(message):
        return _("the sizes do not fit: + and * need {a} and {b} to be equal.").format(a=found[1], b=found[2])
    return ""


def about_tensors(message: str) -> bool:
    """Whether an exception comes of NumPy arrays where the code was written for tensors."""
    return "Tensor" in message or "'numpy.ndarray' object has no attribute" in message or "torch" in message


def named_error(item: Item, draw: Draw, problem: Problem) -> Words | None:
    """The slip behind an exception, where its text says it for certain.

    Args:
        item: The item.
        draw: The inputs of the call that raised.
        problem: What it raised.
    """
    message = problem.message
    if (own := item.named(problem)) is not None:
        return own
    if problem.type == "NameError" and (found := _NAME.search(message)):
        return _unknown_name(item, draw, found[1])
    if problem.type == "UnboundLocalError" and (found := _UNBOUND.search(message)):
        return _no_value_yet(found[1], problem.line)
    asked = {"AttributeError": _ATTRIBUTE.search(message), "IndexError": _BY_NAME.search(problem.line)}
    if (found := asked.get(problem.type)) and found[1] in _parameters(draw) and "Params" not in message:
        return _no_parameters_any_more(found[1])
    if problem.type == "TypeError" and message.endswith("object is not callable"):
        words = mark(
            "Something that is no function is called there. Does a variable have the name of a function, or is `*` "
            "missing before a parenthesis?"
        )
        return Words(words)
    if found := _BUFFER.search(message):
        return _buffer(*found.groups())
    if problem.type == "KeyError" and message.isdigit():
        known = ", ".join(f"p.{name}" for name in list(_parameters(draw))[:2])
        return Words(mark("`p` holds its arrays by name, not by number: {known}, and so on."), {"known": known})
    if problem.type in ("AttributeError", "KeyError") and (found := _PARAMETER.search(message)):
        return _unknown_parameter(item, draw, next(name for name in found.groups() if name))
    if problem.type in ("TypeError", "ValueError") and any(words in message for words in _NUMBERS):
        if "math." in problem.line:
            return Words(mark("`math` takes one number at a time; `np.exp` and `np.tanh` take whole arrays."))
        return Words(
            mark("An array stands where one number belongs, as in `math.exp(a)` or `float(a)`: use `np.exp(a)`.")
        )
    if "truth value of an array" in message:
        words = mark(
            "`max`, `min`, `if` and `and` look at one number. For whole arrays there are `np.maximum(a, 0)`, "
            "`np.minimum` and `np.where`."
        )
        return Words(words)
    if "np.diag(" in problem.line:
        return Words(NP_DIAG)
    if problem.type == "TypeError" and (found := _COUNT.search(message)) and f"{item.name}()" in message:
        words = mark("The function takes {own} arguments; it is called with {count}: {wanted}.")
        wanted = ", ".join(item.arguments)
        return Words(words, {"own": found[1], "count": found[2], "wanted": wanted})
    if problem.type == "TypeError" and "'NoneType'" in message:
        return Words(mark("A value is None there. Does a function you call return nothing, or is it not written yet?"))
    if (found := _BROADCAST.search(message)) and any(shape.endswith(",1)") for shape in found.groups()):
        column, row = sorted(found.groups(), key=lambda shape: not shape.endswith(",1)"))
        words = mark(
            "A column of shape {column} meets rows of shape {row}. A bias (H,) is added as it is, without `[:, None]`."
        )
        return Words(words, {"column": column.replace(",", ", "), "row": row.replace(",", ", ")})
    if problem.type == "ValueError" and "Improper number of dimensions to norm" in message:
        return Words(
            mark(
                "For a batch of matrices np.linalg.norm needs `axis=(-2, -1)`: then it takes the norm of each of them."
            )
        )
    if problem.type == "RecursionError":
        return Words(mark("The function calls itself without end. Does a helper have the same name?"))
    return None


def _no_value_yet(name: str, line: str) -> Words:
    """A local name that is read before it has a value."""
    if re.search(rf"\b{name}\(", line):
        words = mark(
            "Inside the function `{name}` is a variable, because a line gives it a value, so the function `{name}` "
            "cannot be called there. Give the variable another name."
        )
    else:
        words = mark(
            "`{name}` is used before a line gives it a value. Is that line further down, or inside an `if` or a loop "
            "that did not run?"
        )
    return Words(words, {"name": name})


def _no_parameters_any_more(name: str) -> Words:
    """The name of the parameters given to something else, as in `for p in ...`."""
    words = mark(
        "`p` does not hold the parameters any more where `{name}` is taken from it: a line or a loop gives the name "
        "`p` to something else."
    )
    return Words(words, {"name": name})


def _buffer(came: str, room: str) -> Words:
    """Values that do not fit the array they are written into."""
    words = mark(
        "An array of shape {came} is written where there is room for {room}. Does the array that collects the results "
        "have the sizes of something else, as with `np.zeros_like` of an input?"
    )
    return Words(words, {"came": _spaced(came), "room": _spaced(room)})


def _spaced(shape: str) -> str:
    return shape.replace(" ", "").replace(",", ", ").replace(", )", ",)")


def _own_parameters(item: Item) -> list[str]:
    """The parameters that the item's own lines use."""
    lines = item.slice.lines if hasattr(item, "slice") else ()
    return [name for line in lines for name in names(line.expr) if is_parameter(name)]


def _parameters(draw: Draw) -> Iterator[str]:
    for argument in draw.args:
        if isinstance(argument, Mapping):
            yield from argument


def _unknown_name(item: Item, draw: Draw, name: str) -> Words | None:
    parameters = list(_parameters(draw))
    if name in parameters:
        return Words(mark("`{name}` is no name by itself: it is a parameter, `p.{name}`."), {"name": name})
    if name in MODULES:
        words = mark("`{name}` is not imported: run a cell with `{how}` first.")
        return Words(words, {"name": name, "how": MODULES[name]})
    lines = [line.name for line in item.slice.cell.lines] if hasattr(item, "slice") else []
    candidates = [*item.arguments, *lines, *(_own_parameters(item) or parameters)]
    near = get_close_matches(name, candidates, 1, 0.5) or get_close_matches(f"{name}_", candidates, 1, 0.5)
    if near:
        shown = f"p.{near[0]}" if near[0] in parameters else near[0]
        words = mark("There is no name `{name}`. Is `{near}` meant? The arguments are {wanted}.")
        return Words(words, {"name": name, "near": shown, "wanted": ", ".join(item.arguments)})
    return None


def _unknown_parameter(item: Item, draw: Draw, name: str) -> Words | None:
    parameters = list(_parameters(draw))
    if not parameters or name in parameters:
        return None
    near = get_close_matches(name, _own_parameters(item), 1, 0.3) or get_close_matches(name, parameters, 1, 0.3)
    words = mark("`p` has no `{name}`. It holds {known}.")
    if near:
        words = mark("`p` has no `{name}`. Is `p.{near}` meant? It holds {known}.")
    return Words(words, {"name": name, "near": near[0] if near else "", "known": ", ".join(parameters)})
