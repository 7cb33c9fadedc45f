"""The laws that every generated task keeps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks import Batch, Criterion, Task, generated, loss_value, stream
from gatedrnn_course.tasks.batch import inside, one_hot

SMALL = {
    "embedded_reber": {"strings": 64},
    "continual_reber": {"length": 100},
    "measure_spike_delays": {"intervals": 10},
    "generate_timed_spikes": {"intervals": 5},
}
NAMES = sorted(generated)
seeds = st.integers(0, 2**32)
every_task = pytest.mark.parametrize("name", NAMES)
laws = settings(max_examples=8, deadline=None, derandomize=True)


def make(name: str) -> Task:
    return generated[name](**SMALL.get(name, {}))


def same(a: Batch, b: Batch) -> bool:
    return (
        a.inputs.shape == b.inputs.shape and np.array_equal(a.inputs, b.inputs) and np.array_equal(a.targets, b.targets)
    )


@every_task
@laws
@given(seed=seeds, split=st.sampled_from(["train", "valid", "test"]))
def test_the_same_seed_gives_the_same_batch(name, seed, split):
    assert same(make(name).batch(seed, 4, split), make(name).batch(seed, 4, split))


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("periodic")])
@laws
@given(seed=seeds)
def test_other_seeds_and_splits_give_other_batches(name, seed):
    task = make(name)
    batch = task.batch(seed, 32)
    assert not same(batch, task.batch(seed + 1, 32))
    assert not same(batch, task.batch(seed, 32, "test"))


@every_task
@laws
@given(seed=seeds, size=st.integers(1, 9))
def test_shapes_mask_and_padding_fit_the_lengths(name, seed, size):
    task = make(name)
    batch = task.batch(seed, size)
    inner = inside(batch.lengths, batch.steps)
    assert batch.size == size
    assert batch.inputs.shape == (batch.lengths.max(), size, task.input_size)
    assert batch.inputs.dtype == np.float64
    assert batch.targets.shape[:2] == batch.mask.shape == inner.shape
    assert batch.mask.dtype == bool
    assert batch.mask.any(axis=0).all()
    assert not (batch.mask & ~inner).any()
    assert not batch.inputs[~inner].any()
    assert not batch.targets[~inner].any()
    if task.loss == "cross_entropy":
        assert batch.targets.min() >= 0
        assert batch.targets.max() < task.output_size
    else:
        assert batch.targets.shape[2] == task.output_size


@every_task
def test_right_answers_solve_the_task(name, oracle):
    task = make(name)
    batch = task.batch(3, 16)
    outputs = oracle(task, batch)
    assert task.right(outputs, batch)[batch.mask].all()
    assert task.correct(outputs, batch).all()
    assert task.solved(outputs, batch)


@every_task
def test_one_wrong_scored_step_makes_its_sequence_wrong(name, oracle):
    task = make(name)
    batch = task.batch(3, 4)
    outputs = oracle(task, batch)
    outputs[np.flatnonzero(batch.mask[:, 2])[-1], 2] *= -1.0
    outputs[np.flatnonzero(batch.mask[:, 2])[-1], 2] += 1.0
    if task.loss == "mse":
        outputs[np.flatnonzero(batch.mask[:, 2])[-1], 2] += 3.0
    assert task.correct(outputs, batch).tolist() == [True, True, False, True]


@every_task
def test_nothing_is_right_without_numbers(name):
    task = make(name)
    batch = task.batch(0, 8)
    outputs = np.full((batch.steps, 8, task.output_size), np.nan)
    assert not task.right(outputs, batch).any()
    assert not task.solved(outputs, batch)


@every_task
def test_chance_is_the_loss_of_the_best_constant_on_fresh_sequences(name):
    task = make(name)
    batch = task.batch(77, 2000 if task.loss == "mse" and task.criterion.sequences > 10 else 300)
    scored = batch.targets[batch.mask]
    share = (one_hot(scored, task.output_size) if task.loss == "cross_entropy" else scored).mean(axis=0)
    with np.errstate(divide="ignore"):
        constant = {
            "mse": share,
            "cross_entropy": np.maximum(np.log(share), -50.0),
            "bernoulli": np.clip(np.log(share) - np.log1p(-share), -50.0, 50.0),
        }[task.loss]
    outputs = np.broadcast_to(constant, (batch.steps, batch.size, task.output_size))
    assert loss_value(task.loss, outputs, batch) == pytest.approx(task.chance, rel=0.06)
    assert not task.solved(outputs, batch)


@every_task
def test_every_task_says_what_it_is(name):
    task = make(name)
    assert task.name == name
    assert task.source
    assert task.metric
    assert hash(task) == hash(make(name))
    assert task == make(name)


def test_an_empty_batch_is_refused():
    with pytest.raises(CourseError, match="at least one sequence"):
        make("adding").batch(0, 0)


def test_streams_of_splits_and_steps_are_independent_and_can_be_taken_up_again():
    draws = {stream(0, split, step).random() for split in ("train", "valid", "test") for step in (None, 0, 1, 2)}
    assert len(draws) == 12
    assert stream(5, "train", 700).random() == stream(5, "train", 700).random()


def test_a_generator_can_take_the_place_of_the_seed():
    task = make("adding")
    rng = np.random.default_rng(0)
    first, second = task.batch(rng, 3), task.batch(rng, 3)
    assert not same(first, second)
    assert same(first, task.batch(np.random.default_rng(0), 3))


def test_float32_changes_numbers_but_not_classes():
    batch = make("adding").batch(0, 2).astype(np.float32)
    assert batch.inputs.dtype == batch.targets.dtype == np.float32
    assert make("temporal_order_6a").batch(0, 2).astype(np.float32).targets.dtype.kind == "i"


@pytest.mark.parametrize(
    ("criterion", "wrong", "error", "score", "met"),
    [
        (Criterion(2000), 0, 9.0, 0.0, True),
        (Criterion(2000), 1, 0.0, 1.0, False),
        (Criterion(2000, wrong=20), 1, 0.0, 0.0, True),
        (Criterion(2000, wrong=19), 1, 0.0, 0.0, False),
        (Criterion(2000, mean_error=0.01), 0, 0.011, 0.0, False),
        (Criterion(2000, mean_error=0.01), 0, 0.009, 0.0, True),
        (Criterion(2000, wrong=None, score=0.95), 100, 1.0, 0.95, True),
        (Criterion(2000, wrong=None, score=0.95), 0, 0.0, 0.94, False),
    ],
)
def test_a_criterion_asks_for_all_its_bounds(criterion, wrong, error, score, met):
    correct = np.arange(100) >= wrong
    assert criterion.met(correct, np.full(100, error), score) is met


def test_a_score_may_be_better_when_lower():
    criterion = Criterion(10, wrong=None, score=8.7)
    assert criterion.met(np.ones(1, bool), np.zeros(1), 8.6, lower_is_better=True)
    assert not criterion.met(np.ones(1, bool), np.zeros(1), 8.8, lower_is_better=True)


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("adding_1997", {"length": 21}),
        ("adding", {"length": 1}),
        ("temporal_order_6a", {"length": 19}),
        ("temporal_order_6a", {"relevant": 4}),
        ("long_lag_2a", {"lag": 1}),
        ("counting_ab", {"smallest": 0}),
        ("counting_ab", {"smallest": 5, "largest": 4}),
        ("counting_ab", {"letters": 4}),
        ("measure_spike_delays", {"interval": 0}),
        ("measure_spike_delays", {"extras": (-1, 0)}),
        ("periodic_cosine", {"period": 1}),
        ("periodic_cosine", {"wave": "saw"}),
        ("two_sequence_3a", {"variant": "3d"}),
        ("two_sequence_3a", {"informative": 0}),
        ("memorisation", {"letters": 0}),
        ("copying", {"lag": 0}),
        ("arithmetic", {"digits": 0}),
        ("xml", {"most": 0}),
        ("sentences", {"length": 0}),
    ],
)
def test_settings_outside_the_definition_are_refused_in_a_sentence(name, setting):
    with pytest.raises(CourseError) as caught:
        generated[name](**setting).batch(0, 2)
    assert caught.value.expected
    assert caught.value.do


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("adding_1997", {"length": 22}),
        ("multiplication", {"length": 22}),
        ("adding", {"length": 2}),
        ("temporal_order_6a", {"length": 20}),
        ("temporal_order_6b", {"length": 20}),
        ("long_lag_2a", {"lag": 2}),
        ("long_lag_2b", {"lag": 2}),
        ("long_lag_2c", {"lag": 0, "distractors": 1}),
        ("two_sequence_3a", {"length": 1, "informative": 1}),
        ("embedded_reber", {"strings": 1}),
        ("continual_reber", {"length": 1}),
        ("counting_ab", {"smallest": 1, "largest": 1}),
        ("measure_spike_delays", {"interval": 1, "extras": (0,), "intervals": 2}),
        ("measure_one_delay", {"interval": 1, "intervals": 1}),
        ("generate_timed_spikes", {"interval": 1, "intervals": 1}),
        ("periodic_triangle", {"period": 2, "periods": 1}),
        ("copying", {"lag": 1, "symbols": 1, "remember": 1}),
        ("arithmetic", {"digits": 1}),
        ("xml", {"most": 1}),
        ("sentences", {"length": 1}),
        ("memorisation", {"letters": 1, "kinds": 1}),
    ],
)
def test_the_smallest_settings_of_the_definition_are_allowed(name, setting, oracle):
    task = generated[name](**setting)
    batch = task.batch(0, 1)
    assert batch.size == 1
    assert task.name == name
    assert task.correct(oracle(task, batch), batch).all()


@pytest.mark.parametrize(
    ("name", "setting", "smallest"),
    [
        ("adding_1997", {"length": 21}, 22),
        ("temporal_order_6a", {"length": 19}, 20),
        ("two_sequence_3a", {"informative": 4, "length": 3}, 4),
        ("counting_ab", {"smallest": 3, "largest": 2}, 3),
        ("periodic_cosine", {"periods": 0}, 1),
        ("embedded_reber", {"strings": 0}, 1),
    ],
)
def test_the_smallest_setting_is_told(name, setting, smallest):
    with pytest.raises(CourseError, match=f"of at least {smallest}"):
        generated[name](**setting).batch(0, 1)


@pytest.mark.parametrize("name", ["embedded_reber", "xml", "long_lag_2a", "continual_reber", "counting_abc", "copying"])
def test_where_every_step_is_asked_every_step_is_scored(name):
    """The first prediction among them; only the padding is left out."""
    batch = make(name).batch(0, 20)
    assert np.array_equal(batch.mask, inside(batch.lengths, batch.steps))
