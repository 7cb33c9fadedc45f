from __future__ import annotations

import pytest

from gatedrnn_course.authoring.places import find_root, find_sources, product_path
from gatedrnn_course.errors import CourseError


def test_the_root_is_found_from_a_folder_inside_it(project):
    inside = project.root / "course" / "lessons"
    assert find_root(inside) == project.root


@pytest.mark.parametrize("name", ["0", "00", "00_start_here"])
def test_a_unit_is_named_by_number_or_stem(project, name):
    assert [source.shown for source in find_sources(project.root, [name])] == [
        "course/lessons/00_start_here.py",
        "course/assignments/00_start_here.py",
    ]


def test_a_lesson_makes_one_notebook_and_an_assignment_two(project):
    assert [source.kinds for source in find_sources(project.root)] == [("lesson",), ("exercise", "solution")]


def test_products_lie_by_kind_and_language(project):
    path = product_path(project.root, "exercise", "03_gates")
    assert path.relative_to(project.root).as_posix() == "exercises/en/03_gates.ipynb"


def test_a_unit_without_source_is_told(project):
    with pytest.raises(CourseError, match="03"):
        find_sources(project.root, ["03"])


def test_a_file_is_named_after_its_unit(project):
    project.write("lessons", "# %%\n1\n", stem="03_doors")
    with pytest.raises(CourseError, match=r"03_gates\.py"):
        find_sources(project.root)
