"""`python -m gatedrnn_course.cells.diagram --page docs/cells.md` writes the page of all cells."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from gatedrnn_course.cells.catalogue import catalogue
from gatedrnn_course.cells.diagram.page import write
from gatedrnn_course.text import _


def main() -> None:
    """Write the page that the command line names."""
    parser = ArgumentParser(description=_("Write the page of all cells, and their pictures beside it."))
    parser.add_argument("--page", type=Path, default=Path("docs/cells.md"), help=_("the page to write"))
    write(catalogue.values(), parser.parse_args().page)


if __name__ == "__main__":
    main()
