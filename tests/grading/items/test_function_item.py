from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.prove import prove_item
from gatedrnn_course.grading.prove.programs import answer, filled_answer
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.running.local import LocalCaller


def masked_mean(values: Any, mask: Any) -> Any:
    return (values * mask).sum(axis=0) / mask.sum(axis=0)


def draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    def one(kind: str, t: int, b: int, decides: bool = True) -> Draw:
        mask = (rng.random((t, b)) > 0.4).astype(float)
        mask[0] = 1.0
        return Draw(kind, (rng.normal(size=(t, b)), mask), decides)

    return one("batch", 5, 3), one("batch", 6, 2), one("ones", 1, 1), one("square", 4, 4, False)


ITEM = FunctionItem(
    "masked_mean",
    10,
    "The mean over time of the steps that count.",
    ("a", "b", "c"),
    takes={"values": "numbers, (T, B)", "mask": "1 where a step counts, (T, B)"},
    gives={"mean": "the mean of each column, (B,)"},
    function=masked_mean,
    mistakes=(
        Mistake("The mean is over all steps, also those that do not count.", lambda v, m: (v * m).mean(axis=0)),
        Mistake("The sum is not divided.", lambda v, m: (v * m).sum(axis=0)),
        Mistake("The mean is over the batch.", lambda v, m: (v * m).sum(axis=1) / m.sum(axis=1)),
    ),
    draw=draws,
)


def test_form() -> None:
    assert ITEM.signature() == "masked_mean(values, mask)"
    assert ITEM.outputs == ("mean",)
    assert "    mask: 1 where a step counts, (T, B)" in ITEM.docstring()
    assert ITEM.docstring().endswith("Returns:\n    mean: the mean of each column, (B,)")
    mean: Any = ITEM.reference(np.array([[1.0], [3.0]]), np.array([[1.0], [0.0]]))
    np.testing.assert_allclose(mean, [1.0])


@pytest.mark.parametrize("mistake", ITEM.mistakes, ids=lambda mistake: mistake.words)
def test_mistakes_are_named(mistake: Mistake) -> None:
    verdict = judge(ITEM, LocalCaller(mistake.function), 3)
    assert (verdict.outcome, verdict.mistake) == ("wrong", mistake.words)


def test_another_mistake_is_told_by_its_numbers() -> None:
    verdict = judge(ITEM, LocalCaller(lambda v, m: v.sum(axis=0)), 3)
    assert (verdict.outcome, verdict.mistake) == ("wrong", "Nothing depends on `mask`.")


def test_a_right_answer_is_never_accused() -> None:
    def loops(values: Any, mask: Any) -> Any:
        columns = range(len(values[0]))
        return [sum(v[k] * m[k] for v, m in zip(values, mask, strict=True)) / sum(m[k] for m in mask) for k in columns]

    assert judge(ITEM, LocalCaller(loops), 1).outcome == "right"


def test_it_is_proved_like_the_others() -> None:
    proof = prove_item(ITEM, 0)
    assert proof.failures == ()
    assert str(proof.named) == "3/3" and proof.accepted.of >= 8 and proof.pairs_caught.of == 0


def test_its_source_stands_alone() -> None:
    assert judge(ITEM, LocalCaller(function_of(answer(ITEM), "masked_mean")), 1).outcome == "right"
    assert judge(ITEM, LocalCaller(function_of(filled_answer(ITEM, "0.0"), "masked_mean")), 1).outcome == "wrong"


@pytest.mark.parametrize("error", [ValueError, TypeError, IndexError])
def test_a_mistake_that_raises_on_some_inputs_is_named_for_a_learner_who_raises_on_the_same(error: Any) -> None:
    """The learner and the mistake raise the same kind of exception where there is one step only."""

    def second_step(values: Any, mask: Any) -> Any:
        if len(values) == 1:
            raise error("no second step")
        return values[1]

    item = replace(ITEM, mistakes=(Mistake("The second step is taken alone.", second_step),))
    verdict = judge(item, LocalCaller(second_step), 3)
    assert (verdict.outcome, verdict.mistake) == ("wrong", "The second step is taken alone.")


def test_a_mistake_that_raises_where_the_learner_does_not_is_another_one() -> None:
    def raising(values: Any, mask: Any) -> Any:
        raise IndexError

    item = replace(
        ITEM, mistakes=(Mistake("It raises.", raising), Mistake("The sum.", lambda v, m: (v * m).sum(axis=0)))
    )
    assert judge(item, LocalCaller(lambda v, m: (v * m).sum(axis=0)), 3).mistake == "The sum."


def test_two_mistakes_are_named_together_after_those_alone() -> None:
    def both(v: Any, m: Any) -> Any:
        return -(v * m).sum(axis=0)

    assert judge(ITEM, LocalCaller(both), 1).mistake == ""
    item = replace(ITEM, pairs=(Mistake("The sum is not divided.", both, also="The sign is turned."),))
    assert judge(item, LocalCaller(both), 1).mistake == "The sum is not divided. The sign is turned."
    proof = prove_item(item, 0)
    assert proof.failures == ()
    assert (proof.pairs_caught.of, proof.pairs_named.of) == (1, 1) and proof.pairs_named.all


def test_an_answer_that_always_raises_is_no_mistake_that_always_raises() -> None:
    def raises(v: Any, m: Any) -> Any:
        raise ValueError("no")

    item = replace(ITEM, mistakes=(Mistake("It raises.", raises),))
    assert judge(item, LocalCaller(raises), 1).mistake == ""


def test_an_answer_that_looks_at_directions_only_depends_on_its_arguments() -> None:
    verdict = judge(ITEM, LocalCaller(lambda v, m: v[0] / np.sqrt((v**2).sum()) + 0 * m[0]), 1)
    assert "any argument" not in verdict.sentence and "`values`" not in verdict.sentence
