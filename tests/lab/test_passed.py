from __future__ import annotations

from gatedrnn_course.lab import passed


def test_only_the_very_function_that_passed_counts() -> None:
    passed.remember("f", print)
    assert passed.holds("f", print)
    assert not passed.holds("f", len)
    assert not passed.holds("g", print)
    assert not passed.holds("f", None)


def test_a_forgotten_function_is_gone_and_forgetting_twice_is_no_fault() -> None:
    passed.remember("f", print)
    passed.forget("f")
    passed.forget("f")
    assert passed.function("f") is None
    assert passed.names() == ()
