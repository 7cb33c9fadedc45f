"""What something needs, to the end."""

from gatedrnn_course.closure import closure

NEEDS = {"h": ["o", "c"], "c": ["f", "c"], "f": ["x"], "loop": ["pool"], "pool": ["loop"]}


def used(name):
    return NEEDS.get(name, [])


def test_everything_on_the_way_is_found_once():
    assert closure(["h"], used) == {"h", "o", "c", "f", "x"}
    assert closure(["f", "o"], used) == {"f", "x", "o"}
    assert closure([], used) == set()


def test_a_circle_ends():
    assert closure(["loop"], used) == {"loop", "pool"}
