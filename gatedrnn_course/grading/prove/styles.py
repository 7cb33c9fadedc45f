"""Right answers in many styles, derived from the equations once for every item."""

from __future__ import annotations

from collections.abc import Callable

from gatedrnn_course.grading.prove import forms
from gatedrnn_course.grading.prove.typed import Program, Style
from gatedrnn_course.text import mark

__all__ = ["LOOPS", "PLAIN", "STEP_STYLES", "STYLES", "Writer"]

Writer = Callable[[Program], str]
PLAIN = Style()

_BY_TANH = """
import numpy as np
from numpy import tanh

def sigmoid(a):
    return 0.5 * (np.tanh(a / 2) + 1)

def relu(a):
    return a * (a > 0)
"""
_TWO_CASES = """
import numpy as np

def tanh(a):
    return (1 - np.exp(-2 * a)) / (1 + np.exp(-2 * a))

def sigmoid(a):
    small = np.exp(-np.abs(a))
    return np.where(a >= 0, 1 / (1 + small), small / (1 + small))

def relu(a):
    return np.where(a > 0, a, 0.0)
"""
_TORCH = """
import torch
from torch import relu, sigmoid, tanh
"""

STYLES: dict[str, Writer] = {
    mark("as the equations stand"): PLAIN,
    mark('p["W"] and np.dot'): Style(parameter='p["{name}"]', product="np.dot({vector}, {matrix}.T)"),
    mark("np.einsum"): Style(product="np.einsum('...i,ji->...j', {vector}, {matrix})"),
    mark("np.inner"): Style(product="np.inner({vector}, {matrix})"),
    mark("W times the transposed batch"): Style(product="np.matmul({matrix}, np.transpose({vector})).T"),
    mark("multiply and sum"): Style(product="({matrix} * ({vector})[..., None, :]).sum(axis=-1)"),
    mark("inputs joined and weights joined in each sum"): Style(fused=True),
    mark("all weights stacked into one product"): forms.stacked_weights,
    mark("sigmoid by tanh"): Style(header=_BY_TANH),
    mark("sigmoid in two cases"): Style(header=_TWO_CASES),
    mark("terms and factors in reverse order"): Style(rewrite=forms.reversed_order),
    mark("one operation a line"): forms.one_operation_a_line,
    mark("one expression, as a lambda"): forms.one_expression,
    mark("other names"): forms.other_names,
    mark("a helper for each line, and a decorator"): forms.helpers,
    mark("copies in another memory order"): Style(
        parameter="np.array(p.{name}, order='F')", prepare="{name} = np.asfortranarray(np.array({name}))"
    ),
    mark("plain Python loops over single numbers"): forms.single_numbers,
    mark("lists come back"): Style(value="np.asarray({name}).tolist()"),
    mark("a list of outputs"): Style(several="return [{values}]"),
    mark("a mapping by name"): Style(several="return {{{pairs}}}", one="return {{{pairs}}}"),
    mark("float32"): Style(parameter="np.float32(p.{name})", prepare="{name} = np.float32({name})"),
    mark("torch inside"): Style(_TORCH, "torch.as_tensor(p.{name})", prepare="{name} = torch.as_tensor({name})"),
    mark("torch, called with tensors"): Style(_TORCH, product="torch.nn.functional.linear({vector}, {matrix})"),
}
"""Each style in words, and the writer of its source."""

_NOT_FOR_A_STEP = ("a list of outputs", "a mapping by name")
STEP_STYLES: dict[str, Writer] = {words: writer for words, writer in STYLES.items() if words not in _NOT_FOR_A_STEP}
"""The styles whose outputs can be handed to the next step."""

LOOPS: dict[str, str] = {
    mark("append and stack"): (
        "history = []\nfor x in xs:\n    {states} = {step}(x, {given})\n    history.append({pack})\n"
        "kinds = tuple(np.stack(kind) for kind in zip(*history))\nreturn kinds if {count} > 1 else kinds[0]"
    ),
    mark("filled arrays"): (
        "out = np.empty(({count}, len(xs), *{first}.shape))\nfor t in range(xs.shape[0]):\n"
        "    {states} = {step}(xs[t], {given})\n    out[:, t] = {pack}\n"
        "return tuple(out) if {count} > 1 else out[0]"
    ),
    mark("lists of lists"): (
        "history = []\nfor t, x in enumerate(xs):\n    {states} = {step}(x, {given})\n"
        "    history.append([np.asarray(s).tolist() for s in {pack}])\n"
        "return [list(kind) for kind in zip(*history)] if {count} > 1 else [one[0] for one in history]"
    ),
}
"""Ways to write the loop over a sequence around a step."""
