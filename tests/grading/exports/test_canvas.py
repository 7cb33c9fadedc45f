"""Canvas gets its own rows back, with points in one column."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from records import Make

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.grading.exports.canvas import canvas
from gatedrnn_course.grading.exports.table import Table, read_table
from gatedrnn_course.grading.units import Unit

GRADEBOOK = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Unit 02 (70001),Unit 03: Gates (70002),Final Score\r\n"
    "    Points Possible,,,,,100.00,50.00,(read only)\r\n"
    '"Ångström, Ben",1002,s-2,bang,A,90,,80\r\n'
    '"Doe, Jane",1001,s-1,jdoe,A,,7,70\r\n'
    '"Eve, Eva",1005,s-5,eve,A,,3,60\r\n'
    '"Cem, Cem",1003,s-3,cem,A,,,\r\n'
    '"Dan, D",1004,s-4,dan,A,,9,\r\n'
)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def gradebook(tmp_path: Path) -> Table:
    path = tmp_path / "canvas.csv"
    path.write_text(GRADEBOOK, "utf-8", newline="")
    return read_table(path, ("Student", "ID"))


def test_the_gradebook_is_filled_in_and_scaled(records: tuple[Record, ...], unit: Unit, gradebook: Table) -> None:
    filled = canvas(records, unit, gradebook)
    head, ben, jane, eve, cem, dan = rows(filled.text)
    column = "Unit 03: Gates (70002)"
    assert list(ben) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column]
    assert head[column] == "50.00"
    assert (ben["Student"], ben["ID"], ben["SIS User ID"], ben[column]) == ("Ångström, Ben", "1002", "s-2", "47")
    assert jane[column] == "50"
    assert (eve[column], cem[column], dan[column]) == ("3", "", "9"), "whom no record is about keeps what is there"
    assert (filled.count, filled.missing, filled.not_graded) == (2, ("Cem",), ("Dan",))


def test_without_a_gradebook_the_ids_come_from_the_files(records: tuple[Record, ...], unit: Unit) -> None:
    head, ben, _cem, jane = rows(canvas(records, unit).text)
    assert head["Unit 03: Gates"] == "100"
    assert (ben["ID"], ben["Unit 03: Gates"]) == ("1002", "94")
    assert (jane["Student"], jane["Unit 03: Gates"]) == ("Jane Doe", "100")


def test_a_column_must_be_one(records: tuple[Record, ...], unit: Unit, gradebook: Table) -> None:
    assert "Unit 02 (70001)" in canvas(records, unit, gradebook, "unit 02").text
    with pytest.raises(CourseError, match="There are: Unit 02"):
        canvas(records, unit, gradebook, "unit 9")
    with pytest.raises(CourseError, match="--assignment"):
        canvas(records, unit, Table([*gradebook.head, "Unit 03: Gates again"], gradebook.rows), "unit 03")


def test_formulas_become_text(make: Make, unit: Unit) -> None:
    text = canvas([make('=HYPERLINK("http://x")')], unit).text
    assert not any(cell.startswith(("=", "+", "@")) for row in csv.reader(io.StringIO(text)) for cell in row)


def test_a_table_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Name,Points\nAna,5\n")
    with pytest.raises(CourseError, match="no column Student, ID"):
        read_table(path, ("Student", "ID"))
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CourseError, match="cannot be read"):
        read_table(path, ("Student",))
