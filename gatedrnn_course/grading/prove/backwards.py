"""Answers to items that take derivatives back: the equations as a function of plain arrays, and the item around it."""

from __future__ import annotations

from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.grading.items import BackwardItem, BackwardSequenceItem, JacobianItem
from gatedrnn_course.grading.prove.styles import STEP_STYLES, Writer
from gatedrnn_course.grading.prove.typed import Style
from gatedrnn_course.text import mark

__all__ = ["BACK_LOOPS", "BACK_STYLES", "WRAPPED", "looped", "wrapped"]

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


BACK_LOOPS: dict[str, str] = {
    mark("gradients added up in a mapping"): (
        "total = {{}}\nd_xs = [None] * len(d_hs)\nfor t in reversed(range(len(d_hs))):\n"
        "    {back}, grads = step(t, {back})\n    d_xs[t] = d_x\n"
        "    for name, one in grads.items():\n        total[name] = total.get(name, 0) + one\n"
        "return {{**total, {start}, 'd_xs': np.stack(d_xs)}}"
    ),
    mark("filled arrays, gradients added in place"): (
        "d_xs = np.zeros(saved.x.shape)\ntotal = {{name: np.zeros(np.shape(p[name[2:]])) for name in {shared}}}\n"
        "for t in range(len(d_hs) - 1, -1, -1):\n    {back}, grads = step(t, {back})\n    d_xs[t] = d_x\n"
        "    for name in total:\n        total[name] += grads[name]\nreturn {{'d_xs': d_xs, {start}, **total}}"
    ),
    mark("lists from the last step to the first, turned round at the end"): (
        "kept = []\nfor t in range(len(d_hs))[::-1]:\n    {back}, grads = step(t, {back})\n"
        "    kept.append((d_x, grads))\nd_xs = np.stack([d_x for d_x, grads in kept[::-1]])\n"
        "total = {{name: sum(grads[name] for d_x, grads in kept) for name in {shared}}}\n"
        "return (d_xs, {states}, *total.values())"
    ),
}
"""Ways to write the loop back through a sequence around a step."""


def looped(item: BackwardSequenceItem, step: str, loop: str) -> str:
    """The function of an item over a sequence around a function of the inputs of its equations."""
    program = item.slice
    states = [f"back_{name}" for name in item.cell.states]
    kept = ", ".join(f"saved.{name}[t]" for name in program.kept)
    given = ", ".join([f"d_hs[t] + {states[0]}", *states[1:], "p"])
    shared = tuple(name for name in item.outputs if is_parameter(name[2:]))
    start = ", ".join(f"'d_{name}_0': back_{name}" for name in item.cell.states)
    filled = loop.format(
        back=", ".join(["d_x", *states]), start=start, shared=repr(shared), states=", ".join(states)
    ).replace("step(t, d_x, ", "step(t, ")
    body = [
        f"def step(t, {', '.join(states)}):",
        f"    d_x, {', '.join(states)}, *rest = {step}({kept}, {given})",
        f"    return d_x, {', '.join(states)}, dict(zip({shared!r}, rest))",
        *(f"{name} = 0 * d_hs[0]" for name in states),
        *filled.split("\n"),
    ]
    rows = "\n".join(f"    {row}" for row in body)
    return f"\nimport numpy as np\n\ndef {item.signature()}:\n{rows}\n"


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
