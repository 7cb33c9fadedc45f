"""What the tests of published kill matrices share: several files, so that several processes can prove them."""

from __future__ import annotations

from pathlib import Path

from gatedrnn_course.grading.prove import write_page
from gatedrnn_course.grading.units import UNITS

__all__ = ["GROUPS", "refuse_a_stale_page"]

DOCS = Path(__file__).parents[2] / "docs"
SLOW, STEPS = ("06",), ("03", "04", "05", "07", "08")
GROUPS = {"torch": SLOW, "steps": STEPS, "others": tuple(number for number in UNITS if number not in (*SLOW, *STEPS))}


def refuse_a_stale_page(number: str, folder: Path) -> None:
    """Assert that nothing fails in a unit, and that its committed page is what `prove` says now."""
    matrix = write_page(number, folder / "page.md")
    assert matrix.failures == ()
    assert (folder / "page.md").read_bytes() == (DOCS / f"kill_matrix_{number}.md").read_bytes()
    assert all(item.caught.all and item.named.all and item.accepted.of >= 8 for item in matrix.items)
    assert {one.words: one.points for one in matrix.handed_in if one.points} == {"every function right": 100}
