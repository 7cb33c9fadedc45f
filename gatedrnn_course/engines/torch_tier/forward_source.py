"""Writes the forward program of a plan as Python on torch tensors."""

from __future__ import annotations

from collections.abc import Sequence

from gatedrnn_course.engines.program.flat import Term
from gatedrnn_course.engines.torch_tier.plan import Plan
from gatedrnn_course.engines.torch_tier.schedule import Action, Activate, Add, Compute, Multiply, Peep, Start
from gatedrnn_course.engines.torch_tier.source import Source

__all__ = ["Stacks", "offsets", "places", "scaled", "stored", "write_forward"]


def stored(plan: Plan) -> tuple[str, ...]:
    """Values outside slots and states which the forward hands to the backward."""
    inside = {slot.value for slot in plan.slots}
    early = [a.statement.name for a in plan.before if isinstance(a, Compute)]
    return (*(name for name in early if name not in inside), *plan.kept)


def offsets(letters: Sequence[str], prefix: str) -> list[str]:
    """Lines that compute where each slot begins: `z0 = 0`, `z1 = z0 + H`, ..."""
    return [f"{prefix}0 = 0", *(f"{prefix}{k + 1} = {prefix}{k} + {letter}" for k, letter in enumerate(letters))]


def in_states(plan: Plan) -> dict[str, str]:
    """The values of a step that are computed right into the array of a state, with that state."""
    computed = {a.statement.name for a in plan.step if isinstance(a, Compute)}
    found: dict[str, str] = {}
    for state, value in zip(plan.cell.states, plan.values, strict=True):
        if value in computed:
            found.setdefault(value, state)
    return found


def places(plan: Plan) -> dict[str, str]:
    """Where the array of every stored value lies, given `Z`, the states' `T_*` and what `stored` names."""
    found = {slot.value: f"Z[..., z{k}:z{k + 1}]" for k, slot in enumerate(plan.slots)}
    found.update({slot.sum: found[slot.value] for slot in plan.slots if not slot.function})
    found.update({value: f"T_{state}[..., n:, :]" for value, state in in_states(plan).items()})
    found.update({f"{state}_prev": f"T_{state}[..., :N, :]" for state in plan.cell.states})
    return found


