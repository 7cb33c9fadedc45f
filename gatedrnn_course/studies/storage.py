"""Where a study's trials are kept: Optuna's storage, an SQLite file or a database by its address.

Every trial is written down before it is trained, with settings that follow from the seed. Results are added when
they are there. So a study that stops, however it stops, goes on with the trials that lack a result, and any number of
commands, on any number of machines, may work at the same one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatedrnn_course.errors import CourseError
from gatedrnn_course.studies.quiet import quiet_optuna
from gatedrnn_course.text import _

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.storages import BaseStorage

__all__ = ["Finished", "Planned", "Search", "file_address", "open_storage"]

WAIT = 60  # seconds that one command lets another finish writing into the same file


@dataclass(frozen=True)
class Planned:
    """A trial before it is trained.

    Attributes:
        settings: Its settings by name.
        seed: Of its first parameters and noise.
    """

    settings: Mapping[str, float | int]
    seed: int


@dataclass(frozen=True)
class Finished:
    """A trial that has a result.

    Attributes:
        number: Its place in the plan, from 0.
        settings: As planned.
        seed: As planned.
        value: What the search looks at; NaN where training diverged.
        result: Everything else that was measured.
    """

    number: int
    settings: Mapping[str, float | int]
    seed: int
    value: float
    result: Mapping[str, Any]


def file_address(path: Path) -> str:
    """The address of an SQLite file."""
    return f"sqlite:///{path.resolve().as_posix()}"


@lru_cache(maxsize=8)
def open_storage(address: str) -> BaseStorage:
    """Optuna's storage at an address such as `sqlite:///trials.db` or `postgresql+psycopg://user@host/studies`.

    Raises:
        CourseError: If it cannot be opened, or Optuna is not installed.
    """
    try:
        import optuna
    except ImportError as problem:
        raise CourseError(
            _("Keeping the trials of a study."),
            _("The package optuna is not installed."),
            do=_('Install what studies need with: pip install "gatedrnn-course[lessons]"'),
        ) from problem
    settings = {"connect_args": {"timeout": WAIT}} if address.startswith("sqlite") else {"pool_pre_ping": True}
    try:
        with quiet_optuna():
            return optuna.storages.RDBStorage(address, engine_kwargs=settings)
    except Exception as problem:  # each database has errors of its own
        shown = address.rpartition("@")[2]
        raise CourseError(
            _("The storage of a study at {address}.").format(address=shown),
            _("It cannot be opened: {problem}.").format(problem=str(problem).splitlines()[0]),
            _("An address is sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE."),
            _("Leave --storage out to keep the trials in a file of the folder."),
        ) from problem


class Search:
    """The trials of one search.

    Args:
        storage: Where they are kept.
        name: Of the search; the same name finds it again.
        about: What has to be the same for the search to go on: plain numbers, words, lists.
        plan: The trials. A search that exists is made longer where the plan is.
        space: The distribution of each setting.
        lower_is_better: Whether a small value is good.

    Raises:
        CourseError: If the storage has a search of this name about something else.
    """

    def __init__(
        self,
        storage: BaseStorage,
        name: str,
        about: Mapping[str, Any],
        plan: Sequence[Planned],
        space: Mapping[str, BaseDistribution],
        lower_is_better: bool = True,
    ) -> None:
        import optuna

        self.name, self.count = name, len(plan)
        with quiet_optuna():
            self._study = optuna.create_study(
                storage=storage,
                study_name=name,
                load_if_exists=True,
                direction="minimize" if lower_is_better else "maximize",
            )
        self._storage = storage
        self._check(about)
        for number in sorted(set(range(len(plan))) - set(self._places())):
            trial = optuna.create_trial(
                state=optuna.trial.TrialState.WAITING,
                params=dict(plan[number].settings),
                distributions=dict(space),
                user_attrs={"number": number, "seed": plan[number].seed},
            )
            self._study.add_trial(trial)
        self._ids = {number: trial._trial_id for number, trial in self._places().items()}

    def _check(self, about: Mapping[str, Any]) -> None:
        known = self._study.user_attrs
        if not known:
            for key, value in about.items():
                self._study.set_user_attr(key, value)
            return
        for key, value in about.items():
            if known.get(key) != value:
                raise CourseError(
                    _("Going on with the search {name}.").format(name=self.name),
                    _("It was begun with {key} = {value}.").format(key=key, value=known.get(key)),
                    _("This one has {key} = {value}.").format(key=key, value=value),
                    _("Use the same settings, or another folder."),
                )

    def _places(self) -> dict[int, Any]:
        """Optuna's trials by their place in the plan; the first, should two commands have written the same."""
        found: dict[int, Any] = {}
        for trial in self._study.get_trials(deepcopy=False):
            found.setdefault(trial.user_attrs["number"], trial)
        return found

    @property
    def missing(self) -> list[int]:
        """The places of the trials without a result."""
        return [n for n, trial in sorted(self._places().items()) if n < self.count and not trial.state.is_finished()]

    def finish(self, number: int, value: float, result: Mapping[str, Any]) -> None:
        """Write a result down. A trial that has one keeps it.

        Args:
            number: The trial's place in the plan.
            value: What the search looks at; a trial whose value is no finite number is marked as failed.
            result: Plain numbers and words.
        """
        import optuna

        good = math.isfinite(value)
        state = optuna.trial.TrialState.COMPLETE if good else optuna.trial.TrialState.FAIL
        try:
            self._storage.set_trial_user_attr(self._ids[number], "result", dict(result))
            self._storage.set_trial_state_values(self._ids[number], state, [value] if good else None)
        except optuna.exceptions.UpdateFinishedTrialError:
            return

    @property
    def finished(self) -> list[Finished]:
        """The trials that have a result, in the plan's order."""
        rows = []
        for number, trial in sorted(self._places().items()):
            if number < self.count and trial.state.is_finished():
                value = math.nan if trial.value is None else trial.value
                attributes = trial.user_attrs
                rows.append(Finished(number, trial.params, attributes["seed"], value, attributes["result"]))
        return rows
