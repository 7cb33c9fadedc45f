from __future__ import annotations

import pickle

import pytest

from gatedrnn_course import tasks
from gatedrnn_course.cells import ODYSSEY, catalogue
from gatedrnn_course.errors import CourseError
from gatedrnn_course.lookup import Named, missing

FRUITS = Named("A fruit.", {"apple": 1, "pear": 2, "Peach": 3})


def test_it_is_a_mapping() -> None:
    assert dict(FRUITS) == {"apple": 1, "pear": 2, "Peach": 3}
    assert (len(FRUITS), list(FRUITS)) == (3, ["apple", "pear", "Peach"])
    assert "pear" in FRUITS
    assert "plum" not in FRUITS
    assert FRUITS.get(["pear"]) is None  # type: ignore[call-overload]
    assert (FRUITS.get("pear"), FRUITS.get("plum"), FRUITS.get("plum", 0)) == (2, None, 0)


def test_it_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        FRUITS["plum"] = 4  # type: ignore[index]


@pytest.mark.parametrize(
    ("asked", "near"),
    [("aple", "Near it: apple."), ("PEAR", "Near it: pear"), ("peach", "Near it: Peach")],
)
def test_a_name_it_lacks_is_told_with_near_names(asked: str, near: str) -> None:
    with pytest.raises(CourseError) as caught:
        FRUITS[asked]
    first, came, expected = str(caught.value).splitlines()
    assert first == "A fruit."
    assert repr(asked) in came
    assert expected.startswith(near)


@pytest.mark.parametrize("asked", ["xylophone", "", 7, None, ["apple"]])
def test_where_none_is_near_all_are_told(asked: object) -> None:
    with pytest.raises(CourseError, match=r"There are: apple, pear, Peach\."):
        FRUITS[asked]  # type: ignore[index]


def test_it_is_a_key_error_for_those_who_catch_one() -> None:
    with pytest.raises(KeyError):
        FRUITS["plum"]
    assert issubclass(type(missing("", "", ())), KeyError)


def test_it_shows_its_names_and_survives_a_pickle() -> None:
    assert repr(FRUITS) == "<A fruit. apple, pear, Peach>"
    assert dict(pickle.loads(pickle.dumps(FRUITS))) == dict(FRUITS)


@pytest.mark.parametrize(
    ("named", "asked", "near"),
    [
        (catalogue, "LTSM", "LSTM"),
        (catalogue, "lstm", "LSTM"),
        (catalogue, "peephole", "peephole LSTM"),
        (ODYSSEY, "CFIG", "CIFG"),
        (tasks.catalogue, "addding", "adding"),
        (tasks.generated, "temporal_order", "temporal_order_6a"),
        (tasks.recorded, "digit", "digits"),
    ],
)
def test_the_catalogues_of_the_course_look_up_alike(named: Named[object], asked: str, near: str) -> None:
    with pytest.raises(CourseError, match=f"Near it: .*{near}"):
        named[asked]


def test_a_line_of_a_cell_is_looked_up_alike() -> None:
    with pytest.raises(CourseError, match=r"A line of the cell LSTM\.(.|\n)*Near it: c_tilde"):
        catalogue["LSTM"].line("ctilde")