class Stacks:
    """Matrices and biases side by side, made once for all steps."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def matrix(self, matrices: Sequence[tuple[float, str]]) -> str:
        """The name of the matrices on top of each other."""
        return self._name(_stack([scaled(f"p_{matrix}", scale) for scale, matrix in matrices], -2))

    def transposed(self, matrices: Sequence[tuple[float, str]]) -> str:
        """The name of the same, transposed."""
        return self._name(f"{self.matrix(matrices)}.mT")

    def vector(self, parameters: Sequence[str]) -> str:
        """The name of vectors one after the other."""
        return self._name(_stack(list(parameters), -1))

    def rows(self, parameters: Sequence[str]) -> str:
        """The name of vectors of one size, one a row."""
        joined = ", ".join(f"p_{name}" for name in parameters)
        return self._name(f"torch.stack(({joined}), -2)" if len(parameters) > 1 else joined)

    def _name(self, text: str) -> str:
        return self.texts.setdefault(text, f"M{len(self.texts)}")


def write_forward(plan: Plan, stacks: Stacks) -> str:
    """The text of `forward(x, first, params, stacks, L, n, H, D)`; for M models at once all has one more axis in front.

    It takes the inputs `(L*n, D)` of L steps of n sequences and the states before them, each `(n, H)`, and gives the
    slots `(L*n, width)`, each state before and after every step `((L+1)*n, H)`, and the values named by `stored`.
    """
    return _Forward(plan, stacks).write()


class _Forward:
    """Writes the forward of one plan."""

    def __init__(self, plan: Plan, stacks: Stacks) -> None:
        self.plan, self.stacks = plan, stacks
        self.widths = [plan.letters[slot.sum] for slot in plan.slots]
        self.in_states = in_states(plan)
        self.text = Source("def forward(x, first, params, stacks, L, n, H, D):", plan.letters)

    def write(self) -> str:
        plan, text = self.plan, self.text
        text.add("N, m = L * n, x.shape[:-2]", "A_x = x", *offsets(self.widths, "z"))
        text.unpack((f"p_{name}" for name in plan.cell.parameters), "params")
        mark = len(text.lines)
        text.add(f"Z = x.new_empty((*m, N, z{len(plan.slots)}))")
        text.unpack((f"s_{state}" for state in plan.cell.states), "first")
        for state in plan.cell.states:
            letter = plan.letters[f"{state}_prev"]
            text.add(f"T_{state} = x.new_empty((*m, (L + 1) * n, {letter}))", f"T_{state}[..., :n, :] = s_{state}")
        text.add(*(f"{text.value(name)} = {place}" for name, place in places(plan).items()))
        for action in plan.before:
            self._action(action, "")
        text.add(*(f"A_{name} = x.new_empty((*m, N, {plan.letters[name]}))" for name in plan.kept))
        self._loop()
        given, states = (f"A_{name}, " for name in stored(plan)), (f"T_{state}, " for state in plan.cell.states)
        text.add(f"return Z, ({''.join(states).rstrip()}), ({''.join(given).rstrip()})")
        head = Source("", plan.letters)
        head.unpack(self.stacks.texts.values(), "stacks")
        text.lines[mark:mark] = head.lines[1:]
        return "\n".join(text.lines)

    def _loop(self) -> None:
        """Write the loop over the steps; what it looks at is known once its body is written."""
        plan, before, body = self.plan, self.text, Source("", self.plan.letters)
        body.prefix, body.indent, self.text = "v", 2, body
        body.views.update({f"v_{name}": f"A_{name}" for name in plan.kept})
        body.views.update({f"v_{state}_prev": f"T_{state}" for state in plan.cell.states})
        body.views.update({f"v_{value}": f"T_{state}[1:]" for value, state in self.in_states.items()})
        outs = {*plan.kept, *self.in_states}
        for action in plan.step:
            name = action.statement.name if isinstance(action, Compute) else ""
            self._action(action, f"v_{name}" if name in outs else "")
        for state, value in zip(plan.cell.states, plan.values, strict=True):
            if self.in_states.get(value) != state:
                body.views[f"new_{state}"] = f"T_{state}[1:]"
                body.add(f"new_{state}.copy_({body.value(value)})")
        self.text = before
        before.loop(body, {f"T_{state}": f"steps(T_{state}, L + 1, n)" for state in plan.cell.states})

    def _action(self, action: Action, out: str) -> None:
        """Write one action, for all steps or inside the loop."""
        match action:
            case Start():
                self._start(action)
            case Multiply(first, last, vector, matrices):
                stack, other = self.stacks.transposed(matrices), self.text.value(vector)
                self.text.add(f"grow({self._columns(first, last)}, {other}, {stack})")
            case Peep(first, last, vector, scale, parameters):
                self._peep(first, last, vector, scale, parameters)
            case Add(slot, term):
                self.text.grow(self._columns(slot, slot + 1), term)
            case Activate(first, last, function):
                apart = f"v_{first}_{last}_apart"  # the same numbers, already at hand
                columns = apart if apart in self.text.views else self._columns(first, last)
                self.text.apply(function, columns, columns, columns)
            case Compute(statement):
                self.text.statement(statement, out)

    def _columns(self, first: int, last: int) -> str:
        """The slots `first` to `last`, as a view of the array of all."""
        if last == first + 1 and self.text.prefix == "v":
            return self.text.value(self.plan.slots[first].value)
        return self.text.view(f"{first}_{last}", f"Z[..., z{first}:z{last}]")

    def _peep(self, first: int, last: int, vector: str, scale: float, parameters: Sequence[str]) -> None:
        """Peepholes from one vector to neighbouring slots, written as one product."""
        row, other, text = self.stacks.rows(parameters), self.text.value(vector), self.text
        columns = self._columns(first, last) if len(parameters) == 1 else f"Z[..., z{first}:z{last}]"
        if len(parameters) > 1:
            columns = text.view(f"{first}_{last}_apart", f"{columns}.unflatten(-1, {row}.shape[-2:])")
            other = f"{other}.unsqueeze(-2)"
        text.add(f"{columns}.addcmul_({row}, {other}{'' if scale == 1 else f', value={scale!r}'})")

    def _start(self, action: Start) -> None:
        columns = self._columns(action.first, action.last)
        terms = list(zip(action.biases, self.widths[action.first : action.last], strict=True))
        bias = self.stacks.vector([_bias(t, letter) for t, letter in terms]) if any(action.biases) else ""
        if action.vector:
            product = f"{self.text.value(action.vector)}, {self.stacks.transposed(action.matrices)}, out={columns}"
            self.text.add(f"addmm({bias}, {product})" if bias else f"mm({product})")
        else:
            self.text.add(f"{columns}.copy_({bias})" if bias else f"{columns}.zero_()")


def _bias(terms: Sequence[Term], letter: str) -> str:
    """The sum of terms of parameters and numbers, as a vector."""
    if len(terms) == 1 and terms[0].scale == 1 and len(terms[0].factors) == 1:
        return f"p_{terms[0].factors[0]}"
    parts = [" * ".join([repr(t.scale), *(f"p_{f}" for f in t.factors)]) for t in terms if t.factors]
    numbers = sum(t.scale for t in terms if not t.factors)
    return " + ".join([f"like.new_full((*one, {letter}), {numbers!r})", *parts])


def scaled(name: str, scale: float) -> str:
    """A number times what a name stands for."""
    return name if scale == 1 else f"{name} * {scale!r}"


def _stack(parts: Sequence[str], axis: int) -> str:
    return parts[0] if len(parts) == 1 else f"torch.cat(({', '.join(parts)}), {axis})"
