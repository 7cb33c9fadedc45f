"""The composer of unit 11: equations of the learner's choice and parameters from a file, judged on fresh chorales."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.cells import Cell, catalogue, draw_params, parse, sequence, zero_state
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.values import Argument, Value
from gatedrnn_course.grading.items import Ask, ByLoss, Draw, Explanation, Item, Observation
from gatedrnn_course.grading.items.stored import Stored, read_stored, write_stored
from gatedrnn_course.grading.items.trained_item import FileMistake, checked
from gatedrnn_course.tasks import Batch, Split, loss_value
from gatedrnn_course.tasks.batch import Sequence as Piece
from gatedrnn_course.tasks.chorales import MadeChorales, made_chorale
from gatedrnn_course.text import _, mark

__all__ = ["AT_MOST", "HIDDEN", "STEPS", "ComposerItem", "cell_of_answer", "composer_item", "trained_composer"]

NOTES, HIDDEN, LARGEST = 88, 32, 256
AT_MOST = 7.75
"""Nats a step: a Markov chain for each note, which knows the step before, has 8.55."""
STEPS: dict[str, Any] = {"steps": 300, "batch_size": 10, "learning_rate": 0.03}
"""How the notebook trains; what the proof trains with, too."""
LETTERS = 4000
FEW = 5
"""So many chorales of the training part tell whether it was learned by heart."""
SOME = 0.98
"""A loss below this share of the one of constant frequencies shows that something was learned."""

_UNTRAINED = mark("It is no better than the frequency of each note: it is not trained, or did not learn anything.")
_KNOWN = mark("It knows the chorales it was trained on and not fresh ones: it learned them by heart. Stop earlier.")
_LONGER = mark("It has learned something, and not enough: train longer, or give it more units.")

Arrays = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Fresh(MadeChorales):
    """The same task with chorales that nobody has seen: those of a part are drawn, not kept."""

    def draw(self, rng: np.random.Generator, size: int, split: Split) -> Batch:
        """New chorales."""
        rolls = (made_chorale(rng) for _piece in range(size))
        return self.stack([Piece(roll[:-1], roll[1:]) for roll in rolls])


@dataclass(frozen=True)
class ComposerItem(Item):
    """A function that hands back the equations of a cell, and a file with its parameters and those of a read-out.

    Attributes:
        measure: What is asked of the outputs.
        solution: Makes a file that passes, for the LSTM.
        wrong_files: Files that do not.
        content: What was handed in; None for nothing.
    """

    measure: ByLoss = field(kw_only=True)
    solution: Callable[[], bytes] = field(kw_only=True, compare=False)
    wrong_files: tuple[FileMistake, ...] = field(kw_only=True, compare=False)
    content: bytes | None = field(default=None, kw_only=True, repr=False)

    @property
    def arguments(self) -> tuple[str, ...]:
        """None."""
        return ()

    @property
    def outputs(self) -> tuple[str, ...]:
        """One word: whether it is good enough."""
        return ("good",)

    @property
    def file(self) -> str:
        """Name of the file with the parameters."""
        return f"{self.name}.npz"

    def given(self, content: bytes | None) -> ComposerItem:
        """The item with what was handed in."""
        return replace(self, content=content)

    def docstring(self) -> str:
        """Title, and what to return."""
        returns = _("A text, one equation a line, such as `h = tanh(W_h @ x + U_h @ h_prev + b_h)`.")
        return "\n".join((_(self.title), "", _("Returns:"), f"    {returns}"))

    def reference(self, *args: Argument) -> Value:
        """A cell that does."""
        return catalogue["LSTM"].text

    def draws(self, rng: np.random.Generator) -> tuple[Draw, ...]:
        """One call; the chorales are the judge's."""
        return (Draw("batch", (), hidden=(np.array(float(rng.integers(2**31))),)),)

    def right(self, draw: Draw) -> Value:
        """Good enough."""
        return np.ones(1)

    def read(self, value: Value, draw: Draw) -> Value:
        """Good enough, or why not.

        Raises:
            CourseError: If there are no equations or no file, they do not fit, or the chorales surprise the model.
        """
        cell = cell_of_answer(value, self.name)
        parameters = self.parameters(cell)
        batch = self.measure.batch(int(np.asarray(draw.hidden[0])))
        outputs = _outputs(cell, parameters, batch)
        if not self.measure.met(outputs, batch):
            asked = _("`{name}` is not good enough yet.").format(name=self.name)
            raise CourseError(asked, _(self._why(cell, parameters, outputs, batch)), self.measure.found(outputs, batch))
        return self.right(draw)

    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """Nothing: `read` has told it."""
        return None

    def parameters(self, cell: Cell) -> Stored:
        """The parameters of the file, for this cell.

        Raises:
            CourseError: If there is no file, or it is another cell's.
        """
        if self.content is None:
            asked = _("There is no file `{file}` beside the notebook.").format(file=self.file)
            raise CourseError(
                asked, do=_("Run the cell that trains: it writes the file. Hand it in with the notebook.")
            )
        arrays = self._arrays
        units = arrays["W_y"].shape[-1] if "W_y" in arrays and arrays["W_y"].ndim == 2 else 1
        if not 0 < units <= LARGEST:
            asked = _("The parameters in the file {file}.").format(file=self.file)
            raise CourseError(asked, _("The read-out looks at {units} units.").format(units=units), f"1..{LARGEST}")
        sizes = {"D": NOTES, "H": units}
        shapes = {name: tuple(sizes[letter] for letter in cell.shape(name)) for name in cell.parameters}
        return checked(arrays, {**shapes, "W_y": (NOTES, units), "b_y": (NOTES,)}, self.file)

    @cached_property
    def _arrays(self) -> Stored:
        return read_stored(self.content or b"", self.file)

    def _why(self, cell: Cell, parameters: Stored, outputs: Any, batch: Batch) -> str:
        known = MadeChorales()
        seen = known.stack(known.sequences("train")[:FEW])
        if self.measure.met(_outputs(cell, parameters, seen), seen):
            return _KNOWN
        learned = loss_value(known.loss, outputs, batch) < SOME * known.chance
        return _LONGER if learned else _UNTRAINED


