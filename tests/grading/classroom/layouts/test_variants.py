"""Downloads that differ from the usual: without names, without ids, in another language."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatedrnn_course.grading.classroom.layouts import hand_ins

from .conftest import Lay, notebook, told

NEW, BEN = notebook("new = 1"), notebook("ben = 1")

VARIANTS = {
    "canvas without names": (
        {"anon_9xQ2f_50001_w.ipynb": NEW, "anon_aB3dE_LATE_50002_w.ipynb": BEN},
        [("anon 9xQ2f", "9xQ2f", "", 1), ("anon aB3dE", "aB3dE", "", 1)],
    ),
    "canvas quiz": (
        {"doejane1001_question_7_50001_w.ipynb": NEW, "liben1002_question_7_50002_w.ipynb": BEN},
        [("doejane", "1001", "", 1), ("liben", "1002", "", 1)],
    ),
    "moodle without names": (
        {"Participant_5_assignsubmission_file_w.ipynb": NEW, "Participant_6_assignsubmission_file_w.ipynb": BEN},
        [("Participant (5)", "5", "", 0), ("Participant (6)", "6", "", 0)],
    ),
    "blackboard without info": (
        {"gradebook_RNN_Unit 3_jdoe_attempt_2023-10-12-23-58-04_w.ipynb": NEW},
        [("jdoe", "jdoe", "2023-10-12T23:58:04", 0)],
    ),
    "brightspace without ids": (
        {"Jane Doe - Oct 12, 2023 1159 PM - w.ipynb": NEW, "Ben Li - Oct 11, 2023 900 AM - w.ipynb": BEN},
        [("Ben Li", "", "2023-10-11T09:00:00", 0), ("Jane Doe", "", "2023-10-12T23:59:00", 0)],
    ),
    "brightspace in another language": (
        {"1-7 - Jane Doe - 12 oktober 2023 23.59/w.ipynb": NEW, "2-7 - Ben Li - 9 mai 2023 11.00/w.ipynb": BEN},
        [("Ben Li", "2", "", 0), ("Jane Doe", "1", "", 0)],
    ),
    "gradescope with plain names": (
        {
            "submission_9.ipynb": NEW,
            "submission_metadata.yml": "submission_9:\n  submitters: [{name: Jane Doe, email: j@x.org}]\n",
        },
        [("Jane Doe", "j@x.org", "", 0)],
    ),
}


@pytest.mark.parametrize("case", VARIANTS)
def test_a_variant_of_a_layout(case: str, lay: Lay, scratch: Path) -> None:
    files, rows = VARIANTS[case]
    found = hand_ins(lay(files), scratch).students
    assert told(found) == rows
    assert {one.platform for one in found} == {case.split()[0]}
