from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from gatedrnn_course.cells import catalogue, sequence
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load
from gatedrnn_course.grading.units.torch_layout import MISTAKES

ITEM = load("04").item("to_torch_layout")


def verdict(function: Any) -> Verdict:
    return judge(ITEM, LocalCaller(function), 3)


def layout(p: Any, order: str = "ifco", axis: int = 0) -> dict[str, Any]:
    stacks = {k: np.concatenate([p[f"{k}_{g}"] for g in order], axis=axis if k != "b" else 0) for k in "WUb"}
    return {
        "weight_ih_l0": stacks["W"],
        "weight_hh_l0": stacks["U"],
        "bias_ih_l0": stacks["b"],
        "bias_hh_l0": 0 * stacks["b"],
    }


def test_torch_computes_the_same_with_the_layout() -> None:
    rng = np.random.default_rng(0)
    (p,) = ITEM.draws(rng)[0].args
    H, D = p["W_f"].shape  # type: ignore[call-overload, index]
    lstm = torch.nn.LSTM(D, H, dtype=torch.float64)
    found = ITEM.reference(p)
    assert isinstance(found, dict)
    lstm.load_state_dict({name: torch.as_tensor(value) for name, value in found.items()})
    xs, h_0, c_0 = rng.normal(size=(6, 2, D)), rng.normal(size=(2, H)), rng.normal(size=(2, H))
    theirs = lstm(torch.as_tensor(xs), (torch.as_tensor(h_0)[None], torch.as_tensor(c_0)[None]))[0]
    ours = sequence(catalogue["LSTM"], xs, (h_0, c_0), p)  # type: ignore[arg-type]
    np.testing.assert_allclose(theirs.detach().numpy(), ours[0], rtol=1e-10, atol=1e-12)


SPLITS = {
    "all in the first": lambda p: layout(p),
    "all in the second": lambda p: {
        **layout(p),
        "bias_ih_l0": 0 * layout(p)["bias_ih_l0"],
        "bias_hh_l0": layout(p)["bias_ih_l0"],
    },
    "half in each": lambda p: {**layout(p), **{f"bias_{k}_l0": layout(p)["bias_ih_l0"] / 2 for k in ("ih", "hh")}},
    "a tuple in order": lambda p: tuple(layout(p).values()),
    "tensors": lambda p: {name: torch.as_tensor(value) for name, value in layout(p).items()},
}


@pytest.mark.parametrize("split", SPLITS)
def test_torch_adds_two_biases_so_their_sum_is_judged(split: str) -> None:
    assert verdict(SPLITS[split]).outcome == "right"


WRONG = {
    "stand in our order f, i, c, o": lambda p: layout(p, "fico"),
    "The candidate and the output gate are exchanged": lambda p: layout(p, "ifoc"),
    "W and U are exchanged": lambda p: {
        **layout(p),
        "weight_ih_l0": layout(p)["weight_hh_l0"],
        "weight_hh_l0": layout(p)["weight_ih_l0"],
    },
    "The bias counts twice": lambda p: {**layout(p), "bias_hh_l0": layout(p)["bias_ih_l0"]},
    "There is no bias": lambda p: {**layout(p), "bias_ih_l0": 0 * layout(p)["bias_ih_l0"]},
    "The matrices are transposed": lambda p: {n: v.T for n, v in layout(p).items()},
    "joined side by side": lambda p: layout(p, axis=1),
    "in the order o, g, f, i": lambda p: layout(p, "ocfi"),
    "`bias_hh_l0` is missing": lambda p: {n: v for n, v in layout(p).items() if n != "bias_hh_l0"},
}


@pytest.mark.parametrize("words", WRONG)
def test_a_mistake_is_named(words: str) -> None:
    got = verdict(WRONG[words])
    assert got.outcome == "wrong" and words in got.mistake


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.said.english[:40])
def test_every_listed_mistake_is_named(mistake: Any) -> None:
    got = verdict(mistake.function)
    assert (got.outcome, got.mistake) == ("wrong", mistake.said.english)
