"""What `gatedrnn grade --kernel` does: notebooks in real kernels, for authors."""

from __future__ import annotations

from pathlib import Path

import typer

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _, n_

__all__ = ["show_in_kernel"]


def show_in_kernel(place: Path) -> bool:
    """Run notebooks in real kernels, with all the rights of whoever calls this, and print what their cells complain of.

    Args:
        place: A notebook, or a folder of them.

    Returns:
        Whether no cell raised anything.

    Raises:
        CourseError: If there is no notebook, or one cannot be read or run.
    """
    from tqdm import tqdm

    from gatedrnn_course.authoring.in_kernel import run_in_kernel

    paths = [place] if place.is_file() else sorted(place.rglob("*.ipynb"))
    if not paths:
        raise CourseError(_("Running the notebooks of {folder}.").format(folder=place), _("It holds no notebook."))
    well = True
    with tqdm(paths, unit=_("notebook")) as bar:
        for path in bar:
            bar.set_postfix_str(path.name)
            for cell in run_in_kernel(path):
                words = _("{name}, code cell {number}: {what}")
                bar.write(words.format(name=path.name, number=cell.number, what=cell.error or cell.said))
                well = well and not cell.error
    words = n_(
        "{count} notebook ran in a kernel; nothing was graded.",
        "{count} notebooks ran in kernels; nothing was graded.",
        len(paths),
    )
    typer.echo(words.format(count=len(paths)))
    return well
