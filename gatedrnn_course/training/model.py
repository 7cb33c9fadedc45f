"""A recurrent network that reads a task's sequences and gives the raw outputs the task judges."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from gatedrnn_course.cells import Cell
from gatedrnn_course.engines.modules.recurrent import Recurrent
from gatedrnn_course.tasks import Digits, Task, Timit, Transcription
from gatedrnn_course.training.randomness import own_randomness

__all__ = ["SequenceModel", "reads_both_ways"]


class SequenceModel(nn.Module):
    """Recurrent layers and a linear read-out.

    Args:
        cell: A cell, or the name of one in the catalogue.
        task: Its sizes D and K are the model's.
        hidden_size: H.
        num_layers: Each layer above the first reads the one below.
        bidirectional: Whether a second set of layers reads each sequence from its end; None: as in the task's paper,
            for speech and handwriting.
        dropout: Share of the hidden states set to zero while training, between layers and before the read-out.
        direct: Whether the read-out also sees the inputs, as in some of the papers' networks.
        start: Called with the recurrent layers once their parameters are drawn, to change them.
        seed: The same seed gives the same parameters, on every device.
        device: Where the parameters go.
        dtype: Their type.
    """

    def __init__(
        self,
        cell: Cell | str,
        task: Task,
        hidden_size: int,
        num_layers: int = 1,
        *,
        bidirectional: bool | None = None,
        dropout: float = 0.0,
        direct: bool = False,
        start: Callable[[Recurrent], object] | None = None,
        seed: int = 0,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        both_ways = reads_both_ways(task) if bidirectional is None else bidirectional
        with own_randomness(seed):  # drawn on the CPU: another device would draw other numbers
            self.layers = Recurrent(
                cell, task.input_size, hidden_size, num_layers, dropout=dropout, bidirectional=both_ways, dtype=dtype
            )
            if start is not None:
                start(self.layers)
            self.readout = nn.Linear(hidden_size * (1 + both_ways), task.output_size, dtype=dtype)
            self.direct = nn.Linear(task.input_size, task.output_size, bias=False, dtype=dtype) if direct else None
        self.dropout = nn.Dropout(dropout)
        self.to(device)

    def forward(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Raw outputs `(T, B, K)` of inputs `(T, B, D)`.

        Args:
            inputs: Sequences side by side, padded after their end.
            lengths: `(B,)`; without them a model that reads both ways takes the padding for a part of the sequence.
                Outputs after a sequence's end mean nothing.
        """
        hidden, _state = self.layers(inputs, lengths=lengths if self.layers.bidirectional else None)
        outputs: Tensor = self.readout(self.dropout(hidden))
        return outputs if self.direct is None else outputs + self.direct(inputs)


def reads_both_ways(task: Task) -> bool:
    """Whether the task's paper reads its sequences in both directions: spoken and written words, not music."""
    return isinstance(task, (Digits, Timit, Transcription))
