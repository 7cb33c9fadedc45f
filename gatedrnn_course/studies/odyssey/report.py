"""The report of a study: a page that anybody can open, tables as CSV, and a page of the documentation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gatedrnn_course.errors import CourseError
from gatedrnn_course.studies.odyssey.analysis import Group, Importance, OnTask, analyse, importance, paper_verdict
from gatedrnn_course.studies.odyssey.paper import ALL_TRIALS, BEST, BEST_TENTH, IMPORTANCE, TASK_NAMES
from gatedrnn_course.studies.odyssey.pictures import draw_all, draw_best, draw_marginals, draw_pairs, draw_shares
from gatedrnn_course.studies.odyssey.sizes import SIZES, TASKS
from gatedrnn_course.studies.odyssey.space import SETTINGS
from gatedrnn_course.studies.odyssey.study import About, load
from gatedrnn_course.studies.odyssey.table import Row, write_csv
from gatedrnn_course.studies.odyssey.variants import VARIANTS
from gatedrnn_course.studies.odyssey.words import differences, findings, share_words, verdict_word
from gatedrnn_course.studies.pages import render, write_text
from gatedrnn_course.studies.svg import alt_of
from gatedrnn_course.text import _

__all__ = ["REPORT", "SUMMARY", "write_page", "write_report"]

REPORT, SUMMARY = "report.html", "summary.csv"
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Section:
    """What a page says of one task.

    Attributes:
        found: The comparison of the variants.
        importance: Which settings matter; None where there are too few trials.
        pictures: SVG by name.
        sentences: What agrees with the paper and what does not.
    """

    found: OnTask
    importance: Importance | None
    pictures: dict[str, str]
    sentences: list[str]

    def alt(self, name: str) -> str:
        """A picture in words."""
        return alt_of(self.pictures[name])


def write_report(folder: str | Path) -> Path:
    """Write `report.html` and `summary.csv` into the folder of a study, from its trials.

    Returns:
        The page.

    Raises:
        CourseError: If the folder holds no study, or no trial of it is done.
    """
    folder = Path(folder)
    about, rows, sections = _sections(folder)
    _write_summary(folder / SUMMARY, sections)
    text = render(TEMPLATES, "report.html.j2", **_values(about, rows, sections))
    return write_text(folder / REPORT, text)


def write_page(folder: str | Path, page: Path) -> Path:
    """Write a page of the documentation in Markdown, its pictures into `images` beside it.

    Args:
        folder: The study's folder.
        page: The page; its name without ending begins the pictures' names.
    """
    about, rows, sections = _sections(Path(folder))
    for section in sections:
        for name, picture in section.pictures.items():
            write_text(page.parent / "images" / f"{page.stem}-{section.found.task}-{name}.svg", picture)
    text = render(TEMPLATES, "report.md.j2", page=page.stem, **_values(about, rows, sections))
    return write_text(page, text)


def _sections(folder: Path) -> tuple[About, list[Row], list[Section]]:
    about, rows = load(folder)
    size = SIZES[about.size]
    tasks = [task for task in about.tasks if any(row.task == task and row.finite for row in rows)]
    if not tasks:
        raise CourseError(
            _("The report on the study in {folder}.").format(folder=folder.name),
            _("None of its trials is done."),
            do=_("Run the study's command again: it goes on where it was."),
        )
    sections = []
    for task in tasks:
        found, matters = analyse(rows, task, size.share), importance(rows, task, size)
        pictures = {"best": draw_best(found), "all": draw_all(found)}
        if matters is not None:
            pictures["shares"] = draw_shares(task, matters)
            pictures["marginals"] = draw_marginals(task, matters)
            pictures["pairs"] = draw_pairs(task, matters)
        sections.append(Section(found, matters, pictures, findings(found, matters)))
    return about, rows, sections


def _values(about: About, rows: Sequence[Row], sections: Sequence[Section]) -> dict[str, object]:
    compared = [(s.found, name) for s in sections for name in s.found.best if s.found.agrees(name) is not None]
    return {
        "about": about,
        "size": SIZES[about.size],
        "done": len(rows),
        "diverged": sum(not row.finite for row in rows),
        "sections": sections,
        "compared": len(compared),
        "agreeing": sum(bool(found.agrees(name)) for found, name in compared),
        "differences": differences(about),
        "tasks": TASKS,
        "titles": VARIANTS,
        "settings": SETTINGS,
        "paper_tasks": TASK_NAMES,
        "paper_best": BEST_TENTH,
        "paper_all": ALL_TRIALS,
        "paper_top": BEST,
        "paper_shares": IMPORTANCE,
        "verdict": verdict_word,
        "share": share_words,
        "paper_verdict": paper_verdict,
    }


COLUMNS = [
    *("task", "variant", "trials", "mean", "mean_low", "mean_high"),
    *("median", "quartile_1", "quartile_3", "least", "most", "parameters"),
    *("difference", "difference_low", "difference_high", "p_bonferroni", "significant"),
    *("all_trials", "all_median", "diverged", "paper_mean", "paper_median", "paper_significant"),
]


def _write_summary(path: Path, sections: Sequence[Section]) -> None:
    write_csv(path, COLUMNS, [_line(s.found, name, group) for s in sections for name, group in s.found.best.items()])


def _line(found: OnTask, name: str, group: Group) -> list[object]:
    box, printed, every, comparison = group.box, BEST_TENTH[found.task][name], found.every[name], group.comparison
    compared: list[object] = [""] * 5
    if comparison is not None:
        difference = comparison.difference
        compared = [difference.value, difference.low, difference.high, comparison.p, comparison.significant]
    return [
        *(found.task, name, len(group.rows), group.mean.value, group.mean.low, group.mean.high),
        *(box.median, box.low, box.high, box.least, box.most, group.parameters, *compared),
        *(len(every.rows), every.box.median, every.diverged),
        *("" if value is None else value for value in (printed.mean, printed.median)),
        printed.different,
    ]
