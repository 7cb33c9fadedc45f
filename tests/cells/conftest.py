"""What the tests share: arrays to run a cell on, a plain torch run to compare with, cells drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from gatedrnn_course.cells import Cell, Params, draw_params, parse, sequence, sequence_backward


@dataclass(frozen=True)
class Run:
    """A cell with arrays for T steps, and a loss: the sum of `d_hs * hs` and of `d_last * last states`."""

    cell: Cell
    xs: Any
    state: tuple[Any, ...]
    p: Params
    d_hs: Any
    d_last: tuple[Any, ...]

    def loss(self, xs: Any, state: Sequence[Any], p: Any) -> Any:
        hs, last = sequence(self.cell, xs, state, p)
        return np.sum(self.d_hs * hs) + sum(np.sum(d * s) for d, s in zip(self.d_last, last, strict=True))

    def gradients(self) -> dict[str, Any]:
        """Ours, by name: the parameters, `xs` where the cell has an input, and each initial state as `h_prev`."""
        d_p, d_xs, d_state = sequence_backward(self.cell, self.xs, self.state, self.p, self.d_hs, self.d_last)
        named = {f"{name}_prev": d for name, d in zip(self.cell.states, d_state, strict=True)}
        return {**d_p, **named, **({"xs": d_xs} if self.cell.inputs else {})}


def draw_run(cell: Cell, D: int = 3, H: int = 4, batch: tuple[int, ...] = (2,), T: int = 3, seed: int = 0) -> Run:
    """Non-zero states, non-zero biases, all sizes distinct unless asked otherwise."""
    rng = np.random.default_rng(seed)
    xs: Any = rng.normal(size=(T, *batch, D)) if cell.inputs else [None] * T
    state, d_last = (tuple(rng.normal(size=(*batch, H)) for _ in cell.states) for _ in range(2))
    return Run(cell, xs, state, draw_params(cell, D, H, rng), rng.normal(size=(T, *batch, H)), d_last)


@pytest.fixture(scope="session")
def draw() -> Callable[..., Run]:
    return draw_run


@pytest.fixture(scope="session")
def agrees() -> Callable[[Run, Callable[..., Any]], None]:
    """Asserts that a step written in plain torch, `step(x, states, p) -> states`, gives our values and gradients."""

    def check(run: Run, step: Callable[..., Any]) -> None:
        import torch

        def leaf(array: Any) -> Any:
            return torch.tensor(array, requires_grad=True)

        leaves = {f"{name}_prev": leaf(s) for name, s in zip(run.cell.states, run.state, strict=True)}
        leaves.update({name: leaf(run.p[name]) for name in run.cell.parameters})
        if run.cell.inputs:
            leaves["xs"] = leaf(run.xs)
        states, hs = tuple(leaves[f"{name}_prev"] for name in run.cell.states), []
        for t in range(len(run.xs)):
            states = step(leaves["xs"][t] if run.cell.inputs else None, states, Params(leaves))
            hs.append(states[0])
        loss = (torch.tensor(run.d_hs) * torch.stack(hs)).sum()
        loss = loss + sum((torch.tensor(d) * s).sum() for d, s in zip(run.d_last, states, strict=True))
        loss.backward()

        our_hs, our_states = sequence(run.cell, run.xs, run.state, run.p)
        np.testing.assert_allclose(our_hs, torch.stack(hs).detach(), rtol=1e-10, atol=1e-10)
        for ours, theirs in zip(our_states, states, strict=True):
            np.testing.assert_allclose(ours, theirs.detach(), rtol=1e-10, atol=1e-10)
        gradients = run.gradients()
        assert gradients.keys() == leaves.keys()
        for name, theirs in leaves.items():
            wanted = np.zeros(theirs.shape) if theirs.grad is None else theirs.grad
            np.testing.assert_allclose(gradients[name], wanted, rtol=1e-10, atol=1e-10, err_msg=name)

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
            st.builds(lambda k, a: f"({a} + b_{k})", number, inner),
            st.builds(lambda k, a: f"(P_{k} * {a})", number, inner),
            inner.map(lambda a: f"-{a}"),
            st.builds(lambda n, a: f"({n} - {a})", st.sampled_from([1, 0.5, 2]), inner),
        )

    return st.recursive(leaf, wider, max_leaves=5)


@st.composite
def _cells(draw: Any) -> Cell:
    names = [*draw(st.lists(st.sampled_from(["f", "i", "c", "a_f", "h_tilde", "y"]), unique=True, max_size=4)), "h"]
    lines = []
    for k, name in enumerate(names):
        known = [*names[:k], *(f"{later}_prev" for later in names)]
        lines.append(f"{name} = {draw(_vectors(known))}")
    return parse("\n".join(lines))


@pytest.fixture(scope="session")
def any_cell() -> st.SearchStrategy[Cell]:
    """Cells nobody wrote; draw from it with `data.draw(any_cell)`."""
    return _cells()
