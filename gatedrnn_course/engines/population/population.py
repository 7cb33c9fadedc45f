"""Many small models trained as one program, each with its own cell, size, seed and way of learning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray

from gatedrnn_course.cells.catalogue import cell_of
from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.engines.c_tier.bind import kernels_of
from gatedrnn_course.engines.c_tier.interpreter import interpreters_of
from gatedrnn_course.engines.c_tier.run import supports
from gatedrnn_course.engines.population.batch import as_tensor, inputs_of, score
from gatedrnn_course.engines.population.batched import BatchedModels
from gatedrnn_course.engines.population.compiled import CompiledModels, trains
from gatedrnn_course.engines.population.mixed import MixedModels, Models
from gatedrnn_course.engines.population.rows import Rows
from gatedrnn_course.engines.population.settings import Loss, Optimiser, Settings, each
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["Population"]

Tier = Literal["auto", "c", "torch", "interpreted"]
MANY = 24
"""Cells that are compiled for a population. For more, compiling takes longer than a few thousand steps gain by it."""


class Population:
    """N models that see the same batches.

    Each model is a cell and a linear read-out `y = W_y h + b_y` at every step. A setting is one for all models or one
    for each. A gate that a cell does not have has no parameters, so nothing can move it. A model whose loss or
    gradient is not finite is frozen with the parameters it had, and the others go on as if it were not there.

    Args:
        cells: Cells, or names in the catalogue.
        input_size: D.
        output_size: K.
        hidden_sizes: H.
        seeds: Of first parameters and noise; 0, 1, 2, ... where left out.
        loss: `"mse"`, `"cross_entropy"`, `"bernoulli"` or `"ctc"`, as in `tasks`.
        optimiser: `"sgd"`: Nesterov's momentum with the learning rate scaled by 1 - momentum, as in the Odyssey;
            `"adam"`.
        learning_rates: Learning rates.
        momenta: Momenta; for Adam the first beta.
        noise: Standard deviations of the noise added to the inputs while training.
        bidirectional: Whether a second cell reads each sequence from its end, its parameters named `reverse.W_f` and
            so on, and the read-out sees both hidden states one behind the other, as with `torch.nn.LSTM`.
        per_sequence: Whether models follow the gradient of a sequence's loss summed over its steps, in the mean over
            sequences, as in the Odyssey's equations; otherwise of the mean over all scored steps. For `ctc` it is the
            same. Losses that are given back are means over steps either way.
        scale: Standard deviation of the first parameters.
        dtype: `torch.float32` or `torch.float64`.
        device: Where they train. On an NVIDIA GPU a step is one recorded CUDA graph.
        tier: `"c"`, one model after the other in compiled code, needs a compiler and the CPU; `"interpreted"` too, but
            compiles none of the cells: each begins to learn at once, and learns more slowly. `"torch"` runs models of
            the same cell as one. `"auto"` takes `"interpreted"` for more than 24 different cells, else `"c"` for every
            model whose cell has a kernel here. The numbers are the same.
        threads: How many models train at once in the tiers `"c"` and `"interpreted"`.

    Raises:
        CourseError: If a setting does not fit.
    """

    def __init__(
        self,
        cells: Cell | str | Sequence[Cell | str],
        input_size: int,
        output_size: int,
        hidden_sizes: int | Sequence[int],
        seeds: int | Sequence[int] | None = None,
        *,
        loss: Loss = "mse",
        optimiser: Optimiser | Sequence[Optimiser] = "sgd",
        learning_rates: float | Sequence[float] = 1e-2,
        momenta: float | Sequence[float] = 0.9,
        noise: float | Sequence[float] = 0.0,
        bidirectional: bool = False,
        per_sequence: bool = False,
        scale: float = 0.1,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
        tier: Tier = "auto",
        threads: int = 1,
    ) -> None:
        N = _count(cells, hidden_sizes, seeds, learning_rates, momenta, noise)
        columns: tuple[list[Any], ...] = (
            [cell_of(cell) for cell in each(cells, N, _("cells"))],
            [input_size] * N,
            each(hidden_sizes, N, _("hidden sizes")),
            [output_size] * N,
            each(range(N) if seeds is None else seeds, N, _("seeds")),
            each(optimiser, N, _("optimisers")),
            each(learning_rates, N, _("learning rates")),
            each(momenta, N, _("momenta")),
            each(noise, N, _("strengths of noise")),
            [bidirectional] * N,
        )
        self.settings = tuple(Settings(*row) for row in zip(*columns, strict=True))
        self.input_size, self.output_size, self.dtype, self.steps = input_size, output_size, dtype, 0
        self.bidirectional, self.per_sequence = bidirectional, per_sequence
        self.loss_kind = _checked(self.settings, loss, dtype)
        self.device, self._learns = _device(device), np.ones(N, bool)
        first = [own.draw(scale) for own in self.settings]

        def made(kind: str, which: Sequence[int]) -> Models:
            given = [self.settings[k] for k in which], [first[k] for k in which], dtype
            if kind == "torch":
                return BatchedModels(*given, self.device)
            kernels = (kernels_of if kind == "c" else interpreters_of)([own.cell for own in given[0]], dtype.itemsize)
            return CompiledModels(*given, threads, kernels)

        tiers = _tiers(tier, self.settings, dtype, self.device)
        kinds = sorted(set(tiers))
        own = [[k for k in range(N) if tiers[k] == kind] for kind in kinds]
        parts = [(made(kind, which), which) for kind, which in zip(kinds, own, strict=True)]
        self._models: Models = parts[0][0] if len(parts) == 1 else MixedModels(parts)
        self.tier = " and ".join(kinds)

    def __len__(self) -> int:
        return len(self.settings)

    @property
    def frozen(self) -> NDArray[np.bool_]:
        """Which models have diverged, (N,)."""
        return self._models.frozen

    def step(self, inputs: Any, targets: Any, mask: Any = None, lengths: Any = None) -> NDArray[np.float64]:
        """Every model learns from a batch.

        Args:
            inputs: (T, B, D), or one for each model (N, T, B, D).
            targets: Numbers (T, B, K), or classes (T, B) for `cross_entropy`; without the first axis only the last
                step of each sequence is scored. For `ctc` labels (B, L), filled with -1.
            mask: Which steps count, or how much, (T, B); all of them where left out. It says nothing about `ctc`.
            lengths: Steps of each sequence before its padding begins, (B,); all have T where left out. Padding costs
                nothing, and a model that reads both ways begins at each sequence's own end.

        Returns:
            The losses before the step (N,); NaN for models that rest or were frozen before.

        Raises:
            CourseError: If a shape does not fit.
        """
        losses = np.full(len(self), np.nan)
        chosen = np.flatnonzero(self._learns).tolist()
        if chosen:
            losses[chosen] = self._run(inputs, targets, mask, lengths, chosen, self.steps)
        self.steps += 1
        self._learns[chosen] = np.isfinite(losses[chosen])  # what is not finite was frozen
        return losses

    def loss(
        self, inputs: Any, targets: Any, mask: Any = None, lengths: Any = None, models: Sequence[int] | None = None
    ) -> NDArray[np.float64]:
        """The losses on a batch of every model (N,), or of some of them; no noise, and nobody learns.

        The other arguments are as in `step`.
        """
        chosen = range(len(self)) if models is None else models
        return self._run(inputs, targets, mask, lengths, chosen, None)

    def outputs(self, inputs: Any, models: Sequence[int] | None = None, lengths: Any = None) -> NDArray[Any]:
        """Raw outputs of every model (N, T, B, K), or of some of them, for inputs (T, B, D).

        They are zero after the end of a sequence, where `lengths` (B,) says where that is.
        """
        xs = inputs_of(inputs, self.input_size)
        rows = self._rows(xs, lengths)
        chosen = range(len(self)) if models is None else models
        return rows.spread(self._models.outputs(self._taken(xs, rows), rows, chosen)).numpy()

    def rest(self, k: int) -> None:
        """Let model k be: `step` passes it over, and gives NaN for it, until `wake`. It costs nothing then."""
        self._learns[k] = False

    def wake(self) -> None:
        """Let all models that rest learn again."""
        self._learns = ~self.frozen

    def parameters(self, k: int) -> dict[str, NDArray[Any]]:
        """The parameters of model k by name, copied; `W_y` (K, H) and `b_y` (K,) are the read-out's."""
        return self._models.read(k, 0)

    def set_parameters(self, k: int, parameters: Mapping[str, NDArray[Any]]) -> None:
        """Give model k other parameters; names left out stay."""
        self._models.write(k, {**self.parameters(k), **parameters}, 0)

    def state_dict(self) -> dict[str, Any]:
        """Everything that training changes, in plain arrays and numbers."""
        models = [
            {
                "parameters": self._models.read(k, 0),
                "speed": self._models.read(k, 1),
                "square": self._models.read(k, 2),
                "steps": steps,
                "frozen": bool(frozen),
            }
            for k, (steps, frozen) in enumerate(zip(self._models.steps, self.frozen, strict=True))
        ]
        return {"steps": self.steps, "models": models}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state_dict` of a population with the same settings, of either tier."""
        if len(state["models"]) != len(self):
            raise CourseError(
                _("A population of {count} models.").format(count=len(self)),
                _("The saved one has {came}.").format(came=len(state["models"])),
            )
        self.steps = int(state["steps"])
        for k, saved in enumerate(state["models"]):
            for row, part in enumerate(("parameters", "speed", "square")):
                self._models.write(k, saved[part], row)
            self._models.set_progress(k, saved["steps"], saved["frozen"])
        self.wake()

    def _rows(self, xs: torch.Tensor, lengths: Any) -> Rows:
        T, B = xs.shape[:2]
        return Rows.of(T, B, lengths, packed=self.device.type == "cpu")

    def _taken(self, xs: torch.Tensor, rows: Rows) -> torch.Tensor:
        return rows.take(xs).to(self.dtype).contiguous()

    def _run(
        self, inputs: Any, targets: Any, mask: Any, lengths: Any, chosen: Sequence[int], step: int | None
    ) -> NDArray[np.float64]:
        given = as_tensor(inputs, _("inputs"))
        own = list(given) if given.dim() == 4 and len(given) == len(self) else [given]
        xs = [inputs_of(x, self.input_size) for x in own]
        rows = self._rows(xs[0], lengths)
        batch = score(rows, targets, mask, self.loss_kind, self.output_size, self.dtype)
        taken = [self._taken(x, rows) for x in xs]
        if step is None or not self.per_sequence:
            return self._models.run(taken, batch, self.loss_kind, step, chosen)
        return self._models.run(taken, batch.summed(), self.loss_kind, step, chosen) / batch.steps


def _count(cells: Any, *others: Any) -> int:
    """N: the length of the first setting that has one."""
    for given in (cells, *others):
        if isinstance(given, Sequence | np.ndarray) and not isinstance(given, str):
            return len(given)
    return 1


def _tiers(tier: Tier, settings: Sequence[Settings], dtype: torch.dtype, device: torch.device) -> list[str]:
    """The tier of each model."""
    if tier not in get_args(Tier):
        raise CourseError(
            _("A population of the tier {tier}.").format(tier=repr(tier)),
            expected=_("There are {known}.").format(known=", ".join(get_args(Tier))),
            do=_("Leave it out to take the fastest."),
        )
    if tier in ("c", "interpreted") and device.type != "cpu":
        raise CourseError(
            _("A population of the tier {tier} on {device}.").format(tier=tier, device=device),
            expected=_("Compiled kernels run on the CPU."),
            do=_('Use the tier "torch" or "auto".'),
        )
    if tier != "auto":
        return [tier] * len(settings)
    if device.type != "cpu" or not trains(dtype):
        return ["torch"] * len(settings)
    if len({*{id(own.cell): own.cell for own in settings}.values()}) > MANY:
        return ["interpreted"] * len(settings)
    together = supports([own.cell for own in settings], dtype)
    return ["c" if together or supports([own.cell], dtype) else "torch" for own in settings]


def _device(name: torch.device | str) -> torch.device:
    """The device, once something could be put there."""
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as problem:
        raise CourseError(
            _("A population on {device}.").format(device=name),
            _("torch cannot use it here: {problem}").format(problem=str(problem).splitlines()[0]),
            do=_('Use "cpu", or install a build of torch for this device.'),
        ) from problem
    return device


def _checked(settings: Sequence[Settings], loss: Loss, dtype: torch.dtype) -> Loss:
    """The kind of loss, after a look at all settings."""
    asked = _("A population of {count} models.").format(count=len(settings))
    if not settings:
        raise CourseError(asked, expected=_("It needs at least one model."))
    if loss not in get_args(Loss):
        raise CourseError(asked, _("The loss {loss} is unknown.").format(loss=repr(loss)), ", ".join(get_args(Loss)))
    if dtype not in (torch.float32, torch.float64):
        raise CourseError(asked, _("The type {type}.").format(type=dtype), _("It trains in float32 or float64."))
    for own in settings:
        if min(own.hidden_size, own.output_size) < 1 or own.input_size < 0:
            raise CourseError(asked, _("A size is below 1."), _("Hidden and output sizes are at least 1."))
        if own.optimiser not in ("sgd", "adam"):
            raise CourseError(asked, _("The optimiser {name} is unknown.").format(name=own.optimiser), "sgd, adam")
        if not (own.learning_rate > 0 and own.noise >= 0):
            raise CourseError(
                asked,
                _("A learning rate of {rate} and noise of {noise}.").format(rate=own.learning_rate, noise=own.noise),
                _("The rate is above 0, the noise 0 or more."),
            )
        if not (0 <= own.momentum < 1):
            raise CourseError(
                asked, _("A momentum of {value}.").format(value=own.momentum), _("It is from 0 to below 1.")
            )
    return loss
