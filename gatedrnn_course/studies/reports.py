"""The report on any study, from what its folder holds."""

from __future__ import annotations

from pathlib import Path

from gatedrnn_course.errors import CourseError
from gatedrnn_course.studies.evolution import forget_bias, search, sizes
from gatedrnn_course.studies.evolution.report import (
    made_by,
    write_bias_page,
    write_bias_report,
    write_page,
    write_report,
)
from gatedrnn_course.studies.evolution.store import begun_with
from gatedrnn_course.studies.odyssey import report as odyssey
from gatedrnn_course.studies.odyssey.study import ABOUT, refresh
from gatedrnn_course.text import _

__all__ = ["write_anew"]


def write_anew(folder: Path, page: Path | None = None) -> Path:
    """Write the report on the study in a folder, or a page of the documentation.

    Args:
        folder: What `gatedrnn study` wrote.
        page: The page; None for the report in the folder itself.

    Returns:
        The report, or the page.

    Raises:
        CourseError: If the folder holds no study.
    """
    if (folder / ABOUT).is_file():
        refresh(folder)
        return odyssey.write_report(folder) if page is None else odyssey.write_page(folder, page)
    if (folder / search.FILE).is_file():
        evolved = search.Evolution(folder, *begun_with(folder / search.FILE, sizes.SIZES))
        made = made_by(evolved)
        return write_report(evolved, made) if page is None else write_page(evolved, made, page)
    if (folder / forget_bias.FILE).is_file():
        experiment = forget_bias.ForgetBias(folder, *begun_with(folder / forget_bias.FILE, forget_bias.BIAS_SIZES))
        made = made_by(experiment)
        return write_bias_report(experiment, made) if page is None else write_bias_page(experiment, made, page)
    raise CourseError(
        _("The report on the study in {folder}.").format(folder=folder),
        _("There is none of {names}.").format(names=", ".join((ABOUT, search.FILE, forget_bias.FILE))),
        do=_("Give a folder that `gatedrnn study odyssey`, `evolution` or `forget-bias` wrote with --out FOLDER."),
    )
