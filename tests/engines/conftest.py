"""What the tests of the engines share: arrays to run a cell on, the reference's numbers, cells nobody wrote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from gatedrnn_course.cells import Cell, CellError, Params, draw_params, parse, sequence, sequence_backward, whole_step


@dataclass(frozen=True)
class Run:
    """A cell with arrays for T steps of B sequences, and what the loss weighs hidden and last states with."""

    cell: Cell
    xs: Any
    state: tuple[Any, ...]
    p: Params
    d_hs: Any
    d_last: tuple[Any, ...]

    def reference(self) -> dict[str, Any]:
        """Values and gradients by the NumPy reference."""
        steps = self.xs if self.cell.inputs else [None] * len(self.xs)
        hs, last = sequence(self.cell, steps, self.state, self.p)
        d_p, d_xs, d_state = sequence_backward(self.cell, steps, self.state, self.p, self.d_hs, self.d_last)
        if d_xs is None:
            d_xs = np.zeros_like(self.xs)
        return self.named(hs, last, d_xs, d_state, d_p)

    def torch(self, run: Callable[..., Any], dtype: torch.dtype = torch.float64, device: str = "cpu") -> dict[str, Any]:
        """Values and gradients of a function with the arguments of `sequence.run`."""

        def leaf(array: Any) -> torch.Tensor:
            return torch.tensor(array, dtype=dtype, device=device, requires_grad=True)

        T, B = self.xs.shape[:2]
        xs, state, p = leaf(self.xs), [leaf(s) for s in self.state], {n: leaf(self.p[n]) for n in self.cell.parameters}
        hs, last = run(self.cell, xs.reshape(T * B, -1), (B,) * T, state, list(p.values()))
        hs = hs.reshape(T, B, -1)
        loss = (hs * leaf(self.d_hs)).sum() + sum((s * leaf(d)).sum() for s, d in zip(last, self.d_last, strict=True))
        leaves = [xs, *state, *p.values()]
        found = torch.autograd.grad(loss, leaves, materialize_grads=True, allow_unused=True)
        d = [g.double().cpu().numpy() for g in found]
        count = len(state)
        values = hs.detach().double().cpu().numpy(), [s.detach().double().cpu().numpy() for s in last]
        return self.named(*values, d[0], d[1 : 1 + count], dict(zip(p, d[1 + count :], strict=True)))

    def named(self, hs: Any, last: Sequence[Any], d_xs: Any, d_state: Sequence[Any], d_p: Any) -> dict[str, Any]:
        found = {"hs": hs, "d_xs": d_xs, **{f"d_{name}": d for name, d in d_p.items()}}
        for name, s, d in zip(self.cell.states, last, d_state, strict=True):
            found.update({name: s, f"d_{name}_prev": d})
        return found


def draw_run(cell: Cell, D: int = 3, H: int = 4, B: int = 2, T: int = 5, seed: int = 0, scale: float = 0.7) -> Run:
    """Non-zero states, all sizes distinct unless asked otherwise; D = 0 for a cell without input."""
    rng = np.random.default_rng(seed)
    sizes = {"D": D if cell.inputs else 0, "H": H}
    widths = [sizes[whole_step(cell).shape(f"{name}_prev")[0]] for name in cell.states]
    state, d_last = (tuple(rng.normal(size=(B, w)) for w in widths) for _ in range(2))
    xs, d_hs = rng.normal(size=(T, B, sizes["D"])), rng.normal(size=(T, B, H))
    return Run(cell, xs, state, draw_params(cell, D, H, rng, scale), d_hs, d_last)


@pytest.fixture(scope="session")
def draw() -> Callable[..., Run]:
    return draw_run


@pytest.fixture(scope="session")
def same() -> Callable[..., None]:
    """Asserts that two runs have the same numbers, within `tolerance` relative to the largest of each array."""

    def check(ours: dict[str, Any], wanted: dict[str, Any], tolerance: float = 1e-10) -> None:
        assert ours.keys() == wanted.keys()
        for name, array in wanted.items():
            scale = max(1.0, float(np.abs(array).max(initial=0.0)))
            np.testing.assert_allclose(ours[name], array, rtol=0, atol=tolerance * scale, err_msg=name)

    return check


def _vectors(known: Sequence[str]) -> st.SearchStrategy[str]:
    """Expressions for a vector of H numbers from vectors of H numbers at hand."""
    number = st.integers(0, 2)
    leaf = st.one_of(
        st.sampled_from(list(known)),
        number.map(lambda k: f"(W_{k} @ x)"),
        st.builds(lambda k, v: f"(U_{k} @ {v})", number, st.sampled_from(list(known))),
    )

    def wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds(lambda a, op, b: f"({a} {op} {b})", inner, st.sampled_from("+-*"), inner),
            st.builds(lambda f, a: f"{f}({a})", st.sampled_from(["sigmoid", "tanh", "relu"]), inner),
            st.builds(lambda a, b: f"({a} / (3 - tanh({b})))", inner, inner),
            st.builds(lambda k, a: f"(U_{k} @ tanh({a}))", number, inner),
            st.builds(lambda k, a: f"(0.5 * (U_{k} @ {a}) - b_{k} * P_{k})", number, inner),
            st.builds(lambda k, a: f"({a} + b_{k})", number, inner),
            st.builds(lambda k, a: f"(P_{k} * {a})", number, inner),
            st.builds(lambda k, a: f"({a} / (4 + tanh(b_{k})))", number, inner),
            inner.map(lambda a: f"-{a}"),
            inner.map(lambda a: f"(sigmoid(1) * {a})"),
            st.builds(lambda n, a: f"({n} - {a})", st.sampled_from([1, 0.5, 2]), inner),
        )

    return st.recursive(leaf, wider, max_leaves=6)


@st.composite
def _cells(draw: Any) -> Cell:
    names = [*draw(st.lists(st.sampled_from(["f", "i", "c", "g", "h_tilde", "y"]), unique=True, max_size=4)), "h"]
    lines = []
    for k, name in enumerate(names):
        known = [*names[:k], *(f"{later}_prev" for later in names)]
        lines.append(f"{name} = {draw(_vectors(known))}")
    try:
        return parse("\n".join(lines))
    except CellError:
        return parse("h = tanh(W_h @ x + U_h @ h_prev)")


@pytest.fixture(scope="session")
def any_cell() -> st.SearchStrategy[Cell]:
    """Cells nobody wrote; draw from it with `data.draw(any_cell)`."""
    return _cells()
