from __future__ import annotations

import pytest
import torch

from gatedrnn_course.training.randomness import own_randomness, random_state, restore_random_state


def test_numbers_follow_the_seed_and_nobody_else_notices():
    before = torch.get_rng_state()
    drawn = []
    for seed in (3, 3, 4):
        with own_randomness(seed):
            drawn.append(torch.rand(5))
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])
    assert torch.equal(torch.get_rng_state(), before)


def test_a_state_goes_on_where_it_was_taken():
    device = torch.device("cpu")
    with own_randomness(0):
        state = random_state(device)
        first = torch.rand(5)
        restore_random_state(state, device)
        assert torch.equal(torch.rand(5), first)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU; the test above is its twin on the CPU")
def test_a_state_of_the_gpu_goes_on_where_it_was_taken():
    device = torch.device("cuda")
    with own_randomness(0, device):
        state = random_state(device)
        first = torch.rand(5, device=device)
        restore_random_state(state, device)
        assert torch.equal(torch.rand(5, device=device), first)
