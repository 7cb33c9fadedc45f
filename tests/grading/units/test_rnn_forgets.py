"""Unit 01: what its references compute, right answers in other styles, and the mistakes learners type."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Params
from gatedrnn_course.grading.items import FunctionItem
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.prove import prove_item
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load

UNIT = load("01")
HELPERS = {
    "rnn_forward": "def step(x, h, p): return np.tanh(x @ p.W_h.T + h @ p.U_h.T + p.b_h)\n",
    "gradient_norms": "def J(h, p): return (1 - h**2)[..., None] * p.U_h\n"
    "def norm(A): return np.linalg.norm(A, 2, axis=(-2, -1))\n"
    "def eye(hs): return np.stack([np.eye(hs.shape[-1])] * hs.shape[1])\n",
}


def told(name: str, body: str, seed: int = 3) -> Verdict:
    """What the judge says of a function typed by hand."""
    item = UNIT.item(name)
    rows = "\n".join(f"    {row}" for row in body.strip("\n").split("\n"))
    namespace: dict[str, Any] = {"np": np}
    exec(f"{HELPERS.get(name, '')}def {item.signature()}:\n{rows}\n", namespace)
    return judge(item, LocalCaller(namespace[name]), seed, head=item.arguments)


def test_row_k_is_the_largest_singular_value_of_what_h_does_to_the_last_state_k_steps_later() -> None:
    rng = np.random.default_rng(0)
    p = Params({"W_h": rng.normal(size=(3, 2)), "U_h": rng.normal(size=(3, 3)), "b_h": rng.normal(size=3)})
    xs, hs = rng.normal(size=(5, 2, 2)), [rng.normal(size=(2, 3))]

    def on(h: Any, inputs: Any) -> Any:
        for x in inputs:
            h = np.tanh(x @ p.W_h.T + h @ p.U_h.T + p.b_h)
        return h

    for x in xs:
        hs.append(on(hs[-1], [x]))
    norms: Any = UNIT.item("gradient_norms").reference(np.stack(hs[1:]), p)
    assert norms.shape == (5, 2)
    for lag in range(5):
        moved = [on(hs[5 - lag] + 1e-30j * np.eye(3)[j], xs[5 - lag :]).imag / 1e-30 for j in range(3)]
        np.testing.assert_allclose(norms[lag], np.linalg.svd(np.stack(moved, -1))[1][:, 0], rtol=1e-12)


def test_a_scaled_matrix_has_the_norm_and_keeps_its_directions() -> None:
    U = np.random.default_rng(0).normal(size=(4, 4))
    scaled: Any = UNIT.item("scale_to_norm").reference(U, np.array(1.5))
    assert np.linalg.norm(scaled, 2) == pytest.approx(1.5)
    assert np.ptp(scaled / U) < 1e-12


@pytest.mark.parametrize(("threshold", "length"), [(1.0, 1.0), (5.0, 5.0), (13.0, 13.0), (20.0, 13.0)])
def test_a_clipped_gradient_is_no_longer_than_the_threshold(threshold: float, length: float) -> None:
    g = np.array([[3.0, 4.0], [12.0, 0.0]])
    clipped: Any = UNIT.item("clip_gradient").reference(g, np.array(threshold))
    assert np.linalg.norm(clipped) == pytest.approx(length)
    np.testing.assert_allclose(clipped, g * length / 13, rtol=1e-15)


RIGHT = [
    (
        "gradient_norms",
        """
product, out = eye(hs), []
for h in hs[::-1]:
    out.append(norm(product))
    product = np.swapaxes(J(h, p), -1, -2) @ product
return out""",
    ),
    (
        "gradient_norms",
        """
T, B, H = hs.shape
out = np.empty((T, B))
for b in range(B):
    for k in range(T):
        P = np.eye(H)
        for t in range(T - 1, T - 1 - k, -1):
            P = P @ np.diag(1 - hs[t, b] ** 2) @ p.U_h
        out[k, b] = np.linalg.svd(P)[1][0]
return out""",
    ),
    (
        "gradient_norms",
        """
product, out = eye(hs), []
for t in range(len(hs) - 1, -1, -1):
    square = np.einsum("bki,bkj->bij", product, product)
    out.append(np.sqrt(np.linalg.eigvalsh(square).max(axis=-1)))
    product = product @ J(hs[t], p)
