"""The pages of a graded class: one for the instructor, one for each student, each a single file."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gatedrnn_course.grading.classroom.record import ItemRecord, Record, file_stems, write_text
from gatedrnn_course.grading.units import Unit
from gatedrnn_course.text import _, language, n_

from .chart import bars, columns, stacked
from .counts import KINDS, distribution, item_counts, mistakes, questions, without_name
from .plain import code, plain
from .watch import slowest, watched
from .words import OUTCOMES, left_out_sentence, not_kept, stamp, status_word

if TYPE_CHECKING:
    from jinja2 import Environment

    from gatedrnn_course.grading.classroom.run import ClassRun

__all__ = ["Pages", "class_page", "page", "student_page", "write_pages"]


@dataclass(frozen=True)
class Pages:
    """Where the pages lie: that of the class, and the folder of the students' pages."""

    index: Path
    students: Path


def write_pages(run: ClassRun, out: Path) -> Pages:
    """Write the class page to `out/index.html` and each student's to `out/students/NAME.html`.

    Args:
        run: The graded class.
        out: The folder.

    Returns:
        Where they are.
    """
    pages = Pages(out / "index.html", out / "students")
    for record, name in zip(run.records, _files(run.records), strict=True):
        write_text(pages.students / name, student_page(record, run.unit))
    write_text(pages.index, class_page(run.records, run.unit, run.left_out))
    return pages


def student_page(record: Record, unit: Unit) -> str:
    """The page of one student as HTML. The same record gives the same text."""
    titles = {item.name: (item.signature(), _(item.title)) for item in unit.items}
    items = [(item, *titles.get(item.name, (item.name, ""))) for item in record.items]
    return page("student.html.j2", record=record, unit=unit, items=items)


def class_page(records: tuple[Record, ...], unit: Unit, left_out: Sequence[str] = ()) -> str:
    """The page of the class as HTML, with the names of files left out. The same records give the same text."""
    points = [record.worth for record in records if record.status != "not graded"]
    named, other, asked = mistakes(records), without_name(records), questions(records, unit)
    return page(
        "class.html.j2",
        unit=unit,
        records=records,
        links=[f"students/{quote(name)}" for name in _files(records)],
        by_name=[{item.name: item for item in record.items} for record in records],
        counts={status: sum(r.status == status for r in records) for status in ("graded", "unreadable", "not graded")},
        mean=statistics.fmean(points) if points else None,
        median=statistics.median(points) if points else None,
        items=item_counts(records, unit),
        asked=asked,
        questions=stacked(
            "questions",
            _("What became of each question"),
            [_(kind) for kind in KINDS],
            [(question.name, question.kinds) for question in asked],
        ),
        slowest=slowest(records),
        watched=watched(records),
        late=[record for record in records if record.late_days or record.marked_late],
        by_hand=[(record, item) for record in records for item in record.items if item.overridden],
        stamps=sorted({told for record in records if (told := stamp(record.sandbox))}),
        spread=columns("spread", _("How the points are spread"), distribution(records, unit.points), _("points")),
        named=bars("named", _("How often each mistake was made"), named) if named else None,
        other=bars("other", _("Answers without points and without a named mistake"), other, "other") if other else None,
        left_out=left_out_sentence(left_out),
        sandboxes=list({sandbox.model_dump_json(): sandbox for sandbox in (r.sandbox for r in records)}.values()),
    )


def _files(records: Sequence[Record]) -> list[str]:
    """The names of the students' pages."""
    stems = file_stems(record.student for record in records)
    return [f"{stems[record.student]}.html" for record in records]


def _sign(item: ItemRecord) -> str:
    return OUTCOMES[item.outcome][0]


def _word(item: ItemRecord) -> str:
    return _(OUTCOMES[item.outcome][1])


def page(template: str, **values: Any) -> str:
    """A page as HTML.

    Args:
        template: Its template.
        values: What it tells.
    """
    return _environment().get_template(template).render(lang=language(), **values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(
        plain=plain, code=code, sign=_sign, word=_word, status=status_word, not_kept=not_kept, stamp=stamp
    )
    made.globals.update(_=_, n_=n_)
    return made
