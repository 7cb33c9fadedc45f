"""A portion of trials: what comes back depends on each trial alone."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from gatedrnn_course.engines import c_tier
from gatedrnn_course.studies.odyssey.portion import Portion, train_portion
from gatedrnn_course.studies.odyssey.sizes import Protocol
from gatedrnn_course.studies.odyssey.space import Trial
from gatedrnn_course.studies.odyssey.variants import VARIANTS
from gatedrnn_course.tasks import DigitFrames, Music, Strokes

MUSIC = Music(longest=15, stand_in="always")
TRIALS = tuple(Trial(3 + k % 2, 1e-2 * (k + 1), 0.5, 0.1 * k) for k in range(4))
PORTION = Portion("music", "NP", (0, 1, 2, 3), TRIALS, (5, 6, 7, 8), MUSIC, Protocol(4, steps=6, evaluate_every=3), 9)
needs_compiler = pytest.mark.skipif(not c_tier.available(), reason="no C compiler works here")


def part(portion: Portion, *chosen: int) -> Portion:
    return replace(
        portion,
        numbers=tuple(portion.numbers[k] for k in chosen),
        trials=tuple(portion.trials[k] for k in chosen),
        seeds=tuple(portion.seeds[k] for k in chosen),
    )


def numbers(portion: Portion) -> list:
    return [replace(outcome, seconds=0.0) for outcome in train_portion(portion)]


@needs_compiler
def test_a_trial_is_the_same_in_any_portion() -> None:
    whole = numbers(PORTION)
    assert numbers(part(PORTION, 2, 0)) == [whole[2], whole[0]]
    assert len({outcome.test for outcome in whole}) == 4


def test_one_that_diverges_is_told_and_the_others_go_on() -> None:
    wild = replace(TRIALS[1], learning_rate=1e38)
    before, calm = numbers(part(PORTION, 0)), numbers(replace(PORTION, trials=(TRIALS[0], wild, *TRIALS[2:])))
    assert [outcome.stopped for outcome in calm] == ["steps", "diverged", "steps", "steps"]
    assert calm[0].test == pytest.approx(before[0].test)
    alone = numbers(replace(part(PORTION, 1), trials=(wild,)))  # and so where it is the only one
    assert alone[0].stopped == "diverged"
    assert math.isnan(alone[0].validation) == math.isnan(alone[0].test)


def test_the_rate_of_a_step_grows_with_the_batch() -> None:
    assert Protocol(16, steps=1).learning_rate(TRIALS[0]) == pytest.approx(16 * TRIALS[0].learning_rate)
    assert Protocol(1, epochs=1).learning_rate(TRIALS[0]) == TRIALS[0].learning_rate


def test_music_is_judged_in_nats_and_speech_in_per_cent() -> None:
    (music,) = numbers(part(PORTION, 0))
    assert music.validation == pytest.approx(music.loss, rel=1e-5)
    speech = replace(part(PORTION, 0), task="speech", corpus=DigitFrames(stand_in="always"))
    (found,) = numbers(replace(speech, protocol=Protocol(4, steps=2)))
    assert 20 < found.test <= 100 and found.loss < 3


def test_the_papers_handwriting_is_read_both_ways_and_by_ctc() -> None:
    corpus = Strokes(letters=(1, 2), words=(4, 3, 3), stand_in="always")
    portion = replace(part(PORTION, 0, 1), task="handwriting", corpus=corpus, both_ways=True)
    found = numbers(replace(portion, protocol=Protocol(1, epochs=2, patience=15)))
    H, K = TRIALS[0].hidden_size, corpus.output_size
    assert found[0].parameters == 2 * VARIANTS["NP"].cell.parameter_count(4, H) + K * (2 * H + 1)
    assert found[0].best_step in (4, 8)
    assert found[0].test >= 0


def test_the_number_of_threads_is_as_before() -> None:
    before = torch.get_num_threads()
    train_portion(part(PORTION, 0))
    assert torch.get_num_threads() == before
