from __future__ import annotations

import json

import pytest

from gatedrnn_course.authoring.notebook import copy, dumps, new_cell, new_notebook, reads, write


def example():
    return new_notebook(
        [new_cell("markdown", "# Gates: σ, é", "a1", {}), new_cell("code", "x = 1\nx", "b2", {"tags": ["check"]})]
    )


def test_what_is_written_is_read_back():
    assert reads(dumps(example())) == example()


def test_the_form_is_sorted_and_ends_with_one_newline():
    text = dumps(example())
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
    assert text == json.dumps(json.loads(text), sort_keys=True, indent=1, ensure_ascii=False) + "\n"
    assert "σ, é" in text


def test_a_copy_shares_nothing():
    notebook = example()
    copy(notebook).cells[1].metadata.tags.append("more")
    assert notebook == example()


def test_a_file_that_would_not_change_is_left_alone(tmp_path):
    path = tmp_path / "new" / "a.ipynb"
    assert write(path, example())
    before = path.stat().st_mtime_ns
    assert not write(path, example())
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "{}", '{"cells": [{"cell_type": "code"}]}', '{"cells": 3, "metadata": {}}']
)
def test_what_is_no_notebook_is_told(text):
    with pytest.raises(ValueError):  # noqa: PT011 - any sentence will do
        reads(text)


def test_a_cell_without_id_is_no_notebook_of_ours():
    with pytest.raises(ValueError, match="id"):
        reads(dumps(example()).replace('   "id": "a1",\n', ""))
