"""Every outcome has a sign and a word of its own, and every missing guarantee a sentence."""

from __future__ import annotations

from typing import get_args

from gatedrnn_course.grading.classroom.record import SandboxRecord
from gatedrnn_course.grading.judging.verdict import Outcome
from gatedrnn_course.grading.report.words import OUTCOMES, not_kept, sandbox_sentence
from gatedrnn_course.grading.sandbox import Guarantee


def test_outcomes_differ_in_sign_and_in_word() -> None:
    assert set(OUTCOMES) == set(get_args(Outcome))
    signs, words = zip(*OUTCOMES.values(), strict=True)
    assert len(set(signs)) == len(set(words)) == len(OUTCOMES)


def test_every_guarantee_that_is_missing_is_told() -> None:
    everything = SandboxRecord(backend="none", level="none", missing=get_args(Guarantee))
    assert len(set(not_kept(everything))) == len(get_args(Guarantee))
    assert not set(not_kept(everything)) & set(get_args(Guarantee))


def test_the_sentence_names_backend_level_and_what_is_missing() -> None:
    weak = SandboxRecord(backend="process", level="weak", missing=("network", "a later one", "disk"))
    assert sandbox_sentence(weak) == (
        "Answers ran in the sandbox `process` (level: weak). "
        "Nothing there keeps an answer from filling the disk, using the network, a later one."
    )
    strong = SandboxRecord(backend="jail", level="strong", missing=())
    assert sandbox_sentence(strong) == "Answers ran in the sandbox `jail` (level: strong)."
