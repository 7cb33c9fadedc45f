"""Depth in unit 02: the Jacobian of a residual layer, and the norm of the gradient at every depth of a stack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.cells import catalogue, whole_step
from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.text import mark

__all__ = ["depth_item", "jacobian_item"]


def _jacobian(h_prev: Any, p: Any) -> Any:
    passed = h_prev @ p.U_1.T + p.b_1 > 0
    return np.eye(h_prev.shape[-1]) + (p.U_2 * passed[..., None, :]) @ p.U_1


def _inside(h_prev: Any, p: Any) -> Any:
    """What stands inside relu."""
    return h_prev @ p.U_1.T + p.b_1


def _with(slopes: Callable[[Any, Any], Any], branch: Callable[[Any, Any], Any] | None = None) -> Any:
    """The Jacobian with other slopes of relu, or another branch made of them."""
    made = branch or (lambda p, s: (p.U_2 * s[..., None, :]) @ p.U_1)
    return lambda h_prev, p: np.eye(h_prev.shape[-1]) + made(p, slopes(h_prev, p).astype(float))


def _relu(h_prev: Any, p: Any) -> Any:
    return _inside(h_prev, p) > 0


_RIGHT = _with(_relu)

JACOBIAN_MISTAKES = (
    Mistake(
        mark("The identity is missing: that is the Jacobian of the branch y. The layer hands on h_prev + y."),
        lambda h_prev, p: _RIGHT(h_prev, p) - np.eye(h_prev.shape[-1]),
    ),
    Mistake(
        mark("1 is added to every entry. The identity has ones on its diagonal only: `np.eye`."),
        lambda h_prev, p: _RIGHT(h_prev, p) - np.eye(h_prev.shape[-1]) + 1.0,
    ),
    Mistake(
        mark("The branch is subtracted from the identity; the layer adds it."),
        lambda h_prev, p: 2 * np.eye(h_prev.shape[-1]) - _RIGHT(h_prev, p),
    ),
    Mistake(
        mark("That is the transpose: entry [i, j] is the derivative of h_i by the j-th number of h_prev."),
        lambda h_prev, p: np.swapaxes(_RIGHT(h_prev, p), -1, -2),
    ),
    Mistake(
        mark("The slope of relu is missing: where U_1 h_prev + b_1 is below 0, relu passes nothing on."),
        _with(lambda h_prev, p: np.ones(np.shape(_inside(h_prev, p)))),
    ),
    Mistake(
        mark("The slope of relu is missing. It is another one for each example, so each has a matrix of its own."),
        lambda h_prev, p: np.eye(h_prev.shape[-1]) + p.U_2 @ p.U_1,
    ),
    Mistake(
        mark("The slopes of the first example are used for all. Each example of the batch has a matrix of its own."),
        lambda h_prev, p: _RIGHT(h_prev, p)[0] if np.ndim(h_prev) > 1 else _RIGHT(h_prev, p),
    ),
    Mistake(
        mark("That is the layer itself. Asked is how each of its numbers follows each number of h_prev."),
        lambda h_prev, p: h_prev + np.maximum(_inside(h_prev, p), 0.0) @ p.U_2.T + p.b_2,
    ),
    Mistake(
        mark("relu is used where its slope belongs: the slope is 1 above 0 and 0 below."),
        _with(lambda h_prev, p: np.maximum(_inside(h_prev, p), 0.0)),
    ),
    Mistake(
        mark("The slope of relu is turned: it is 1 above 0 and 0 below."),
        _with(lambda h_prev, p: _inside(h_prev, p) < 0),
    ),
    Mistake(
        mark("1 - tanh(a)^2 is the slope of tanh. This branch uses relu: its slope is 1 above 0 and 0 below."),
        _with(lambda h_prev, p: 1 - np.tanh(_inside(h_prev, p)) ** 2),
    ),
    Mistake(
        mark("The slope is taken at h_prev. relu acts on U_1 h_prev + b_1."),
        _with(lambda h_prev, _p: h_prev > 0),
    ),
    Mistake(
        mark("The slope is taken at U_1 h_prev, without b_1."),
        _with(lambda h_prev, p: h_prev @ p.U_1.T > 0),
    ),
    Mistake(
        mark("The slope is taken at the branch y. relu acts on U_1 h_prev + b_1."),
        _with(lambda h_prev, p: np.maximum(_inside(h_prev, p), 0.0) @ p.U_2.T + p.b_2 > 0),
    ),
    Mistake(
        mark("The slope is taken at the new h. relu acts on U_1 h_prev + b_1."),
        _with(lambda h_prev, p: h_prev + np.maximum(_inside(h_prev, p), 0.0) @ p.U_2.T + p.b_2 > 0),
    ),
    Mistake(
        mark("The slope is taken at U_1 transposed times h_prev."),
        _with(lambda h_prev, p: h_prev @ p.U_1 + p.b_1 > 0),
    ),
    Mistake(
        mark("The slope of relu stands on the left of U_2. It belongs between U_2 and U_1."),
        _with(_relu, lambda p, s: s[..., :, None] * (p.U_2 @ p.U_1)),
    ),
    Mistake(
        mark("The slope of relu stands on the right of U_1. It belongs between U_2 and U_1."),
        _with(_relu, lambda p, s: (p.U_2 @ p.U_1) * s[..., None, :]),
    ),
    Mistake(
        mark("U_1 and U_2 are exchanged: h_prev meets U_1 first, so U_1 stands on the right."),
        _with(_relu, lambda p, s: (p.U_1 * s[..., None, :]) @ p.U_2),
    ),
    Mistake(
        mark("U_2 is transposed in the product."),
        _with(_relu, lambda p, s: (p.U_2.T * s[..., None, :]) @ p.U_1),
    ),
    Mistake(
        mark("U_1 is transposed in the product."),
        _with(_relu, lambda p, s: (p.U_2 * s[..., None, :]) @ p.U_1.T),
    ),
    Mistake(
        mark("U_1 and U_2 are both transposed in the product."),
        _with(_relu, lambda p, s: (p.U_2.T * s[..., None, :]) @ p.U_1.T),
    ),
    Mistake(
        mark("U_2 and U_1 are multiplied number by number. The chain rule asks for the product of matrices: `@`."),
        _with(_relu, lambda p, s: (p.U_2 * s[..., None, :]) * p.U_1),
    ),
    Mistake(
        mark("U_2 is missing: it is the last thing the branch multiplies by."),
        _with(_relu, lambda p, s: s[..., :, None] * p.U_1),
    ),
    Mistake(
        mark("U_1 is missing: h_prev meets it first."),
        _with(_relu, lambda p, s: p.U_2 * s[..., None, :]),
    ),
)


def _layers(rng: np.random.Generator) -> tuple[Draw, ...]:
    layer = whole_step(catalogue["residual layer"])
    b, h = (int(n) for n in rng.permutation((2, 3, 4))[:2])
    n = int(rng.integers(3, 6))
    sizes = ("batch", h, (b,)), ("batch", b + 3, (h,)), ("single", 4, ()), ("ones", 1, (1,)), ("square", n, (n,))
    draws = []
    for kind, size, lead in sizes:
        (h_prev,), p = layer.draw(rng, {"D": size, "H": size}, lead)
        draws.append(Draw(kind, (h_prev, p), decides=kind != "square"))
    return tuple(draws)


def jacobian_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> FunctionItem:
    """The Jacobian of a residual layer.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return FunctionItem(
        "residual_jacobian",
        points,
        mark("How each number of the next layer follows each number of the layer before."),
        hints,
        forbidden,
        takes={
            "h_prev": mark("the layer before, (..., H)"),
            "p": mark("parameters of the layer: p.U_1, p.U_2 (H, H); p.b_1, p.b_2 (H,)"),
        },
        gives={"jacobian": mark("(..., H, H); entry [..., i, j] is the derivative of h_i by the j-th of h_prev")},
        function=_jacobian,
        mistakes=JACOBIAN_MISTAKES,
        draw=_layers,
    )


