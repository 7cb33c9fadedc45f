"""Two items of unit 01 that multiply by a number: a matrix to a spectral norm, and a gradient that is too long."""

from __future__ import annotations

from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.text import mark

__all__ = ["clip_gradient_item", "scale_to_norm_item"]


def _scaled(U: Any, norm: Any) -> Any:
    return U * norm / np.linalg.norm(U, 2)


def _rotated(U: Any, norm: Any) -> Any:
    left, _singular, right = np.linalg.svd(U)
    return norm * left @ right


def _scale_draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    def draw(kind: str, H: int, norm: float, decides: bool = True) -> Draw:
        return Draw(kind, (rng.normal(0.0, 1.0, (H, H)), np.array(norm)), decides)

    return (
        draw("batch", 4, rng.uniform(0.3, 0.9)),
        draw("batch", 3, rng.uniform(1.2, 2.0)),
        draw("ones", 1, rng.uniform(0.3, 2.0)),
        draw("square", 5, rng.uniform(0.3, 2.0), decides=False),
    )


SCALE_MISTAKES = (
    Mistake(
        mark("It is divided by the Frobenius norm, the default of np.linalg.norm; the largest singular value is less."),
        lambda U, norm: U * norm / np.linalg.norm(U),
    ),
    Mistake(
        mark("It is divided by the largest eigenvalue in size, not by the largest singular value."),
        lambda U, norm: U * norm / np.abs(np.linalg.eigvals(U)).max(),
    ),
    Mistake(
        mark("It is divided by the determinant, which tells nothing about the largest singular value."),
        lambda U, norm: U * norm / np.linalg.det(U),
    ),
    Mistake(
        mark("It is divided by the determinant, which tells nothing about the largest singular value."),
        lambda U, norm: U * norm / np.abs(np.linalg.det(U)),
    ),
    Mistake(
        mark("It is divided by the smallest singular value, so the smallest one has the norm asked for."),
        lambda U, norm: U * norm / np.linalg.norm(U, -2),
    ),
    Mistake(
        mark("It is divided by the largest number in U, not by the largest singular value."),
        lambda U, norm: U * norm / np.abs(U).max(),
    ),
    Mistake(mark("It is multiplied by `norm` only: U has a norm of its own."), lambda U, norm: U * norm),
    Mistake(
        mark("It is divided by its norm, and so has norm 1; the factor `norm` is missing."),
        lambda U, norm: U / np.linalg.norm(U, 2),
    ),
    Mistake(
        mark("The two norms are exchanged: multiply by `norm`, divide by the largest singular value."),
        lambda U, norm: U * np.linalg.norm(U, 2) / norm,
    ),
    Mistake(
        mark("Each row is scaled by its own length; one number scales the whole matrix."),
        lambda U, norm: U * norm / np.linalg.norm(U, axis=1, keepdims=True),
    ),
    Mistake(
        mark("Each column is scaled by its own length; one number scales the whole matrix."),
        lambda U, norm: U * norm / np.linalg.norm(U, axis=0, keepdims=True),
    ),
    Mistake(
        mark("All singular values are set to `norm`: that is another matrix. U is to keep its directions and ratios."),
        _rotated,
    ),
    Mistake(
        mark("It is divided by the square of its norm."),
        lambda U, norm: U * norm / np.linalg.norm(U, 2) ** 2,
    ),
    Mistake(
        mark("A root is taken too much: the norm of a matrix times a number is its norm times the number."),
        lambda U, norm: U * np.sqrt(norm / np.linalg.norm(U, 2)),
    ),
    Mistake(
        mark("Each column is divided by a singular value of its own; one number, the largest, scales the matrix."),
        lambda U, norm: U * norm / np.linalg.svd(U)[1],
    ),
    Mistake(
        mark("It is divided by np.linalg.norm(U, 1), the largest sum in a column; the spectral norm has a 2 there."),
        lambda U, norm: U * norm / np.linalg.norm(U, 1),
    ),
    Mistake(
        mark("It is divided by np.linalg.norm(U, np.inf), the largest sum in a row; the spectral norm has a 2 there."),
        lambda U, norm: U * norm / np.linalg.norm(U, np.inf),
    ),
    Mistake(
        mark("The difference of the two norms is taken; their quotient is the factor."),
        lambda U, norm: U * (norm - np.linalg.norm(U, 2)),
    ),
    Mistake(
        mark("The factor is handed back; the matrix times the factor is asked for."),
        lambda U, norm: norm / np.linalg.norm(U, 2),
    ),
    Mistake(mark("U comes back transposed."), lambda U, norm: U.T * norm / np.linalg.norm(U, 2)),
)


