"""Cells nobody wrote, and what every tier makes of them: values, gradients, and a step of training in a population.

A seed gives one cell. Its lines and parameters are called what writers of programs call theirs, its shapes are mixed,
matrices are shared, lines may be unused, and there may be no input.
"""

from __future__ import annotations

import builtins
import keyword
import random
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import torch

from gatedrnn_course.cells import Cell, CellError, catalogue, draw_params, parse, sequence, whole_step
from gatedrnn_course.cells.activations import ACTIVATIONS
from gatedrnn_course.cells.edits import single_edits
from gatedrnn_course.cells.expr import to_text
from gatedrnn_course.engines.c_tier import run_kernel
from gatedrnn_course.engines.c_tier.build.library import COMMON
from gatedrnn_course.engines.c_tier.interpreter import interpreter_of
from gatedrnn_course.engines.c_tier.text_cell import write_cell
from gatedrnn_course.engines.population import Population
from gatedrnn_course.engines.population.text_train import TRAIN
from gatedrnn_course.engines.shared.stacks import by_name
from gatedrnn_course.engines.tiers import run
from gatedrnn_course.engines.torch_tier import sequence as torch_tier
from gatedrnn_course.engines.torch_tier.functions import functions_of

__all__ = ["compare", "compare_populations", "line_names", "random_cell", "random_text"]

WORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while main NULL errno
INFINITY NAN isfinite memset memcpy malloc free printf stdin stdout assert linux unix i386 asm typeof
init__ class__ dict__ doc__ name__ file__ builtins__ a__ x_ l0 l1 a_l0 l0_2 inf nan self cls None_
"""
BOUNDED = ("sigmoid", "tanh", "softsign")


@cache
def line_names() -> tuple[str, ...]:
    """Names a line may have: every identifier of the programs that are written, of Python, torch and C."""
    texts = [COMMON, TRAIN]
    for name in ("peephole LSTM", "GRU reset after", "MUT1", "minGRU", "residual layer"):
        texts += [
            functions_of(catalogue[name]).text,
            functions_of(catalogue[name], True).text,
            write_cell(catalogue[name]),
        ]
    found = set(re.findall(r"[A-Za-z]\w*", "\n".join(texts)))
    found |= {*keyword.softkwlist, *dir(builtins), *WORDS.split(), *dir(torch), *dir(torch.Tensor)}
    found |= {part for name in found for part in (name.partition("_")[2], name.rpartition("_")[0])}
    found |= {f"{a}_{b}" for a in "pAvTszSoM" for b in ("b_f", "U_c", "h", "x", "l0", "h_prev")}
    return tuple(sorted(name for name in found if _may_be_a_line(name)))


def _may_be_a_line(name: str) -> bool:
    try:
        parse(f"{name} = tanh(x)\nh = tanh(W_h @ x)")
    except CellError:
        return False
    return name != "h"


class _Writer:
    """Writes one cell."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        count = rng.choice([0, 0, 1, 1, 2, 2, 3, 4, 6])
        pool = line_names() if rng.random() < 0.7 else ("f", "i", "c", "g", "k", "h_tilde", "y", "a_f", "q")
        self.names = rng.sample(pool, count) + ["h"]
        rng.shuffle(self.names)
        self.with_x = rng.random() < 0.85
        self.letters = {n: "D" if self.with_x and n != "h" and rng.random() < 0.2 else "H" for n in self.names}
        self.states = [n for n in self.names if rng.random() < 0.6]
        self.parts: dict[str, list[str]] = {"H": [], "D": []}
        self.suffixes = [str(k) for k in range(9)] + (rng.sample(line_names(), 3) if rng.random() < 0.3 else [])

    def text(self) -> str:
        rows = []
        for k, name in enumerate(self.names):
            known = [(n, self.letters[n]) for n in self.names[:k]]
            known += [(f"{n}_prev", self.letters[n]) for n in self.states]
            self.known = {L: [n for n, own in known if own == L] for L in "HD"}
            if self.with_x:
                self.known["D"] += ["x", "x"]
            rows.append(f"{name} = {self.expr(self.letters[name], self.rng.choice([1, 2, 2, 3, 3, 4]))}")
        return "\n".join(rows)

    def parameter(self, kind: str, shape: str) -> str:
        """One of few names of a kind, of one shape."""
        number = self.rng.randrange(3)
        place = [f"{kind}{shape}{k}" for k in range(3)].index(f"{kind}{shape}{number}")
        shapes = ("HH", "HD", "DH", "DD", "H", "D")
        suffix = f"{shapes.index(shape)}{place}"
        extra = self.suffixes[9:]
        return f"{kind}_{extra[place]}{suffix}" if extra and self.rng.random() < 1 else f"{kind}_{suffix}"

    def leaf(self, L: str) -> str:
        if self.known[L] and self.rng.random() < 0.75:
            return self.rng.choice(self.known[L])
        return self.parameter(self.rng.choice("Pb"), L)

    def product(self, L: str, depth: int) -> str:
        other = self.rng.choice([M for M in "HD" if self.known[M] or M == "H"])
        vector = self.expr(other, depth - 1) if depth > 0 and self.rng.random() < 0.35 else self.leaf(other)
        return f"({self.parameter(self.rng.choice('WU'), L + other)} @ ({vector}))"

    def gate(self, L: str, depth: int) -> str:
        inside = " + ".join(self.product(L, 0) for _ in range(self.rng.randint(1, 3)))
        return f"{self.rng.choice(BOUNDED)}({inside})"

    def number(self) -> str:
        return self.rng.choice(["0.5", "1", "2", "0", "1.25", "-1", "0.1", "sigmoid(1)", "(1 - 3)", "(2 / 4)"])

    def expr(self, L: str, depth: int) -> str:
        """An expression of a size."""
        rng = self.rng
        if self.parts[L] and rng.random() < 0.12:
            found = rng.choice(self.parts[L])
            if all(n in self.known["H"] + self.known["D"] or n[:2] in ("W_", "U_", "P_", "b_") or n in ACTIVATIONS
                   for n in re.findall(r"[A-Za-z]\w*", found)):  # fmt: skip
                return found
        if depth <= 0:
            return self.leaf(L) if rng.random() < 0.6 else self.product(L, 0)
        kind = rng.randrange(14)

        def inner() -> str:
            return self.expr(L, depth - 1)

        if kind < 3:
            made = self.product(L, depth)
        elif kind < 5:
            made = self.gate(L, depth)
        elif kind < 8:
            made = f"({inner()} {rng.choice('+-*+')} {inner()})"
        elif kind == 8:
            function = rng.choice(list(ACTIVATIONS))
            made = f"exp(tanh({inner()}))" if function == "exp" else f"{function}({inner()})"
        elif kind == 9:
            below = rng.choice(["(1.5 + sigmoid({}))", "(3 - tanh({}))", "(0.5 + softplus({}))", "exp(softsign({}))"])
            above = self.number() if rng.random() < 0.3 else inner()
            made = f"({above} / {below.format(inner())})"
        elif kind == 10:
            made = f"({self.number()} {rng.choice('+-*')} {inner()})"
        elif kind == 11:
            made = f"({inner()} {rng.choice(['* 0.5', '/ 2', '- 1', '+ 0.25', '* 0', '* 1'])})"
        elif kind == 12:
            made = f"-{inner()}"
        else:
            made = f"({self.gate(L, 0)} * {self.leaf(L)} + (1 - {self.gate(L, 0)}) * {inner()})"
        self.parts[L].append(made)
        return made


def random_text(seed: int) -> str:
    """The text of the cell of a seed; `parse` may refuse it."""
    return _Writer(random.Random(seed)).text()


def random_cell(seed: int) -> Cell | None:
    """The cell of a seed, None where `parse` refuses its text in words."""
    try:
        return parse(random_text(seed), f"random {seed}")
    except CellError:
        return None


