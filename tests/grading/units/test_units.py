from __future__ import annotations

import ast
import re

import pytest

from gatedrnn_course.cells.expr import to_text
from gatedrnn_course.cells.numeric import python_of
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.items import DrivenItem, Item, SliceItem, TrainedEquationsItem
from gatedrnn_course.grading.units import UNITS, Unit, find_item, load
from gatedrnn_course.grading.units.unit import Unit as Same

ITEMS = [item for number in UNITS for item in load(number).items]
names = pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)


@pytest.mark.parametrize("number", UNITS)
def test_a_unit_is_worth_100_points(number: str) -> None:
    unit = load(number)
    assert isinstance(unit, Unit) and Unit is Same
    assert unit.points == sum(item.points for item in unit.items) == 100
    assert unit.number == number and unit.stem == f"{number}_{unit.name}"
    assert re.fullmatch(r"[a-z_]+", unit.name) and unit.title


def test_function_names_are_identifiers_and_unique_over_all_units() -> None:
    found = [item.name for item in ITEMS]
    assert len(set(found)) == len(found)
    assert all(name.isidentifier() for name in found)
    assert all(item.name[0].isupper() if item.base else item.name == item.name.lower() for item in ITEMS)


@names
def test_three_different_hints(item: Item) -> None:
    assert len(item.hints) == len(set(item.hints)) == 3
    assert all(hint.strip() and hint.endswith((".", "?", "`")) for hint in item.hints)


def squeezed(text: str) -> str:
    return re.sub(r"[\s()]", "", text).replace("p.", "")


@names
def test_hints_never_hold_the_answer(item: Item) -> None:
    if not isinstance(item, SliceItem):
        return
    hints = squeezed(" ".join(item.hints))
    for line in item.slice.lines:
        assert squeezed(python_of(line.expr)) not in hints
        assert squeezed(to_text(line.expr)) not in hints
    for code in re.findall(r"`([^`]+)`", " ".join(item.hints)):
        assert not re.search(r"\b(sigmoid|tanh)\(", code)


@names
def test_docstrings_name_every_argument_and_output(item: Item) -> None:
    text = item.docstring()
    for name in item.arguments:
        assert re.search(rf"^    {name}: |__init__\(.*\b{name}\b", text, re.MULTILINE), name
    returns = re.split(r"Returns:|which returns", text)[1]
    if isinstance(item, DrivenItem | TrainedEquationsItem):  # compared is what comes of using the answer
        assert len(returns.split()) > 3
    else:
        assert all(re.search(rf"\b{name}\b", returns) for name in getattr(item, "gives", item.outputs))
    assert '"""' not in text and max(map(len, text.splitlines())) <= 120
    ast.parse(f"{'class' if item.base else 'def'} {item.signature()}: ...")


@names
def test_points_and_titles(item: Item) -> None:
    assert item.points > 0 and item.title.endswith(".") and item.title[0].isupper()


def test_a_unit_is_found_by_its_number_in_any_form() -> None:
    assert load("3") is load("03")
    with pytest.raises(CourseError, match=r"There are: 00, 01, 02"):
        load("99")


def test_an_item_is_found_by_its_name() -> None:
    unit, item = find_item("lstm_step")
    assert unit.number == "03" and item is unit.item("lstm_step")
    with pytest.raises(CourseError, match=r"The function `lstm_stop` of an exercise(.|\n)*Near it: lstm_step"):
        find_item("lstm_stop")
    with pytest.raises(CourseError, match=r"of unit 03(.|\n)*There are: forget_gate"):
        unit.item("linear")


def test_the_lstm_itself_is_forbidden_where_it_is_built() -> None:
    for item in load("03").items:
        assert {"torch.nn.LSTM", "torch.nn.LSTMCell", "gatedrnn_course.cells"} <= set(item.forbidden)
