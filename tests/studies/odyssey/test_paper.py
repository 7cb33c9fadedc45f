"""The paper's numbers, beside what its text says of them (Greff et al. 2017, section V)."""

from __future__ import annotations

import pytest

from gatedrnn_course.studies.odyssey.analysis import paper_verdict
from gatedrnn_course.studies.odyssey.paper import ALL_TRIALS, BEST, BEST_TENTH, IMPORTANCE
from gatedrnn_course.studies.odyssey.sizes import SIZES, TASKS
from gatedrnn_course.studies.odyssey.space import NAMES, SETTINGS
from gatedrnn_course.studies.odyssey.variants import VARIANTS

MEANS = {  # figure 3, lower half, read from the vector graphics: V, CIFG, FGR, NP, NOG, NIAF, NIG, NFG
    "speech": (29.77, 29.79, 29.82, 30.33, 30.67, 30.92, 32.59, 34.23),
    "handwriting": (10.58, 11.29, 11.62, 10.17, 12.38, 12.93, 15.77, 27.72),
    "music": (8.550, 8.557, 8.621, 8.574, 8.571, 8.519, 8.516, 8.596),
}


@pytest.mark.parametrize("task", TASKS)
def test_every_variant_has_a_box(task: str) -> None:
    assert list(BEST_TENTH[task]) == list(ALL_TRIALS[task]) == list(VARIANTS)
    assert tuple(box.mean for box in BEST_TENTH[task].values()) == (*MEANS[task], None)


@pytest.mark.parametrize("task", TASKS)
def test_boxes_are_in_order(task: str) -> None:
    for printed in BEST_TENTH[task].values():
        if (box := printed.box) is not None:
            assert box.least <= box.low <= box.median <= box.high <= box.most


def test_no_output_activation_and_no_forget_gate_hurt_everywhere() -> None:
    assert all(paper_verdict(task, name) == 1 for task in TASKS for name in ("NOAF", "NFG"))


def test_coupling_and_no_peepholes_change_nothing_significantly() -> None:
    assert all(paper_verdict(task, name) == 0 for task in TASKS for name in ("CIFG", "NP"))


def test_gates_and_input_activation_matter_for_speech_and_handwriting_only() -> None:
    for name in ("NIG", "NOG", "NIAF"):
        assert [paper_verdict(task, name) for task in TASKS] == [1, 1, 0]


def test_full_gate_recurrence_hurts_music_only() -> None:
    assert [paper_verdict(task, "FGR") for task in TASKS] == [0, 0, 1]


def test_the_best_character_error_is_that_of_np() -> None:
    assert BEST["handwriting"] == ("NP", BEST_TENTH["handwriting"]["NP"].least) == ("NP", 9.26)
    assert BEST == {"speech": ("CIFG", 29.6), "handwriting": ("NP", 9.26), "music": ("NIAF", 8.38)}


def test_the_learning_rate_explains_more_than_two_thirds() -> None:
    assert [IMPORTANCE[task]["learning_rate"] for task in TASKS] == [67.3, 89.5, 91.3]
    for shares in IMPORTANCE.values():
        assert shares["learning_rate"] > 200 / 3
        assert shares["momentum"] < 1
        assert sum(shares.values()) == pytest.approx(100, abs=0.2)
        assert set(shares) == {*NAMES, ""} == {*SETTINGS, ""}


def test_the_papers_size_is_the_papers() -> None:
    size = SIZES["paper"]  # section IV.B and C
    assert (size.trials, size.share) == (200, 0.1)
    assert len(TASKS) * len(VARIANTS) * size.trials == 5400
    assert (size.protocol.batch_size, size.protocol.epochs, size.protocol.patience) == (1, 150, 15)
    assert size.both_ways == {"speech", "handwriting"}
    space = size.space
    assert (space.hidden_size.low, space.hidden_size.high, space.hidden_size.log) == (20, 200, True)
    assert (space.learning_rate.low, space.learning_rate.high, space.learning_rate.log) == (1e-6, 1e-2, True)
    assert (space.unlike.low, space.unlike.high, space.unlike.log) == (0.01, 1.0, True)
    assert (space.noise.low, space.noise.high, space.noise.log) == (0.0, 1.0, False)


def test_the_reduced_size_is_what_is_timed() -> None:
    size = SIZES["reduced"]
    assert len(TASKS) * len(VARIANTS) * size.trials == 5400
    assert (size.protocol.batch_size, size.protocol.steps) == (16, 20 * 1000 // 16)
    assert size.space.hidden_size.low == size.space.hidden_size.high == 16
    assert size.both_ways == frozenset()
