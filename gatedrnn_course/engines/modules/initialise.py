"""Where the parameters of a `Recurrent` begin. Every function changes the module in place and names its source."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Generator, Tensor, nn

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import Call, Expr, Name, Num, Op, factors, terms
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.engines.modules.recurrent import Recurrent
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["cho_", "chrono_", "forget_bias_", "gate_bias_", "keeping_biases", "odyssey_", "orthogonal_", "uniform_"]


@torch.no_grad()
def uniform_(module: Recurrent, bound: float | None = None, generator: Generator | None = None) -> None:
    """Every parameter uniform between -bound and bound.

    Args:
        module: The module.
        bound: 1/sqrt(H) where left out.
        generator: Source of randomness.

    Source:
        `torch.nn.LSTM`, `GRU` and `RNN`. So the biases of the forget gate begin near 0.
    """
    bound = module.hidden_size**-0.5 if bound is None else bound
    for _name, parameter in _each(module):
        nn.init.uniform_(parameter, -bound, bound, generator=generator)


@torch.no_grad()
def odyssey_(module: Recurrent, std: float = 0.1, generator: Generator | None = None) -> None:
    """Every parameter normal with mean 0 and standard deviation 0.1, peepholes and biases included.

    Source:
        Greff et al. 2017, section IV; nothing special is said there about the biases.
    """
    for _name, parameter in _each(module):
        nn.init.normal_(parameter, 0.0, std, generator=generator)


@torch.no_grad()
def orthogonal_(module: Recurrent, gain: float = 1.0, generator: Generator | None = None) -> None:
    """Every recurrent matrix `U_*` orthogonal, each gate's on its own; the rest stays.

    Source:
        Cho et al. 2014, section 4.1.1 (left singular vectors of a random matrix); Keras by default.
    """
    for name, parameter in _each(module):
        if name.startswith("U_"):
            nn.init.orthogonal_(parameter, gain, generator=generator)


def cho_(module: Recurrent, generator: Generator | None = None) -> None:
    """Every parameter normal with standard deviation 0.01, then the recurrent matrices orthogonal.

    Source:
        Cho et al. 2014, section 4.1.1.
    """
    odyssey_(module, 0.01, generator)
    orthogonal_(module, 1.0, generator)


@torch.no_grad()
def gate_bias_(module: Recurrent, gate: str, value: float) -> None:
    """The bias of one gate set to a number, in every layer: -1, -2, -3 for the output gate o, say.

    Args:
        module: The module.
        gate: Ending of the bias: `"o"` for `b_o`.
        value: The number.

    Source:
        Hochreiter and Schmidhuber 1997, experiments 1 and 4 (output gates from -1 down); Srivastava, Greff and
        Schmidhuber 2015 (transform gates of highway layers from -1 to -3).
    """
    name = f"b_{gate}"
    if name not in module.cell.parameters:
        raise CourseError(
            _("The bias {name} of the cell {cell}.").format(name=name, cell=module.cell.name),
            _("The cell has no such bias."),
            _("It has {names}.").format(
                names=", ".join(n for n in module.cell.parameters if n.startswith("b_")) or "-"
            ),
            _("Choose one of these, or a cell with this gate."),
        )
    for suffix, _size in module.layers():
        module.named(suffix)[name].fill_(value)


@torch.no_grad()
def forget_bias_(module: Recurrent, value: float = 1.0) -> None:
    """Biases so that the old state weighs sigmoid(value) at first: `b_f = 1`; where a gate weighs the new, minus 1.

    Source:
        Gers, Schmidhuber and Cummins 2000 (positive, 0.5 to 2); Jozefowicz, Zaremba and Sutskever 2015 (1); Keras (1).
    """
    for keeping, sign, _writing in _asked(module):
        for suffix, _size in module.layers():
            module.named(suffix)[keeping].fill_(sign * value)


@torch.no_grad()
def chrono_(module: Recurrent, longest: int, generator: Generator | None = None) -> None:
    """Forget biases log(u) with u uniform in [1, longest - 1], one for each unit; input gates minus the same.

    A unit whose old state weighs sigmoid(log u) = u/(1 + u) forgets in about 1 + u steps, so the units cover all spans
    up to `longest` evenly. A cell with one gate for both, as the GRU, has only the first part.

    Args:
        module: The module.
        longest: T_max, the longest span to remember, at least 2 steps.
        generator: Source of randomness.

    Source:
        Tallec and Ollivier 2018, equations 16 and 17.
    """
    if longest < 2:
        raise CourseError(
            _("Chrono initialisation for spans up to {longest} steps.").format(longest=longest),
            expected=_("The longest span is at least 2 steps."),
            do=_("Give the number of steps that the task asks to remember."),
        )
    for keeping, sign, writing in _asked(module):
        for suffix, _size in module.layers():
            named = module.named(suffix)
            spans = torch.empty_like(named[keeping]).uniform_(1, longest - 1, generator=generator).log_()
            named[keeping].copy_(sign * spans)
            for name, other in writing:
                named[name].copy_(-other * spans)


def _each(module: Recurrent) -> Iterator[tuple[str, Tensor]]:
    """Every parameter of every layer with its name in the cell's text."""
    for suffix, _size in module.layers():
        yield from module.named(suffix).items()


def _asked(module: Recurrent) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """What `keeping_biases` finds, or an error where it finds nothing."""
    found = keeping_biases(module.cell)
    if not found:
        raise CourseError(
            _("The forget bias of the cell {cell}.").format(cell=module.cell.name),
            _("No gate with a bias weighs a state of the step before."),
            _("A cell has one where a line reads, for example, c = f * c_prev + ..."),
            _("Use a cell with a forget or update gate, or another initialiser."),
        )
    return found


def keeping_biases(cell: Cell) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """The biases that decide how much of an old state is kept, read off the cell's equations.

    Args:
        cell: The cell.

    Returns:
        For each gate that weighs an old state: its bias; 1 if a larger bias keeps more, -1 if less; and for the gates
        that weigh what is written in the same line, their biases and 1 or -1 likewise.
    """
    found = []
    for line in cell.lines:
        parts = [factors(term) for _sign, term in terms(line.expr)]
        old = [part for part in parts if Name(f"{line.name}_prev") in part]
        keeping = [gate for part in old for factor in part if (gate := _gate(factor, cell))]
        new = [factor for part in parts if part not in old for factor in part]
        writing = [gate for factor in new if (gate := _gate(factor, cell)) and gate[0] not in dict(keeping)]
        found += [(bias, sign, writing) for bias, sign in keeping]
    return found


def _gate(expr: Expr, cell: Cell) -> tuple[str, int] | None:
    """The bias of a sigmoid, and 1 where the expression grows with it, -1 where it shrinks."""
    lines = {line.name: line.expr for line in cell.lines}
    match expr:
        case Name(name) if isinstance(lines.get(name), Call):
            return _gate(lines[name], cell)
        case Op("-", Num(_one), arg) if gate := _gate(arg, cell):
            return gate[0], -gate[1]
        case Op("/", top, _bottom):
            return _gate(top, cell)
        case Call("sigmoid", Name(name)) if name in lines:
            return _bias(lines[name])
        case Call("sigmoid", arg):
            return _bias(arg)
    return None


def _bias(expr: Expr) -> tuple[str, int] | None:
    """The bias among the terms of a sum, and its sign."""
    named = ((term.id, sign) for sign, term in terms(expr) if isinstance(term, Name))
    return next(((name, sign) for name, sign in named if name.startswith("b_") and is_parameter(name)), None)
