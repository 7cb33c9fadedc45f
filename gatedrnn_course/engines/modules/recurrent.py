"""Any cell as a torch module with the calling convention of `torch.nn.LSTM`."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping, Sequence
from itertools import chain
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from gatedrnn_course.cells.catalogue import cell_of
from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.slices import whole_step
from gatedrnn_course.engines.modules.bias import without_bias
from gatedrnn_course.engines.modules.by_names import stack_names
from gatedrnn_course.engines.modules.checks import check_input, check_packed, check_settings, check_state
from gatedrnn_course.engines.modules.opaque import opaque_run
from gatedrnn_course.engines.shared.packing import Packing, Steps, check_lengths
from gatedrnn_course.engines.shared.reach import by_operator
from gatedrnn_course.engines.shared.stacks import stacks_of, unstack
from gatedrnn_course.engines.tiers import Tier, check_tier, run
from gatedrnn_course.text import _

__all__ = ["Recurrent", "State"]

State: TypeAlias = "Tensor | tuple[Tensor, ...]"
"""h where a cell carries only h; `(h, c)` for LSTMs; `(h, c, ...)` where a cell carries more."""


class Recurrent(nn.Module):
    """Layers of a recurrent cell, called as `torch.nn.LSTM` and a module as any other.

    The first parameter of `forward` is `(T, B, D)`, `(B, T, D)` with `batch_first`, `(T, D)` without a batch, or a
    `PackedSequence`; the second the state. It returns the hidden states of the last layer and the last state, in the
    shapes of `torch.nn.LSTM`: `(T, B, directions * H)`, and `(layers * directions, B, H)` for each state. What a cell
    carries beyond h and c follows in the state's tuple, to be passed back as it is; a state given without it starts
    these at zero. A cell that reads no x takes `input_size=0` and inputs `(T, B, 0)`.

    As in `torch.nn` the gates' parameters lie on top of each other, here one tensor for each letter: `W_l0` (4H, D),
    `U_l0`, `P_l0`, `b_l0`. By the names in the cell's text they are views, `module.W_f_l0` and `named()`, to be read or
    written in place. They start uniform between -1/sqrt(H) and 1/sqrt(H), as in `torch.nn`; for other beginnings see
    `initialise`. Files with one tensor for each name in the text can be loaded too.

    Under autocast the layers compute in its type, as `torch.nn.LSTM` does.

    Args:
        cell: A cell, or the name of one in the catalogue.
        input_size: D.
        hidden_size: H.
        num_layers: Each layer above the first reads the hidden states of the one below.
        bias: Whether the cell keeps its biases.
        batch_first: Whether the first axis of inputs and outputs is the batch; the state's axes stay.
        dropout: Share of the hidden states set to zero between layers while training.
        bidirectional: Whether a second set of parameters reads each sequence from its end.
        proj_size: 0; it keeps its place in the order of `torch.nn.LSTM`, and no cell here projects its hidden state.
        device: Where the parameters are.
        dtype: Their type; float32 unless another is the default.
        tier: What computes: `"c"`, `"torch"`, `"numpy"`, or `"auto"` for the fastest that can be had; see `tiers`.

    Raises:
        CourseError: If a setting is impossible.
    """

    def __init__(
        self,
        cell: Cell | str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        tier: Tier = "auto",
    ) -> None:
        super().__init__()
        self.cell = cell_of(cell) if bias else without_bias(cell_of(cell))
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout, self.bidirectional = bias, batch_first, dropout, bidirectional
        self.proj_size = proj_size
        check_settings(self)
        self.tier, self._text = check_tier(tier), self.cell.text
        first = {"D": input_size, "H": hidden_size}
        self.state_sizes = {n: first[whole_step(self.cell).shape(f"{n}_prev")[0]] for n in self.cell.states}
        self._stacks = stacks_of(self.cell)
        self._sizes = {suffix: {**first, "D": size} for suffix, size in self.layers()}
        self._parts = {suffix: [f"{own.name}{suffix}" for own in self._stacks] for suffix in self._sizes}
        for suffix, sizes in self._sizes.items():
            for own, name in zip(self._stacks, self._parts[suffix], strict=True):
                empty = torch.empty(own.shape(sizes), device=device, dtype=dtype)
                self.register_parameter(name, nn.Parameter(empty))
        self.reset_parameters()

    def layers(self) -> list[tuple[str, int]]:
        """For each layer and direction the ending of its parameters' names, `"_l0"`, and the size of its input."""
        ends = ("", "_reverse") if self.bidirectional else ("",)
        sizes = [self.input_size, *[self.hidden_size * len(ends)] * (self.num_layers - 1)]
        return [(f"_l{k}{end}", size) for k, size in enumerate(sizes) for end in ends]

    def named(self, suffix: str = "_l0") -> dict[str, Tensor]:
        """The parameters of one layer and direction by the names in the cell's text, as views."""
        views = unstack(self.cell, self._whole(suffix), self._sizes[suffix])
        return dict(zip(self.cell.parameters, views, strict=True))

    def gradients(self, suffix: str = "_l0") -> dict[str, Tensor | None]:
        """The gradients of one layer and direction by the names in the cell's text; None before a backward."""
        found: dict[str, Tensor | None] = dict.fromkeys(self.cell.parameters)
        for own, tensor in zip(self._stacks, self._whole(suffix), strict=True):
            if tensor.is_leaf and tensor.grad is not None:
                found.update(own.split(tensor.grad, self._sizes[suffix]))
        return found

    @property
    def all_weights(self) -> list[list[Tensor]]:
        """The parameters of each layer and direction."""
        return [self._whole(suffix) for suffix in self._parts]

    def flatten_parameters(self) -> None:
        """Nothing: they lie together already. Programs written for `torch.nn.LSTM` call it."""

    def _whole(self, suffix: str) -> list[Tensor]:
        """The stacks of one layer and direction: parameters, or what a parametrisation or a hook put in their place."""
        held: dict[str, Any] = self._parameters
        return [held[name] if name in held else getattr(self, name) for name in self._parts[suffix]]

    def _place(self, name: str) -> tuple[str, str] | None:
        """The layer and direction, and the name in the text, that an attribute such as `W_f_l0` stands for."""
        for suffix in self.__dict__.get("_parts", ()):
            parameter = name.removesuffix(suffix)
            if parameter != name and parameter in self.cell.parameters:
                return suffix, parameter
        return None

    def __getattr__(self, name: str) -> Any:
        """`module.W_f_l0`: a parameter by its name in the text."""
        place = self._place(name)
        return super().__getattr__(name) if place is None else self.named(place[0])[place[1]]

    def __setattr__(self, name: str, value: Any) -> None:
        """As in any module; a view of a parameter is written in place, not exchanged."""
        if (place := self._place(name)) is not None:
            raise TypeError(
                _(
                    "{name} is a part of the parameter {stack} and cannot be assigned. Write into it: with "
                    "torch.no_grad(): module.{name}.copy_(values)."
                ).format(name=name, stack=next(o.name for o in self._stacks if place[1] in o.parameters) + place[0])
            )
        super().__setattr__(name, value)

    def reset_parameters(self) -> None:
        """Draw every parameter uniformly between -1/sqrt(H) and 1/sqrt(H)."""
        bound = self.hidden_size**-0.5
        with torch.no_grad():
            for suffix in self._parts:
                for view in self.named(suffix).values():
                    view.uniform_(-bound, bound)

    def _load_from_state_dict(self, state_dict: MutableMapping[str, Any], prefix: str, *rest: Any) -> None:
        """As in any module; entries for single names in the text are put together first."""
        _metadata, _strict, missing, _unexpected, errors = rest
        for suffix, sizes in self._sizes.items():
            for own, name in zip(self._stacks, self._parts[suffix], strict=True):
                parameter = self._parameters.get(name)
                if parameter is not None:
                    told = stack_names(state_dict, own, prefix, suffix, own.split(parameter, sizes))
                    missing += told[0]
                    errors += told[1]
        super()._load_from_state_dict(state_dict, prefix, *rest)

    def extra_repr(self) -> str:
        """The settings that differ from their defaults."""
        parts = [repr(self.cell.name), str(self.input_size), str(self.hidden_size)]
        defaults: dict[str, Any] = {"num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0}
        defaults |= {"bidirectional": False, "tier": "auto"}
        return ", ".join([*parts, *(f"{k}={v}" for k, d in defaults.items() if (v := getattr(self, k)) != d)])

    def forward(
        self, input: Tensor | PackedSequence, hx: State | None = None, lengths: Iterable[int] | Tensor | None = None
    ) -> tuple[Any, State]:
        """Run the layers.

        Args:
            input: `(T, B, D)`, `(B, T, D)` with `batch_first`, `(T, D)`, or packed.
            hx: The state to start from; zeros where left out.
            lengths: B whole numbers: after so many steps a sequence has ended; its outputs are zero, its state stays.

        Returns:
            The hidden states of the last layer, shaped or packed as the input, and the state after the last step.

        Raises:
            CourseError: If sizes, types or devices do not fit.
        """
        stacks = [self._whole(suffix) for suffix in self._parts]
        like = stacks[0][0] if stacks[0] else None
        if isinstance(input, PackedSequence):
            return self._packed(input, hx, lengths, stacks, like)
        check_input(self, input, lengths is not None, like)
        batched = input.dim() == 3
        xs = input.transpose(0, 1) if self.batch_first and batched else input if batched else input.unsqueeze(1)
        T, B, D = xs.shape
        states = check_state(self, hx, B, batched, input if like is None else like)
        if lengths is None:
            rows, states = self._run(xs.reshape(T * B, D), Steps(T, B), states, stacks)
            hs = rows.view(T, B, rows.shape[1])
        else:
            packing = Packing.of(check_lengths(lengths, T, B), xs.device)
            states = tuple(s.index_select(1, packing.order) for s in states)
            rows, states = self._run(packing.pack(xs), Steps(T, B, packing.batch_sizes), states, stacks)
            hs, states = packing.pad(rows, T), tuple(s.index_select(1, packing.back) for s in states)
        if not batched:
            return hs.squeeze(1), self._public(tuple(s.squeeze(1) for s in states))
        return hs.transpose(0, 1) if self.batch_first else hs, self._public(states)

    def _packed(
        self, input: PackedSequence, hx: State | None, lengths: Any, stacks: list[list[Tensor]], like: Tensor | None
    ) -> tuple[PackedSequence, State]:
        data, sizes, order, back = input
        check_packed(self, data, lengths, like)
        rows_of = tuple(sizes.tolist())
        states = check_state(self, hx, rows_of[0], True, data if like is None else like)
        if order is not None:
            states = tuple(s.index_select(1, order) for s in states)
        rows, states = self._run(data, Steps(len(rows_of), rows_of[0], rows_of), states, stacks)
        if back is not None:
            states = tuple(s.index_select(1, back) for s in states)
        return PackedSequence(rows, sizes, order, back), self._public(states)

    def _run(
        self, xs: Tensor, steps: Steps, states: Sequence[Tensor], stacks: list[list[Tensor]]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """All layers over packed rows `(N, D)`; states `(layers * directions, B, H)`."""
        if torch._C._is_any_autocast_enabled():
            (xs, *states), stacks = _as_autocast([xs, *states], stacks)
        if torch.is_grad_enabled() and not torch.compiler.is_compiling():
            # autograd may keep copies of inference tensors, not these themselves
            xs, *states = [t.clone() if t.is_inference() else t for t in (xs, *states)]
        operator = by_operator(chain([xs], states, *stacks))
        sizes: Any = steps.as_tensor if operator else steps.sizes
        turned = steps.turning(xs.device) if self.bidirectional else None
        ends: list[tuple[Tensor, ...]] = []
        directions = 1 + self.bidirectional
        for k, own in enumerate(stacks):
            if k % directions == 0:
                below, outputs = self._dropped(xs) if k else xs, []
            given = turned(below) if turned is not None and k % 2 else below
            first = [s.select(0, k) for s in states]
            if operator:
                hs, last = opaque_run(self.tier, self._text, given, sizes, first, own)
            else:
                hs, last = run(self.tier, self.cell, given, sizes, first, own)
            outputs.append(turned(hs) if turned is not None and k % 2 else hs)
            ends.append(last)
            if len(outputs) == directions:
                xs = torch.cat(outputs, 1) if directions > 1 else hs
        if len(ends) == 1:
            return xs, tuple(last.unsqueeze(0) for last in ends[0])
        return xs, tuple(torch.stack(parts) for parts in zip(*ends, strict=True))

    def _dropped(self, hs: Tensor) -> Tensor:
        return nn.functional.dropout(hs, self.dropout, self.training) if self.dropout else hs

    def _public(self, states: tuple[Tensor, ...]) -> State:
        return states[0] if len(states) == 1 else states


def _as_autocast(given: list[Tensor], stacks: list[list[Tensor]]) -> tuple[list[Tensor], list[list[Tensor]]]:
    """Inputs and states, and parameters, in the type that autocast wants for the device; float64 stays as it is."""
    like = stacks[0][0] if stacks[0] else given[0]
    dtype, device = like.dtype, like.device.type
    if torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device) and dtype != torch.float64:
        dtype = torch.get_autocast_dtype(device)
    return [t.to(dtype) for t in given], [[t.to(dtype) for t in own] for own in stacks]
