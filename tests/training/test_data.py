from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from gatedrnn_course.training.data import batches_in_epoch, training_batches, validation_batch


def inputs(task, start, count, seed=0):
    return [batch.inputs for batch in islice(training_batches(task, 8, seed, start), count)]


@pytest.mark.parametrize("kind", ["task", "corpus"])
@pytest.mark.parametrize("start", [1, 3, 4])
def test_a_run_taken_up_again_reads_what_it_would_have_read(kind, start, request):
    task = request.getfixturevalue(kind)
    whole, later = inputs(task, 0, 7), inputs(task, start, 7 - start)
    assert all(np.array_equal(a, b) for a, b in zip(whole[start:], later, strict=True))


@pytest.mark.parametrize("kind", ["task", "corpus"])
def test_another_seed_reads_something_else(kind, request):
    task = request.getfixturevalue(kind)
    assert not np.array_equal(inputs(task, 0, 1)[0], inputs(task, 0, 1, seed=1)[0])


def test_an_epoch_holds_every_sequence_once_and_each_has_an_order_of_its_own(corpus):
    assert batches_in_epoch(corpus, 8) == 3
    epochs = [list(islice(training_batches(corpus, 8, 0, 3 * i), 3)) for i in range(2)]
    assert [batch.size for batch in epochs[0]] == [8, 8, 4]
    lengths = [np.concatenate([batch.lengths for batch in epoch]) for epoch in epochs]
    assert np.array_equal(np.sort(lengths[0]), np.sort(lengths[1]))
    assert not np.array_equal(lengths[0], lengths[1])


def test_validation_is_a_part_of_a_corpus_or_so_many_sequences(task, corpus):
    assert validation_batch(corpus, 5, 0).size == 20
    assert validation_batch(task, 5, 0).size == 5
