"""What leaves for other systems: hostile names, ids and messages act in no table, page, log or folder."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hostile_texts import TEXTS, acting
from records import record
from typer.testing import CliRunner

from gatedrnn_course.cli import app
from gatedrnn_course.grading.classroom.layouts import hand_ins
from gatedrnn_course.grading.classroom.record import Record, file_stems, write_text

TEXTS = {
    **{name: text for name, text in TEXTS.items() if name != "lone"},  # no record can hold half a character
    "other separator": "GOT;=1+GOT",
    "tabs": "GOT\t=1+GOT",
    "separator and space": "GOT; \u200b@GOT",
    "quoted": 'GOT"\r\n=1+GOT',
    "command": "::add-mask::GOT",
    "command on a line": "GOT\n  ::stop-commands::GOT\n##[group]GOT",
    "up": "../../GOT",
    "root": "/tmp/GOT",
    "parent": "..",
    "hidden": ".GOT",
    "windows": "..\\..\\GOT",
    "null": "GOT\x00.json",
}
ACTING_SIGNS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
FORMULA = re.compile(r"\s*\u200b?[=+\-@＝＋－＠]")
COMMAND = re.compile(r"^\s*::|##\[", re.MULTILINE)


def hostile(text: str, number: int) -> Record:
    """A record that holds a text wherever a student or a platform has a word."""
    told = {"sentence": text, "details": (text,), "notes": (text,), "mistake": text, "overridden": text}
    return record(
        text, {"candidate": told}, id=text, file=text, notes=(text, f"{number}"), handed_in_at=text, fingerprint=text
    )


def run(*words: str | Path) -> str:
    told = CliRunner().invoke(app, list(map(str, words)))
    assert told.exit_code == 0, told.output
    return told.output


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a class of such records, three folders down."""
    out = tmp_path_factory.mktemp("host") / "a" / "b" / "out"
    for number, text in enumerate(TEXTS.values()):
        write_text(out / "records" / f"{number}.json", hostile(text, number).model_dump_json())
    return out


def cells(text: str) -> list[str]:
    """The cells that a spreadsheet may make of a table, whatever separator it expects."""
    found = []
    for separator in ",;\t":
        reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator)
        found += [cell for row in reader for cell in row]
    return found


@pytest.mark.parametrize("kind", ["csv", "canvas", "moodle"])
def test_no_cell_of_an_export_is_a_formula(results: Path, kind: str) -> None:
    table = results.parent / f"{kind}.csv"
    told = run("export", kind, "--out", results, "--to", table)
    text = table.read_bytes().decode()
    assert text.count("GOT") > len(TEXTS)
    wrong = [cell for cell in cells(text) if "GOT" in cell and FORMULA.match(cell.replace("&lt;", "<"))]
    assert wrong == []
    assert not ACTING_SIGNS.search(text)
    assert not ACTING_SIGNS.search(told)


def test_the_table_of_the_gradebook_holds_none(results: Path) -> None:
    table = results.parent / "book.csv"
    told = run("gradebook", results, "--out", results, "--csv", table)
    text = table.read_bytes().decode()
    assert not [cell for cell in cells(text) if "GOT" in cell and FORMULA.match(cell)]
    assert not ACTING_SIGNS.search(text + told)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_a_student_wrote_on_the_platform_is_no_formula_in_its_own_table(results: Path, text: str) -> None:
    for kind, option, head, row in (
        ("canvas", "--gradebook", ["Student", "ID", "Unit 03: Gates (7)"], [text, text, "1"]),
        (
            "moodle",
            "--worksheet",
            ["Identifier", "Full name", "Grade", "Feedback comments"],
            ["Participant 1", text, "", text],
        ),
    ):
        given, to = results.parent / "given.csv", results.parent / "filled.csv"
        file = io.StringIO()
        csv.writer(file).writerows([head, row])
        given.write_text(file.getvalue(), "utf-8", newline="")
        told = run("export", kind, "--out", results, option, given, "--to", to)
        filled = to.read_bytes().decode()
        assert "GOT" in filled or text == ".."
        assert not [cell for cell in cells(filled) if "GOT" in cell and FORMULA.match(cell)]
        assert not ACTING_SIGNS.search(told), "nobody's name acts on the terminal"