return np.array(out)""",
    ),
    ("scale_to_norm", "return U * (norm / np.linalg.svd(U)[1].max())"),
    ("scale_to_norm", "return np.array([[float(norm) * u for u in row] for row in U / np.linalg.norm(U, ord=2)])"),
    ("clip_gradient", "return g * np.minimum(1, threshold / np.linalg.norm(g))"),
    ("clip_gradient", "return g * min(1.0, threshold / (np.linalg.norm(g.ravel()) + 1e-6))"),
    ("clip_gradient", "n = sum(v * v for v in g.ravel()) ** 0.5\nreturn g if n < threshold else g / n * threshold"),
]


@pytest.mark.parametrize(("name", "body"), RIGHT)
def test_right_answers_in_other_styles(name: str, body: str) -> None:
    verdict = told(name, body)
    assert verdict.outcome == "right", verdict.sentence


LOOP = "product, out = eye(hs), []\nfor h in {over}:\n    {first}\n    {second}\nreturn np.stack(out)"
APPEND, RIGHTWARDS = "out.append(norm(product))", "product = product @ J(h, p)"


def loop(first: str = APPEND, second: str = RIGHTWARDS, over: str = "hs[::-1]") -> str:
    return LOOP.format(over=over, first=first, second=second)


WRONG = [
    ("rnn_step", "return np.tanh(p.W_h @ x + p.U_h @ h_prev + p.b_h)", "typed as on the slide"),
    ("rnn_step", "return np.tanh(x @ p.W_h.T + p.b_h)", "`U_h @ h_prev` is missing"),
    ("rnn_step", "return x @ p.W_h.T + h_prev @ p.U_h.T + p.b_h", "has no tanh"),
    ("rnn_forward", "return np.stack([step(x, h_0, p) for x in xs])", "every step starts from the initial state"),
    ("rnn_forward", "h = h_0\nfor x in xs:\n    h = step(x, h, p)\nreturn h", "Only the last step"),
    (
        "rnn_forward",
        "h, hs = h_0, []\nfor x in xs:\n    h = step(x, h, p)\n    hs.append(h)\nreturn np.concatenate(hs)",
        "joined into one long batch",
    ),
    ("step_jacobian", "return (1 - h**2) * p.U_h", "no axis for the columns"),
    ("step_jacobian", "return (1 - h**2) @ p.U_h", "one vector"),
    ("step_jacobian", "return np.diag(1 - h**2) @ p.U_h", "makes a matrix of one vector"),
    ("step_jacobian", "return (1 - h**2)[:, None, :] * p.U_h", "multiplies the columns of U_h"),
    ("step_jacobian", "return np.stack([p.U_h @ np.diag(1 - r**2) for r in h])", "multiplies the columns of U_h"),
    ("step_jacobian", "return -(1 - h[..., None] ** 2) * p.U_h", "the wrong sign"),
    ("gradient_norms", loop(RIGHTWARDS, APPEND), "row 0 is lag 1"),
    ("gradient_norms", loop(RIGHTWARDS, APPEND, "hs[:0:-1]"), "Lag 0 is missing"),
    ("gradient_norms", loop(second="product = J(h, p) @ product"), "wrong order"),
    ("gradient_norms", loop(second="product = J(h, p) @ product", over="hs"), "goes forwards in time"),
    ("gradient_norms", loop("out.append(np.linalg.norm(product, axis=(-2, -1)))"), "Frobenius norm"),
    ("gradient_norms", loop("out.append(np.linalg.norm(product))"), "all numbers of the batch together"),
    ("gradient_norms", loop("out.append(np.linalg.norm(product, 2))"), "needs `axis=(-2, -1)`"),
    ("gradient_norms", loop("out.append(np.abs(np.linalg.det(product)))"), "determinant"),
    ("gradient_norms", loop("out.append(np.abs(np.linalg.eigvals(product)).max(-1))"), "largest eigenvalue"),
    ("gradient_norms", "return np.stack([norm(J(h, p)) for h in hs[::-1]])", "each step's Jacobian stands there"),
    ("gradient_norms", "return np.cumprod([norm(J(h, p)) for h in hs[::-1]], axis=0)", "Norms of single steps"),
    ("gradient_norms", f"{loop()}.T", "batch axis comes first"),
    (
        "gradient_norms",
        loop("out.append(np.linalg.norm(product, axis=(-2, -1)))", "product = J(h, p) @ product"),
        "wrong order",
    ),
    ("scale_to_norm", "return U * norm / np.linalg.norm(U)", "Frobenius norm"),
    ("scale_to_norm", "return U * norm / np.abs(np.linalg.eigvals(U)).max()", "largest eigenvalue"),
    ("scale_to_norm", "return U * norm / np.linalg.svd(U)[1]", "singular value of its own"),
    ("scale_to_norm", "U *= norm / np.linalg.norm(U, 2)\nreturn U", "changes its argument `U` in place"),
    ("clip_gradient", "return np.clip(g, -threshold, threshold)", "Each number is clipped by itself"),
    ("clip_gradient", "return g * threshold / np.linalg.norm(g)", "A short gradient is made longer"),
    ("clip_gradient", "n = np.linalg.norm(g, 2)\nreturn g * threshold / n if n > threshold else g", "singular value"),
    (
        "clip_gradient",
        "n = np.linalg.norm(g)\nreturn threshold / n if n > threshold else g",
        "The factor is handed back",
    ),
    ("clip_gradient", "return g * np.minimum(1, threshold / (g**2).sum())", "The length is squared"),
]


@pytest.mark.parametrize(("name", "body", "words"), WRONG)
def test_what_learners_type_is_named(name: str, body: str, words: str) -> None:
    verdict = told(name, body)
    assert verdict.outcome in ("wrong", "raised")
    assert words in verdict.sentence


@pytest.mark.parametrize("name", ["gradient_norms", "scale_to_norm", "clip_gradient"])
def test_each_mistake_is_named_on_many_inputs(name: str) -> None:
    item = UNIT.item(name)
    assert isinstance(item, FunctionItem)
    for seed in range(3):
        proof = prove_item(item, seed, pairs=10)
        assert proof.failures == ()
        assert proof.named.all and proof.pairs_named.all


def test_a_ready_made_rnn_is_no_answer() -> None:
    for item in UNIT.items:
        assert {"torch.nn.RNN", "torch.nn.RNNCell", "gatedrnn_course.cells"} <= set(item.forbidden)
    assert "torch.nn.utils.clip_grad_norm_" in UNIT.item("clip_gradient").forbidden
