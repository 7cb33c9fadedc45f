from __future__ import annotations

import io

import pytest

from gatedrnn_course.grading.exchange.printing import Heard, heard


@pytest.mark.parametrize(("printed", "anything"), [("", False), ("\n", False), (" \t\n", False), ("0", True)])
def test_what_is_printed_is_passed_on_and_noted(printed: str, anything: bool) -> None:
    stream = io.StringIO()
    with heard(stream) as listening:
        print(printed, end="")
    assert stream.getvalue() == printed
    assert listening.anything is anything


def test_a_process_without_an_output_hears_all_the_same() -> None:
    listening = Heard(None)
    assert listening.write("abc") == 3
    listening.flush()
    assert listening.anything


def test_the_output_is_given_back_even_where_the_body_raises(capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> None:
        print("before")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), heard() as listening:
        fails()
    print("after")
    assert listening.anything
    assert capsys.readouterr().out == "before\nafter\n"


def test_everything_else_is_asked_of_the_stream_behind() -> None:
    stream = io.StringIO("text")
    assert Heard(stream).getvalue() == "text"
