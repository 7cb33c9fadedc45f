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

from gatedrnn_course.engines.c_tier.bind import Kernel
from gatedrnn_course.engines.c_tier.build.library import load_text
from gatedrnn_course.engines.population.batch import Scored
from gatedrnn_course.engines.population.rows import Rows
from gatedrnn_course.engines.population.settings import BETA2, BIAS, EPSILON, LOSSES, WEIGHT, Loss, Settings
from gatedrnn_course.engines.population.text_train import TRAIN
from gatedrnn_course.engines.shared.memory import Lease
from gatedrnn_course.errors import CourseError

__all__ = ["CompiledModels", "trains"]

_TRAIN, _LOSS_ONLY, _OUTPUTS_ONLY = 1, 0, 2
PORTIONS = 8
"""For each thread: models differ in size, and none should wait long for the others."""


class _Job(ctypes.Structure):
    """`Job` of the C text."""

    _fields_ = [
        *((name, ctypes.c_long) for name in ("N", "D", "K", "ldx", "segments")),
        *((name, ctypes.c_void_p) for name in ("lengths", "sizes", "turned")),
        *((name, ctypes.c_long) for name in ("first", "rows", "loss", "mode", "step")),
        *((name, ctypes.c_void_p) for name in ("targets", "weights")),
        # Labels
        *((name, ctypes.c_long) for name in ("B", "most")),
        *((name, ctypes.c_void_p) for name in ("steps", "ranks", "starts", "labels")),
    ]