def _depths(d_h: Any, jacobians: Any) -> Any:
    norms = [np.linalg.norm(d_h, axis=-1)]
    for jacobian in jacobians[::-1]:
        d_h = (d_h[..., None, :] @ jacobian)[..., 0, :]
        norms.append(np.linalg.norm(d_h, axis=-1))
    return np.stack(norms[::-1])


def _vector_times(d_h: Any, jacobian: Any) -> Any:
    return (d_h[..., None, :] @ jacobian)[..., 0, :]


def _times_vector(d_h: Any, jacobian: Any) -> Any:
    return (jacobian @ d_h[..., :, None])[..., 0]


def _gradients(d_h: Any, jacobians: Any, times: Any = _vector_times) -> list[Any]:
    """The gradient behind every layer, from the last one on."""
    found = [d_h]
    for jacobian in jacobians:
        found.append(times(found[-1], jacobian))
    return found


def _norms(gradients: Any) -> Any:
    return np.stack([np.linalg.norm(g, axis=-1) for g in gradients])


def _measured(how: Callable[[Any], Any]) -> Any:
    """The right gradients, measured in another way."""
    return lambda d_h, jacobians: np.stack([how(g) for g in _gradients(d_h, jacobians[::-1])[::-1]])


def _products(d_h: Any, jacobians: Any) -> list[Any]:
    """The product of all Jacobians above each depth, from the input on."""
    found = [np.broadcast_to(np.eye(d_h.shape[-1]), jacobians[0].shape)]
    for jacobian in jacobians[::-1]:
        found.append(found[-1] @ jacobian)
    return found[::-1]


