"""The functions a cell's text may call, each as one record that every reader and writer of equations looks at.

A record says what a function is in NumPy, torch and C, what its slope is, and how it is written and read aloud. A new
function is one more record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gatedrnn_course.text import mark

__all__ = ["ACTIVATIONS", "EXCHANGED", "FUNCTIONS", "Activation", "relu", "sigmoid", "step"]


@dataclass(frozen=True, slots=True)
class Activation:
    """A function of each element.

    Attributes:
        name: How a cell's text calls it.
        numpy: The function on arrays; right for complex numbers too, so that a complex step gives its slope.
        slope: Its derivative as a text of the language, `a` being the argument and `y` the value; empty for 0.
        torch: The call in torch; `{a}` is the argument, `{out}` nothing or `, out=` and a tensor.
        c: The body of a C function of the vector `a`; `text_math` has what it may use.
        latex: Its name in formulas.
        words: Its name read aloud.
        values: What its values lie between; None where they have no bounds.
        exchanged: Whether somebody may take it for another, so that the search for mistakes tries it.
    """

    name: str
    numpy: Callable[[Any], Any]
    slope: str
    torch: str
    c: str
    latex: str
    words: str
    values: tuple[float, float] | None = None
    exchanged: bool = False


def sigmoid(a: Any) -> Any:
    """The logistic function, (1 + tanh(a/2))/2: no overflow, and right for complex numbers too.

    Args:
        a: Array of any shape.

    Returns:
        Array of the same shape, each value in (0, 1) for real `a`.
    """
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(a)))


def relu(a: Any) -> Any:
    """max(a, 0), by the sign of the real part."""
    return np.where(np.real(a) <= 0, 0.0, a)


def step(a: Any) -> Any:
    """The slope of relu: 1 where a > 0, else 0, at a = 0 too."""
    return (np.real(a) > 0).astype(float)


def _size(a: Any) -> Any:
    """The absolute value, by the sign of the real part."""
    return np.where(np.real(a) > 0, a, np.negative(a))


def _softplus(a: Any) -> Any:
    return relu(a) + np.log1p(np.exp(-_size(a)))


def _softsign(a: Any) -> Any:
    return a / (1.0 + _size(a))


_RECORDS = (
    Activation(
        "sigmoid",
        sigmoid,
        slope="y * (1 - y)",
        torch="torch.sigmoid({a}{out})",
        c="""\
    V q;
    const V s = scale_and_rest(clamp(-a, (R)LIMIT), &q);
    return (R)1 / ((R)1 + (s * q + s));
""",
        latex=r"\sigma",
        words=mark("sigmoid"),
        values=(0.0, 1.0),
        exchanged=True,
    ),
    Activation(
        "tanh",
        np.tanh,
        slope="1 - y * y",
        torch="torch.tanh({a}{out})",
        c="""\
    V q;
    const V s = scale_and_rest(clamp(a + a, (R)40), &q);
    const V e = s * q + (s - (R)1);
    return e / (e + (R)2);
""",
        latex=r"\tanh",
        words=mark("tanh"),
        values=(-1.0, 1.0),
        exchanged=True,
    ),
    Activation(
        "relu",
        relu,
        slope="step(y)",
        torch="torch.threshold({a}, 0.0, 0.0{out})",
        c="""\
    return (V)(~(a <= ZERO) & (M)a);
""",
        latex=r"\operatorname{relu}",
        words=mark("relu"),
        exchanged=True,
    ),
    Activation(
        "exp",
        np.exp,
        slope="y",
        torch="torch.exp({a}{out})",
        c="""\
    V q;
    const V near = clamp(a, (R)LIMIT), s = scale_and_rest(near, &q), e = s * q + s;
    const V far = scale_and_rest(clamp(a - near, (R)LIMIT), &q);
    return e * (far * q + far);
""",
        latex=r"\exp",
        words=mark("exponential"),
    ),
    Activation(
        "softplus",
        _softplus,
        slope="sigmoid(a)",
        torch="torch.logaddexp({a}, {a}.new_zeros(()){out})",
        c="""\
    V each = EXP(-(RELU(a) + RELU(-a)));
    for (long k = 0; k < L; k++)
        each[k] = LOG1P(each[k]);
    return RELU(a) + each;
""",
        latex=r"\operatorname{softplus}",
        words=mark("softplus"),
    ),
    Activation(
        "softsign",
        _softsign,
        slope="(1 - relu(y) - relu(-y)) * (1 - relu(y) - relu(-y))",
        torch="torch.div({a}, 1.0 + {a}.abs(){out})",
        c="""\
    return a / ((R)1 + (RELU(a) + RELU(-a)));
""",
        latex=r"\operatorname{softsign}",
        words=mark("softsign"),
        values=(-1.0, 1.0),
    ),
)

_STEP = Activation(
    "step",
    step,
    slope="",
    torch="torch.heaviside({a}, {a}.new_zeros(()){out})",
    c="""\
    return (V)((a > ZERO) & (M)(ZERO + (R)1));
""",
    latex=r"\operatorname{step}",
    words=mark("step"),
    values=(0.0, 1.0),
)

ACTIVATIONS = {record.name: record for record in _RECORDS}
"""What a cell's text may call, by name."""
FUNCTIONS = {**ACTIVATIONS, _STEP.name: _STEP}
"""The same, and what only derived equations call."""
EXCHANGED = tuple(name for name, record in ACTIVATIONS.items() if record.exchanged)
"""The names of those that are taken for one another."""
