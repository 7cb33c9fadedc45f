from __future__ import annotations

import csv
import re
import xml.etree.ElementTree as ET

import pytest

from gatedrnn_course.studies.evolution.intervals import intervals
from gatedrnn_course.studies.evolution.report import Made, write_page, write_report
from gatedrnn_course.studies.evolution.search import Evolution
from gatedrnn_course.studies.statistics import Interval

MADE = Made("gatedrnn study evolution --size tiny", 3.0)


@pytest.fixture(scope="module")
def study(tmp_path_factory, tiny):
    study = Evolution(tmp_path_factory.mktemp("report"), tiny, seed=3)
    study.run(progress=False)
    return study


def test_the_folder_can_be_read_without_the_code(study):
    page = write_report(study, MADE).read_text(encoding="utf-8")
    assert "gatedrnn study evolution --size tiny" in page
    for number in study.members()[:3]:
        own = study.store.architectures()[number]
        assert own.name in page
        assert own.cell.text.splitlines()[0].split("#")[0].strip() in page
    for svg in re.findall(r"<svg.*?</svg>", page, re.S):
        assert ET.fromstring(svg).get("role") == "img"
    with (study.out / "architectures.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["number"]) for row in rows] == sorted(study.store.architectures())
    assert {row["number"]: row["fitness"] for row in rows}["2"] == "1.0"
    assert len((study.out / "evaluations.csv").read_text().splitlines()) == 1 + len(study.store.evaluations())


def test_the_page_of_the_documentation_has_its_pictures(study, tmp_path):
    page = write_page(study, MADE, tmp_path / "evolution.md")
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text):
        assert (tmp_path / link).exists()
    assert "What differs from the paper" in text
    assert str(tmp_path) not in text
    write_page(study, MADE, page)
    assert page.read_text(encoding="utf-8") == text


def test_intervals_are_told_in_words_too():
    svg = intervals(
        "Accuracy", [("LSTM", Interval(0.5, 0.4, 0.6), 0.892), ("one", Interval(0.5, *[float("nan")] * 2), 0.3)]
    )
    root = ET.fromstring(svg)
    assert "LSTM: 0.500 [0.400, 0.600], in the paper 0.892." in root.find("{*}desc").text
    assert len(root.findall("{*}circle")) == 2