def scale_to_norm_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> FunctionItem:
    """The item that scales a matrix.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return FunctionItem(
        "scale_to_norm",
        points,
        mark("A matrix scaled to the largest singular value asked for."),
        hints,
        forbidden,
        takes={"U": mark("a matrix (H, H)"), "norm": mark("the largest singular value that is wanted, above 0")},
        gives={"scaled": mark("U times a number, (H, H)")},
        function=_scaled,
        mistakes=SCALE_MISTAKES,
        draw=_scale_draws,
    )


def _clipped(g: Any, threshold: Any) -> Any:
    length = np.sqrt((g**2).sum())
    return g * threshold / length if length > threshold else g * 1.0


def _by(length: Any) -> Any:
    """Clipped by another length of the gradient."""

    def clipped(g: Any, threshold: Any) -> Any:
        size = length(g)
        return np.where(size > threshold, g * threshold / size, g)

    return clipped


def _length(g: Any) -> Any:
    return np.sqrt((g**2).sum())


def _clip_draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    def draw(kind: str, shape: tuple[int, ...], share: float, decides: bool = True) -> Draw:
        g = rng.normal(0.0, 3.0, shape)
        return Draw(kind, (g, np.array(share * _length(g))), decides)

    return (
        draw("batch", (4, 5), rng.uniform(0.2, 0.3)),  # too long
        draw("batch", (4, 2), rng.uniform(1.5, 2.0)),  # short enough
        draw("single", (5,), rng.uniform(0.5, 0.8)),
        draw("ones", (1, 1), rng.uniform(0.3, 0.7)),
        draw("square", (6, 6), rng.uniform(0.1, 0.2), decides=False),
    )


CLIP_MISTAKES = (
    Mistake(
        mark("The factor is handed back; the gradient times the factor is asked for."),
        lambda g, threshold: threshold / _length(g) if _length(g) > threshold else g,
    ),
    Mistake(
        mark("Each number is clipped by itself, and only from above; one number scales all of the gradient."),
        np.minimum,
    ),
    Mistake(
        mark("Each number is compared with the threshold; the length of the whole gradient is."),
        lambda g, threshold: np.where(np.abs(g) > threshold, g * threshold / _length(g), g),
    ),
    Mistake(
        mark("What the gradient is too long by is subtracted, which turns it; one number scales all of it."),
        lambda g, threshold: g - (_length(g) - threshold) if _length(g) > threshold else g,
    ),
    Mistake(
        mark("All gradients are brought to length 1; one no longer than the threshold stays as it is."),
        lambda g, threshold: g / _length(g),
    ),
    Mistake(
        mark("Each number is clipped by itself, which turns the gradient; one number scales all of it."),
        lambda g, threshold: np.clip(g, -threshold, threshold),
    ),
    Mistake(
        mark("A short gradient is made longer: one no longer than the threshold stays as it is."),
        lambda g, threshold: g * threshold / _length(g),
    ),
    Mistake(
        mark("The comparison is turned: short gradients are scaled, and long ones stay long."),
        lambda g, threshold: g if _length(g) > threshold else g * threshold / _length(g),
    ),
    Mistake(
        mark("A long gradient is brought to length 1, not to the threshold."),
        lambda g, threshold: g / _length(g) if _length(g) > threshold else g,
    ),
    Mistake(
        mark("A long gradient is multiplied by the threshold, and not divided by its length."),
        lambda g, threshold: g * threshold if _length(g) > threshold else g,
    ),
    Mistake(
        mark("A long gradient is multiplied by its length over the threshold, and so grows: turn the fraction."),
        lambda g, threshold: g * _length(g) / threshold if _length(g) > threshold else g,
    ),
    Mistake(
        mark("The threshold is put in place of every number of a long gradient."),
        lambda g, threshold: np.full_like(g, threshold) if _length(g) > threshold else g,
    ),
    Mistake(
        mark("A long gradient is dropped: it becomes 0."),
        lambda g, threshold: np.zeros_like(g) if _length(g) > threshold else g,
    ),
    Mistake(mark("The length is squared: the root of the sum of squares is missing."), _by(lambda g: (g**2).sum())),
    Mistake(
        mark("Each row is clipped by its own length; the gradient has one length, over all its numbers."),
        _by(lambda g: np.linalg.norm(g, axis=-1, keepdims=True)),
    ),
    Mistake(
        mark("Each column is clipped by its own length; the gradient has one length, over all its numbers."),
        _by(lambda g: np.linalg.norm(g, axis=0, keepdims=True)),
    ),
    Mistake(mark("The sum of the sizes stands for the length."), _by(lambda g: np.abs(g).sum())),
    Mistake(mark("The largest number stands for the length."), _by(lambda g: np.abs(g).max())),
    Mistake(mark("The mean square stands for the length."), _by(lambda g: np.sqrt((g**2).mean()))),
    Mistake(
        mark("The largest singular value stands for the length. A gradient is a list of numbers: all count."),
        _by(lambda g: np.linalg.norm(g, 2)),
    ),
    Mistake(
        mark("A long gradient is scaled by the root of what it needs: the length is taken once more."),
        lambda g, threshold: g * np.sqrt(threshold / _length(g)) if _length(g) > threshold else g,
    ),
)


def clip_gradient_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> FunctionItem:
    """The item that clips a gradient.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return FunctionItem(
        "clip_gradient",
        points,
        mark("A gradient that is too long, made as long as the threshold."),
        hints,
        forbidden,
        takes={
            "g": mark("a gradient, an array of any shape"),
            "threshold": mark("the greatest length it may have, above 0"),
        },
        gives={"clipped": mark("an array of the shape of g, in the direction of g")},
        function=_clipped,
        mistakes=CLIP_MISTAKES,
        draw=_clip_draws,
    )