DEPTH_MISTAKES = (
    Mistake(
        mark("The norms stand from the output to the input. The first one belongs to the input."),
        lambda d_h, jacobians: _depths(d_h, jacobians)[::-1],
    ),
    Mistake(
        mark(
            "Each Jacobian multiplies the gradient as a column: J d. Backwards it is the transpose of J times d, or d "
            "as a row times J."
        ),
        lambda d_h, jacobians: _norms(_gradients(d_h, jacobians[::-1], _times_vector)[::-1]),
    ),
    Mistake(
        mark(
            "The gradient walks from the input to the output. It starts behind the last layer: `jacobians[-1]` comes "
            "first."
        ),
        lambda d_h, jacobians: _norms(_gradients(d_h, jacobians)),
    ),
    Mistake(
        mark(
            "The gradient walks from the input to the output, and the norms are turned afterwards. It starts behind "
            "the last layer: `jacobians[-1]` comes first."
        ),
        lambda d_h, jacobians: _norms(_gradients(d_h, jacobians)[::-1]),
    ),
    Mistake(
        mark("The gradient walks from the input to the output, and each Jacobian multiplies it as a column."),
        lambda d_h, jacobians: _norms(_gradients(d_h, jacobians, _times_vector)),
    ),
    Mistake(
        mark("The gradient is not carried on: every layer multiplies `d_h` itself."),
        lambda d_h, jacobians: _norms([*(_vector_times(d_h, jacobian) for jacobian in jacobians), d_h]),
    ),
    Mistake(
        mark(
            "The gradient behind the last layer is left out: there are L + 1 norms, and the last one is that of `d_h`."
        ),
        lambda d_h, jacobians: _depths(d_h, jacobians)[:-1],
    ),
    Mistake(
        mark("The gradient at the input is left out: there are L + 1 norms for L layers."),
        lambda d_h, jacobians: _depths(d_h, jacobians)[1:],
    ),
    Mistake(
        mark("Only the gradient at the input comes back. Keep the norm at every depth."),
        lambda d_h, jacobians: _depths(d_h, jacobians)[0],
    ),
    Mistake(
        mark("Only the norm of `d_h` comes back. Append the norm of each gradient inside the loop."),
        lambda d_h, jacobians: _depths(d_h, jacobians)[-1:],
    ),
    Mistake(
        mark("These are the gradients; asked are their norms, one number for each example."),
        lambda d_h, jacobians: np.stack(_gradients(d_h, jacobians[::-1])[::-1]),
    ),
    Mistake(mark("That is the square of the norm."), _measured(lambda g: (g**2).sum(axis=-1))),
    Mistake(
        mark("That is the sum of absolute values. The norm is the root of the sum of squares."),
        _measured(lambda g: np.abs(g).sum(axis=-1)),
    ),
    Mistake(
        mark("That is the largest absolute value. The norm is the root of the sum of squares."),
        _measured(lambda g: np.abs(g).max(axis=-1)),
    ),
    Mistake(
        mark("That is the root of the mean of squares. The norm takes their sum."),
        _measured(lambda g: np.sqrt((g**2).mean(axis=-1))),
    ),
    Mistake(
        mark("The norm is taken over all examples together. Each example has its own: `axis=-1`."),
        _measured(np.linalg.norm),
    ),
    Mistake(
        mark("The norm runs over the examples of the batch instead of the units: use `axis=-1`."),
        _measured(lambda g: np.linalg.norm(g, axis=0)),
    ),
    Mistake(
        mark("The norms are divided by that of `d_h`. Asked are the norms themselves."),
        lambda d_h, jacobians: _depths(d_h, jacobians) / np.linalg.norm(d_h, axis=-1),
    ),
    Mistake(
        mark("That is the norm of the product of Jacobians, whatever the gradient is. Start from `d_h`."),
        lambda d_h, jacobians: np.stack([np.linalg.norm(a, axis=(-2, -1)) for a in _products(d_h, jacobians)]),
    ),
    Mistake(
        mark("That is the largest singular value of the product of Jacobians. Start from `d_h`."),
        lambda d_h, jacobians: np.stack([np.linalg.norm(a, 2, axis=(-2, -1)) for a in _products(d_h, jacobians)]),
    ),
    Mistake(
        mark("The norms of the Jacobians are multiplied. The norm of a product is smaller: multiply first."),
        lambda d_h, jacobians: np.concatenate(
            [
                np.cumprod(np.linalg.norm(jacobians, axis=(-2, -1))[::-1], axis=0)[::-1] * np.linalg.norm(d_h, axis=-1),
                np.linalg.norm(d_h, axis=-1)[None],
            ]
        ),
    ),
    Mistake(
        mark("The Jacobian is multiplied number by number and summed along the wrong axis: use `@`."),
        lambda d_h, jacobians: _norms(_gradients(d_h, jacobians[::-1], lambda d, j: (d[..., None] * j).sum(-1))[::-1]),
    ),
)


def _stacks(rng: np.random.Generator) -> tuple[Draw, ...]:
    depth, b, h = (int(n) for n in rng.permutation((2, 3, 4)))
    n = int(rng.integers(3, 6))
    sizes = ("batch", depth, (b,), h), ("batch", h + 3, (depth,), b), ("single", 3, (), 4), ("ones", 1, (1,), 1)
    draws = []
    for kind, layers, lead, size in (*sizes, ("square", n, (n,), n)):
        args = rng.normal(size=(*lead, size)), rng.normal(size=(layers, *lead, size, size))
        draws.append(Draw(kind, args, decides=kind != "square"))
    return tuple(draws)


def depth_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> FunctionItem:
    """The norm of the gradient at every depth.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return FunctionItem(
        "depth_gradient",
        points,
        mark("The norm of the gradient at every depth of a stack of layers."),
        hints,
        forbidden,
        takes={
            "d_h": mark("gradient behind the last layer, (..., H)"),
            "jacobians": mark("of the L layers, the one next to the input first, (L, ..., H, H)"),
        },
        gives={"norms": mark("(L + 1, ...); the first is the norm at the input, the last that of d_h")},
        function=_depths,
        mistakes=DEPTH_MISTAKES,
        draw=_stacks,
    )
