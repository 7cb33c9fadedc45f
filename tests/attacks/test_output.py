"""What an answer prints, raises and is called: it floods nothing, and acts on no terminal, page or spreadsheet."""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path

import pytest
from hostile import Attacker, Host
from hostile_texts import TEXTS, acting
from typer.testing import CliRunner

from gatedrnn_course.cli import app
from gatedrnn_course.grading.units import load

FLOODS = {
    "print": "while True: print('x' * 4096)",
    "the descriptor": "while True: os.write(1, b'x' * 65536)",
    "the other stream": "while True: sys.stderr.write('x' * 65536)",
    "warnings": (
        "import warnings\n    warnings.simplefilter('always')\n    while True: warnings.warn('x' * 9999, stacklevel=1)"
    ),
    "logging": "import logging\n    while True: logging.error('x' * 9999)",
    "threads": (
        "import threading\n    def loud():\n        while True: print('x' * 9999)\n"
        "    [threading.Thread(target=loud).start() for _ in range(3)]\n    time.sleep(100)"
    ),
}


@pytest.mark.parametrize("body", FLOODS.values(), ids=FLOODS)
def test_a_flood_ends_its_own_process(attacker: Attacker, body: str) -> None:
    attacker.promised("output")
    problem = attacker.run(f"def attack():\n    {body}", deadline=20).problem
    assert problem is not None and problem.kind == "died" and "MiB" in problem.message
    assert len(attacker.session.output()) <= 64 << 10
    attacker.close()


RAISING = """
class Fault(Exception): pass
Fault.__name__ = Fault.__qualname__ = TEXT
def forget_gate(x, h_prev, p):
    print(TEXT)
    raise Fault(TEXT)
def input_gate(x, h_prev, p): return {TEXT: x, "i": x}
def candidate(x, h_prev, p): return TEXT
class Named: pass
Named.__name__ = TEXT
def output_gate(x, h_prev, p): return Named()
def lstm_equations(): return TEXT
raise Fault(TEXT)  # this line is told: TEXT
"""


SHORT = "def forget_gate(x, h_prev, p): raise ValueError(TEXT)\nraise ValueError(TEXT)"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A class of hostile texts as notebooks and as names, and what the terminal was told."""
    folder = tmp_path_factory.mktemp("class")
    for name, text in TEXTS.items():
        cells = [f"import numpy as np\nTEXT = {text!r}", SHORT if "formula" in name else RAISING]
        code = [
            {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
            for source in cells
        ]
        book = json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
        called = text.replace("/", "∕").encode("utf-8", "surrogatepass")[:200]
        Path(os.fsdecode(os.fsencode(folder) + b"/" + called + b".ipynb")).write_text(book, "utf-8")
    out = tmp_path_factory.mktemp("out")
    patch = pytest.MonkeyPatch()
    patch.setenv("GATEDRNN_UNSAFE_SANDBOX", "1")  # where there is no strong one, this is not what is tried here
    told = CliRunner().invoke(app, ["grade", str(folder), "--unit", "03", "--out", str(out), "--jobs", "1"])
    patch.undo()
    assert told.exit_code == 0, told.output
    return out, told.output


def test_every_hostile_text_is_graded(graded: tuple[Path, str]) -> None:
    records = [json.loads(path.read_text("utf-8")) for path in (graded[0] / "records").glob("*.json")]
    assert len(records) == len(TEXTS)
    assert {record["status"] for record in records} == {"graded"}
    assert all(record["points"] == 0 for record in records)


def test_no_page_acts_on_a_text(graded: tuple[Path, str]) -> None:
    pages = [*graded[0].rglob("*.html")]
    assert len(pages) == len(TEXTS) + 1
    for path in pages:
        assert acting(path.read_text("utf-8")) == [], path.name


def test_no_cell_of_a_table_is_a_formula(graded: tuple[Path, str]) -> None:
    tables = [*graded[0].rglob("*.csv")]
    assert tables
    for path in tables:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                assert not [cell for cell in row if re.match(r"\s*[+\-@＝＋－＠]", cell) and "GOT" in cell], row


def test_nothing_acts_on_a_terminal(graded: tuple[Path, str]) -> None:
    texts = [graded[1], *(path.read_text("utf-8") for path in graded[0].rglob("*") if path.suffix in (".csv", ".txt"))]
    for text in texts:
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert "GOT" in graded[1]


def test_names_lead_out_of_no_folder(graded: tuple[Path, str], host: Host) -> None:
    out = graded[0]
    assert all(path.resolve().is_relative_to(out.resolve()) for path in out.rglob("*"))
    host.untouched()


def test_the_unit_that_is_graded_has_the_functions_used_here() -> None:
    names = {item.name for item in load("03").items}
    assert {"forget_gate", "input_gate", "candidate", "output_gate", "lstm_equations"} <= names
