from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from gatedrnn_course.cells import Params, catalogue, step
from gatedrnn_course.engines import from_torch
from gatedrnn_course.grading.items import Mistake
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load
from gatedrnn_course.grading.units.gru_from_torch import ARRAYS, MISTAKES

ITEM = load("07").item("from_torch_gru")


def torchs() -> tuple[torch.nn.GRU, Params]:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        layer = torch.nn.GRU(3, 5, dtype=torch.float64)
    return layer, Params({name: getattr(layer, name).detach().numpy() for name in ARRAYS})


def test_it_gives_the_parameters_that_the_engine_finds() -> None:
    layer, arrays = torchs()
    found = dict(zip(ITEM.outputs, ITEM.reference(arrays), strict=True))  # type: ignore[arg-type]
    for name, tensor in from_torch(layer).named().items():
        assert np.array_equal(found[name], tensor.detach().numpy()), name


def test_with_them_the_reset_after_is_torchs_and_the_reset_before_is_not() -> None:
    layer, arrays = torchs()
    p = Params(dict(zip(ITEM.outputs, ITEM.reference(arrays), strict=True)))  # type: ignore[arg-type]
    rng = np.random.default_rng(0)
    xs, h_0 = rng.normal(size=(4, 2, 3)), rng.normal(size=(2, 5))
    theirs = layer(torch.from_numpy(xs), torch.from_numpy(h_0)[None])[0].detach().numpy()
    far = {}
    for name in ("GRU", "GRU reset after"):
        h, states = h_0, []
        for x in xs:
            (h,) = step(catalogue[name], x, (h,), p)
            states.append(h)
        far[name] = np.abs(np.stack(states) - theirs).max()
    assert far["GRU reset after"] < 1e-12
    assert far["GRU"] > 1e-2


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.words[:40])
def test_each_mistake_is_named(mistake: Mistake) -> None:
    def from_torch_gru(p: Any) -> Any:
        return mistake.function(p)

    verdict = judge(ITEM, LocalCaller(from_torch_gru), 2)
    assert (verdict.outcome, verdict.mistake) == ("wrong", mistake.words)


def test_mistakes_of_several_parameters_are_named_each() -> None:
    def from_torch_gru(p: Any) -> Any:
        (W_r, W_z, W_h), (U_z, U_r, U_h) = np.split(p.weight_ih_l0, 3), np.split(p.weight_hh_l0, 3)
        (b_r, b_z, b_h), (_r, _z, b_u) = np.split(p.bias_ih_l0, 3), np.split(p.bias_hh_l0, 3)
        return W_z, W_r, W_h, U_z, U_r, U_h, b_z, b_r, b_h, b_u

    told = judge(ITEM, LocalCaller(from_torch_gru), 2).sentence
    assert "taken in the order z, r, n" in told and "each is the sum of two" in told