def mutants(count: int, names: Sequence[str], seed: int = 0) -> list[str]:
    """Distinct texts of cells of the catalogue after one to three edits."""
    rng, found = random.Random(seed), dict[str, None]()
    while len(found) < count:
        cell = start = catalogue[rng.choice(list(names))]
        for _ in range(rng.randint(1, 3)):
            lines = rng.choice(single_edits(whole_step(cell))).lines
            try:
                cell = parse("\n".join(f"{line.name} = {to_text(line.expr)}" for line in lines))
            except CellError:
                continue
        if cell is not start:
            found[cell.text] = None
    return list(found)


def compare(
    cell: Cell, seed: int, tiers: Sequence[str] = ("torch", "c", "interpreted", "loop"), tolerance: float = 1e-9
) -> list[str]:
    """What differs between the NumPy reference and the tiers, in values or gradients, on sequences of unequal lengths.

    The reference's gradients are themselves compared with a complex step in a random direction.
    """
    for scale in (0.7, 0.3, 0.1, 0.03):
        given = _draw(cell, seed, scale)
        try:
            wanted = _run("numpy", cell, *given)
        except Exception as error:
            return [f"numpy: {type(error).__name__}: {error}"]
        largest = max(float(a.abs().max()) for a in wanted.values() if a.numel())
        if np.isfinite(largest) and largest < 1e4:
            break
    else:
        return [f"the reference gives numbers of size {largest}"]
    found = list(_step_differs(cell, seed, scale))
    for tier in tiers:
        try:
            ours = _run(tier, cell, *given)
        except Exception as error:
            found.append(f"{tier}: {type(error).__name__}: {error}")
            continue
        for name, array in wanted.items():
            off = float((ours[name] - array).abs().max() / max(1.0, array.abs().max())) if array.numel() else 0.0
            if ours[name].shape != array.shape or not off < tolerance:
                found.append(f"{tier}: {name} is off by {off:.1e}")
    return found


def _draw(cell: Cell, seed: int, scale: float) -> tuple[list[int], list[torch.Tensor], list[torch.Tensor]]:
    """Numbers of rows of each step; inputs, states and parameters; what the loss weighs the outputs with."""
    rng = np.random.default_rng(seed)
    sizes = {"D": int(rng.choice([2, 6, 7, 10])), "H": int(rng.choice([1, 3, 4, 5, 8, 9, 17]))}  # never alike
    batch_sizes = sorted(map(int, rng.integers(1, 4, rng.integers(1, 5))), reverse=True)
    N, B = sum(batch_sizes), batch_sizes[0]
    whole = whole_step(cell)
    widths = [sizes[whole.shape(f"{name}_prev")[0]] for name in cell.states]
    p = draw_params(cell, sizes["D"], sizes["H"], rng, scale)
    drawn = [rng.normal(size=(N, sizes["D"])), *(rng.normal(size=(B, w)) for w in widths)]
    arrays = [*(min(1.0, scale / 0.7) * array for array in drawn), *p.values()]  # a cell may square its state
    weights = [rng.normal(size=(N, sizes["H"])), *(rng.normal(size=(B, w)) for w in widths)]
    return batch_sizes, [torch.tensor(a) for a in arrays], [torch.tensor(a) for a in weights]


def _run(
    tier: str, cell: Cell, batch_sizes: list[int], arrays: list[torch.Tensor], weights: list[torch.Tensor]
) -> dict[str, torch.Tensor]:
    """Outputs and gradients by name."""
    ways = {"loop": torch_tier.differentiable, "interpreted": _interpreted}
    function = by_name(ways.get(tier, lambda *given: run(tier, *given)))  # type: ignore[arg-type]
    leaves = [a.clone().requires_grad_() for a in arrays]
    count = 1 + len(cell.states)
    hs, last = function(cell, leaves[0], batch_sizes, leaves[1:count], leaves[count:])
    grads = torch.autograd.grad([hs, *last], leaves, weights, allow_unused=True, materialize_grads=True)
    values = dict(zip(("hs", *cell.states), (a.detach() for a in (hs, *last)), strict=True))
    names = ("x", *(f"{state}_prev" for state in cell.states), *cell.parameters)
    return values | dict(zip((f"d_{name}" for name in names), grads, strict=True))


