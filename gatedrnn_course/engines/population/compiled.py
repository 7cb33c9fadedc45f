"""A population in compiled code: one model's whole step, then the next model's."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import prod
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gatedrnn_course.engines.kernel.bind import Kernel
from gatedrnn_course.engines.kernel.library import load_text
from gatedrnn_course.engines.kernel.memory import Lease
from gatedrnn_course.engines.population.batch import Scored
from gatedrnn_course.engines.population.settings import BETA2, BIAS, EPSILON, LOSSES, WEIGHT, Loss, Settings
from gatedrnn_course.engines.population.text_train import TRAIN
from gatedrnn_course.errors import CourseError

__all__ = ["CompiledModels", "trains"]

_TRAIN, _LOSS_ONLY, _OUTPUTS_ONLY = 1, 0, 2


class _Job(ctypes.Structure):
    """`Job` of the C text."""

    _fields_ = [
        *((name, ctypes.c_long) for name in ("T", "B", "D", "K", "ldx", "first", "rows", "loss", "mode", "step")),
        *((name, ctypes.c_void_p) for name in ("targets", "weights")),
    ]


class _Model(ctypes.Structure):
    """`Model` of the C text."""

    _fields_ = [
        *((name, ctypes.c_void_p) for name in ("forward", "backward", "pack", "unpack", "program")),
        *((name, ctypes.c_long) for name in ("H", "states", "own", "tape", "scratch", "tidy", "named")),
        *((name, ctypes.c_void_p) for name in ("lengths", "state_sizes", "theta", "slope", "speed", "square")),
        *((name, ctypes.c_void_p) for name in ("x", "outputs")),
        *((name, ctypes.c_double) for name in ("rate", "momentum", "beta2", "epsilon", "noise")),
        ("key", ctypes.c_uint32 * 4),
        *((name, ctypes.c_long) for name in ("adam", "steps", "frozen")),
        ("loss", ctypes.c_double),
    ]


def trains(dtype: torch.dtype) -> bool:
    """Whether the compiled trainer can be had here."""
    try:
        load_text(TRAIN, dtype.itemsize)
    except CourseError:
        return False
    return True


class CompiledModels:
    """The models of a population, side by side in memory.

    Args:
        settings: What each is.
        parameters: First parameters by name, of each.
        dtype: Their type, float32 or float64.
        threads: How many models train at once.
        kernels: The cell of each, compiled or interpreted.

    Raises:
        CourseError: If no compiler works here.
    """

    def __init__(
        self,
        settings: Sequence[Settings],
        parameters: Sequence[Mapping[str, NDArray[Any]]],
        dtype: torch.dtype,
        threads: int,
        kernels: Sequence[Kernel],
    ) -> None:
        real_bytes = dtype.itemsize
        self.settings, self.dtype, self.threads = settings, dtype, threads
        self.kernels = kernels
        library = load_text(TRAIN, real_bytes)
        self._needed = library.memory_needed
        self._needed.restype, self._needed.argtypes = ctypes.c_long, [ctypes.c_void_p] * 2
        self._train = library.train
        self._train.restype = None
        self._train.argtypes = [ctypes.c_void_p] * 2 + [ctypes.c_long] * 2 + [ctypes.c_void_p]
        self._put, self._get = library.put_readout, library.get_readout
        for function in (self._put, self._get):
            function.restype, function.argtypes = None, [ctypes.c_long] * 2 + [ctypes.c_void_p] * 3
        self.models = (_Model * len(settings))()
        self.rows: list[Tensor] = []
        self._batch, self._most = (0, 0, 0), 0
        self._kept: list[Any] = []
        for k, (kernel, own) in enumerate(zip(self.kernels, settings, strict=True)):
            self._fill(self.models[k], kernel, own)
            self.write(k, parameters[k], 0)

    def _fill(self, model: _Model, kernel: Kernel, own: Settings) -> None:
        """Describe one model to the C text."""
        sizes = {"D": own.input_size, "H": own.hidden_size}
        names = ("forward", "backward", "pack", "unpack")
        for name, function in zip(names, kernel.functions, strict=True):
            setattr(model, name, ctypes.cast(function, ctypes.c_void_p).value)
        model.program = kernel.program
        a = kernel.addresses
        states = [kernel.padded(sizes[a.letter(name)]) for name in a.cell.states]
        lengths = [prod(own.shapes[name]) for name in own.cell.parameters]
        model.H, model.states, model.named = own.hidden_size, len(states), len(lengths)
        model.own = kernel.shape(0, 0, own.input_size, own.hidden_size).parameters
        model.tidy = any(count > 1 for count in a.places.values()) or any(
            sizes[letter] % kernel.lanes for letter in {"H", *a.slots}
        )
        model.lengths, model.state_sizes = self._longs(lengths), self._longs(states)
        model.rate, model.momentum, model.beta2, model.epsilon = own.learning_rate, own.momentum, BETA2, EPSILON
        model.noise = own.noise
        model.key[:] = own.noise_key
        model.adam = own.optimiser == "adam"
        wide = kernel.padded(own.output_size)
        rows = torch.zeros(4, model.own + (own.hidden_size + 1) * wide, dtype=self.dtype)
        model.theta, model.speed, model.square, model.slope = (row.data_ptr() for row in rows)
        self.rows.append(rows)

    @property
    def frozen(self) -> NDArray[np.bool_]:
        """Which models have diverged (N,)."""
        return np.array([bool(model.frozen) for model in self.models])

    @property
    def steps(self) -> list[int]:
        """How many updates each model has made."""
        return [int(model.steps) for model in self.models]

    def set_progress(self, k: int, steps: int, frozen: bool) -> None:
        """Say how many updates a model has made, and whether it diverged."""
        self.models[k].steps, self.models[k].frozen = steps, frozen

    def _longs(self, values: Sequence[int]) -> int:
        array = (ctypes.c_long * max(len(values), 1))(*values)
        self._kept.append(array)
        return ctypes.addressof(array)

    def run(self, xs: Sequence[Tensor], batch: Scored, loss: Loss, step: int | None) -> NDArray[np.float64]:
        """The loss of every model on a batch, and one step of training each; frozen ones give NaN there.

        Args:
            xs: The inputs of each model (T, B, D).
            batch: Targets and weights.
            loss: What the outputs mean.
            step: The number of this step of training, for the noise; None: nobody learns.
        """
        train = step is not None
        frozen = self.frozen
        job = self._job(batch.xs, batch.first, len(batch.weights), _TRAIN if train else _LOSS_ONLY)
        job.step = step or 0
        job.loss, job.targets, job.weights = LOSSES.index(loss), batch.targets.data_ptr(), batch.weights.data_ptr()
        self._call(job, xs)
        losses = np.array([model.loss for model in self.models])
        return np.where(frozen, np.nan, losses) if train else losses

    def outputs(self, xs: Tensor, chosen: Sequence[int]) -> Tensor:
        """Raw outputs of some models (len(chosen), T*B, K)."""
        T, B = xs.shape[:2]
        wide, K = self.kernels[0].padded(self.settings[0].output_size), self.settings[0].output_size
        out = torch.empty(len(chosen), T * B, wide, dtype=self.dtype)
        self._call(self._job(xs, 0, T * B, _OUTPUTS_ONLY), [xs] * len(chosen), out, chosen)
        return out[:, :, :K]

    def _job(self, xs: Tensor, first: int, rows: int, mode: int) -> _Job:
        T, B, D = xs.shape
        return _Job(T=T, B=B, D=D, K=self.settings[0].output_size, first=first, rows=rows, mode=mode)

    def _call(
        self, job: _Job, xs: Sequence[Tensor], outputs: Tensor | None = None, chosen: Sequence[int] | None = None
    ) -> None:
        """Hand the models to C, in as many portions as there are threads; `chosen` are those with outputs."""
        job.ldx = self.kernels[0].padded(job.D) if any(k.reads_input for k in self.kernels) else job.D
        wide = {id(x): torch.nn.functional.pad(x, (0, job.ldx - job.D)).contiguous() for x in xs}
        which = range(len(self.models)) if chosen is None else chosen
        for place, k in enumerate(which):
            self.models[k].x = wide[id(xs[place])].data_ptr()
            self.models[k].outputs = None if outputs is None else outputs[place].data_ptr()
        needed = self._measure(job)
        if self.threads == 1 and chosen is None:
            self._portion(job, 0, len(self.models), needed)
            return
        step = -(-len(self.models) // (4 * self.threads)) if chosen is None else 1
        with ThreadPoolExecutor(self.threads) as pool:
            begins = range(0, len(self.models), step) if chosen is None else chosen
            list(pool.map(lambda k: self._portion(job, k, min(k + step, len(self.models)), needed), begins))

    def _measure(self, job: _Job) -> int:
        """How much memory the largest model needs; the sizes of tapes are kept while the batch's stay."""
        batch = job.T, job.B, job.rows
        if batch != self._batch:
            for model, kernel in zip(self.models, self.kernels, strict=True):
                shape = kernel.shape(job.T, job.B, job.D, model.H)
                model.tape, model.scratch = shape.tape, shape.scratch
            first, size = ctypes.addressof(self.models), ctypes.sizeof(_Model)
            of_each = (self._needed(ctypes.addressof(job), first + k * size) for k in range(len(self.models)))
            self._batch, self._most = batch, max(of_each)
        return self._most

    def _portion(self, job: _Job, begin: int, end: int, needed: int) -> None:
        memory = Lease(needed, self.dtype)
        self._train(ctypes.addressof(job), ctypes.addressof(self.models), begin, end, memory.address)

    def read(self, k: int, row: int) -> dict[str, NDArray[Any]]:
        """Arrays by name of one model: row 0 its parameters, 1 and 2 the memory of its optimiser."""
        kernel, own, flat = self.kernels[k], self.settings[k], self.rows[k][row]
        found = {n: torch.empty(shape, dtype=self.dtype) for n, shape in own.shapes.items()}
        sizes = kernel.shape(0, 0, own.input_size, own.hidden_size).sizes
        kernel.unpack(sizes, flat.data_ptr(), [found[n].data_ptr() for n in own.cell.parameters])
        a = kernel.addresses
        for name, other in zip(own.cell.parameters, a.cell.parameters, strict=True):
            found[name] /= max(1, a.places[other])  # what stands in several places was added up
        packed = flat[self.models[k].own :].data_ptr()
        self._get(own.hidden_size, own.output_size, packed, found[WEIGHT].data_ptr(), found[BIAS].data_ptr())
        return {n: a.numpy() for n, a in found.items()}

    def write(self, k: int, arrays: Mapping[str, NDArray[Any]], row: int) -> None:
        """Put arrays where `read` finds them."""
        kernel, own, flat = self.kernels[k], self.settings[k], self.rows[k][row]
        held = {n: torch.tensor(arrays[n], dtype=self.dtype).contiguous() for n in own.shapes}
        sizes = kernel.shape(0, 0, own.input_size, own.hidden_size).sizes
        kernel.pack(sizes, [held[n].data_ptr() for n in own.cell.parameters], flat.data_ptr())
        packed = flat[self.models[k].own :].data_ptr()
        self._put(own.hidden_size, own.output_size, held[WEIGHT].data_ptr(), held[BIAS].data_ptr(), packed)
