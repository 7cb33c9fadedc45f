"""Tests what may be behind the places where the reduced studies and the papers disagree.

`python benchmarks/disagreements.py --only words` reads words of one or two letters and of six to eight without a forget
gate; `frames` compares full gate recurrence with a vanilla LSTM of as many parameters; `streams` lets documents of XML
follow one another without a new start; `steps` trains on XML for longer. Each prints a table; `--seeds` sets how many
seeds. `words` and `frames` read the real data of the reduced Odyssey.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable

import numpy as np

from gatedrnn_course.cells.catalogue import catalogue
from gatedrnn_course.studies.evolution.sizes import hidden_size_for
from gatedrnn_course.studies.evolution.trial import Entrant, compete, own_seed
from gatedrnn_course.studies.odyssey.portion import Portion, train_portion
from gatedrnn_course.studies.odyssey.sizes import SIZES
from gatedrnn_course.studies.odyssey.space import Trial
from gatedrnn_course.studies.statistics import mean_interval
from gatedrnn_course.tasks import DigitFrames, StrokePoints, XMLTags
from gatedrnn_course.tasks.corpus import Corpus

RATES = (3e-4, 1e-3)
PARAMETERS = 10_000
BATCH = 20
VALIDATION = 500


def tested(task: str, corpus: Corpus, variant: str, hidden: int, seeds: int) -> str:
    """The test errors of a variant of the Odyssey at the better of two learning rates, in %."""
    rates = [rate for rate in RATES for _seed in range(seeds)]
    trials = tuple(Trial(hidden_size=hidden, learning_rate=rate, momentum=0.5, noise=0.0) for rate in rates)
    numbers, first = tuple(range(len(trials))), tuple(range(100, 100 + len(trials)))
    outcomes = train_portion(Portion(task, variant, numbers, trials, first, corpus, SIZES["reduced"].protocol, seed=5))
    by_rate = [outcomes[k * seeds : (k + 1) * seeds] for k in range(len(RATES))]
    best = min(by_rate, key=lambda some: np.nanmean([one.validation for one in some]))
    return f"{mean_interval([one.test for one in best]):.1f}"


def accuracies(task: XMLTags, steps: int, batch: int, seeds: int) -> Iterable[tuple[str, str]]:
    """The accuracies of four architectures at the better of two learning rates."""
    names, rates = ("LSTM", "LSTM-b", "LSTM-f", "GRU"), (0.01, 0.03)
    ways = [(name, rate, seed) for name in names for rate in rates for seed in range(seeds)]
    entrants = []
    for name, rate, seed in ways:
        H = hidden_size_for(catalogue[name], task.input_size, task.output_size, PARAMETERS)
        entrants.append(Entrant(catalogue[name], H, rate, 1.4, own_seed(0, 9, seed), float(name == "LSTM-b")))
    count = VALIDATION * batch // BATCH
    outcomes = compete(
        task, entrants, steps=steps, every=steps // 10, batch=batch, validation=count, seed=77, threads=2
    )
    for name in names:
        found = [
            [own.accuracy for own, way in zip(outcomes, ways, strict=True) if way[:2] == (name, rate)] for rate in rates
        ]
        yield name, f"{mean_interval(max(found, key=np.mean)):.3f}"


def words(seeds: int) -> None:
    """Handwriting, % of points wrong."""
    print("| letters | variant | % of points wrong [95 %] |\n| --- | --- | --- |")
    for letters, counts in (((1, 2), (1000, 200, 200)), ((6, 8), (400, 150, 150))):
        for variant in ("V", "NFG", "NOG"):
            corpus = StrokePoints(letters=letters, words=counts)
            print(f"| {letters[0]} to {letters[1]} | {variant} | {tested('handwriting', corpus, variant, 16, seeds)} |")


def frames(seeds: int) -> None:
    """Speech, % of frames wrong."""
    print("| variant | H | parameters of the cell | % of frames wrong [95 %] |\n| --- | --- | --- | --- |")
    from gatedrnn_course.studies.odyssey.variants import VARIANTS

    corpus = DigitFrames()
    for variant, hidden in (("V", 16), ("FGR", 16), ("V", 23)):
        count = VARIANTS[variant].cell.parameter_count(corpus.input_size, hidden)
        print(f"| {variant} | {hidden} | {count:,} | {tested('speech', corpus, variant, hidden, seeds)} |")


def streams(seeds: int) -> None:
    """XML, accuracy on the next character."""
    print("| documents in a sequence | architecture | accuracy [95 %] |\n| --- | --- | --- |")
    for documents in (1, 10):
        task = XMLTags(2, stream=documents)
        for name, found in accuracies(task, 2000, BATCH // documents, seeds):
            print(f"| {documents} | {name} | {found} |")


def steps(seeds: int) -> None:
    """XML, accuracy on the next character."""
    print("| steps | architecture | accuracy [95 %] |\n| --- | --- | --- |")
    for count in (2000, 8000):
        for name, found in accuracies(XMLTags(2), count, BATCH, seeds):
            print(f"| {count:,} | {name} | {found} |")


CHECKS: dict[str, Callable[[int], None]] = {"words": words, "frames": frames, "streams": streams, "steps": steps}


def main() -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=CHECKS, default=CHECKS)
    parser.add_argument("--seeds", type=int, default=6)
    asked = parser.parse_args()
    for name in asked.only:
        print(f"\n{name}\n", flush=True)
        CHECKS[name](asked.seeds)


if __name__ == "__main__":
    main()
