"""What happened while a notebook ran, in sentences for its student."""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.grading.classroom.submission import Submission, defines_anything
from gatedrnn_course.grading.running.student import Place
from gatedrnn_course.grading.sandbox import CellFault, LoadReport
from gatedrnn_course.text import _, mark

__all__ = ["notes_on"]

MOST = 30
NAMED, LONGEST = 3, 60
LOOKS = ("%matplotlib", "%pinfo", "%config", "%load_ext", "%reload_ext", "%autoreload", "%precision", "%%html")
MENDED = {
    "annotation": mark("Code cell {number}: the type `{name}` is imported nowhere; the function was read without it."),
    "decorator": mark("Code cell {number}: what stands above `{name}` (@...) fails; it was read without that."),
    "device": mark("Code cell {number} names a device that is not here, such as cuda; the processor was used."),
    "given": mark("Your functions use {name}, imported nowhere in the notebook; what the exercise imports was used."),
    "hidden": mark("Code cell {number} imports everything from a module, and so hides {name}; what they were counts."),
    "math": mark("Code cell {number} takes functions from math, which take one number; on arrays NumPy's were used."),
    "order": mark("Code cell {number} uses what comes only later in the notebook; it was run once more at the end."),
}
LOST = mark("At the end of the notebook `{name}` is no function any more, but {kind}; the one written before counts.")
GONE = mark("At the end of the notebook `{name}` is gone; the function written before counts.")


def notes_on(place: Place, submission: Submission) -> list[str]:
    """What the student should know; not that a cell shows nothing where nobody looks."""
    words = _("Code cell {number} was cut short, and its definitions count. {why}")
    notes = [words.format(number=k + 1, why=why) for k, why in sorted(place.cut_short.items())]
    if place.report is not None:
        only_shows = {k for k, cell in enumerate(submission.cells) if not defines_anything(cell)}
        notes += [
            _about(fault)
            for fault in place.report.faults
            if fault.cell not in place.cut_short and not (fault.quiet and fault.cell in only_shows)
        ]
        notes += (*_mended(place.report), *_skipped(place.report))
    return notes if len(notes) <= MOST else [*notes[:MOST], _("And {count} more.").format(count=len(notes) - MOST)]


def _about(fault: CellFault) -> str:
    """What a cell raised, and that nothing else was lost by it."""
    if fault.type in ("SystemExit", "KeyboardInterrupt"):
        words = _("Code cell {number} asks Python to end ({type}). What follows ran all the same.")
        return words.format(number=fault.cell + 1, type=fault.type)
    if fault.type == "NotHere":
        words = _(
            "Code cell {number} uses what this unit asks you to build, which is not there in grading. Nothing is lost."
        )
        return words.format(number=fault.cell + 1)
    what = ": ".join(filter(None, (fault.type, fault.message[:200].rstrip(" ."))))
    if fault.type == "ModuleNotFoundError":
        words = _("Code cell {number}: {what}. It is missed only where it is used; everything else ran.")
    else:
        words = _("Code cell {number} raised {what}. What does not need that line ran all the same.")
    return words.format(number=fault.cell + 1, what=what)


def _mended(report: LoadReport) -> Iterator[str]:
    """What was read in another way than it was typed."""
    for one in report.mended:
        if one.kind == "lost":
            name, _space, kind = one.name.partition(" ")
            yield _(LOST if kind else GONE).format(name=name, kind=kind)
        elif one.kind in MENDED:
            yield _(MENDED[one.kind]).format(number=one.cell + 1, name=one.name)


def _skipped(report: LoadReport) -> Iterator[str]:
    """Magics and shell commands that were not run, in one sentence; not those that only set how things look."""
    told = list(dict.fromkeys(one for one in report.skipped if not one.startswith(LOOKS)))
    if told:
        rest = _(" and {count} more").format(count=len(told) - NAMED) if len(told) > NAMED else ""
        names = ", ".join(f"`{one[:LONGEST]}`" for one in told[:NAMED])
        yield _("Not run in grading: {names}{rest}.").format(names=names, rest=rest)
