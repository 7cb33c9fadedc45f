"""The study itself: plans trials, has them trained, keeps what comes back, and writes its folder."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gatedrnn_course.errors import CourseError
from gatedrnn_course.files import write_atomically
from gatedrnn_course.studies.cluster import run_portions
from gatedrnn_course.studies.machine import machine
from gatedrnn_course.studies.odyssey.plan import distributions, plan, portions_of, trial_of
from gatedrnn_course.studies.odyssey.portion import Portion, train_portion
from gatedrnn_course.studies.odyssey.sizes import SIZES, TASKS, Corpora, Size
from gatedrnn_course.studies.odyssey.table import Row, read_rows, write_rows
from gatedrnn_course.studies.odyssey.variants import VARIANTS
from gatedrnn_course.studies.storage import Planned, Search, file_address, open_storage
from gatedrnn_course.tasks.corpus import Corpus
from gatedrnn_course.text import _

__all__ = ["ABOUT", "TRIALS", "About", "load", "refresh", "run_odyssey"]

ABOUT, TRIALS, DATABASE = "study.json", "trials.csv", "trials.db"
Searches = dict[tuple[str, str], tuple[Search, list[Planned]]]


@dataclass(frozen=True)
class About:
    """What a folder is the study of.

    Attributes:
        size: Name of the size.
        tasks: Names of the tasks.
        variants: Names of the variants.
        trials: Of each variant on each task.
        seed: Of the study.
        data: What each task is made with; says also where generated data stood in.
        machine: What trained last.
        command: The command that ran last.
        hours: Time spent so far, all sittings together.
        trained: Time that training took, all workers together, in hours.
        storage: Address of the database; None for a file in the folder, or an address with a password in it.
    """

    size: str
    tasks: tuple[str, ...]
    variants: tuple[str, ...]
    trials: int
    seed: int
    data: dict[str, str] = field(default_factory=dict)
    machine: str = ""
    command: str = ""
    hours: float = 0.0
    trained: float = 0.0
    storage: str | None = None

    @property
    def total(self) -> int:
        """How many trials there are in all."""
        return len(self.tasks) * len(self.variants) * self.trials


def run_odyssey(
    folder: str | Path,
    size: str = "lesson",
    *,
    tasks: Sequence[str] | None = None,
    variants: Sequence[str] | None = None,
    trials: int | None = None,
    seed: int = 0,
    jobs: int = 1,
    dask: str | None = None,
    storage: str | None = None,
    device: str = "cpu",
    corpora: Corpora = Corpora(),  # noqa: B008  it cannot be changed
    command: str = "",
    progress: bool = True,
) -> list[Row]:
    """Run the study, or go on with it.

    Trials that are done are kept at once; the same call goes on where it was, whatever stopped it, to the same trials.
    Several calls may work at one storage: each passes over what another has done.

    Args:
        folder: For what is found.
        size: `lesson`, `reduced` or `paper`.
        tasks: Names of tasks; None: all.
        variants: Names of variants; None: all.
        trials: Of each variant on each task; None: the size's.
        seed: Of settings, first parameters, noise and batches.
        jobs: Processes side by side.
        dask: Address of a Dask scheduler, in place of processes.
        storage: Address of a database; None: a file in the folder.
        device: Where models train.
        corpora: Licensed corpora for the size `paper`.
        command: What was typed, for the report.
        progress: Whether to show a bar.

    Returns:
        The trials that are done, all of them unless other calls are still at work.

    Raises:
        KeyboardInterrupt: On Ctrl-C, once what is done is written.
        CourseError: If a name is unknown, or the folder holds another study.
    """
    folder, kind = Path(folder), SIZES[size]
    asked = About(
        size,
        _chosen(TASKS, tasks),
        _chosen(VARIANTS, variants),
        kind.trials if trials is None else trials,
        seed,
        machine=machine(jobs, device),
        command=command,
        storage=None if storage is None or _has_password(storage) else storage,
    )
    made = {task: kind.tasks[task](corpora) for task in asked.tasks}
    asked = replace(asked, data={task: _described(corpus) for task, corpus in made.items()})
    about = _joined(folder, asked)
    store = open_storage(file_address(folder / DATABASE) if storage is None else storage)
    searches = _searches(store, kind, about, asked.tasks, asked.variants, asked.trials)
    began = time.perf_counter()
    try:
        _train(searches, made, kind, asked, jobs, dask, device, progress)
    finally:
        _write_about(folder, replace(about, hours=about.hours + (time.perf_counter() - began) / 3600))
        rows = refresh(folder, storage)
    return rows


def refresh(folder: str | Path, storage: str | None = None) -> list[Row]:
    """Write the table of a folder anew from the storage: after a study was killed, or while it runs.

    Args:
        folder: The study's folder. One that was handed on without its database keeps its table.
        storage: Address of the database; None: the one that the study was begun with.

    Returns:
        The trials that are done.

    Raises:
        CourseError: If the folder holds no study.
    """
    folder = Path(folder)
    about = _read_about(folder)
    address = storage or about.storage
    if address is None and not (folder / DATABASE).is_file():
        return read_rows(folder / TRIALS)
    store = open_storage(address or file_address(folder / DATABASE))
    searches = _searches(store, SIZES[about.size], about, about.tasks, about.variants, about.trials)
    rows, trained = _rows(searches)
    _write_about(folder, replace(about, trained=trained / 3600))
    write_rows(folder / TRIALS, rows)
    return rows


def load(folder: str | Path) -> tuple[About, list[Row]]:
    """What a folder is the study of, and the trials that are done.

    Raises:
        CourseError: If the folder holds no study.
    """
    folder = Path(folder)
    return _read_about(folder), read_rows(folder / TRIALS)


def _has_password(address: str) -> bool:
    return urlsplit(address).password is not None


def _chosen(known: Iterable[str], asked: Sequence[str] | None) -> tuple[str, ...]:
    """Names that were asked for, in the order of those known; an unknown one is told by the mapping."""
    names = list(known)
    if asked is None:
        return tuple(names)
    folded = {name.casefold(): name for name in names}
    wanted = [folded.get(name.casefold(), name) for name in asked]
    for name in wanted:
        known[name]  # type: ignore[index]
    return tuple(name for name in names if name in wanted)


def _described(corpus: Corpus) -> str:
    """A task with what it was made with, but no folder of this machine."""
    shown = type(corpus).__name__ if hasattr(corpus, "folder") else repr(corpus)
    return f"{shown}, generated" if getattr(corpus, "is_stand_in", False) else shown


def _searches(
    store: Any, kind: Size, about: About, tasks: Sequence[str], variants: Sequence[str], trials: int
) -> Searches:
    """The searches over these tasks and variants, each with its plan."""
    found = {}
    for task in tasks:
        for variant in variants:
            planned = plan(task, variant, trials, kind.space, about.seed)
            fixed = {"protocol": repr(kind.protocol), "space": repr(kind.space), "data": about.data[task]}
            name = f"odyssey-{about.size}-{about.seed}-{task}-{variant}"
            found[task, variant] = Search(store, name, fixed, planned, distributions(kind.space)), planned
    return found


def _train(
    searches: Searches,
    made: dict[str, Corpus],
    kind: Size,
    about: About,
    jobs: int,
    dask: str | None,
    device: str,
    progress: bool,
) -> None:
    from tqdm.auto import tqdm

    missing = {key: set(search.missing) for key, (search, _planned) in searches.items()}
    done = about.total - sum(map(len, missing.values()))
    size = kind.portion if device == "cpu" else about.trials
    portions = [(key, numbers) for key, (_s, planned) in searches.items() for numbers in portions_of(planned, size)]
    random.shuffle(portions)  # commands that share a storage begin at different places

    def todo() -> Iterator[Portion]:
        for (task, variant), numbers in portions:
            search, planned = searches[task, variant]
            if not missing[task, variant].isdisjoint(numbers) and not set(search.missing).isdisjoint(numbers):
                yield Portion(
                    task,
                    variant,
                    tuple(numbers),
                    tuple(trial_of(planned[k]) for k in numbers),
                    tuple(planned[k].seed for k in numbers),
                    made[task],
                    kind.protocol,
                    about.seed,
                    task in kind.both_ways,
                    device,
                )

    with tqdm(total=about.total, initial=done, desc=_("trials"), unit="trial", disable=not progress) as bar:
        for portion, outcomes in run_portions(train_portion, todo(), jobs, dask):
            key = portion.task, portion.variant
            for outcome in outcomes:
                searches[key][0].finish(outcome.number, outcome.validation, asdict(outcome))
            bar.update(len(missing[key] & set(portion.numbers)))
            missing[key] -= set(portion.numbers)


def _rows(searches: Searches) -> tuple[list[Row], float]:
    """The trials that are done, and the seconds that training them took."""
    rows, seconds = [], 0.0
    for (task, variant), (search, _planned) in searches.items():
        for trial in search.finished:
            result = trial.result
            kept = {name: result[name] for name in ("validation", "loss", "test", "parameters", "best_step", "stopped")}
            settings = asdict(trial_of(Planned(trial.settings, trial.seed)))
            rows.append(Row(task, variant, trial.number, trial.seed, **settings, **kept))
            seconds += float(result["seconds"])
    return rows, seconds


def _joined(folder: Path, asked: About) -> About:
    """What the folder is the study of, with what was asked for now; written down."""
    about = asked
    if (folder / ABOUT).exists():
        before = _read_about(folder)
        for name in ("size", "seed"):
            if getattr(before, name) != getattr(asked, name):
                raise CourseError(
                    _("Going on with the study in {folder}.").format(folder=folder.name),
                    _("It has {name} {value}.").format(name=name, value=getattr(before, name)),
                    _("{value} was asked for.").format(value=getattr(asked, name)),
                    _("Give another folder, or the same settings."),
                )
        about = replace(
            asked,
            tasks=_chosen(TASKS, (*before.tasks, *asked.tasks)),
            variants=_chosen(VARIANTS, (*before.variants, *asked.variants)),
            trials=max(before.trials, asked.trials),
            data={**before.data, **asked.data},
            hours=before.hours,
            trained=before.trained,
        )
    _write_about(folder, about)
    return about


def _write_about(folder: Path, about: About) -> None:
    text = json.dumps(asdict(about), indent=1) + "\n"
    write_atomically(folder / ABOUT, lambda file: file.write(text.encode()))


def _read_about(folder: Path) -> About:
    try:
        found: dict[str, Any] = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        return About(**{**found, "tasks": tuple(found["tasks"]), "variants": tuple(found["variants"])})
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise CourseError(
            _("The study in {folder}.").format(folder=folder),
            _("Its file {name} cannot be read: {problem}.").format(name=ABOUT, problem=problem),
            do=_("Give a folder that `gatedrnn study odyssey --out FOLDER` wrote."),
        ) from problem
