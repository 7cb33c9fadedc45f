"""`explore_search()`: the trials of a random search, the best tenth among them, and how sure the test is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.cells.colours import Style
from gatedrnn_course.lab.small_odyssey import SPACE, Search, small_odyssey
from gatedrnn_course.lab.widget import Axis, Choice, Curve, Explorer, Slider, draw_chart
from gatedrnn_course.lab.widget.whose import owned, whose
from gatedrnn_course.studies.odyssey.variants import VANILLA, VARIANTS
from gatedrnn_course.studies.statistics import best_share, bonferroni, welch_test
from gatedrnn_course.text import _

__all__ = ["LEVEL", "explore_search", "own_test"]

Floats = Any
Pair = tuple[float, float]

COUNTS = (20, 40, 150)
"""Of trials."""
FEW = ("NFG", "CIFG")
LEVEL = 0.05
AXES = {
    "learning_rate": Axis("", SPACE.learning_rate.low, SPACE.learning_rate.high, log=True),
    "noise": Axis("", SPACE.noise.low, SPACE.noise.high),
}
LOSS = Axis("", 0.05, 6.0, log=True)
OTHERS, BEST, BEST_V = Style("#56B4E9"), Style("#D55E00"), Style("#000000")


def explore_search(found: Search | None = None) -> Explorer:
    """Trials as dots, over one of their settings: more or fewer of them, and whether a variant differs from V.

    The t and p are the learner's own `top_tenth_test`'s once that is right.

    Args:
        found: A search with V and other variants; a small one is made where left out. Of the variants no forget gate
            and coupled gates are shown.

    Returns:
        The widget; in a notebook it shows itself on the last line of a cell.
    """
    searched = found or small_odyssey((VANILLA, *FEW), trials=40, steps=100)
    count = len(searched.test) - 1
    most = len(searched.test[VANILLA])
    test, yours = own_test()
    words = {
        "learning_rate": _("learning rate"),
        "noise": _("input noise"),
    }
    controls = (
        Choice("variant", _("variant"), {name: f"{name}: {_(VARIANTS[name].title)}" for name in FEW}),
        Choice("setting", _("setting"), words),
        Slider("trials", _("trials of each"), [n for n in COUNTS if n <= most], start=most),
    )

    def view(variant: str, setting: str, trials: float) -> tuple[str, str]:
        n = int(trials)
        parts = {name: (searched.validation[name][:n], searched.test[name][:n]) for name in (variant, VANILLA)}
        t, p = test(*parts[variant], *parts[VANILLA], count)
        picture = _picture(searched, variant, setting, words[setting], n)
        best = searched.settings[variant][setting][best_share(parts[variant][0])]
        lies = _("The best tenth has {setting} {low:.2g} to {high:.2g}.")
        where = lies.format(setting=words[setting], low=best.min(), high=best.max())
        return picture, f"{_words(variant, parts, float(t), float(p), count)} {where}"

    title = _("Random search: the trials of a variant beside those of V, with sliders.")
    return Explorer(title, controls, view, whose(yours, _("test")))


def own_test() -> tuple[Callable[..., Any], tuple[str, ...]]:
    """`top_tenth_test`, the learner's own where it is right, and its name where it is."""
    functions, yours = owned(top_tenth_test=_top_tenth_test)
    return functions["top_tenth_test"], yours


def _top_tenth_test(validation: Floats, test: Floats, validation_v: Floats, test_v: Floats, count: int) -> Pair:
    found = welch_test(test[best_share(validation)], test_v[best_share(validation_v)])
    return found.t, float(bonferroni(found.p, count))


def _picture(found: Search, variant: str, setting: str, words: str, n: int) -> str:
    """The variant's trials, and the best tenths of both.

    Dots that are not there lie outside of the chart, so that there are as many at every position.
    """
    most = len(found.test[variant])

    def dots(name: str, chosen: Floats, slots: int, label: str, size: float, style: Style) -> Curve:
        at, losses = np.full(slots, -np.inf), np.ones(slots)
        places = np.arange(len(chosen)) if slots < most else chosen
        at[places] = found.settings[name][setting][chosen]
        losses[places] = found.test[name][chosen]
        return Curve(label, list(losses), list(at), style, size)

    best, best_v = (best_share(found.validation[name][:n]) for name in (variant, VANILLA))
    rest = np.setdiff1d(np.arange(n), best)
    curves = [
        dots(variant, rest, most, _("all others"), 5, OTHERS),
        dots(VANILLA, best_v, most // 10, _("best tenth of V"), 9, BEST_V),
        dots(variant, best, most // 10, _("its best tenth"), 7, BEST),
    ]
    axis = AXES[setting]
    x = Axis(words, axis.low, axis.high, axis.log)
    return draw_chart(curves, x, Axis(_("test loss, nats a step"), LOSS.low, LOSS.high, log=True))


def _words(variant: str, parts: dict[str, tuple[Floats, Floats]], t: float, p: float, count: int) -> str:
    """The means of both best tenths, and the test."""
    means = {name: float(test[best_share(validation)].mean()) for name, (validation, test) in parts.items()}
    said = _("Best tenth of {n} trials, mean test loss: {name} {mine:.2f}, V {theirs:.2f}. t = {t:.1f}, p = {p:.3f}.")
    words = said.format(n=len(parts[VANILLA][0]), name=variant, mine=means[variant], theirs=means[VANILLA], t=t, p=p)
    if p < LEVEL:
        return f"{words} " + _("Significantly different at 0.05, corrected for {count} tests.").format(count=count)
    return f"{words} " + _("Not significant: these trials cannot tell them apart.")
