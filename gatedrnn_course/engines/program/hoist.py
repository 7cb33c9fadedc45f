"""What does not depend on the state: it can be computed for all steps at once, before the first."""

from __future__ import annotations

from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.engines.program.step import SLOT, Part

__all__ = ["hoisted"]


def hoisted(part: Part) -> frozenset[str]:
    """The values and slots of the forward that depend on the input and the parameters only, x among them."""
    found = {"x"}
    for name in part.values:
        for own in (*(n for n in part.used(name) if n.startswith(SLOT)), name):
            if all(used in found or is_parameter(used) for used in part.used(own)):
                found.add(own)
    return frozenset(found)
