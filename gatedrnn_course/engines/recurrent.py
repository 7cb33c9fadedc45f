"""Any cell as a torch module with the calling convention of `torch.nn.LSTM`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from gatedrnn_course.cells.catalogue import catalogue
from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.slices import whole_step
from gatedrnn_course.engines.bias import without_bias
from gatedrnn_course.engines.checks import check_input, check_settings, check_state
from gatedrnn_course.engines.opaque import opaque_run
from gatedrnn_course.engines.packing import Packing, check_lengths, reversal
from gatedrnn_course.engines.stacks import stacks_of, unstack
from gatedrnn_course.engines.tiers import Tier, check_tier, run
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["Recurrent", "State"]

State: TypeAlias = "Tensor | tuple[Tensor, ...]"
"""h where a cell carries only h; `(h, c)` for LSTMs; `(h, c, ...)` where a cell carries more."""


class Recurrent(nn.Module):
    """Layers of a recurrent cell.

    The first parameter of `forward` is `(T, B, D)`, `(B, T, D)` with `batch_first`, `(T, D)` without a batch, or a
    `PackedSequence`; the second the state. It returns the hidden states of the last layer and the last state, in the
    shapes of `torch.nn.LSTM`: `(T, B, directions * H)`, and `(layers * directions, B, H)` for each state. What a cell
    carries beyond h and c follows in the state's tuple, to be passed back as it is; a state given without it starts
    these at zero. A cell that reads no x takes `input_size=0` and inputs `(T, B, 0)`.

    As in `torch.nn` the gates' parameters lie on top of each other, here one tensor for each letter: `W_l0` (4H, D),
    `U_l0`, `P_l0`, `b_l0`. By the names in the cell's text they are views: `module.W_f_l0`, `named()`, and the keys of
    the state_dict. They start uniform between -1/sqrt(H) and 1/sqrt(H), as in `torch.nn`; for other beginnings see
    `initialise`.

    Args:
        cell: A cell, or the name of one in the catalogue.
        input_size: D.
        hidden_size: H.
        num_layers: Each layer above the first reads the hidden states of the one below.
        bias: Whether the cell keeps its biases.
        batch_first: Whether the first axis of inputs and outputs is the batch; the state's axes stay.
        dropout: Share of the hidden states set to zero between layers while training.
        bidirectional: Whether a second set of parameters reads each sequence from its end.
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
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        tier: Tier = "auto",
    ) -> None:
        super().__init__()
        self.cell = _cell(cell) if bias else without_bias(_cell(cell))
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout, self.bidirectional = bias, batch_first, dropout, bidirectional
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
            if tensor.grad is not None:
                found.update(own.split(tensor.grad, self._sizes[suffix]))
        return found

    def first_parameter(self, otherwise: Tensor) -> Tensor:
        """A parameter, whose type and device are those of all; a cell without any gives back what it is given."""
        for parameter in self._parameters.values():
            if parameter is not None:
                return parameter
        return otherwise

    def _whole(self, suffix: str) -> list[Tensor]:
        """The stacks of one layer and direction."""
        return [self._parameters[name] for name in self._parts[suffix]]  # type: ignore[misc]

    def __getattr__(self, name: str) -> Any:
        """`module.W_f_l0`: a parameter by its name in the text."""
        for suffix in self.__dict__.get("_parts", ()):
            parameter = name.removesuffix(suffix)
            if parameter != name and parameter in self.cell.parameters:
                return self.named(suffix)[parameter]
        return super().__getattr__(name)

    def reset_parameters(self) -> None:
        """Draw every parameter uniformly between -1/sqrt(H) and 1/sqrt(H)."""
        bound = self.hidden_size**-0.5
        with torch.no_grad():
            for suffix in self._parts:
                for view in self.named(suffix).values():
                    view.uniform_(-bound, bound)

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        """Write every parameter under its name in the text, `W_f_l0`, so that a saved file explains itself."""
        for suffix in self._parts:
            for name, view in self.named(suffix).items():
                destination[f"{prefix}{name}{suffix}"] = view if keep_vars else view.detach()

    def _load_from_state_dict(
        self,
        state_dict: Mapping[str, Any],
        prefix: str,
        local_metadata: Mapping[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Read what `_save_to_state_dict` wrote."""
        own = {f"{prefix}{n}{suffix}": v.detach() for suffix in self._parts for n, v in self.named(suffix).items()}
        for key, view in own.items():
            if key not in state_dict:
                missing_keys.append(key)
            elif state_dict[key].shape != view.shape:
                words = _("{name} has shape {came}, it should be {wanted}.")
                error_msgs.append(words.format(name=key, came=tuple(state_dict[key].shape), wanted=tuple(view.shape)))
            else:
                view.copy_(state_dict[key])
        if strict:
            unexpected_keys += [key for key in state_dict if key.startswith(prefix) and key not in own]

    def extra_repr(self) -> str:
        """The settings that differ from their defaults."""
        parts = [repr(self.cell.name), str(self.input_size), str(self.hidden_size)]
        defaults: dict[str, Any] = {"num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0}
        defaults |= {"bidirectional": False, "tier": "auto"}
        return ", ".join([*parts, *(f"{k}={v}" for k, d in defaults.items() if (v := getattr(self, k)) != d)])

    def forward(
        self, input: Tensor | PackedSequence, state: State | None = None, lengths: Sequence[int] | Tensor | None = None
    ) -> tuple[Any, State]:
        """Run the layers.

        Args:
            input: `(T, B, D)`, `(B, T, D)` with `batch_first`, `(T, D)`, or packed.
            state: The state to start from; zeros where left out.
            lengths: B whole numbers: after so many steps a sequence has ended; its outputs are zero, its state stays.

        Returns:
            The hidden states of the last layer, shaped or packed as the input, and the state after the last step.

        Raises:
            CourseError: If sizes, types or devices do not fit.
        """
        if isinstance(input, PackedSequence):
            return self._packed(input, state)
        check_input(self, input, lengths is not None)
        batched = input.dim() == 3
        xs = input.transpose(0, 1) if self.batch_first and batched else input if batched else input.unsqueeze(1)
        T, B = xs.shape[0], xs.shape[1]
        states = check_state(self, state, B, batched, xs)
        if lengths is None:
            rows, states = self._run(xs.reshape(T * B, xs.shape[2]), (B,) * T, states)
            hs = rows.view(T, B, rows.shape[1])
        else:
            packing = Packing.of(check_lengths(lengths, T, B), xs.device)
            states = tuple(s.index_select(1, packing.order) for s in states)
            rows, states = self._run(packing.pack(xs), packing.batch_sizes, states)
            hs, states = packing.pad(rows, T), tuple(s.index_select(1, packing.back) for s in states)
        if not batched:
            return hs.squeeze(1), self._public(tuple(s.squeeze(1) for s in states))
        return hs.transpose(0, 1) if self.batch_first else hs, self._public(states)

    def _packed(self, input: PackedSequence, state: State | None) -> tuple[PackedSequence, State]:
        data, sizes, order, back = input
        check_input(self, data.unsqueeze(1), False)
        states = check_state(self, state, int(sizes[0]), True, data)
        if order is not None:
            states = tuple(s.index_select(1, order) for s in states)
        rows, states = self._run(data, tuple(sizes.tolist()), states)
        if back is not None:
            states = tuple(s.index_select(1, back) for s in states)
        return PackedSequence(rows, sizes, order, back), self._public(states)

    def _run(
        self, xs: Tensor, batch_sizes: tuple[int, ...], states: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """All layers over packed rows `(N, D)`; states `(layers * directions, B, H)`."""
        xs = xs.to(states[0].dtype)
        turned = reversal(batch_sizes, xs.device) if self.bidirectional else None
        ends: list[tuple[Tensor, ...]] = []
        directions = 1 + self.bidirectional
        for k, suffix in enumerate(self._parts):
            if k % directions == 0:
                below, outputs = self._dropped(xs) if k else xs, []
            given = below[turned] if turned is not None and k % 2 else below
            stacks = self._whole(suffix)
            rest = given, batch_sizes, [s[k] for s in states], stacks
            # torch.compile takes the sequence as one operation, which goes by the cell's text
            compiling = torch.compiler.is_compiling()
            hs, last = opaque_run(self._text, *rest) if compiling else run(self.tier, self.cell, *rest)
            outputs.append(hs[turned] if turned is not None and k % 2 else hs)
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


def _cell(cell: Cell | str) -> Cell:
    """A cell, or the one of this name."""
    if isinstance(cell, Cell):
        return cell
    if cell not in catalogue:
        raise CourseError(
            _("The cell {name}.").format(name=repr(cell)),
            _("The catalogue has no cell of this name."),
            _("It holds {names}.").format(names=", ".join(catalogue)),
            _("For a cell of your own give what `parse` made of its equations."),
        )
    return catalogue[cell]
