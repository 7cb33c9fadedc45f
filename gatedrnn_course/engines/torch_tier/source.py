"""Writes Python on torch tensors: the lines that forward and backward programs are made of.

In a program's text `A_f` holds a value for all steps, a row for each step and sequence, `(L*n, H)`; `v_f` is its part
of one step, `(n, H)`; `p_b_f` is a parameter. For M models at once every array has one more axis in front; `m` is its
size in a tuple, empty for a single model, so that one text serves both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gatedrnn_course.cells.activations import FUNCTIONS
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.engines.program.flat import Apply, Divide, Statement, Sum, Term
from gatedrnn_course.engines.program.step import SLOT

__all__ = ["Source"]


class Source:
    """The text of one function.

    Args:
        header: Its first line.
        letters: The size of every value.

    Attributes:
        lines: Its lines so far.
        prefix: `"A"` while values of all steps are computed, `"v"` inside the loop over steps.
        views: What the loop runs over: the name inside the loop and the array of all steps.
        indent: Indentation of the lines to come.
    """

    def __init__(self, header: str, letters: Mapping[str, str]) -> None:
        self.letters = letters
        self.lines = [header]
        self.prefix = "A"
        self.views: dict[str, str] = {}
        self.indent = 1

    def add(self, *lines: str) -> None:
        """Write lines."""
        self.lines += ["    " * self.indent + line for line in lines]

    def unpack(self, names: Iterable[str], value: str) -> None:
        """Write an assignment of several names."""
        listed = "".join(f"{name}, " for name in names)
        if listed:
            self.add(f"{listed.rstrip()} = {value}")

    def value(self, name: str) -> str:
        """A value or a parameter; inside the loop, the part of the step."""
        if is_parameter(name):
            return f"p_{name}"
        own = name.replace(SLOT, "S")
        if self.prefix == "v":
            self.views.setdefault(f"v_{own}", f"A_{own}")
        return f"{self.prefix}_{own}"

    def view(self, name: str, array: str) -> str:
        """A part of an array; inside the loop, that of the step."""
        if self.prefix != "v":
            return array
        self.views[f"v_{name}"] = array
        return f"v_{name}"

    def loop(self, body: Source, lists: Mapping[str, str], length: str = "L", backwards: bool = False) -> None:
        """Write a loop over the steps.

        Args:
            body: What it does.
            lists: Lists of views by name, which `body.views` may name in place of an array.
            length: The number of steps.
            backwards: From the last step to the first.
        """
        back = "[::-1]" if backwards else ""
        views = {name: array for name, array in body.views.items() if array}
        used = {name: text for name, text in lists.items() if any(a.split("[")[0] == name for a in views.values())}
        self.add(*(f"E_{name} = {text}" for name, text in used.items()))
        for name, array in views.items():
            listed = f"E_{array}" if array.split("[")[0] in used else f"steps({array}, {length}, n)"
            self.add(f"e_{name} = {listed}{back}")
        names = "".join(f"{name}, " for name in views).rstrip()
        self.add(f"for {names or '_'} in zip({', '.join(f'e_{v}' for v in views)}):" if views else "for _ in range(L):")
        self.lines += body.lines[1:] or ["        pass"]

    def statement(self, statement: Statement, out: str = "") -> str:
        """Write a statement into the tensor `out`, or into a new one.

        Returns:
            The name it can be read by.
        """
        name = out or f"{self.prefix}_{statement.name}"
        if self.prefix == "v":
            self.views.setdefault(name, "")
        match statement:
            case Sum(_, terms):
                self._sum(terms, name, out, self.letters[statement.name])
            case Apply(_, function, arg):
                self.apply(function, self.value(arg), name, out)
            case Divide(_, str(top), bottom):
                self.assign("torch.div", f"{self.value(top)}, {self.value(bottom)}", name, out)
            case Divide(_, float(top), bottom):
                self.assign("torch.reciprocal", self.value(bottom), name, out)
                self.add(f"{name}.mul_({top!r})")
        return name

    def apply(self, function: str, arg: str, name: str, out: str) -> None:
        """Write a function of a tensor into the tensor `out`, or into a new one."""
        text = FUNCTIONS[function].torch.format(a=arg, out=f", out={out}" if out else "")
        self.add(text if out else f"{name} = {text}")

    def grow(self, target: str, term: Term) -> None:
        """Write `target += term`."""
        factors = [self.value(name) for name in term.factors]
        scale = term.scale
        if len(factors) == 2:
            value = "" if scale == 1 else f", value={scale!r}"
            self.add(f"{target}.addcmul_({factors[0]}, {factors[1]}{value})")
        elif factors:
            self.add(f"{target}.add_({factors[0]}{'' if scale == 1 else f', alpha={scale!r}'})")
        else:
            self.add(f"{target}.add_({scale!r})")

    def assign(self, function: str, arguments: str, name: str, out: str) -> None:
        """Write what a function gives into the tensor `out`, or into a new one."""
        self.add(f"{function}({arguments}, out={out})" if out else f"{name} = {function}({arguments})")

    def _sum(self, terms: Sequence[Term], name: str, out: str, letter: str) -> None:
        """The first term, or the first two at once, then each further term."""
        rest = sorted(terms, key=lambda t: (t.scale < 0, -len(t.factors)))
        if all(is_parameter(f) for t in rest for f in t.factors):
            self.add(f"{out}.zero_()" if out else f"{name} = x.new_zeros((*m, N, {letter}))")
        else:
            rest = self._first(rest, name, out)
        for term in rest:
            self.grow(name, term)

    def _first(self, terms: list[Term], name: str, out: str) -> list[Term]:
        """Write the beginning of a sum; gives the terms that are left."""
        number = next((t for t in terms if not t.factors), None)
        if out and number:
            self.add(f"{out}.fill_({number.scale!r})")
            return [t for t in terms if t is not number]
        full = [t for t in terms if not all(map(is_parameter, t.factors))]
        first = full[0]
        rest = [t for t in terms if t is not first]
        values = [self.value(f) for f in first.factors]
        second = next((t for t in rest if len(t.factors) == 1), None)
        if len(values) == 2:
            self.assign("torch.mul", ", ".join(values), name, out)
            if first.scale != 1:
                self.add(f"{name}.mul_({first.scale!r})")
        elif first.scale == -1 and number and not out:
            self.add(f"{name} = torch.rsub({values[0]}, {number.scale!r})")
            rest.remove(number)
        elif first.scale == 1 and second:
            alpha = "" if second.scale == 1 else f", alpha={second.scale!r}"
            self.assign("torch.add", f"{values[0]}, {self.value(second.factors[0])}{alpha}", name, out)
            rest.remove(second)
        else:
            self.assign("torch.mul", f"{values[0]}, {first.scale!r}", name, out)
        return rest
