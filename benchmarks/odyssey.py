"""How long the reduced Odyssey takes, from a slice of it: `GATEDRNN_DATA=... python benchmarks/odyssey.py`.

For every task and variant a few trials of the reduced size are trained for 125 and for 250 steps, with an evaluation
every 125 as in the study. The difference is what 125 steps and an evaluation cost, the rest what a portion costs once;
ten times the one and once the other are a whole run, 5,400 of them the study. Beside it, in the same process and in
turn, the loop that people write: one model, gate by gate and step by step under autograd, noise by torch, SGD with
Nesterov momentum, without any evaluation. Figures are seconds of the processor on one core; nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
from measure import RESULTS, pin, surroundings
from torch import Tensor, nn
from torch.nn import functional as F

from gatedrnn_course.cells import Cell
from gatedrnn_course.engines.torch_tier.loop import loop
from gatedrnn_course.studies.odyssey.plan import plan, trial_of
from gatedrnn_course.studies.odyssey.portion import Portion, train_portion
from gatedrnn_course.studies.odyssey.sizes import SIZES, Corpora
from gatedrnn_course.studies.odyssey.space import Trial
from gatedrnn_course.studies.odyssey.variants import VARIANTS
from gatedrnn_course.tasks import Batch
from gatedrnn_course.tasks.corpus import Corpus
from gatedrnn_course.training.data import training_batches

SIZE = SIZES["reduced"]
EVALUATE = SIZE.protocol.evaluate_every or 0
RUN = (SIZE.protocol.steps or 0) // EVALUATE
GOALS = {"minutes on two cores": (45, 20), "times the loop": (80, 150)}


class Loop(nn.Module):
    """A cell and a read-out as people write them."""

    def __init__(self, cell: Cell, D: int, H: int, K: int) -> None:
        super().__init__()
        self.cell, self.H, sizes = cell, H, {"D": D, "H": H}
        shapes = {name: [sizes[letter] for letter in cell.shape(name)] for name in cell.parameters}
        self.p = nn.ParameterDict({name: nn.Parameter(0.1 * torch.randn(shape)) for name, shape in shapes.items()})
        self.read = nn.Linear(H, K)

    def forward(self, xs: Tensor) -> Tensor:
        """Raw outputs (T, B, K) from inputs (T, B, D)."""
        T, B, D = xs.shape
        state = [xs.new_zeros(B, self.H) for _ in self.cell.states]
        params = [self.p[name] for name in self.cell.parameters]
        hs, _last = loop(self.cell, xs.reshape(T * B, D), (B,) * T, state, params)
        return self.read(hs.view(T, B, self.H))  # type: ignore[no-any-return]


def loop_seconds(corpus: Corpus, variant: str, trial: Trial, batches: list[Batch]) -> float:
    """Seconds of a training step of one model."""
    model = Loop(VARIANTS[variant].cell, corpus.input_size, trial.hidden_size, corpus.output_size)
    rate = trial.learning_rate * (1 - trial.momentum)
    optimiser = torch.optim.SGD(model.parameters(), rate, momentum=trial.momentum, nesterov=trial.momentum > 0)
    tensors = [
        (torch.tensor(b.inputs, dtype=torch.float32), torch.tensor(b.targets), torch.tensor(b.mask)) for b in batches
    ]
    began = 0.0
    for k, (xs, targets, mask) in enumerate([tensors[0], *tensors]):
        if k == 1:
            began = time.process_time()  # the first warms up
        optimiser.zero_grad()
        outputs = model(xs + trial.noise * torch.randn_like(xs))[mask]
        if corpus.loss == "cross_entropy":
            loss = F.cross_entropy(outputs, targets[mask])
        else:
            loss = F.binary_cross_entropy_with_logits(outputs, targets[mask].float(), reduction="sum") / len(outputs)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return (time.process_time() - began) / len(tensors)


def ours_seconds(portion: Portion) -> tuple[float, float]:
    """Seconds a trial for an evaluation's worth of steps, and for everything that happens once."""

    def run(steps: int) -> float:
        began = time.process_time()
        train_portion(replace(portion, protocol=replace(portion.protocol, steps=steps)))
        return (time.process_time() - began) / len(portion.trials)

    one, two = run(EVALUATE), run(2 * EVALUATE)
    return two - one, max(0.0, 2 * one - two)


def measure(trials: int, loops: int) -> Iterator[tuple[str, str, dict[str, float]]]:
    """Task, variant, and seconds a step: ours with its share of evaluations, and the loop's."""
    for task, make in SIZE.tasks.items():
        corpus = make(Corpora())
        source = training_batches(corpus, SIZE.protocol.batch_size, 0)
        batches = [next(source) for _ in range(loops)]
        for variant in VARIANTS:
            planned = plan(task, variant, trials, SIZE.space, 0)
            chosen = tuple(map(trial_of, planned))
            seeds = tuple(one.seed for one in planned)
            portion = Portion(task, variant, tuple(range(trials)), chosen, seeds, corpus, SIZE.protocol, 0)
            train_portion(
                replace(portion, protocol=replace(SIZE.protocol, steps=1, evaluate_every=1))
            )  # builds kernels
            piece, once = ours_seconds(portion)
            run = RUN * piece + once
            beside = loop_seconds(corpus, variant, chosen[0], batches)
            steps = RUN * EVALUATE
            yield task, variant, {"run s": run, "ours ms": 1e3 * run / steps, "loop ms": 1e3 * beside}


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=SIZE.portion, help="of each variant on each task, as a portion")
    parser.add_argument("--loops", type=int, default=3, help="steps of the loop")
    parser.add_argument("--save", action="store_true", help="write the numbers to results/odyssey.json")
    options = parser.parse_args()
    pin()
    torch.manual_seed(0)
    content: dict[str, Any] = surroundings(False)
    print("\n".join(f"{name}: {value}" for name, value in content.items()), flush=True)
    rows = []
    print("task         variant   s a run   ms a step   loop ms   times")
    for task, variant, found in measure(options.trials, options.loops):
        rows.append({"task": task, "variant": variant, **found})
        ours, beside = found["ours ms"], found["loop ms"]
        line = f"{task:<12} {variant:<6} {found['run s']:10.3f} {ours:11.3f} {beside:9.1f} {beside / ours:7.0f}"
        print(line, flush=True)
    hours = SIZE.trials * sum(row["run s"] for row in rows) / 3600
    ratio = sum(row["loop ms"] for row in rows) / sum(row["ours ms"] for row in rows)
    totals = {"minutes on two cores": 60 * hours / 2, "times the loop": ratio}
    for name, value in totals.items():
        must, aim = GOALS[name]
        print(f"{SIZE.trials * len(rows):,} runs, {name}: {value:.1f} (must reach {must}, aim {aim})")
    if options.save:
        content |= {"rows": rows, "totals": totals, "goals": GOALS}
        (RESULTS / "odyssey.json").write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
