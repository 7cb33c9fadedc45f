from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from gatedrnn_course.lab.boxes import Group, best_tenths, draw_boxes, show_boxes, show_figure3

GROUPS = {"V": Group(2, 2, 1, 3, 0, 4), "worse": Group(None, None, None, None, 3, None, True)}


def test_a_box_a_row_and_a_panel_a_task() -> None:
    drawn = draw_boxes({"one <task>": GROUPS, "another": GROUPS}, 'in "words"')
    root = ET.fromstring(drawn)
    assert root.get("aria-label") == 'in "words"'
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"V", "worse", "one <task>", "another"} <= {*texts}
    assert drawn.count("<circle") == 2  # what is off the scale has no mean


def test_a_box_stands_where_its_numbers_are() -> None:
    drawn = draw_boxes({"task": {"V": GROUPS["V"]}})
    (least, most) = (float(x) for x in re.search(r'<path d="M([\d.]+) 46H([\d.]+)"', drawn).groups())  # type: ignore[union-attr]
    (low, high) = (float(x) for x in re.search(r'd="M([\d.]+) 39H([\d.]+)v14', drawn).groups())  # type: ignore[union-attr]
    (mean,) = (float(x) for x in re.findall(r'<circle cx="([\d.]+)"', drawn))
    assert low - least == pytest.approx(most - high, abs=0.2) == pytest.approx((high - low) / 2, abs=0.2)
    assert mean == pytest.approx((least + most) / 2, abs=0.2)


def test_a_significant_one_differs_in_more_than_colour() -> None:
    told = Group(2, 2, 1, 3, 0, 4, True)
    plain, marked = draw_boxes({"task": {"V": GROUPS["V"]}}), draw_boxes({"task": {"V": told}})
    assert marked.count("#0072B2") == 2 and "#0072B2" not in plain


def test_the_best_tenth_is_chosen_by_validation() -> None:
    validation, test = np.arange(20.0), np.r_[5.0, 7.0, np.zeros(18)]
    found = best_tenths({"NFG": validation}, {"NFG": test}, ["NFG"])["NFG"]
    assert (found.mean, found.least, found.most, found.different) == (6, 5, 7, True)


def test_the_paper_s_figure_with_and_without_names(capsys: pytest.CaptureFixture[str]) -> None:
    show_figure3()
    named = capsys.readouterr().out
    assert "NFG 34.2*" in named and "NOAF off the scale*" in named
    show_figure3(named=False)
    hidden = capsys.readouterr().out
    assert "H 34.2*" in hidden and "NFG" not in hidden
    show_boxes({"task": GROUPS})
    assert "task: V 2, worse off the scale*." in capsys.readouterr().out
