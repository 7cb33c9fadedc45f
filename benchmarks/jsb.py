"""How well an LSTM predicts Bach's chorales: test NLL on JSB chorales, in nats a step.

Run `GATEDRNN_DATA=... python benchmarks/jsb.py`; without the variable the file is downloaded. About a minute a seed on
one core. Papers: LSTMs at 8.4 to 8.7; independent note frequencies 11.09.
"""

from __future__ import annotations

import json
import platform
import statistics
import time
from pathlib import Path
from typing import Any

import torch

from gatedrnn_course.engines.modules.initialise import forget_bias_
from gatedrnn_course.tasks import Music
from gatedrnn_course.training import SequenceModel, evaluate, fit

RESULTS = Path(__file__).parent / "results" / "jsb.json"
SEEDS = range(3)
GOAL = 8.7
MODEL: dict[str, Any] = {"cell": "LSTM", "hidden_size": 200, "dropout": 0.3}
TRAINING: dict[str, Any] = {"epochs": 100, "batch_size": 16, "learning_rate": 1e-2, "decay": True, "clip": 1.0}
PROTOCOL = (
    "Quarter-note piano-rolls of Boulanger-Lewandowski et al. 2012, moved to C major or minor, 229/76/77 whole pieces. "
    "One LSTM layer of 200, forget bias 1 at the start, dropout 0.3 before a logistic read-out of 88 notes. Adam from "
    "0.01 to 0 in a straight line over 100 epochs, 16 pieces a batch, gradients clipped at 1. The parameters of the "
    "best validation epoch are judged on the test once: mean over all steps 2 to T of all test pieces of the summed "
    "binary cross-entropies of the 88 notes. Settings chosen on validation, out of two tried."
)


def run(seed: int) -> dict[str, float]:
    """Train and judge one model."""
    began = time.process_time()
    task = Music()
    model = SequenceModel(
        MODEL["cell"], task, MODEL["hidden_size"], dropout=MODEL["dropout"], start=forget_bias_, seed=seed
    )
    history = fit(model, task, **TRAINING, seed=seed, progress=False)
    assert history.best is not None
    return {
        "seed": seed,
        "best_epoch": history.rows.index(history.best) + 1,
        "validation": history.best.validation,
        "test": evaluate(model, task, "test").loss,
        "seconds": time.process_time() - began,
    }


def main() -> None:
    """Run, print, write."""
    torch.set_num_threads(1)
    runs = []
    print(PROTOCOL)
    print("seed  best epoch  validation  test  seconds of the processor")
    for seed in SEEDS:
        runs.append(run(seed))
        print(*(f"{value:g}" for value in runs[-1].values()), sep="  ", flush=True)
    tests = [found["test"] for found in runs]
    middle = statistics.median(tests)
    reached = "reached" if middle <= GOAL else "not reached"
    print(f"test, nats a step: median {middle:.3f} ({min(tests):.3f} to {max(tests):.3f}); {GOAL}: {reached}")
    machine = f"One thread of {platform.machine()}, torch {torch.__version__}, Python {platform.python_version()}."
    about = {"protocol": PROTOCOL, "model": MODEL, "training": TRAINING, "goal": GOAL, "machine": machine}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({**about, "test_median": middle, "runs": runs}, indent=1) + "\n")


if __name__ == "__main__":
    main()
