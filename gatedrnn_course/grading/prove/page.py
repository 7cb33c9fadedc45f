"""The page that publishes a unit's kill matrix."""

from __future__ import annotations

from pathlib import Path

from gatedrnn_course.grading.prove.matrix import KillMatrix
from gatedrnn_course.grading.prove.prover import prove
from gatedrnn_course.grading.prove.styles import STYLES
from gatedrnn_course.text import _

__all__ = ["PAGE_SEED", "page_of", "write_page"]

PAGE_SEED = 1997
"""The page is committed, so its numbers come from one seed; `gatedrnn prove` draws a fresh one each time."""


def write_page(number: str, path: str | Path) -> KillMatrix:
    """Prove a unit and write its page.

    Args:
        number: Number of the unit.
        path: The file to write.

    Returns:
        The kill matrix on the page.
    """
    matrix = prove(number, PAGE_SEED)
    Path(path).write_text(page_of(matrix), encoding="utf-8", newline="\n")
    return matrix


def page_of(matrix: KillMatrix) -> str:
    """The text of the page. The same matrix gives the same bytes."""
    items, notebooks = matrix.markdown().split("\n\n")
    styles = "".join(f"- {_(words)}\n" for words in STYLES)
    failures = "".join(f"- {failure}\n" for failure in matrix.failures)
    outcome = f"{_('What failed:')}\n\n{failures}" if failures else f"{_('Nothing failed.')}\n"
    return _(_PAGE).format(
        number=matrix.number,
        title=matrix.title,
        items=items.strip(),
        notebooks=notebooks.strip(),
        styles=styles.strip(),
        outcome=outcome.strip(),
    )


_PAGE = """# Kill matrix of unit {number}, {title}

This page is written by `gatedrnn prove {number} --page docs/kill_matrix_{number}.md`; a test rebuilds it and compares.
`gatedrnn prove {number}` alone draws fresh inputs, prints the matrix, and fails if one mistake goes through.

A judge of answers can fail in two ways: it lets a wrong answer through, or it refuses a right one.
So each judge is tried on answers whose verdict is known, all of them derived from the equations of its item.

{items}

- **different mistakes**: every single edit of the equations, and the same edit in every line it fits, made into a
  function. Edits that are equal as functions count as one mistake here.
- **mistakes caught, named**: each edit is judged on inputs of its own. It is caught when it gets no points, and named
  when the verdict says which edit it is, by its own name or by that of an edit that is the same function.
- **pairs caught, named**: mistakes in two different lines, drawn at random; pairs that cancel are left out. A pair is
  named when the verdict says a mistake, single or double, that gives the same numbers on every input tried. Here the
  search may take its time; in a check it stops after a second of the processor. Items of one line have no pairs.
- **k mistakes caught, named**: one mistake, drawn at random, in each of k lines at once, k from 1 to all lines of the
  item. They are named when the verdict says mistakes that together give the same numbers on every input tried.
- **slips caught, named**: slips of Python and NumPy, drawn at random among those derived for the item: a matrix product
  for a product, a reshape for a transpose, arguments in another order, another activation by its formula. A slip
  is named when the verdict says a mistake for all that is wrong.
- **empty answers refused**: arrays of the right shape full of one number or nan, each argument handed back, nothing
  handed back, and a function that is not written yet.
- **right styles accepted**: the equations written in other ways, each with full points. Ways that give the same source
  for an item count once.

{outcome}

## Whole notebooks

These went through the sandbox, as a class's notebooks do. Each verdict on the first three is also compared with that of
a check in the notebook's own process. The last ones are cheats: zeros with an attempt to get points all the same.

{notebooks}

## The styles of the right answers

{styles}
"""