_MODEL = np.dtype(
    [
        *((name, np.uintp) for name in ("count", "forward", "backward", "pack", "unpack", "program")),
        *((name, ctypes.c_long) for name in ("H", "ways", "states", "own", "tidy", "named")),
        *((name, np.uintp) for name in ("lengths", "state_sizes", "theta", "slope", "speed", "square", "x", "outputs")),
        *((name, np.float64) for name in ("rate", "momentum", "beta2", "epsilon", "noise")),
        ("key", np.uint32, 4),
        *((name, ctypes.c_long) for name in ("adam", "steps", "frozen")),
        ("loss", np.float64),
    ],
    align=True,
)
"""`Model` of the C text."""


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
        self._pool = ThreadPoolExecutor(threads)  # its threads start when they are first needed, and are kept
        self.kernels = kernels
        library = load_text(TRAIN, real_bytes)
        long, address = ctypes.c_long, ctypes.c_void_p
        self._needed, self._train, self._put, self._get = (
            _function(library, name, result, arguments)
            for name, result, arguments in (
                ("memory_needed", long, [address, address, address, long]),
                ("train", None, [address, address, address, long, address]),
                ("put_readout", None, [long, long, long, address, address, address]),
                ("get_readout", None, [long, long, long, address, address, address]),
            )
        )
        self.models = np.zeros(len(settings), _MODEL).view(np.recarray)
        self.rows: list[Tensor] = []
        self._kept: list[Any] = []
        for k, (kernel, own) in enumerate(zip(self.kernels, settings, strict=True)):
            self._fill(self.models[k], kernel, own)
            self.write(k, parameters[k], 0)

    def _fill(self, model: np.record, kernel: Kernel, own: Settings) -> None:
        """Describe one model to the C text."""
        sizes = {"D": own.input_size, "H": own.hidden_size}
        names = ("count", "forward", "backward", "pack", "unpack")
        for name, function in zip(names, kernel.functions, strict=True):
            model[name] = ctypes.cast(function, ctypes.c_void_p).value or 0
        model.program = kernel.program or 0
        a = kernel.addresses
        states = [kernel.padded(sizes[a.letter(name)]) for name in a.cell.states]
        lengths = [prod(own.shapes[name]) for name in own.cell.parameters]
        model.H, model.ways, model.states, model.named = own.hidden_size, own.ways, len(states), len(lengths)
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
        count = own.ways * (model.own + own.hidden_size * wide) + wide
        rows = torch.zeros(4, count, dtype=self.dtype)
        model.theta, model.speed, model.square, model.slope = (row.data_ptr() for row in rows)
        self.rows.append(rows)

    @property
    def frozen(self) -> NDArray[np.bool_]:
        """Which models have diverged (N,)."""
        return np.asarray(self.models.frozen != 0)

    @property
    def steps(self) -> list[int]:
        """How many updates each model has made."""
        return [int(steps) for steps in self.models.steps]

    def set_progress(self, k: int, steps: int, frozen: bool) -> None:
        """Say how many updates a model has made, and whether it diverged."""
        self.models[k].steps, self.models[k].frozen = steps, frozen

    def _longs(self, values: Sequence[int]) -> int:
        array = (ctypes.c_long * max(len(values), 1))(*values)
        self._kept.append(array)
        return ctypes.addressof(array)

    def run(
        self, xs: Sequence[Tensor], batch: Scored, loss: Loss, step: int | None, chosen: Sequence[int]
    ) -> NDArray[np.float64]:
        """The losses of some models, as in `Models`."""
        train = step is not None
        job = self._job(batch.rows, batch.first, len(batch.weights), _TRAIN if train else _LOSS_ONLY)
        job.step = step or 0
        if loss == "ctc":
            rows, labels = batch.rows, batch.targets.numpy().astype("l", copy=False)
            job.loss, (job.B, job.most) = -1, labels.shape
            parts = (rows.lengths, rows.ranks, rows.starts, labels)
            job.steps, job.ranks, job.starts, job.labels = (part.ctypes.data for part in parts)
        else:
            job.loss, job.targets, job.weights = LOSSES.index(loss), batch.targets.data_ptr(), batch.weights.data_ptr()
        self._call(job, xs, chosen)
        return np.asarray(self.models.loss[list(chosen)])

    def outputs(self, xs: Tensor, rows: Rows, chosen: Sequence[int]) -> Tensor:
        """Raw outputs of some models (len(chosen), N, K)."""
        K = self.settings[0].output_size
        out = torch.empty(len(chosen), rows.count, self.kernels[0].padded(K), dtype=self.dtype)
        self._call(self._job(rows, 0, rows.count, _OUTPUTS_ONLY), [xs], chosen, out)
        return out[:, :, :K]

    def _job(self, rows: Rows, first: int, count: int, mode: int) -> _Job:
        own = self.settings[0]
        job = _Job(N=rows.count, D=own.input_size, K=own.output_size, first=first, rows=count, mode=mode)
        parts = (*rows.segments, rows.turned if own.bidirectional else None)
        job.segments = rows.segments.shape[1]
        job.lengths, job.sizes, job.turned = (0 if part is None else part.ctypes.data for part in parts)
        return job

    def _call(self, job: _Job, xs: Sequence[Tensor], chosen: Sequence[int], outputs: Tensor | None = None) -> None:
        """Hand models to C, in as many portions as keep the threads busy."""
        if not len(chosen):
            return
        which, models = np.array(chosen, dtype=ctypes.c_long), self.models.ctypes.data
        job.ldx = self.kernels[0].padded(job.D) if any(k.reads_input for k in self.kernels) else job.D
        if job.ldx > job.D:
            xs = [torch.nn.functional.pad(x, (0, job.ldx - job.D)) for x in xs]
        self.models.x = [x.data_ptr() for x in xs]
        self.models.outputs[which] = 0 if outputs is None else [own.data_ptr() for own in outputs]
        needed = self._needed(ctypes.addressof(job), models, which.ctypes.data, len(which))

        def portion(some: NDArray[Any]) -> None:
            memory = Lease(needed, self.dtype)
            self._train(ctypes.addressof(job), models, some.ctypes.data, len(some), memory.address)

        if self.threads == 1:
            portion(which)
            return
        parts = np.array_split(which, min(len(which), PORTIONS * self.threads))
        list(self._pool.map(portion, parts))

    def read(self, k: int, row: int) -> dict[str, NDArray[Any]]:
        """Arrays by name of one model: row 0 its parameters, 1 and 2 the memory of its optimiser."""
        kernel, own, flat = self.kernels[k], self.settings[k], self.rows[k][row]
        found = {n: torch.empty(shape, dtype=self.dtype) for n, shape in own.shapes.items()}
        sizes = kernel.shape(0, 0, own.input_size, own.hidden_size).sizes
        for w, names in enumerate(own.names):
            packed = flat[w * self.models[k].own :].data_ptr()
            kernel.unpack(sizes, packed, [found[name].data_ptr() for name in names])
            for name, count in zip(names, kernel.places, strict=True):
                found[name] /= count  # what stands in several places was added up
        each = torch.empty(own.ways, own.output_size, own.hidden_size, dtype=self.dtype)
        self._get(
            own.hidden_size, own.ways, own.output_size, self._readout(k, flat), each.data_ptr(), found[BIAS].data_ptr()
        )
        found[WEIGHT] = each.transpose(0, 1).reshape(own.output_size, -1)
        return {n: a.numpy() for n, a in found.items()}

    def write(self, k: int, arrays: Mapping[str, NDArray[Any]], row: int) -> None:
        """Put arrays where `read` finds them."""
        kernel, own, flat = self.kernels[k], self.settings[k], self.rows[k][row]
        held = {n: torch.tensor(arrays[n], dtype=self.dtype).contiguous() for n in own.shapes}
        sizes = kernel.shape(0, 0, own.input_size, own.hidden_size).sizes
        for w, names in enumerate(own.names):
            packed = flat[w * self.models[k].own :].data_ptr()
            kernel.pack(sizes, [held[name].data_ptr() for name in names], packed)
        each = held[WEIGHT].view(own.output_size, own.ways, -1).transpose(0, 1).contiguous()
        self._put(
            own.hidden_size, own.ways, own.output_size, each.data_ptr(), held[BIAS].data_ptr(), self._readout(k, flat)
        )

    def _readout(self, k: int, flat: Tensor) -> int:
        """Where the read-out's parameters begin in those of model k."""
        return flat[self.settings[k].ways * self.models[k].own :].data_ptr()


def _function(library: ctypes.CDLL, name: str, result: Any, arguments: list[Any]) -> Any:
    function = library[name]
    function.restype, function.argtypes = result, arguments
    return function
