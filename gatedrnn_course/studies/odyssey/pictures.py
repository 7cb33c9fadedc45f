"""The paper's figures, drawn from a study: boxes of test results, shares of variance, marginals."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from gatedrnn_course.studies.odyssey.analysis import Importance, OnTask, paper_verdict
from gatedrnn_course.studies.odyssey.paper import ALL_TRIALS, BEST_TENTH, IMPORTANCE, TASK_NAMES
from gatedrnn_course.studies.odyssey.sizes import TASKS
from gatedrnn_course.studies.odyssey.space import SETTINGS
from gatedrnn_course.studies.statistics import Box
from gatedrnn_course.studies.svg import AMBER, BLUE, GREY, INK, RED, new_figure, to_svg
from gatedrnn_course.text import _

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_all", "draw_best", "draw_marginals", "draw_pairs", "draw_shares"]

HATCH = {0: "", 1: "////", -1: "\\\\"}
FILL = {0: "white", 1: RED, -1: BLUE}


def draw_best(found: OnTask) -> str:
    """The best trials of each variant: ours on the left, the paper's on the right."""
    figure = new_figure(10, 3.8)
    left, right = figure.subplots(1, 2)
    names = list(found.best)
    boxes = {name: group.box for name, group in found.best.items()}
    ours = {name: group.verdict for name, group in found.best.items()}
    _boxes(left, boxes, ours, {name: group.mean.value for name, group in found.best.items()})
    _bars(left, {name: group.parameters / 1000 for name, group in found.best.items()})
    boxes_there = {name: BEST_TENTH[found.task][name].box for name in names}
    printed = {name: there for name, there in boxes_there.items() if there is not None}
    means = {name: BEST_TENTH[found.task][name].mean for name in printed}
    _boxes(right, printed, {name: paper_verdict(found.task, name) for name in printed}, means)
    _bars(right, {name: 100 * BEST_TENTH[found.task][name].parameters for name in names})
    left.set_title(_("here: {task}").format(task=_(TASKS[found.task].title)))
    right.set_title(_("the paper: {task}").format(task=TASK_NAMES[found.task]))
    left.set_ylabel(_unit(found.task))
    right.set_ylabel(_unit(found.task))
    missing = [name for name in names if name not in printed]
    if missing:
        right.set_xlabel(_("off the scale in the paper: {names}").format(names=", ".join(missing)))
    return to_svg(figure, _best_words(found))


def _best_words(found: OnTask) -> str:
    words, shown = _("{variant} {median}, {low} to {high}"), TASKS[found.task].shown
    rows = [
        words.format(variant=n, median=shown(g.box.median), low=shown(g.box.low), high=shown(g.box.high))
        for n, g in found.best.items()
    ]
    head = _(
        "Box plots of the best trials on {task}, here and in the paper, {unit}. Medians and quartiles here: {rows}."
    )
    return head.format(task=_(TASKS[found.task].title), unit=_(TASKS[found.task].unit), rows="; ".join(rows))


def draw_all(found: OnTask) -> str:
    """All trials of each variant; the paper's medians as diamonds."""
    figure = new_figure(6.4, 3.8)
    axes = figure.subplots()
    _boxes(axes, {n: g.box for n, g in found.every.items()}, {n: g.verdict for n, g in found.every.items()}, {})
    printed = [ALL_TRIALS[found.task][name].median for name in found.every]
    axes.scatter(range(len(printed)), printed, marker="D", s=22, color=AMBER, edgecolor=INK, zorder=5)
    axes.set_title(_("all trials; diamonds: medians of the paper"))
    axes.set_ylabel(_unit(found.task))
    words, shown = _("{variant} {ours}, paper {paper}"), TASKS[found.task].shown
    medians = [group.box.median for group in found.every.values()]
    rows = [
        words.format(variant=name, ours=shown(ours), paper=shown(paper))
        for name, ours, paper in zip(found.every, medians, printed, strict=True)
    ]
    head = _("Box plots of all trials on {task}, {unit}. Medians: {rows}.")
    task, unit = _(TASKS[found.task].title), _(TASKS[found.task].unit)
    return to_svg(figure, head.format(task=task, unit=unit, rows="; ".join(rows)))


def _unit(task: str) -> str:
    return _("test, {unit}").format(unit=_(TASKS[task].unit))


def _boxes(axes: Axes, boxes: dict[str, Box], verdicts: dict[str, int], means: dict[str, float | None]) -> None:
    """A box for each variant: red, hatched upwards, where worse than V; blue, hatched downwards, where better."""
    stats = [
        {"med": b.median, "q1": b.low, "q3": b.high, "whislo": b.least, "whishi": b.most, "label": name, "fliers": []}
        for name, b in boxes.items()
    ]
    drawn = axes.bxp(
        stats, positions=range(len(stats)), patch_artist=True, showfliers=False, widths=0.6,
        medianprops={"color": INK, "linewidth": 2},
    )  # fmt: skip
    for name, patch in zip(boxes, drawn["boxes"], strict=True):
        patch.set(facecolor=FILL[verdicts[name]], hatch=HATCH[verdicts[name]], edgecolor=INK, alpha=0.75)
    known = [(k, mean) for k, mean in enumerate(means.get(name) for name in boxes) if mean is not None]
    axes.scatter([k for k, _m in known], [m for _k, m in known], marker="x", s=24, color=INK, zorder=5)
    axes.set_zorder(2)
    axes.patch.set_visible(False)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="x", labelsize=9)


