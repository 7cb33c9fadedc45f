"""The printed form of a program, and the page that shows it."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from textwrap import indent

import pytest

from gatedrnn_course.cells import catalogue, parse
from gatedrnn_course.engines.program.program import program_of
from gatedrnn_course.engines.program.text import program_sections, program_text
from gatedrnn_course.text import in_english

PAGE = Path(__file__).parents[3] / "docs" / "program.md"


def test_the_page_shows_what_the_command_prints() -> None:
    with in_english():
        sections = program_sections(catalogue["peephole LSTM"])
    shown = re.findall(r"^```text\n(.*?)\n```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    wanted = ["\n".join((heading, *lines)) for heading, lines in sections.items()]
    assert shown == wanted, 'put in what `gatedrnn show "peephole LSTM" --program` prints'


def test_the_page_shows_the_function_as_it_is() -> None:
    (shown,) = re.findall(r"^```python\n(.*?)\n```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert indent(shown, "    ") in inspect.getsource(program_of)


def test_the_page_names_every_pass() -> None:
    page = PAGE.read_text("utf-8")
    folder = Path(program_of.__wrapped__.__code__.co_filename).parent
    for file in folder.glob("[!_]*.py"):
        assert f"`{file.stem}`" in page, file.stem


@pytest.mark.parametrize("name", catalogue)
def test_every_value_and_product_is_printed_once(name: str) -> None:
    program, text = program_of(catalogue[name]), program_text(catalogue[name])
    for part in (program.forward, program.backward):
        for value in part.values:
            assert len(re.findall(rf"^{re.escape(value)} = ", text, re.MULTILINE)) == 1
    assert text.count("] @ ") == len(program.blocks) + len(program.transposed)
    assert text.count("outer(") == len(program.blocks)


def test_what_a_scan_needs_is_printed_for_a_cell_that_is_linear_in_its_state() -> None:
    with in_english():
        assert program_sections(catalogue["minGRU"])["Linear in the state"] == ["h: factor 1 - z, rest z * h_tilde"]
        assert "Linear in the state" not in program_sections(catalogue["GRU"])


def test_a_cell_without_input_has_nothing_before_the_steps() -> None:
    sections = program_sections(parse("h = tanh(U_h @ h_prev)"))
    assert [heading for heading in sections if "round" in heading or "Before" in heading] == [
        "Forward, round 1",
        "Backward, round 1",
        "Backward, round 2",
    ]
    assert sections["Forward, round 1"] == ["#0 = [U_h] @ h_prev", "a_h = #0", "h = tanh(a_h)  state h"]
