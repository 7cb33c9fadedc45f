"""A study's folder is read by people who have neither the code nor the network."""

from __future__ import annotations

import csv
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import asdict
from html.parser import HTMLParser

import pytest
from typer.testing import CliRunner

from gatedrnn_course.cli import app
from gatedrnn_course.errors import CourseError
from gatedrnn_course.studies.odyssey.report import write_page, write_report
from gatedrnn_course.studies.odyssey.study import ABOUT, TRIALS, About
from gatedrnn_course.studies.odyssey.table import read_rows, write_rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory, rows):
    """A folder that was handed on: no database in it."""
    made = tmp_path_factory.mktemp("study")
    variants = tuple(dict.fromkeys(row.variant for row in rows))
    about = About("lesson", ("music",), variants, 40, 3, {"music": "Music()"}, "a machine", "gatedrnn study <odyssey>")
    (made / ABOUT).write_text(json.dumps(asdict(about)))
    write_rows(made / TRIALS, rows)
    write_report(made)
    return made


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.alts: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        values = dict(attrs)
        self.found += [v for k, v in attrs if k in ("src", "href", "xlink:href") and not v.startswith("#")]
        if tag == "svg":
            self.alts.append(values.get("aria-label", ""))
        assert tag not in ("script", "iframe", "link")


def test_the_report_needs_nothing_beside_itself(folder) -> None:
    text = (folder / "report.html").read_text(encoding="utf-8")
    seen = Links()
    seen.feed(text)
    assert all(link.startswith("data:image/png;base64,") for link in seen.found)
    assert len(seen.alts) == 5 and all(len(alt) > 40 for alt in seen.alts)
    assert "default-src 'none'" in text


def test_the_report_says_what_made_it_and_what_it_found(folder) -> None:
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert "gatedrnn study &lt;odyssey&gt;" in text  # nothing a shell was given becomes markup
    for words in ("Seed 3", "a machine", "NFG: worse here, as in the paper", "8.55", "200 of 200 trials are done"):
        assert words in text
    assert "5 of them diverged" in text


def test_the_same_trials_give_the_same_report(folder) -> None:
    before = (folder / "report.html").read_bytes()
    write_report(folder)
    assert (folder / "report.html").read_bytes() == before


def test_pictures_are_svg_with_words(folder, tmp_path) -> None:
    page = write_page(folder, tmp_path / "docs" / "odyssey.md")
    shown = re.findall(r"!\[(.+?)\]\((.+?)\)", page.read_text(encoding="utf-8"))
    assert len(shown) == 5
    for alt, name in shown:
        root = ET.parse(page.parent / name).getroot()
        assert root.attrib["role"] == "img" and root.attrib["aria-label"] == alt


def test_pages_hold_no_path_of_the_machine(folder, tmp_path) -> None:
    page = write_page(folder, tmp_path / "odyssey.md")
    assert str(tmp_path) not in page.read_text(encoding="utf-8")
    assert str(folder) not in (folder / "report.html").read_text(encoding="utf-8")


def test_the_summary_holds_the_table(folder) -> None:
    with (folder / "summary.csv").open(newline="") as file:
        lines = {line["variant"]: line for line in csv.DictReader(file)}
    assert list(lines) == ["V", "CIFG", "NIG", "NFG", "NOAF"]
    assert lines["NFG"]["significant"] == "True" and lines["NFG"]["paper_mean"] == "8.596"
    assert lines["V"]["difference"] == "" and lines["NOAF"]["diverged"] == "5"


def test_the_table_reads_back(folder, rows) -> None:
    assert repr(read_rows(folder / TRIALS)) == repr(rows)


def test_report_from_the_command_line(folder, tmp_path) -> None:
    ran = CliRunner().invoke(app, ["study", "report", str(folder), "--page", str(tmp_path / "odyssey.md")])
    assert ran.exit_code == 0 and (tmp_path / "odyssey.md").is_file()
    ran = CliRunner().invoke(app, ["study", "report", str(tmp_path)])
    assert ran.exit_code == 2 and "There is none of study.json" in ran.output


def test_damage_is_told(tmp_path, folder) -> None:
    (tmp_path / ABOUT).write_text((folder / ABOUT).read_text())
    with pytest.raises(CourseError, match=r"The trials in trials\.csv"):
        write_report(tmp_path)
    (tmp_path / TRIALS).write_text("task,variant\nmusic,V\n")
    with pytest.raises(CourseError, match="cannot be read"):
        write_report(tmp_path)
    write_rows(tmp_path / TRIALS, [])
    with pytest.raises(CourseError, match="None of its trials is done"):
        write_report(tmp_path)
    (tmp_path / ABOUT).write_text("[]")
    with pytest.raises(CourseError, match=r"Its file study\.json cannot be read"):
        write_report(tmp_path)
