"""The page and the picture of the engines' timings, from the saved numbers: `python benchmarks/engines_page.py`."""

from __future__ import annotations

import json
from typing import Any

from measure import DOCS, RESULTS, SHAPES

Goals = dict[str, tuple[float | None, float | None]]
ROWS: dict[str, Goals] = {
    "peephole LSTM vs nn.LSTM": {"S1": (1.5, 2.5), "S2": (1.4, 2.0), "S3": (1.15, 1.5), "S4": (1.0, 1.2)},
    "slowest mask variant, times vanilla": dict.fromkeys(SHAPES, (1.15, 1.05)),
    "FGR, times vanilla": {},
    "GRU vs nn.GRU": {"S1": (6, 12), "S2": (5, 9), "S3": (3, 4), "S4": (1.5, 2.2)},
    "torch tier vs the loop": {"S1": (4, 5), "S3": (2.3, 3)},
    "population vs nn.LSTM": {"S1": (4, 10), "S2": (3, 5), "S3": (1.5, 2.1)},
    "population but FGR vs nn.LSTM": {},
    "population vs the loops": {"S1": (80, 150), "S2": (40, 70), "S3": (8, 13)},
    "population in torch vs nn.LSTM": {},
    "MUT1 vs its loop": {"S1": (20, None), "S2": (12, None), "S3": (4, None)},
    "evolved cell vs its loop": {"S1": (20, None), "S2": (12, None), "S3": (4, None)},
}
"""The rows of the table, and at each shape what must be reached and what is aimed at."""
LOWER = ("slowest mask variant, times vanilla", "FGR, times vanilla")
"""Rows where a small number is good."""
FILES = {"default": "engines.json", "mallopt": "engines-mallopt.json"}

PAGE = """\
# How fast the engines are

`python benchmarks/engines.py --save` and the same with `--mallopt` printed these numbers and wrote this page.
One training step is forward, backward and fused Adam, with a linear read-out at every step and a squared error,
{inputs} inputs, float32, one core. All contenders run in one process, in turn in every round; a figure is the ratio of
the medians of the processor's time. Above 1, ours is faster; in the rows *times vanilla* it is what a variant costs.
In brackets what must be reached. `mallopt` means that the C library keeps freed memory, for all contenders alike.

S1 is T = 100, B = 16, H = 16; S2 has H = 32; S3 has B = 32, H = 64; S4 has T = 400, B = 64, H = 128.

![{alt}](images/engines.svg)

{table}

*nn.LSTM* runs oneDNN's fused kernel and *nn.GRU* torch's step-by-step one. *The loop* is the cell gate by gate and
step by step under autograd, as it is taught. The population has {models} models, all nine variants of the Odyssey
mixed, each with a learning rate of its own, trained with Adam; beside it stand as many `nn.LSTM` one after the other,
which know none of the variants, and the variants' loops. FGR has nine more matrices; *but FGR* is the population of
the other eight. *In torch* is the population without a compiler. *Evolved* is a cell that is in no paper.

The kernel of a cell is compiled from its equations, which pays when it trains for long. A population of more than
24 different cells is interpreted instead, as is any with `tier="interpreted"`: one kernel, compiled once, reads
what a cell computes as numbers. Those are the same products and passes over the elements, in the same order and at
the same addresses, that the text of a compiled kernel is written from (`engines/c_tier/steps.py`). Products run in
the same tiles; each operation on elements runs over a tile of 32 vectors, so that what lies between two operations
stays in the first cache. `python benchmarks/new_cells.py` times a cell from its text to its first step, and its
steps, both ways.

The first kernel on a machine takes {first:.1f} s to build, {cached:.2f} s once it is in the cache.

{gpu}

{around}
"""
ALT = (
    "Bars on a logarithmic axis: for each row of the table below and each shape, how many times faster ours is than "
    "what it is compared with. A short black line in a bar marks what must be reached."
)


