from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gatedrnn_course.engines.shared.packing import Packing, check_lengths, reversal
from gatedrnn_course.errors import CourseError

lengths_of = st.lists(st.integers(0, 5), min_size=1, max_size=5)
CPU = torch.device("cpu")


@given(lengths=lengths_of)
def test_packing_and_padding_undo_each_other(lengths: list[int]) -> None:
    packing = Packing.of(lengths, CPU)
    T = max(lengths) + 1
    padded = torch.arange(1.0, 1 + T * len(lengths) * 2).view(T, len(lengths), 2)
    rows = packing.pack(padded)
    assert rows.shape == (sum(lengths), 2) and sum(packing.batch_sizes) == sum(lengths)
    back = packing.pad(rows, T)
    for b, n in enumerate(lengths):
        assert torch.equal(back[:n, b], padded[:n, b]) and not back[n:, b].any()


@given(lengths=lengths_of.filter(lambda n: min(n) > 0))
def test_the_packing_is_torchs(lengths: list[int]) -> None:
    padded = torch.randn(max(lengths), len(lengths), 2)
    theirs = torch.nn.utils.rnn.pack_padded_sequence(padded, lengths, enforce_sorted=False)
    ours = Packing.of(lengths, CPU)
    assert ours.batch_sizes == tuple(theirs.batch_sizes.tolist())
    order = theirs.sorted_indices
    assert order is not None
    if len(set(lengths)) == len(lengths):
        assert torch.equal(ours.order, order) and torch.equal(ours.pack(padded), theirs.data)
    assert torch.equal(ours.order[ours.back], torch.arange(len(lengths)))


@given(lengths=lengths_of)
def test_reversal_turns_each_sequence_round(lengths: list[int]) -> None:
    packing = Packing.of(lengths, CPU)
    padded = torch.randn(max(lengths), len(lengths))
    turned = packing.pad(packing.pack(padded)[reversal(packing.batch_sizes, CPU)], max(lengths))
    for b, n in enumerate(lengths):
        assert torch.equal(turned[:n, b], padded[:n, b].flip(0))


@pytest.mark.parametrize("lengths", [[1], [1, 2, 3], [-1, 2], [6, 1], [1.0, 2.0], [True, 2], torch.tensor([1.5, 2.0])])
def test_lengths_that_do_not_fit_are_refused(lengths: Any) -> None:
    with pytest.raises(CourseError, match="one for each sequence"):
        check_lengths(lengths, 5, 2)


def test_lengths_may_be_a_tensor() -> None:
    assert check_lengths(torch.tensor([5, 0]), 5, 2) == [5, 0]
