"""Grades for a class as a table, a page for each student and a page for the class."""

from __future__ import annotations

from .grades import write_grades as write_grades
from .pages import Pages as Pages
from .pages import write_pages as write_pages
from .words import left_out_sentence as left_out_sentence
from .words import sandbox_sentence as sandbox_sentence

__all__ = ["Pages", "left_out_sentence", "sandbox_sentence", "write_grades", "write_pages"]