def _interpreted(cell: Cell, xs: torch.Tensor, *given: Any) -> Any:
    return run_kernel(interpreter_of(cell, xs.element_size()), xs, *given)


def _step_differs(cell: Cell, seed: int, scale: float) -> Iterator[str]:
    """The reference's gradients against a complex step, on sequences of one length."""
    _, arrays, weights = _draw(cell, seed, scale)
    rng = np.random.default_rng(seed)
    count, T = 1 + len(cell.states), 3
    B, D = arrays[1].shape[0], arrays[0].shape[1]
    xs = torch.tensor(rng.normal(size=(T * B, D)))
    weights = [torch.tensor(rng.normal(size=(T * B, weights[0].shape[1]))), *weights[1:]]
    grads = _run("numpy", cell, [B] * T, [xs, *arrays[1:]], weights)
    names = ("x", *(f"{state}_prev" for state in cell.states), *cell.parameters)
    given = [xs, *arrays[1:]]
    ways = [rng.normal(size=a.shape) for a in given]
    moved = [a.numpy() + 1e-30j * way for a, way in zip(given, ways, strict=True)]
    steps: Any = moved[0].reshape(T, B, D) if cell.inputs else [None] * T
    hs, last = sequence(cell, steps, moved[1:count], dict(zip(cell.parameters, moved[count:], strict=True)))
    ends = zip(last, weights[1:], strict=True)
    loss = (hs.reshape(T * B, -1) * weights[0].numpy()).sum() + sum((s * w.numpy()).sum() for s, w in ends)
    parts = [float((grads[f"d_{name}"].numpy() * way).sum()) for name, way in zip(names, ways, strict=True)]
    if not abs(sum(parts) - loss.imag / 1e-30) <= 1e-9 * max(1.0, *map(abs, parts)):
        yield f"numpy: derived gradients give {sum(parts)!r}, a complex step {loss.imag / 1e-30!r}"


def compare_populations(cells: Sequence[Cell], seed: int, tolerance: float = 1e-9) -> list[str]:
    """What differs between a population in torch and in the others: losses and parameters after two steps."""
    try:
        return _populations_differ(cells, seed, tolerance)
    except Exception as error:
        if len(cells) == 1:
            return [f"{cells[0].name}: {type(error).__name__}: {error}"]
        return [text for cell in cells for text in compare_populations([cell], seed, tolerance)]


def _populations_differ(cells: Sequence[Cell], seed: int, tolerance: float) -> list[str]:
    rng = np.random.default_rng(seed)
    tiers: tuple[Any, ...] = ("torch", "c", "interpreted")
    first, *others = (Population(cells, 3, 2, 5, dtype=torch.float64, scale=0.3, tier=tier) for tier in tiers)
    found = []
    for number in range(2):
        xs, targets = rng.normal(size=(3, 2, 3)), rng.normal(size=(3, 2, 2))
        wanted = first.step(xs, targets)
        for own in others:
            ours = own.step(xs, targets)
            off = np.abs(ours - wanted) / np.maximum(1.0, np.abs(wanted))
            told = [(k, f"off by {off[k]:.1e}") for k in np.where(off > tolerance)[0]]
            told += [(k, "frozen in one only") for k in np.where(np.isnan(ours) != np.isnan(wanted))[0]]
            found += [f"{cells[k].name}: in step {number} of {own.tier} {text}" for k, text in told]
    for k, cell in enumerate(cells):
        wanted = first.parameters(k)
        for own in others:
            ours = own.parameters(k)
            for name, array in wanted.items():
                apart = float(np.abs(ours[name] - array).max(initial=0.0) / max(1.0, np.abs(array).max(initial=0.0)))
                if not apart < tolerance:
                    found.append(f"{cell.name}: {name} of {own.tier} is off by {apart:.1e}")
    return found
