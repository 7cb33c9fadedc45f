"""Networks that learn chorales and write new ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gatedrnn_course.cells import Cell, Params, cell_of, sequence, step, zero_state
from gatedrnn_course.lab.activations import sigmoid
from gatedrnn_course.lab.memory import run_cell
from gatedrnn_course.text import _

if TYPE_CHECKING:
    from gatedrnn_course.training.history import History

__all__ = ["Composer", "fitted", "made_chorales", "train_composers"]

NOTES = 88
SETTINGS: dict[str, Any] = {"batch_size": 10, "learning_rate": 0.03, "decay": True, "clip": 1.0}
"""How they are trained."""


@dataclass(frozen=True)
class Composer:
    """A cell with a read-out of 88 notes, trained.

    Attributes:
        cell: The cell.
        p: Its parameters, and `W_y` (88, H) and `b_y` (88,) of the read-out.
    """

    cell: Cell
    p: Params

    @property
    def units(self) -> int:
        """H."""
        return int(self.p.W_y.shape[1])

    def outputs(self, inputs: Any) -> Any:
        """Raw values for the notes of the next step.

        Args:
            inputs: The notes of every step (T, B, 88).

        Returns:
            (T, B, 88); their sigmoid is the probability of each note.
        """
        hs, _states = sequence(self.cell, inputs, zero_state(self.cell, self.units, inputs.shape[1:-1]), self._own())
        return hs @ self.p.W_y.T + self.p.b_y

    def run(self, inputs: Any) -> dict[str, Any]:
        """Every line of the cell over time, each (T, B, H), for inputs (T, B, 88)."""
        return run_cell(self.cell, self._own(), inputs)

    def write(self, given: Any, steps: int = 32, temperature: float = 1.0, seed: int = 0) -> Any:
        """Go on with a piece: at each step the cell hears what it wrote at the step before.

        Args:
            given: How the piece begins (T, 88).
            steps: How many steps to write.
            temperature: Divides the outputs: below 1 likely notes become likelier, above 1 all come nearer to one half.
            seed: Another seed draws other numbers.

        Returns:
            The steps given and those written (T + steps, 88).
        """
        rng, rows = np.random.default_rng(seed), [np.asarray(row, float) for row in given]
        state: Any = zero_state(self.cell, self.units)
        for row in rows[:-1]:
            state = step(self.cell, row, state, self._own())
        for _step in range(steps):
            state = step(self.cell, rows[-1], state, self._own())
            chances = sigmoid((state[0] @ self.p.W_y.T + self.p.b_y) / temperature)
            rows.append((rng.random(NOTES) < chances).astype(float))
        return np.stack(rows)

    def _own(self) -> Params:
        return Params({name: self.p[name] for name in self.cell.parameters})

    def __repr__(self) -> str:
        words = _("A composer: {cell} of {units} units with a read-out of {notes} notes.")
        return words.format(cell=self.cell.name, units=self.units, notes=NOTES)


def made_chorales(part: str = "test") -> Any:
    """Chorales made by rule, the same each time.

    Args:
        part: `train` (200 chorales), `valid` or `test` (40 each).

    Returns:
        Notes (32, B, 88), 1 where one sounds; column k is the MIDI pitch 21 + k.
    """
    from gatedrnn_course.tasks.chorales import MadeChorales

    batch = MadeChorales().whole(part)  # type: ignore[arg-type]
    return np.concatenate([batch.inputs[:1], batch.targets])


def train_composers(
    cells: Mapping[str, tuple[Cell | str, int]], seeds: int = 2, steps: int = 300
) -> dict[str, list[Composer]]:
    """Train networks on the made chorales, 10 in a batch, with Adam from 0.03 down to 0.

    Args:
        cells: For each name the cell and its number of units.
        seeds: How many of each, each from a start of its own.
        steps: How many batches.

    Returns:
        For each name its networks, each with the parameters of its lowest loss on the validation part.
    """
    return {name: [fitted(*cells[name], steps, seed)[0] for seed in range(seeds)] for name in cells}


def fitted(cell: Cell | str, units: int, steps: int, seed: int, **further: Any) -> tuple[Composer, History]:
    """Train one network.

    Args:
        cell: The cell.
        units: H.
        steps: How many batches.
        seed: Of its first parameters and of the order of the chorales.
        **further: Further arguments of `fit`.

    Returns:
        The network, as far as it came, and how it came there.
    """
    from gatedrnn_course.tasks.chorales import MadeChorales
    from gatedrnn_course.training import SequenceModel, fit
    from gatedrnn_course.training.threads import one_thread

    task = MadeChorales()
    model = SequenceModel(cell, task, units, seed=seed)
    with one_thread():  # the tensors of a small model are small
        history = fit(model, task, steps=steps, **SETTINGS, seed=seed, progress=False, **further)
    found = {name: tensor.detach().cpu().numpy() for name, tensor in model.layers.named().items()}
    found |= {"W_y": model.readout.weight.detach().cpu().numpy(), "b_y": model.readout.bias.detach().cpu().numpy()}
    return Composer(cell_of(cell), Params({name: array.astype(float) for name, array in found.items()})), history
