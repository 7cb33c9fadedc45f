"""What every exercise says of how it is graded holds for its items, and for the grader."""

from __future__ import annotations

import pytest

from gatedrnn_course.authoring.terms import terms
from gatedrnn_course.grading.units import UNITS, load


@pytest.mark.parametrize("number", UNITS)
def test_every_forbidden_name_is_told_with_its_items(number: str) -> None:
    text, unit = terms(load(number)), load(number)
    everywhere = text.split("You may use")[1].split("\n")[0]
    apart = text.split("Not allowed in ")[1:]
    for item in unit.items:
        told = everywhere + "".join(row.split(": ")[1] for row in apart if f"`{item.name}`" in row.split(": ")[0])
        lasts = {name.rpartition(".")[2] for name in item.forbidden}
        assert all(f".{last}`" in told for last in lasts), item.name


def test_autograd_is_forbidden_in_the_backward_alone() -> None:
    assert "- Not allowed in `lstm_step_backward`, `lstm_backward`: `torch.autograd`, `torch.func`." in terms(
        load("04")
    )
    assert "autograd" not in terms(load("03"))


def test_a_place_for_a_name_is_told_once() -> None:
    assert "`torch.nn.LSTM`" in terms(load("03"))
    assert "modules" not in terms(load("03"))


def test_a_file_that_is_graded_is_told_with_where_it_is_looked_for() -> None:
    assert "`Adder` needs the file `Adder.npz` too: that beside the notebook" in terms(load("06"))
    assert "you may clear it" not in terms(load("06"))
    assert "you may clear it" in terms(load("05"))


def test_of_a_class_it_says_that_it_is_not_replaced() -> None:
    assert "A class is not replaced." in terms(load("06"))
    assert "A class" not in terms(load("04"))


def test_one_answer_alone_stands_on_no_other() -> None:
    assert "above it" not in terms(load("00"))
