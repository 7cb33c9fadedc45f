"""Answers to items that take derivatives back: the equations as a function of plain arrays, and the item around it."""

from __future__ import annotations

from gatedrnn_course.grading.items import BackwardItem, JacobianItem
from gatedrnn_course.grading.prove.styles import STEP_STYLES, Writer
from gatedrnn_course.grading.prove.typed import Style
from gatedrnn_course.text import mark

__all__ = ["BACK_STYLES", "WRAPPED", "wrapped"]

_EINSUM = {"outer": "np.einsum('bi,bj->ij', {left}, {right})"}
_ROWS = {"outer": "sum(np.outer(l, r) for l, r in zip({left}, {right}))"}
_TENSORDOT = {"outer": "np.tensordot({left}, {right}, axes=(0, 0))"}

BACK_STYLES: dict[str, Writer] = {
    **{words: writer for words, writer in STEP_STYLES.items() if words != "plain Python loops over single numbers"},
    mark("outer products by np.einsum"): Style(outer=_EINSUM),
    mark("outer products row by row"): Style(outer=_ROWS),
    mark("outer products by np.tensordot"): Style(outer=_TENSORDOT),
}
"""Styles of equations with outer products."""

WRAPPED: dict[str, str] = {
    mark("a mapping by name"): "return dict(zip({names}, values))",
    mark("a mapping in another order"): "return dict(reversed(list(zip({names}, values))))",
    mark("a tuple in order"): "return tuple(values)",
    mark("in place on own copies"): (
        "back = {{}}\nfor name, value in zip({names}, values):\n    back[name] = 0.0 * np.array(value)\n"
        "    back[name] += np.asarray(value)\nreturn back"
    ),
    mark("float32 comes back"): "return {{name: np.float32(value) for name, value in zip({names}, values)}}",
}
"""Ways to hand the outputs back."""


def wrapped(item: BackwardItem | JacobianItem, step: str, wrap: str) -> str:
    """The function of an item around a function of the inputs of its equations."""
    if isinstance(item, JacobianItem):
        kept = [f"{name}[..., None, :]" for name in item.arguments[:-1]]
        size = f"{item.arguments[0]}.shape[-1]"
        rows = f"np.eye({size}) + 0 * {kept[0]}"
        body = [f"return {step}({', '.join([*kept, rows, 'p'])})"]
    else:
        kept = [f"saved.{name}" for name in item.slice.kept]
        body = [f"values = {step}({', '.join([*kept, *item.arguments[1:]])})"]
        body += wrap.format(names=repr(item.outputs)).split("\n")
    rows = "\n".join(f"    {row}" for row in body)
    return f"\nimport numpy as np\n\ndef {item.signature()}:\n{rows}\n"
