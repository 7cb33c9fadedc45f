"""The tasks of 1997 to 2002 that `solved_tasks.py` studies: sizes, cells, how they begin, and what is scaled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from gatedrnn_course import parse, tasks
from gatedrnn_course.engines import Recurrent
from gatedrnn_course.engines.modules.initialise import chrono_, forget_bias_, gate_bias_, orthogonal_
from gatedrnn_course.tasks import EmbeddedReber, Split, Task

RATES = (1e-2, 2e-3)
OWN = {
    "1997, experiment 2": parse(
        """
        i = sigmoid(W_i @ x + b_i)                # input gate
        c = c_prev + i * sigmoid(W_c @ x)         # cell state
        h = c                                     # hidden state
        """,
        "1997, experiment 2",
    )
}
"""What the paper took for experiments 2a and 2b: the carousel and an input gate, the candidate in [0, 1]."""

Start = Callable[[Recurrent], object]
PLAIN: dict[str, Start | None] = {"uniform": None, "orthogonal": orthogonal_}
GATED: dict[str, Start | None] = {"forget bias 1": forget_bias_}


def closed(module: Recurrent) -> None:
    """Gates that begin nearly closed, the input gates at -1 and the output gates at -2."""
    gate_bias_(module, "i", -1.0)
    gate_bias_(module, "o", -2.0)


AS_TORCH: dict[str, Start | None] = {"uniform": None}
CLOSED: dict[str, Start | None] = {"uniform": None, "gates at -1, -2": closed}


def chrono(longest: int) -> dict[str, Start | None]:
    """Forget biases that cover all spans up to `longest`."""
    return {f"chrono {longest}": partial(chrono_, longest=longest)}


@dataclass(frozen=True)
class Case:
    """One task and the cells that try it.

    Attributes:
        task: Its name in the catalogue.
        arguments: What it is made with.
        scaling: What differs from the paper, in words.
        cells: Each cell with the starts it may take.
        hidden_size: H, for every cell.
        rates: The learning rates that are tried.
        steps: The most steps of training.
        batch_size: Sequences in a step.
        direct: Whether the outputs also see the inputs.
    """

    task: str
    arguments: dict[str, Any]
    scaling: str
    cells: dict[str, dict[str, Start | None]]
    hidden_size: int
    rates: tuple[float, ...] = RATES
    steps: int = 3000
    batch_size: int = 32
    direct: bool = False

    def make(self) -> Task:
        """The task."""
        return (WatchedReber if self.task == "embedded_reber" else tasks.catalogue[self.task])(**self.arguments)


class WatchedReber(EmbeddedReber):
    """As in the paper, all strings that are judged, those of training and test, are looked at during training."""

    def sequences(self, split: Split) -> Sequence[Any]:
        """The strings of one part; training and test for validation."""
        if split == "valid":
            return [*super().sequences("train"), *super().sequences("test")]
        return super().sequences(split)


CASES = (
    Case(
        "embedded_reber",
        {},
        "none: 256 training and 256 test strings, all judged every 100 steps, as in the paper",
        {"LSTM": GATED, "RNN": PLAIN},
        hidden_size=16,
        rates=(3e-3, 1e-3),
        steps=8000,
    ),
    Case(
        "long_lag_2a",
        {"lag": 30},
        "p = 30, not 100; outputs see the inputs, as in the paper",
        {"1997, experiment 2": AS_TORCH, "LSTM": chrono(100), "RNN": PLAIN},
        hidden_size=4,
        rates=(1e-1, 3e-2),
        steps=4000,
        direct=True,
    ),
    Case(
        "long_lag_2b",
        {},
        "none: p = 100, 10,000 sequences judged; outputs see the inputs, as in the paper",
        {"1997, experiment 2": AS_TORCH, "LSTM": chrono(1000), "RNN": PLAIN},
        hidden_size=4,
        rates=(1e-1, 1e-2),
        steps=400,
        direct=True,
    ),
    Case(
        "long_lag_2c",
        {},
        "none: q = 50, p = 50, 10,000 sequences judged",
        {"LSTM 1997": CLOSED, "LSTM": chrono(50), "RNN": PLAIN},
        hidden_size=4,
    ),
    *(
        Case(
            f"two_sequence_{variant}",
            {},
            "none: T = 100, N = 3",
            {"LSTM 1997": CLOSED, "LSTM": chrono(100), "RNN": PLAIN},
            hidden_size=4,
            steps=4000,
        )
        for variant in ("3a", "3b", "3c")
    ),
    Case(
        "adding_1997",
        {"length": 30},
        "30 to 33 steps, not 100 to 110",
        {"LSTM": GATED, "RNN": PLAIN},
        hidden_size=24,
        rates=(5e-3, 2e-3),
        steps=8000,
    ),
    Case(
        "multiplication",
        {"length": 30},
        "30 to 33 steps, not 100 to 110; of the paper's two stop rules the stricter",
        {"LSTM": GATED, "RNN": PLAIN},
        hidden_size=24,
        rates=(5e-3, 2e-3),
        steps=8000,
    ),
    Case(
        "temporal_order_6a",
        {},
        "none: 100 to 110 steps",
        {"LSTM": chrono(100), "RNN": PLAIN},
        hidden_size=8,
        steps=2000,
    ),
    Case(
        "temporal_order_6b",
        {},
        "none: 100 to 110 steps",
        {"LSTM": chrono(100), "RNN": PLAIN},
        hidden_size=12,
        steps=4000,
    ),
    Case(
        "counting_ab",
        {},
        "none: n = 1 to 10 in training",
        {"peephole LSTM": GATED, "LSTM": GATED, "RNN": PLAIN},
        hidden_size=4,
    ),
    Case(
        "counting_abc",
        {},
        "none: n = 1 to 10 in training",
        {"peephole LSTM": GATED, "LSTM": GATED, "RNN": PLAIN},
        hidden_size=8,
        steps=4000,
    ),
    Case(
        "measure_one_delay",
        {"interval": 20},
        "F = 20",
        {"peephole LSTM Gers": GATED, "LSTM": GATED, "RNN": PLAIN},
        hidden_size=4,
        batch_size=16,
    ),
    Case(
        "measure_spike_delays",
        {"interval": 20, "intervals": 5},
        "F = 20; streams of 5 intervals, not 100 and 1,000",
        {"peephole LSTM Gers": GATED, "LSTM": GATED, "RNN": PLAIN},
        hidden_size=4,
        batch_size=16,
    ),
    Case(
        "generate_timed_spikes",
        {"interval": 10, "intervals": 5},
        "F = 10; streams of 5 intervals, not 100 and 1,000",
        {"peephole LSTM Gers": GATED, "LSTM": GATED, "RNN": PLAIN},
        hidden_size=4,
        batch_size=16,
    ),
    *(
        Case(
            f"periodic_{wave}",
            {"periods": 10},
            "F = 10; 10 periods in training and test, not 100 and 1,000",
            {"peephole LSTM Gers": GATED, "LSTM": GATED, "RNN": PLAIN},
            hidden_size=4,
            steps=5000,
            batch_size=1,
        )
        for wave in ("cosine", "triangle", "rectangle")
    ),
)
