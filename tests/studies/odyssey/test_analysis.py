"""The comparison of variants on trials whose differences are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gatedrnn_course.studies.odyssey.analysis import analyse, importance
from gatedrnn_course.studies.odyssey.sizes import SIZES
from gatedrnn_course.studies.odyssey.study import About
from gatedrnn_course.studies.odyssey.words import differences, findings, share_words

QUICK = replace(SIZES["paper"], resamples=4)


def test_the_best_tenth_is_chosen_by_validation_and_judged_on_the_test(rows) -> None:
    found = analyse(rows, "music", 0.1)
    vanilla = [row for row in rows if row.variant == "V"]
    best = sorted(vanilla, key=lambda row: row.validation)[:4]
    assert found.best["V"].rows == tuple(best)
    assert found.best["V"].mean.value == pytest.approx(np.mean([row.test for row in best]))
    assert found.best["V"].parameters == pytest.approx(np.mean([row.parameters for row in best]))
    assert found.top == min((row for row in rows if row.finite), key=lambda row: row.validation)
    assert found.count == len(rows)


def test_verdicts_are_those_that_were_built_in(rows) -> None:
    found = analyse(rows, "music", 0.1)
    assert {name: group.verdict for name, group in found.best.items()} == {
        "V": 0, "CIFG": 0, "NFG": 1, "NIG": -1, "NOAF": 0,
    }  # fmt: skip
    assert {name: found.agrees(name) for name in found.best} == {
        "V": None, "CIFG": True, "NFG": True, "NIG": False, "NOAF": False,
    }  # fmt: skip


def test_diverged_trials_are_counted_not_averaged(rows) -> None:
    found = analyse(rows, "music", 0.1)
    assert (found.every["NOAF"].diverged, len(found.every["NOAF"].rows)) == (5, 35)
    assert found.every["V"].diverged == 0
    assert np.isfinite(found.every["NOAF"].mean.value)


def test_the_learning_rate_matters_most(rows) -> None:
    found = importance(rows, "music", QUICK, "V")
    assert found is not None and found.count == 40
    assert found.shares["learning_rate"].value > 0.8
    assert found.shares["learning_rate"].low > 0.5
    assert sum(share.value for share in found.shares.values()) == pytest.approx(1)
    assert {frozenset(pair) for pair in found.pairs} >= {frozenset(("learning_rate", "noise"))}


def test_few_trials_say_nothing_of_importance(rows) -> None:
    few = [row for row in rows if row.number < 5]
    assert importance(few, "music", QUICK, "V") is None


def test_findings_tell_agreement_and_disagreement(rows) -> None:
    text = "\n".join(findings(analyse(rows, "music", 0.1), None))
    assert "NFG: worse here, as in the paper" in text
    assert "NIG: better here, no difference in the paper" in text
    assert "NOAF: no difference here, worse in the paper" in text
    assert "The best trial by validation is of NIG" in text
    assert "the paper's 8.550 lie" in text


def test_what_does_not_vary_is_said(rows) -> None:
    fixed = importance([r for r in rows if r.variant == "V"], "music", replace(SIZES["lesson"], resamples=2))
    assert fixed is not None and share_words(fixed, "hidden_size") == "does not vary"
    assert "[" in share_words(fixed, "noise")
    reduced = About("reduced", ("music",), ("V",), 1, 0, {"music": "Music()"})
    assert any("16 units in every trial" in line for line in differences(reduced))
    paper = About("paper", ("music",), ("V",), 1, 0, {"music": "Music()"})
    assert not any("16 units" in line for line in differences(paper))