def test_a_comment_is_text_on_the_page_of_the_platform(results: Path) -> None:
    table = results.parent / "comments.csv"
    run("export", "moodle", "--out", results, "--to", table)
    for row in csv.DictReader(io.StringIO(table.read_bytes().decode(), newline="")):
        assert acting(row["Feedback comments"]) == []
        assert not re.search(r"<(?!br>)", row["Feedback comments"])


def test_a_name_leads_out_of_no_folder(results: Path) -> None:
    before = {path for path in results.parents[2].rglob("*") if path.is_file()}
    to, outside = results.parent / "gradescope", Path("/tmp").glob("GOT*")
    there = {path: path.stat().st_mtime_ns for path in outside}
    run("export", "gradescope", "--out", results, "--to", to)
    made = {path for path in results.parents[2].rglob("*") if path.is_file()} - before
    assert {path.parent for path in made - {results / "gradebook.db"}} == {to}
    assert len(list(to.iterdir())) == len(TEXTS)
    assert all(path.suffix == ".json" and path.name.isprintable() for path in to.iterdir())
    assert {path: path.stat().st_mtime_ns for path in Path("/tmp").glob("GOT*")} == there


def test_results_are_plain_text_and_the_points_are_the_judges(results: Path) -> None:
    to = results.parent / "results"
    run("export", "gradescope", "--out", results, "--to", to)
    for path in to.iterdir():
        shown: dict[str, Any] = json.loads(path.read_text("utf-8"))
        assert not ACTING_SIGNS.search("".join(one["output"] for one in shown["tests"]) + shown["output"])
        assert {one["output_format"] for one in [shown, *shown["tests"]]} == {"text"}
        assert {one["name_format"] for one in shown["tests"]} == {"text"}
        assert shown["score"] == sum(one["score"] for one in shown["tests"]) == 94


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("status", ["graded", "unreadable"])
def test_no_line_of_a_log_is_a_command(tmp_path: Path, text: str, status: str) -> None:
    told = {"items": (), "problem": text, "status": status, "points": 0} if status == "unreadable" else {}
    made = hostile(text, 0).model_copy(update=told)
    write_text(tmp_path / "out" / "records" / "x.json", made.model_dump_json())
    run("export", "github", "--out", tmp_path / "out", "--to", tmp_path / "line")
    line = (tmp_path / "line").read_text("utf-8")
    assert re.fullmatch(r"[A-Za-z0-9+/]+=*", line), "it is written into a shell's variable"
    shown = json.loads(base64.b64decode(line))
    said = [one[name] for one in shown["tests"] for name in ("name", "message")]
    assert not [one for one in said if COMMAND.search(one) or ACTING_SIGNS.search(one)]
    assert sum(one["score"] for one in shown["tests"]) == made.points


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_names_and_ids_of_a_platform_are_names_of_files(tmp_path: Path, text: str) -> None:
    metadata = {
        f"submission_{k}": {":submitters": [{":name": "Ana", ":sid": f"{k}{text}"}, {":name": text, ":sid": f"x{k}"}]}
        for k in (1, 2)
    }
    folder = tmp_path / "assignment_1_export"
    for name in metadata:
        (folder / name).mkdir(parents=True)
        (folder / name / "a.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}')
    (folder / "submission_metadata.yml").write_text(json.dumps(metadata))
    students = [one.student for one in hand_ins(folder, tmp_path / "scratch").students]
    assert len(students) == 4
    assert not [name for name in students if re.search(r"[/\\]", name) or ACTING_SIGNS.search(name)]
    assert file_stems(students) == {name: name for name in students}


def test_the_name_of_a_file_is_plain_whatever_the_name_of_the_student() -> None:
    stems = file_stems([*TEXTS.values(), "", "\ud800", "Ana"])
    assert len(set(stems.values())) == len(stems)
    assert stems["Ana"] == "Ana"
    for stem in stems.values():
        assert stem.isprintable()
        assert Path(stem).name == stem
        assert "\\" not in stem
        assert not stem.startswith(".")


def test_who_is_not_looked_at_acts_on_no_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEDRNN_UNSAFE_SANDBOX", "1")  # nothing of theirs runs
    (tmp_path / "class").mkdir()
    for name in ("ana", "\x1b[31mGOT\x9b\u202e"):
        path = tmp_path / "class" / f"{name}.ipynb"
        path.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}')
        os.utime(path, (10**9, 10**9))
    told = run("grade", tmp_path / "class", "--unit", "00", "--since", "2020-01-01", "--out", tmp_path / "out")
    assert "GOT" in told
    assert not ACTING_SIGNS.search(told)
