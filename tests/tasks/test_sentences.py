from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.tasks import stream
from gatedrnn_course.tasks.sentences import NAMES, NOUNS, VERBS, WORDS, Sentences, sentence

MANY = [sentence(np.random.default_rng(seed)) for seed in range(2000)]


def test_every_word_comes_and_every_sentence_ends_with_a_point():
    assert {word for words in MANY for word in words} == set(WORDS)
    assert len(WORDS) == 24  # Elman 1991: 8 nouns, 2 names, 12 forms of verbs, who, and the point
    assert all(words[-1] == "." and "." not in words[:-1] for words in MANY)


def test_a_main_verb_agrees_with_a_subject_that_stands_before_it():
    for words in MANY:
        if "who" in words:
            continue
        subject, verb = words[:2]
        plural = subject.endswith("s")
        assert verb in ([*VERBS] if plural else [f"{v}s" for v in VERBS])


def test_agreement_holds_across_a_clause_of_the_object():
    """boys who Mary chases feed: the verb after the clause agrees with the first noun."""
    seen = 0
    for words in MANY:
        if words[1] == "who" and words[2] in NAMES and "who" not in words[2:]:
            verb = words[4]
            assert verb.endswith("s") is not words[0].endswith("s")
            seen += 1
    assert seen > 10


@pytest.mark.parametrize(("verb", "follows"), [("chase", "noun"), ("walk", "none")])
def test_verbs_that_must_or_cannot_have_an_object(verb, follows):
    nouns = {*NAMES, *NOUNS, *(f"{noun}s" for noun in NOUNS)}
    for words in MANY:
        if "who" in words:
            continue
        if words[1] in (verb, f"{verb}s"):
            assert (words[2] in nouns) is (follows == "noun")


def test_a_batch_asks_for_the_next_word_at_every_step():
    batch = Sentences(12).batch(stream(3, "train", 7), 5)
    assert batch.inputs.shape == (12, 5, 24)
    assert batch.mask.all()
    assert np.array_equal(batch.inputs[1:].argmax(-1), batch.targets[:-1])
    again = Sentences(12).batch(stream(3, "train", 7), 5)
    assert np.array_equal(batch.inputs, again.inputs)


def test_the_most_frequent_word_is_less_than_a_quarter():
    batch = Sentences().batch(0, 2000)
    assert np.bincount(batch.targets.ravel()).max() / batch.targets.size < 0.25
