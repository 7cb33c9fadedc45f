"""Drives a layer over a sequence and one twice as long, and counts what each operation writes, backward included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .modules import as_tensors, built
from .recurrent import outputs_of
from .watch import watching

__all__ = ["run"]

Arrays = Mapping[str, Any]
PRODUCTS = frozenset({"addbmm", "addmm", "addmv", "baddbmm", "bmm", "dot", "linear", "matmul", "mm", "mv"})


def run(cls: Callable[..., Any], sizes: Any, parameters: Arrays, inputs: Arrays, weights: Arrays) -> dict[str, Any]:
    """How the work of a layer grows with the length of the sequence.

    Args: see `recurrent.run`. The size of the input differs from all others.

    Returns:
        `written`: for each operation the numbers it wrote, at one length and at twice that; `products`: how many matrix
        products the input, alone or joined with the state, took part in.
    """
    layer = built(cls, sizes, parameters)
    size, hidden = (int(n) for n in np.ravel(sizes)[:2])
    counts = []
    for times in (1, 2):
        xs = np.concatenate([inputs["xs"]] * times)
        given = as_tensors({**inputs, "xs": xs})
        written: Counter[str] = Counter()
        products: Counter[int] = Counter()
        with _looking(written, products, {size, size + hidden}):
            outputs = outputs_of(layer, given, tuple(weights))
            forward = sum(products.values())
            if any(value.requires_grad for value in outputs.values()):
                sum(value.sum() for value in outputs.values() if value.requires_grad).backward()
        counts.append((written, forward))
    (one, few), (two, many) = counts
    rows = {name: np.array([one[name], two[name]]) for name in sorted({*one, *two})}
    return {"written": rows, "products": np.array([few, many])}


def _looking(written: Counter[str], products: Counter[int], sizes: set[int]) -> Any:
    """Count what operations write, and the products in which an axis of some sizes takes part."""
    from torch import Tensor

    def look(name: str, operation: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        value = operation(*args, **named)
        for one in value if isinstance(value, (tuple, list)) else (value,):
            if isinstance(one, Tensor):
                written[name] += one.numel()
        if name in PRODUCTS:
            for size in sizes & {n for arg in args if isinstance(arg, Tensor) for n in arg.shape}:
                products[size] += 1
        return value

    return watching(look)
