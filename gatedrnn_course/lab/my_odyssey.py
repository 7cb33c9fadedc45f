"""`run_my_odyssey()`: the small Odyssey with the learner's own variants, judged by the learner's own test."""

from __future__ import annotations

from typing import Any

from gatedrnn_course.lab.boxes import best_tenths, show_boxes
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.search import LEVEL, own_test
from gatedrnn_course.lab.show import show
from gatedrnn_course.lab.small_odyssey import small_odyssey
from gatedrnn_course.lab.variants import own_variants
from gatedrnn_course.studies.odyssey.variants import VANILLA
from gatedrnn_course.text import _

__all__ = ["run_my_odyssey"]


def run_my_odyssey(trials: int = 60, seed: int = 0) -> None:
    """Train all nine variants on the small task of the lesson and draw the best tenth of each.

    What the learner wrote is used where it is right, the course's own elsewhere.

    Args:
        trials: How many of each, a multiple of 10.
        seed: Of settings, first parameters and data.
    """
    cells, yours = own_variants()
    test, name = own_test()
    found = small_odyssey(cells, trials, seed=seed)
    others = [variant for variant in cells if variant != VANILLA]

    def losses(variant: str) -> tuple[Any, Any]:
        return found.validation[variant], found.test[variant]

    p = {one: float(test(*losses(one), *losses(VANILLA), len(others))[1]) for one in others}
    differs = [one for one in others if p[one] < LEVEL]
    show_boxes({_("nats a step"): best_tenths(found.validation, found.test, differs)})
    names = ", ".join((*yours, *name)) or _("none yet")
    said = _("Different from V at 0.05: {names}.").format(names=", ".join(differs) or _("none"))
    show(Panel("note", said, (_("Computed with your functions: {names}.").format(names=names),)))
