"""A population with cells that have no kernel: only their models run in torch."""

from itertools import count

import numpy as np
import pytest
import torch

from gatedrnn_course.cells import catalogue, parse
from gatedrnn_course.engines import c_tier
from gatedrnn_course.engines.c_tier.build import library
from gatedrnn_course.engines.population import Population
from gatedrnn_course.engines.population.batched import BatchedModels
from gatedrnn_course.engines.population.compiled import CompiledModels
from gatedrnn_course.errors import CourseError

pytestmark = pytest.mark.skipif(not c_tier.available(), reason="no C compiler works here")

NUMBERS = count(1)


def no_text(write):
    raise ValueError("no text for these equations")


def no_program(write):
    return "#error no program\n"


@pytest.fixture(params=[no_text, no_program])
def bad(request, monkeypatch):
    """A cell whose kernel cannot be written, or cannot be compiled; no other test has loaded it."""
    cell = parse(f"h = tanh(W_h @ x + 0.3{next(NUMBERS)} * h_prev)", "without a kernel")
    write = library.write_cell
    monkeypatch.setattr(library, "write_cell", lambda own: request.param(own) if own is cell else write(own))
    return cell


def test_a_cell_without_a_kernel_leaves_the_others_theirs(bad):
    good = [parse(f"h = tanh(W_h @ x + 0.2{next(NUMBERS)} * (U_h @ h_prev) + b_h)", f"good {k}") for k in range(5)]
    assert not c_tier.supports([*good[:2], bad, *good[2:]], torch.float32)
    assert [c_tier.supports([cell], torch.float32) for cell in (*good, bad)] == [True] * 5 + [False]
    with pytest.raises(CourseError, match="without a kernel"):
        c_tier.kernels_of([good[0], bad], 4)


def test_only_its_models_run_in_torch(bad):
    mix = [catalogue["LSTM"], bad, catalogue["GRU"], bad, catalogue["LSTM"]]
    settings = {"noise": 0.2, "learning_rates": [0.1, 0.2, 0.3, 0.4, 0.5], "dtype": torch.float64, "scale": 0.5}
    mixed, alone = (Population(mix, 3, 2, [3, 4, 5, 6, 7], tier=tier, **settings) for tier in ("auto", "torch"))
    assert (mixed.tier, alone.tier) == ("c and torch", "torch")
    assert [(type(part), own) for part, own in mixed._models._parts] == [
        (CompiledModels, [0, 2, 4]),
        (BatchedModels, [1, 3]),
    ]
    rng = np.random.default_rng(0)
    batches = [(rng.normal(size=(5, 2, 3)), rng.normal(size=(5, 2, 2))) for _ in range(6)]
    for batch in batches[:3]:
        np.testing.assert_allclose(mixed.step(*batch), alone.step(*batch), rtol=0, atol=1e-9)
    mixed.rest(3)
    assert np.isnan(mixed.step(*batches[3])).tolist() == [False, False, False, True, False]
    alone.load_state_dict(mixed.state_dict())
    assert mixed._models.steps == [4, 4, 4, 3, 4]
    mixed.wake()
    for batch in batches[4:]:
        np.testing.assert_allclose(mixed.step(*batch), alone.step(*batch), rtol=0, atol=1e-9)
    xs = batches[0][0]
    np.testing.assert_allclose(mixed.outputs(xs, [3, 0, 1, 4]), alone.outputs(xs, [3, 0, 1, 4]), rtol=0, atol=1e-9)
    assert not mixed.frozen.any()


def test_who_asks_for_compiled_code_is_told(bad):
    with pytest.raises(CourseError, match="without a kernel"):
        Population([catalogue["LSTM"], bad], 3, 2, 4, tier="c")
