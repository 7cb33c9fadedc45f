"""Writes the backward program of a plan as Python on torch tensors.

`Y` holds the deltas of all steps side by side, `Q_d_h_next` a derivative that is needed after the loop.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gatedrnn_course.engines.program.flat import Atom
from gatedrnn_course.engines.program.fuse import runs
from gatedrnn_course.engines.program.linear import Combine, Form, Gradient, Mix
from gatedrnn_course.engines.torch_tier.backward_plan import Spread
from gatedrnn_course.engines.torch_tier.forward_source import Stacks, offsets, places, scaled, stored
from gatedrnn_course.engines.torch_tier.plan import Plan
from gatedrnn_course.engines.torch_tier.source import Source

__all__ = ["write_backward"]


def write_backward(plan: Plan, stacks: Stacks) -> tuple[str, str, str]:
    """The texts of three functions.

    `workspace(x, N, H, D)` makes the arrays that `backward` works in.

    `backward(x, Z, states, kept, arriving, outputs, params, stacks, work, L, n, H, D, wants_x)` takes what `forward`
    gave for L steps, the derivatives with respect to the states after them, each `(n, H)`, and the derivatives with
    respect to h before each step `(L*n, H)`, the first of them zeros. It gives the derivatives with respect to the
    states before the steps, `d_x` `(L*n, D)` or None, and the sums that `finish` takes apart.

    `finish(sums, H, D)` gives the gradient of each parameter, None where there is none.
    """
    writer = _Backward(plan, stacks)
    return writer.workspace(), writer.write(), writer.finish()


class _Backward:
    """Writes the backward of one plan."""

    def __init__(self, plan: Plan, stacks: Stacks) -> None:
        self.plan, self.stacks, self.program = plan, stacks, plan.backward
        names = "x, Z, states, kept, arriving, outputs, params, stacks, work, L, n, H, D, wants_x"
        self.text = Source(f"def backward({names}):", plan.letters)
        self.main = self.text
        self.place = {name: k for k, name in enumerate(self.program.deltas)}
        ends = (*self.program.ends, *((self.program.input,) if self.program.input else ()))
        uses = Counter(name for a in (*self.program.loop, *self.program.after, *ends) for name in a.used())
        self.mixes = {a.name: a for a in (*self.program.loop, *self.program.after) if isinstance(a, Mix)}
        forms = [a.form for a in (*self.program.loop, *self.program.after, *ends) if isinstance(a, Combine)]
        plain = {base for form in forms for atom, base in form if atom == 1.0}
        totals = {base for total in self.program.totals for _, base in total.form}
        self.work: dict[str, str] = {}
        self.buffers = self._buffers()
        self.work.update({"Y": f"y{len(self.place)}"} if self.place else {})
        self.work.update({f"Q_{name}": plan.letters[name] for name in self.program.kept})
        self.work.update({f"S_{plan.letters[base]}": plan.letters[base] for _, base in self._others()})
        self.inline = {name for name in self.mixes if uses[name] == 1 and name in plain and name not in totals}

    def write(self) -> str:
        plan, text = self.plan, self.text
        text.add(
            "N, m = L * n, x.shape[:-2]", "A_x = x", *offsets([plan.letters[slot.sum] for slot in plan.slots], "z")
        )
        text.add(*offsets([plan.letters[name] for name in self.program.deltas], "y"))
        text.unpack((f"p_{name}" for name in plan.cell.parameters), "params")
        text.unpack(self.stacks.texts.values(), "stacks")
        text.unpack((f"T_{state}" for state in plan.cell.states), "states")
        text.add(*(f"{text.value(name)} = {place}" for name, place in places(plan).items()))
        text.unpack((f"A_{name}" for name in stored(plan)), "kept")
        text.unpack(self.work, "work")
        self._coefficients()
        self._loop()
        for action in self.program.after:
            self._action(action)
        if self.program.input:
            text.add("d_x = None", "if wants_x:")
            text.indent += 1
            self._combine(self.program.input.form, "d_x", "", "D")
            self._leave(["d_x"] if self._is_alias(self.program.input.form) else [])
            text.indent -= 1
        ends = "".join(f"d_{state}_next, " for state in plan.cell.states).rstrip()
        text.add(f"return ({ends}), {'d_x' if self.program.input else 'None'}, ({''.join(self._sums())})")
        return "\n".join(text.lines)

    def workspace(self) -> str:
        """The text of `workspace(x, N, H, D)`: arrays that every block of steps uses again."""
        letters = [self.plan.letters[name] for name in self.program.deltas]
        lines = ["def workspace(x, N, H, D):", *(f"    {line}" for line in offsets(letters, "y"))]
        shapes = "".join(f"x.new_empty((*x.shape[:-2], N, {shape})), " for shape in self.work.values())
        return "\n".join((*lines, f"    return ({shapes.rstrip()})"))

    def _buffers(self) -> dict[str, str]:
        """Where each coefficient is written: into its place in a product of several, else where a dead one was."""
        program, letters, buffers = self.program, self.plan.letters, dict[str, str]()
        for action in (*program.loop, *program.after):
            if isinstance(action, Spread):
                width = f"{action.last - action.first}, {letters[program.deltas[action.first]]}"
                self.work[f"K{action.first}_{action.last}"] = width
                for j, name in enumerate(action.coefficients):
                    if any(s.name == name for s in program.coefficients):
                        buffers.setdefault(name, f"K{action.first}_{action.last}[..., {j}, :]")
        last = {name: k for k, s in enumerate(program.coefficients) for name in s.used()}
        free: list[str] = []
        for k, statement in enumerate(program.coefficients):
            if statement.name not in buffers:
                letter = letters[statement.name]
                buffer = next((s for s in free if self.work[s] == letter), f"R{len(self.work)}")
                free = [s for s in free if s != buffer]
                self.work[buffer], buffers[statement.name] = letter, buffer
            used = dict.fromkeys(statement.used())
            done = [n for n in used if last[n] == k and n not in program.read and n in buffers]
            free += [buffers[name] for name in done if buffers[name] in self.work]
        return buffers

    def _coefficients(self) -> None:
        """What stands between the derivatives, for all steps at once."""
        for statement in self.program.coefficients:
            self.text.add(f"A_{statement.name} = {self.buffers[statement.name]}")
            self.text.statement(statement, f"A_{statement.name}")

    def _loop(self) -> None:
        plan, before, body = self.plan, self.text, Source("", self.plan.letters)
        lists: dict[str, str] = {}
        before.unpack((f"d_{state}_next" for state in plan.cell.states), "arriving")
        for state in plan.cell.states:
            name = f"d_{state}_next"
            if name in self.program.kept:
                before.add(f"Q_{name}[..., N - n:, :] = {name}", f"first_{name} = (torch.empty_like({name}),)")
                lists[f"leaving_{name}"] = f"first_{name} + steps(Q_{name}, L, n)[:-1]"
        lists["outputs"] = "outputs"
        body.prefix, body.indent, self.main, self.text = "v", 2, before, body
        for action in self.program.loop:
            self._action(action)
        for state, end in zip(plan.cell.states, self.program.ends, strict=True):
            out = f"leaving_d_{state}_next" if f"leaving_d_{state}_next" in lists else ""
            if out:
                body.views[out] = out
            output = body.view("output", "outputs") if state == "h" else ""
            letter = plan.letters[f"{state}_prev"]
            self._combine(end.form, f"w_{state}", out, letter, output)
        for state in plan.cell.states:
            body.add(f"d_{state}_next = w_{state}")
        self.text = before
        before.loop(body, lists, backwards=True)
        ends = zip(plan.cell.states, self.program.ends, strict=True)
        self._leave([f"d_{s}_next" for s, end in ends if s != "h" and self._is_alias(end.form)])

    def _action(self, action: Mix | Combine | Spread) -> None:
        """Write one action of the loop or of what comes after it."""
        match action:
            case Spread(first, last, base, coefficients):
                self._spread(first, last, base, coefficients)
            case Mix(name, _) if name not in self.inline:
                products = self._products(name)
                self._write(self._own(name), self._out(name), products, [], [])
            case Combine(name, form):
                self._combine(form, self._own(name), self._out(name), self.plan.letters[name])

    def _own(self, name: str) -> str:
        """The variable that holds a derivative."""
        return f"{'v' if self.text.prefix == 'v' else 'B'}_{name}"

    def _out(self, name: str) -> str:
        """Where a derivative is written; nothing for a new tensor."""
        if name in self.place:
            k = self.place[name]
            return self.text.view(name, f"Y[..., y{k}:y{k + 1}]")
        return self.text.view(name, f"Q_{name}") if name in self.program.kept else ""

    def _read(self, name: str) -> str:
        """A derivative as an operand."""
        if name in (f"d_{state}_next" for state in self.plan.cell.states):
            return name if self.text.prefix == "v" else f"Q_{name}"
        return self._out(name) or self._own(name)

    def _spread(self, first: int, last: int, base: str, coefficients: Sequence[str]) -> None:
        """Several deltas as one product: the coefficients of all steps are put side by side once."""
        array, text = f"K{first}_{last}", self.text
        letter = self.plan.letters[self.program.deltas[first]]
        target = f"Y[..., y{first}:y{last}].unflatten(-1, ({last - first}, {letter}))"
        copies = [(j, name) for j, name in enumerate(coefficients) if self.buffers.get(name) != f"{array}[..., {j}, :]"]
        self.main.add(*(f"{array}[..., {j}, :] = {self.main.value(name)}" for j, name in copies))
        out, scale = text.view(f"Y{first}_{last}", target), text.view(array, array)
        text.add(f"torch.mul({scale}, {self._read(base)}.unsqueeze(-2), out={out})")

    def _products(self, name: str) -> list[tuple[str, str]]:
        """A mix as products of neighbouring deltas with their matrices."""
        parts = sorted((self.place[delta], matrix) for matrix, delta in self.mixes[name].parts)
        found = runs(parts, lambda a, b: b[0] == a[0] + 1)
        columns = [(run[0][0], run[-1][0] + 1) for run in found]
        stacks = [self.stacks.matrix([(1.0, matrix) for _, matrix in run]) for run in found]
        views = [self.text.view(f"Y{a}_{b}_flat", f"Y[..., y{a}:y{b}]") for a, b in columns]
        return list(zip(views, stacks, strict=True))

    def _is_alias(self, form: Form) -> bool:
        """Whether a linear combination is another derivative as it stands."""
        return len(form) == 1 and form[0][0] == 1.0 and form[0][1] not in self.inline

    def _leave(self, names: Sequence[str]) -> None:
        """Copy what is handed back out of the work arrays: the next block of steps writes over them."""
        self.text.add(*(f"{name} = {name}.clone()" for name in names))

    def _combine(self, form: Form, name: str, out: str, letter: str, output: str = "") -> None:
        """Write a linear combination, plus the derivative of the output where there is one."""
        products: list[tuple[str, str]] = []
        scaled: list[tuple[str, str]] = []
        plain: list[tuple[float, str]] = [(1.0, output)] if output else []
        for atom, base in form:
            if base in self.inline and atom == 1.0:
                products += self._products(base)
            elif isinstance(atom, str):
                scaled.append((self._read(base), self.text.value(atom)))
            else:
                plain.append((atom, self._read(base)))
        if products or scaled or plain:
            self._write(name, out, products, scaled, plain)
        else:
            self.text.add(f"{out}.zero_()" if out else f"{name} = x.new_zeros((*m, {self._rows()}, {letter}))")
        if out and name.startswith("w_"):
            self.text.add(f"{name} = {out}")

    def _rows(self) -> str:
        return "n" if self.text.prefix == "v" else "N"

    def _write(
        self,
        name: str,
        out: str,
        products: list[tuple[str, str]],
        scaled: list[tuple[str, str]],
        plain: list[tuple[float, str]],
    ) -> None:
        """Write a sum: its first two terms as one operation, then each other term in place."""
        base = next((value for scale, value in plain if scale == 1.0), "")
        rest = list(plain)
        if base:
            rest.remove((1.0, base))
        if products or scaled:
            function = ("addmm" if base else "mm") if products else ("torch.addcmul" if base else "torch.mul")
            arguments = ", ".join((*([base] if base else []), *(products or scaled).pop(0)))
            self.text.assign(function, arguments, name, out)
        elif rest and base:
            scale, value = rest.pop(0)
            self.text.assign("torch.add", f"{base}, {value}, alpha={scale!r}", name, out)
        elif base:
            self.text.add(f"{out}.copy_({base})" if out else f"{name} = {base}")
        else:
            scale, value = rest.pop(0)
            self.text.assign("torch.mul", f"{value}, {scale!r}", name, out)
        target = out or name
        self.text.add(*(f"grow({target}, {delta}, {stack})" for delta, stack in products))
        self.text.add(*(f"{target}.addcmul_({value}, {k})" for value, k in scaled))
        self.text.add(*(f"{target}.add_({value}, alpha={scale!r})" for scale, value in rest))

    def _sums(self) -> list[str]:
        """Sums over steps and batch: products of deltas with vectors, of all deltas, and what else biases need."""
        outer = [f"{self.text.value(v)}.mT @ Y[..., y{run[0][0]}:y{run[-1][0] + 1}], " for v, run in self._runs()]
        columns = ["Y.sum(-2), "] if self.program.deltas else []
        others = []
        for atom, base in self._others():
            other = self.text.value(atom) if isinstance(atom, str) else repr(atom)
            others.append(f"torch.mul({self._read(base)}, {other}, out=S_{self.plan.letters[base]}).sum(-2), ")
        return [*outer, *columns, *others]

    def _runs(self) -> list[tuple[str, list[tuple[int, Gradient]]]]:
        """Neighbouring deltas that go with one vector."""
        placed = [(self.place[g.delta], g) for g in self.program.gradients]
        found: list[tuple[str, list[tuple[int, Gradient]]]] = []
        for vector in dict.fromkeys(g.vector for g in self.program.gradients):
            own = sorted(((k, g) for k, g in placed if g.vector == vector), key=lambda pair: pair[0])
            found += [(vector, run) for run in runs(own, lambda a, b: b[0] == a[0] + 1)]
        return found

    def _others(self) -> list[tuple[Atom, str]]:
        """Terms of biases and peepholes that are no plain sum of a delta."""
        return [pair for total in self.program.totals for pair in total.form if not self._is_column(pair)]

    def _is_column(self, pair: tuple[Atom, str]) -> bool:
        return isinstance(pair[0], float) and pair[1] in self.place

    def finish(self) -> str:
        """The text of `finish`."""
        letters = [self.plan.letters[name] for name in self.program.deltas]
        lines = ["def finish(sums, H, D):", *(f"    {line}" for line in offsets(letters, "y"))]
        pieces: dict[str, list[str]] = {name: [] for name in self.plan.cell.parameters}
        outer = self._runs()
        for index, (_, run) in enumerate(outer):
            lines.append(f"    G{index} = sums[{index}].mT.contiguous()")
            for k, gradient in run:
                begin = f"y{run[0][0]}"
                rows = f"G{index}[..., y{k} - {begin}:y{k + 1} - {begin}, :]"
                pieces[gradient.matrix].append(rows)
        column, index = len(outer), len(outer) + bool(self.program.deltas)
        for total in self.program.totals:
            for atom, base in total.form:
                if isinstance(atom, float) and base in self.place:
                    k = self.place[base]
                    pieces[total.name].append(scaled(f"sums[{column}][..., y{k}:y{k + 1}]", atom))
                else:
                    pieces[total.name].append(f"sums[{index}]")
                    index += 1
        values = "".join(f"{' + '.join(parts) or 'None'}, " for parts in pieces.values())
        return "\n".join((*lines, f"    return ({values.rstrip()})"))
