from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from gatedrnn_course.authoring.identity import cell_ids
from gatedrnn_course.authoring.source import SourceCell

texts = st.lists(st.sampled_from(["import numpy as np", "x = 1", "x = 2", "print(x)"]), max_size=8)


def cells(written):
    return [SourceCell("f.py", k, "code", text) for k, text in enumerate(written, 1)]


def ids(written):
    return cell_ids(cells(written), "03_gates", "lessons")


@given(texts)
def test_ids_are_all_different_and_what_jupyter_allows(written):
    made = ids(written)
    assert len(set(made)) == len(written)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", one) for one in made)


@given(texts, st.data())
def test_a_new_cell_leaves_the_ids_of_the_others_alone(written, data):
    place = data.draw(st.integers(0, len(written)))
    longer = [*written[:place], "something_new()", *written[place:]]
    after = ids(longer)
    assert [*after[:place], *after[place + 1 :]] == list(ids(written))


def test_graded_cells_are_known_by_the_functions_name():
    body = "    # BEGIN SOLUTION\n    return {}\n    # END SOLUTION"
    one, two = (
        cell_ids([SourceCell("f.py", 1, "code", f"def linear(x, p):\n{body.format(text)}", ("answer",))], "s", "f")
        for text in ("x", "x + 1")
    )
    assert one == two


def test_another_file_has_other_ids():
    written = cells(["x = 1"])
    assert cell_ids(written, "03_gates", "lessons") != cell_ids(written, "03_gates", "assignments")
    assert cell_ids(written, "03_gates", "lessons") != cell_ids(written, "00_start_here", "lessons")