def _outputs(cell: Cell, parameters: Mapping[str, Any], batch: Batch) -> Any:
    """What a composer gives for pieces (T, B, 88): the same shape; what is not finite counts as far off."""
    own = {name: parameters[name] for name in cell.parameters}
    start = zero_state(cell, parameters["W_y"].shape[1], (batch.size,))
    with np.errstate(all="ignore"):
        hs, _states = sequence(cell, batch.inputs, start, own)
        outputs = hs @ parameters["W_y"].T + parameters["b_y"]
    return np.nan_to_num(outputs, nan=1e9, posinf=1e9, neginf=-1e9)


@lru_cache(maxsize=16)
def _parsed(text: str, name: str) -> Cell:
    return parse(text, name)


def cell_of_answer(value: Value, name: str) -> Cell:
    """The cell of a learner's text.

    Raises:
        CourseError: If there is none.
    """
    asked = _("The equations of `{name}`.").format(name=name)
    if not isinstance(value, str):
        kind = _("nothing") if value is None else type(value).__name__
        do = _('Put the equations between three quotes after `return`: return """h = ..."""')
        raise CourseError(asked, _("It hands back {type}.").format(type=kind), do=do)
    if len(value) > LETTERS:
        raise CourseError(asked, _("They have {count} letters.").format(count=len(value)), f"< {LETTERS}")
    cell = _parsed(value, name)
    if "h" not in cell.states or not cell.inputs:
        raise CourseError(asked, do=_("The cell reads x, and hands h_prev on as h: the read-out looks at h."))
    return cell


@lru_cache(maxsize=4)
def trained_composer(steps: int = 400, pieces: int = 200, cell: str = "LSTM") -> Arrays:
    """Parameters trained by the course's own engine in seconds, for the proof that the item can be passed.

    Args:
        steps: How many batches.
        pieces: How many chorales.
        cell: A cell of the catalogue.
    """
    from gatedrnn_course.engines.population import Population
    from gatedrnn_course.training import fit_population

    settings: dict[str, Any] = {"loss": "bernoulli", "optimiser": "adam", "learning_rates": 0.01}
    population = Population(cell, NOTES, NOTES, HIDDEN, [0], scale=(3 * HIDDEN) ** -0.5, **settings)
    fit_population(population, MadeChorales(pieces), steps=steps, batch_size=20, progress=False)
    return {name: np.asarray(array, float) for name, array in population.parameters(0).items()}


def _first(cell: str = "LSTM") -> Arrays:
    rng = np.random.default_rng(0)
    p = draw_params(catalogue[cell], NOTES, HIDDEN, rng, scale=0.1)
    return {**p, "W_y": rng.normal(0.0, 0.1, (NOTES, HIDDEN)), "b_y": np.zeros(NOTES)}


def _with(**changes: Callable[[Any], Any] | None) -> Callable[[], bytes]:
    def made() -> bytes:
        found = dict(trained_composer())
        for name, change in changes.items():
            if change is None:
                del found[name]
            else:
                found[name] = change(found[name])
        return write_stored(found)

    return made


WRONG_FILES = (
    FileMistake(mark("There is no file `composer.npz`"), lambda: None),
    FileMistake(mark("It is no whole .npz file"), lambda: write_stored(trained_composer())[:-100]),
    FileMistake(mark("it is not trained"), lambda: write_stored(_first())),
    FileMistake(mark("The file lacks"), lambda: write_stored(_first("GRU"))),
    FileMistake(mark("The file lacks `W_y`"), _with(W_y=None)),
    FileMistake(mark("has the shape (88, 32), expected is (32, 88)"), _with(W_f=lambda W: W.T)),
    FileMistake(mark("holds nan or inf"), _with(U_f=lambda U: U * np.nan)),
    FileMistake(mark("learned them by heart"), lambda: write_stored(trained_composer(400, FEW))),
    FileMistake(mark("train longer"), lambda: write_stored(trained_composer(120))),
)


def composer_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> ComposerItem:
    """The item.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return ComposerItem(
        "composer",
        points,
        mark("The cell of your choice, as equations; its parameters, trained, are in composer.npz."),
        hints,
        forbidden,
        measure=ByLoss(Fresh(), 40, at_most=AT_MOST),
        solution=lambda: write_stored(trained_composer()),
        wrong_files=WRONG_FILES,
    )