def _bars(axes: Axes, thousands: dict[str, float]) -> None:
    """Grey bars behind: mean number of parameters."""
    behind: Any = axes.twinx()
    behind.set_zorder(1)
    behind.bar(range(len(thousands)), list(thousands.values()), width=0.85, color=GREY, alpha=0.5)
    behind.set_ylim(0, 2.2 * max(thousands.values()))
    behind.set_ylabel(_("parameters, thousands (grey)"), fontsize=8)
    behind.tick_params(labelsize=8)
    behind.spines["top"].set_visible(False)
    axes.set_xlim(-0.6, len(thousands) - 0.4)
    axes.set_xticks(range(len(thousands)), list(thousands))


def draw_shares(task: str, found: Importance) -> str:
    """What share of the variance each setting explains: ours with intervals, the paper's as diamonds."""
    figure = new_figure(6.4, 2.6)
    axes = figure.subplots()
    names = [*SETTINGS, ""]
    labels = [_(SETTINGS[name]) if name else _("together") for name in names]
    for k, name in enumerate(names):
        share = found.shares[name]
        axes.plot([100 * share.low, 100 * share.high], [k + 0.15] * 2, color=BLUE, linewidth=3, alpha=0.5)
        axes.plot(100 * share.value, k + 0.15, "o", color=BLUE)
        axes.plot(IMPORTANCE[task][name], k - 0.15, "D", color=AMBER, markeredgecolor=INK)
    axes.set_yticks(range(len(names)), labels)
    axes.invert_yaxis()
    axes.set_xlim(-2, 102)
    axes.set_xlabel(_("share of the variance of test results, % (dots: here; diamonds: the paper)"))
    axes.spines[["top", "right"]].set_visible(False)
    words = _("{setting} {ours:.0f} %, paper {paper:.0f} %")
    rows = [
        words.format(setting=label, ours=100 * found.shares[name].value, paper=IMPORTANCE[task][name])
        for label, name in zip(labels, names, strict=True)
    ]
    alt = _("Shares of the variance on {task}: {rows}.").format(task=_(TASKS[task].title), rows="; ".join(rows))
    return to_svg(figure, alt)


def _free(found: Importance) -> list[str]:
    """The settings that vary, in the paper's order."""
    return [name for name in SETTINGS if found.varies(name)]


def _values(found: Importance, name: str, places: Iterable[float]) -> list[float]:
    """Places on an axis of the unit cube as values of a setting."""
    if name == "momentum":
        return [1 - found.space.unlike.at(u) for u in places]
    return [getattr(found.space, name).at(u) for u in places]


def _scale(axes: Any, name: str, which: str = "x") -> None:
    """Logarithms where the distribution has them; for the momentum those of its distance to 1."""
    if name in ("learning_rate", "hidden_size"):
        getattr(axes, f"set_{which}scale")("log")
    if name == "momentum":
        ends = (lambda m: -np.log10(np.maximum(1 - m, 1e-9)), lambda v: 1 - 10 ** -np.asarray(v, float))
        getattr(axes, f"set_{which}scale")("function", functions=ends)
        getattr(axes, f"set_{which}ticks")([0, 0.9, 0.99])
    getattr(axes, f"set_{which}label")(_(SETTINGS[name]))


def draw_marginals(task: str, found: Importance) -> str:
    """The predicted test result over each setting, the others averaged out; bands: spread between the trees."""
    names = _free(found)
    figure = new_figure(3.3 * len(names), 2.9)
    row = np.atleast_1d(figure.subplots(1, len(names), sharey=True))
    told = []
    for axes, name in zip(row, names, strict=True):
        marginal = found.forest.marginal(name)
        at = _values(found, name, marginal.places)
        axes.fill_between(at, marginal.mean - marginal.spread, marginal.mean + marginal.spread, color=GREY, alpha=0.6)
        axes.plot(at, marginal.mean, color=BLUE, linewidth=2)
        _scale(axes, name)
        axes.spines[["top", "right"]].set_visible(False)
        best = int(np.argmin(marginal.mean))
        told.append(_("{setting}: lowest at {value:.3g}").format(setting=_(SETTINGS[name]), value=at[best]))
    row[0].set_ylabel(_unit(task))
    alt = _("Predicted test result on {task} over each setting. {rows}.")
    return to_svg(figure, alt.format(task=_(TASKS[task].title), rows="; ".join(told)))


def draw_pairs(task: str, found: Importance) -> str:
    """The predicted test result over the learning rate and each other setting."""
    others = [name for name in _free(found) if name != "learning_rate"]
    figure = new_figure(3.6 * len(others), 3.0)
    row = np.atleast_1d(figure.subplots(1, len(others)))
    surfaces = [found.forest.marginal(name, "learning_rate") for name in others]
    low, high = min(float(s.mean.min()) for s in surfaces), max(float(s.mean.max()) for s in surfaces)
    for axes, name, surface in zip(row, others, surfaces, strict=True):
        edges = np.linspace(0, 1, len(surface.places) + 1)
        mesh = axes.pcolormesh(
            _values(found, "learning_rate", edges), _values(found, name, edges), surface.mean,
            cmap="cividis_r", vmin=low, vmax=high,
        )  # fmt: skip
        _scale(axes, "learning_rate")
        _scale(axes, name, "y")
    figure.colorbar(mesh, ax=list(row), label=_unit(task))
    words = _("{setting} {share:.1f} %")
    shares = {name: _pair(found, name) for name in others}
    rows = [words.format(setting=_(SETTINGS[n]), share=100 * s) for n, s in shares.items() if not math.isnan(s)]
    alt = _("Predicted test result on {task} over the learning rate and another setting. Shares of the pairs: {rows}.")
    return to_svg(figure, alt.format(task=_(TASKS[task].title), rows="; ".join(rows)))


def _pair(found: Importance, name: str) -> float:
    pair = next((p for p in found.pairs if set(p) == {name, "learning_rate"}), None)
    return math.nan if pair is None else found.pairs[pair].value