def write_page() -> None:
    """Write `docs/engines.md` and its picture."""
    found = {malloc: json.loads((RESULTS / file).read_text()) for malloc, file in FILES.items() if _saved(file)}
    first = next(iter(found.values()))
    picture(found.get("default", first))
    around = "\n".join(f"- {malloc}: {_around(content)}." for malloc, content in found.items())
    page = PAGE.format(
        inputs=8,
        alt=ALT,
        models=72,
        table="\n".join(_table(found)),
        first=first["build s"]["first build"],
        cached=first["build s"]["from the cache"],
        gpu=_gpu(),
        around=around,
    )
    (DOCS / "engines.md").write_text(page)


def _gpu() -> str:
    """What was timed on a GPU."""
    if not _saved("gpu.json"):
        return "`python benchmarks/gpu.py` times populations on an NVIDIA GPU. It has not been run on one yet."
    content = json.loads((RESULTS / "gpu.json").read_text())
    rows = [f"{shape}, {row}: {r:.2f}" for shape in SHAPES if shape in content for row, r in _ratios(content, shape)]
    return f"On {content['device']}, by `python benchmarks/gpu.py`, {content['models']} models: {'; '.join(rows)}."


def _ratios(content: dict[str, Any], shape: str) -> list[tuple[str, float]]:
    return list(content[shape]["ratios"].items())


def _saved(file: str) -> bool:
    return (RESULTS / file).exists()


def _around(content: dict[str, Any]) -> str:
    kept = [f"{k} {v}" for k, v in content.items() if k not in SHAPES and k not in ("build s", "malloc", "compiler")]
    return ", ".join([*kept, str(content["compiler"]).rstrip(".")])


def _table(found: dict[str, Any]) -> list[str]:
    heads = ["row", *(f"{shape} {malloc}" for shape in SHAPES for malloc in found)]
    rows = ["| " + " | ".join(heads) + " |", "| --- " * len(heads) + "|"]
    for name, goals in ROWS.items():
        cells = [name]
        for shape in SHAPES:
            must = goals.get(shape, (None, None))[0]
            for content in found.values():
                ratio = content.get(shape, {}).get("ratios", {}).get(name)
                cells.append("" if ratio is None else f"{ratio:.2f}" + ("" if must is None else f" ({must:g})"))
        rows.append("| " + " | ".join(cells) + " |")
    return rows


def picture(content: dict[str, Any]) -> None:
    """Draw the ratios of one run into `docs/images/engines.svg`."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    mpl.rcParams["svg.hashsalt"] = "engines"  # the same numbers give the same file
    colours, hatches = ("#0072B2", "#E69F00", "#009E73", "#CC79A7"), ("", "//", "..", "xx")
    rows = [name for name in ROWS if name not in LOWER]
    figure, axes = plt.subplots(figsize=(8, 6), layout="constrained")
    for k, shape in enumerate(SHAPES):
        ratios = content.get(shape, {}).get("ratios", {})
        for i, name in enumerate(rows):
            if name in ratios:
                y = i + (k - 1.5) * 0.2
                label = f"{shape}: T, B, H = {', '.join(map(str, SHAPES[shape]))}" if i == 0 else None
                axes.barh(y, ratios[name] - 1, 0.18, 1, color=colours[k], hatch=hatches[k], label=label)
                must = ROWS[name].get(shape, (None, None))[0]
                if must is not None:
                    said = "must be reached" if k == len(SHAPES) - 1 and i == 0 else None
                    axes.plot([must, must], [y - 0.09, y + 0.09], color="black", linewidth=2, label=said)
    axes.set(xscale="log", xlabel="times faster (ratio of CPU times, no unit)", yticks=range(len(rows)))
    axes.set_yticklabels(rows)
    axes.invert_yaxis()
    axes.axvline(1, color="black", linewidth=0.8)
    ticks = (0.5, 1, 2, 5, 10, 20, 50, 100, 200)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.xaxis.minorticks_off()
    axes.legend(loc="upper right", fontsize=8)
    (DOCS / "images").mkdir(exist_ok=True)
    figure.savefig(DOCS / "images" / "engines.svg", metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    write_page()
