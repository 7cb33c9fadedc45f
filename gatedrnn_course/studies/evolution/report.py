"""What a study leaves for people: tables as CSV, one page as HTML, and a page of the documentation."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.describe import describe
from gatedrnn_course.cells.diagram import diagram
from gatedrnn_course.cells.latex import cell_latex
from gatedrnn_course.studies.evolution.ancestry import Relative, family, told, tree
from gatedrnn_course.studies.evolution.forget_bias import ForgetBias, closed_gap
from gatedrnn_course.studies.evolution.intervals import intervals
from gatedrnn_course.studies.evolution.search import Evolution
from gatedrnn_course.studies.evolution.store import Architecture, Evaluation
from gatedrnn_course.studies.machine import machine
from gatedrnn_course.studies.pages import render, write_text
from gatedrnn_course.text import _

__all__ = ["Made", "ancestry_of", "made_by", "write_bias_page", "write_bias_report", "write_page", "write_report"]

TEMPLATES = Path(__file__).parent / "templates"
SHOWN = 10
"""How many of the list are shown whole."""
DRAWN = 25
"""How many lines of descent are drawn."""


@dataclass(frozen=True)
class Made:
    """How a report came about.

    Attributes:
        command: The command.
        seconds: Time it took in all.
        jobs: Models trained at once.
    """

    command: str
    seconds: float
    jobs: int = 1

    @property
    def told(self) -> str:
        """The same in a sentence."""
        minutes = f"{self.seconds / 60:.1f} min" if self.seconds >= 120 else f"{self.seconds:.0f} s"
        return _("Made by `{command}` in {time} ({machine}).").format(
            command=self.command, time=minutes, machine=machine(self.jobs)
        )


def made_by(study: Evolution | ForgetBias, command: str | None = None) -> Made:
    """How a study came about.

    Args:
        study: The study.
        command: The command under way, which is kept in the study's file; None: the one that is kept there.
    """
    if command is not None:
        study.store.note("command", command)
        study.store.note("jobs", study.threads)
    return Made(study.store.noted("command") or "", study.seconds, study.store.noted("jobs") or 1)


@dataclass(frozen=True)
class Shown:
    """One architecture as a page shows it."""

    name: str
    fitness: float
    parent: str
    changes: str
    accuracies: Mapping[str, float]
    cell: Cell
    parameters: int

    @property
    def picture(self) -> str:
        """Its data flow as SVG."""
        return diagram(self.cell)

    @property
    def latex(self) -> str:
        """Its equations in LaTeX."""
        return cell_latex(self.cell)

    @property
    def words(self) -> str:
        """Its equations in sentences."""
        return describe(self.cell)


def _shown(study: Evolution) -> list[Shown]:
    architectures, best, fitnesses = study.store.architectures(), study.store.best(), study.fitnesses()
    task = study.size.stages[0].task
    found = []
    for number in study.members()[:SHOWN]:
        own = architectures[number]
        parent = "" if own.parent is None else architectures[own.parent].name
        cell = own.cell
        count = cell.parameter_count(task.input_size, 32)
        found.append(Shown(own.name, fitnesses[number], parent, own.changes, best[number], cell, count))
    return found


def ancestry_of(study: Evolution) -> tuple[str, str]:
    """The picture of the best lines of descent, and the same in words.

    Args:
        study: The study.
    """
    architectures, fitnesses = study.store.architectures(), study.fitnesses()
    members = set(study.members())
    chosen = family({k: a.parent for k, a in architectures.items()}, study.members()[:DRAWN])
    relatives = [
        Relative(a.number, a.name, a.parent, a.changes, fitnesses[a.number] if a.number in members else None)
        for a in (architectures[number] for number in chosen)
    ]
    return tree(relatives), told(relatives)


def _funnel(study: Evolution) -> list[tuple[str, int]]:
    """How many got how far."""
    outcomes = Counter(a.outcome for a in study.store.architectures().values())
    names = ["memorisation", *(stage.task.name for stage in study.size.stages)]
    left = sum(outcomes.values()) - outcomes["start"]
    rows = [(_("tried"), left)]
    for name in names:
        left -= outcomes[name]
        rows.append((_("passed {task}").format(task=name), left))
    return rows


def _context(study: Evolution, made: Made) -> dict[str, Any]:
    portions = study.store.portions()
    return {
        "study": study,
        "size": study.size,
        "made": made.told,
        "shown": _shown(study),
        "ancestry": ancestry_of(study)[0],
        "funnel": _funnel(study),
        "duplicates": sum(row[2] for row in portions),
        "again": sum(row[3] for row in portions),
        "reference": study.reference,
        "listed": len(study.members()),
    }


def write_report(study: Evolution, made: Made) -> Path:
    """Write `architectures.csv`, `evaluations.csv` and `index.html` into the study's folder.

    Args:
        study: The study.
        made: How it came about.

    Returns:
        The page.
    """
    fitnesses = study.fitnesses()
    own = [field.name for field in fields(Architecture)]
    _csv(
        study.out / "architectures.csv",
        [*own, "fitness"],
        ([*(getattr(a, name) for name in own), fitnesses.get(a.number)] for a in study.store.architectures().values()),
    )
    names = [field.name for field in fields(Evaluation)]
    _csv(
        study.out / "evaluations.csv",
        names,
        ([getattr(row, name) for name in names] for row in study.store.evaluations()),
    )
    return write_text(study.out / "index.html", _page("evolution.html.j2", **_context(study, made)))


def write_page(study: Evolution, made: Made, page: Path) -> Path:
    """Write a page of the documentation, its pictures in `images/evolution` beside it.

    Args:
        study: The study.
        made: How it came about.
        page: The Markdown file.

    Returns:
        The page.
    """
    context = _context(study, made)
    folder = page.parent / "images" / "evolution"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    write_text(folder / "ancestry.svg", context["ancestry"] + "\n")
    for k, own in enumerate(context["shown"][:3], 1):
        write_text(folder / f"best-{k}.svg", own.picture + "\n")
    return write_text(page, _page("evolution.md.j2", **context))


def write_bias_report(study: ForgetBias, made: Made) -> Path:
    """Write `forget_bias.csv` and `index.html` of the experiment into its folder.

    Args:
        study: The experiment.
        made: How it came about.

    Returns:
        The page.
    """
    rows = study.table()
    columns = ["architecture", "task", "mean", "low", "high", "printed"]
    columns += ["learning_rate", "scale", "hidden_size", "seeds"]
    _csv(
        study.out / "forget_bias.csv",
        columns,
        (
            [r.architecture, r.task, r.accuracy.value, r.accuracy.low, r.accuracy.high, r.printed]
            + [r.learning_rate, r.scale, r.hidden_size, r.seeds]
            for r in rows
        ),
    )
    return write_text(study.out / "index.html", _page("forget_bias.html.j2", **_bias_context(study, made)))


def write_bias_page(study: ForgetBias, made: Made, page: Path) -> Path:
    """Write a page of the documentation on the experiment, its pictures in `images/forget_bias` beside it.

    Args:
        study: The experiment.
        made: How it came about.
        page: The Markdown file.

    Returns:
        The page.
    """
    context = _bias_context(study, made)
    for task, picture in context["pictures"].items():
        write_text(page.parent / "images" / "forget_bias" / f"{task}.svg", picture + "\n")
    return write_text(page, _page("forget_bias.md.j2", **context))


def _bias_context(study: ForgetBias, made: Made) -> dict[str, Any]:
    rows = study.table()
    tasks = [stage.task.name for stage in study.size.stages]
    means = {task: {r.architecture: r.accuracy.value for r in rows if r.task == task} for task in tasks}
    return {
        "study": study,
        "size": study.size,
        "made": made.told,
        "tasks": {task: [r for r in rows if r.task == task] for task in tasks},
        "gains": study.gains(),
        "printed_gains": {
            task: next(r.printed for r in rows if (r.task, r.architecture) == (task, "LSTM-b"))
            - next(r.printed for r in rows if (r.task, r.architecture) == (task, "LSTM"))
            for task in tasks
        },
        "closed": {task: closed_gap(means[task]) for task in tasks},
        "pictures": {
            task: intervals(
                _("Accuracy on {task}: ours (dot), the paper's (diamond)").format(task=task),
                [(r.architecture, r.accuracy, r.printed) for r in rows if r.task == task],
            )
            for task in tasks
        },
    }


def _csv(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)


def _page(template: str, **context: Any) -> str:
    return render(TEMPLATES, template, **context)
