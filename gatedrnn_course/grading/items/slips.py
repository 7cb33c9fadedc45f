"""Everyday slips of Python and NumPy, derived from a slice's equations and written as people type them.

Edits change an equation into another equation. A slip is no equation: `f @ c_prev` for `f * c_prev`, a matrix that is
reshaped instead of transposed, a line that is normalised, arguments in another order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, permutations
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Trial, Words, classes
from gatedrnn_course.cells.expr import Call, Expr, MatMul, Name, Op, Path, join_sum, put, terms, to_text, walk
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.cells.numeric import NUMPY_FUNCTIONS, python_of
from gatedrnn_course.cells.params import Params
from gatedrnn_course.cells.slices import Slice
from gatedrnn_course.grading.items.changes import CHANGES, PIECES
from gatedrnn_course.grading.items.diagnosis import same_numbers
from gatedrnn_course.grading.items.item import Item, Observation
from gatedrnn_course.grading.items.oddities.activations import COMMON, FORMULAS, WRITTEN
from gatedrnn_course.grading.items.slice_item import SliceItem
from gatedrnn_course.text import mark

__all__ = ["Slip", "explain_order", "explain_slip", "is_an_edit", "slips"]

Function = Callable[..., Any]
READINGS = 2
"""How many slips that give the same numbers are named."""
HOLE = "hole_in_the_line"


@dataclass(frozen=True)
class Slip:
    """One slip.

    Attributes:
        words: The slip in words.
        function: A function of the item's arguments that has it.
    """

    words: Words
    function: Function


def slips(item: Item) -> Iterator[Slip]:
    """Every slip that can be derived for an item and is wrong; none for an item without equations.

    Some give the same numbers as others, or as an edit.
    """
    draws = item.draws(np.random.default_rng(1997))
    for slip in _listed(item):
        if not all(same_numbers(_attempt(item.reference, d.args), _attempt(slip.function, d.args)) for d in draws):
            yield slip


def explain_slip(item: Item, observed: Sequence[Observation]) -> tuple[Words, ...]:
    """The slips that give what was observed on every draw: two readings at most, the plainer first."""
    if not observed or all(one.value is None for one in observed):
        return ()
    order = sorted(observed, key=lambda one: one.value is None)  # a draw with numbers tells more than one that raised
    found: dict[str, Words] = {}
    for slip in _listed(item):
        if len(found) < READINGS and slip.words.english not in found and _gives(slip.function, order):
            found[slip.words.english] = slip.words
    return tuple(found.values())


def explain_order(item: Item, observed: Sequence[Observation]) -> Words | None:
    """The order in which the arguments are taken, where that gives what was observed."""
    if not observed or all(one.value is None for one in observed):
        return None
    return next((slip.words for slip in _orders(item) if _gives(slip.function, observed)), None)


def _gives(function: Function, observed: Sequence[Observation]) -> bool:
    return all(same_numbers(_attempt(function, one.draw.args), one.value) for one in observed)


def is_an_edit(item: Item, observed: Sequence[Observation]) -> bool:
    """Whether a single edit of the equations gives what was observed, which is a plainer reading than any slip."""
    if not isinstance(item, SliceItem) or all(one.value is None for one in observed):
        return False
    trials = [(Trial(item.slice, *item.split(one.draw.args)), one.value) for one in observed]
    with np.errstate(all="ignore"):
        return any(
            all(same_numbers(trial.outputs(found.edit), value) for trial, value in trials)
            for found in classes(item.slice)
        )


@lru_cache(maxsize=64)
def _listed(item: Item) -> tuple[Slip, ...]:
    if not isinstance(item, SliceItem):
        return ()
    return (*_of_arguments(item), *_of_lines(item.slice, item.arguments), *_of_outputs(item))


def _attempt(function: Function, args: Sequence[Any]) -> tuple[Any, ...] | None:
    """The outputs, or None where the function raises."""
    with np.errstate(all="ignore"):
        try:
            value = function(*args)
        except (ValueError, TypeError, IndexError, np.linalg.LinAlgError):
            return None
    return value if isinstance(value, tuple) else (value,)


def _orders(item: Item) -> Iterator[Slip]:
    """Arguments in another order; the parameters come last in any."""
    arrays = [name for name in item.arguments if name != "p"]
    for order in permutations(range(len(arrays))):
        if order == tuple(range(len(arrays))):
            continue
        taken = ", ".join([*(arrays[k] for k in order), *item.arguments[len(arrays) :]])
        words = mark("The arguments are taken in the order {taken}; they come as {wanted}.")
        yield Slip(
            Words(words, {"taken": taken, "wanted": ", ".join(item.arguments)}),
            lambda *args, order=order: _reordered(item, order, args),
        )


def _of_arguments(item: SliceItem) -> Iterator[Slip]:
    """Arguments in another order, or changed before they are used."""
    yield from _orders(item)
    for k, name in enumerate(item.slice.inputs):
        for template, functions in CHANGES.items():
            for change in functions:
                yield Slip(
                    Words(template, {"what": f"`{name}`"}),
                    lambda *args, k=k, change=change: item.reference(
                        *(change(a) if at == k else a for at, a in enumerate(args))
                    ),
                )
    yield from _of_matrices(item)


def _reordered(item: Item, order: Sequence[int], args: Sequence[Any]) -> Any:
    """What comes of taking argument k for the input at order[k]."""
    inputs = list(args)
    for k, taken in enumerate(order):
        inputs[taken] = args[k]
    return item.reference(*inputs)


def _of_matrices(item: SliceItem) -> Iterator[Slip]:
    """Matrices that are reshaped, turned round or averaged before they are used."""
    used = [n.matrix for line in item.slice.lines for _p, n in walk(line.expr) if isinstance(n, MatMul)]
    names = list(dict.fromkeys(matrix.id for matrix in used if isinstance(matrix, Name)))
    for chosen in [(name,) for name in names] + ([tuple(names)] if len(names) > 1 else []):
        what = f"`{chosen[0]}`" if len(chosen) == 1 else mark("Every matrix")
        if any(len(set(item.slice.shape(name))) > 1 for name in chosen):  # a square one stays as it is
            words = Words(mark("{what} is reshaped instead of transposed: write `.T`, not `.reshape`."), {"what": what})
            yield Slip(words, lambda *args, c=chosen: _with_matrices(item, c, lambda w: w.reshape(w.T.shape).T, args))
        rows = Words(mark("The rows of {what} stand in reverse order."), {"what": what})
        yield Slip(rows, lambda *args, c=chosen: _with_matrices(item, c, lambda w: w[::-1], args))
        columns = Words(mark("The columns of {what} stand in reverse order."), {"what": what})
        yield Slip(columns, lambda *args, c=chosen: _with_matrices(item, c, lambda w: w[:, ::-1], args))
        inverse = Words(mark("{what} is inverted instead of transposed: write `.T`."), {"what": what})
        yield Slip(inverse, lambda *args, c=chosen: _with_matrices(item, c, lambda w: np.linalg.inv(w).T, args))


def _with_matrices(item: SliceItem, chosen: Sequence[str], change: Function, args: Sequence[Any]) -> Any:
    *inputs, p = args
    return item.reference(*inputs, Params({n: change(a) if n in chosen else a for n, a in p.items()}))


def _of_lines(slice_: Slice, arguments: Sequence[str]) -> Iterator[Slip]:
    """One line with something typed in place of one of its nodes."""
    for k, line in enumerate(slice_.lines):
        for path, node in walk(line.expr):
            for words, text in _typed(node):
                yield Slip(words, _compiled(slice_, arguments, {k: (path, text)}))
            for words, text in _part_changed(slice_, path, node):
                yield Slip(words, _compiled(slice_, arguments, {k: (path, text)}))
        for words, text in _changed(line.name, line.expr):
            yield Slip(words, _compiled(slice_, arguments, {k: ((), text)}))
    yield from _everywhere(slice_, arguments)
    yield from _every_activation(slice_, arguments)


def _typed(node: Expr) -> Iterator[tuple[Words, str]]:
    """What people type in place of a node."""
    match node:
        case Op("*", left, right):
            shown = {"typed": f"{to_text(left)} @ {to_text(right)}", "right": to_text(node)}
            words = mark("`{typed}`, or np.dot, multiplies as matrices; element by element is `{right}`.")
            yield Words(words, shown), f"({python_of(left)} @ {python_of(right)})"
            yield Words(words, shown), f"({python_of(right)} @ {python_of(left)})"
            of_rows = mark("`{right}` is summed over the units: a dot product stands where element by element belongs.")
            yield Words(of_rows, shown), f"summed({python_of(left)} * {python_of(right)})"
        case MatMul(Name(matrix), vector):
            at, of = python_of(vector), to_text(vector)
            words = mark("`p.{matrix} @ {vector}.T` has one vector a column; one a row is `{vector} @ p.{matrix}.T`.")
            yield Words(words, {"matrix": matrix, "vector": of}), f"(p.{matrix} @ {at}.T)"
        case Call(function, arg) if len(terms(arg)) > 1:
            yield from _two_activations(function, arg)


def _other_activations(function: str, name: str, arg: Expr) -> Iterator[tuple[Words, str]]:
    """Another activation in a line, or a formula that is near the right one."""
    shown = {"right": function, "line": name}
    for n, other in enumerate(COMMON):
        if other not in NUMPY_FUNCTIONS:
            words = mark("`{line}` passes through {other}, where {right} belongs.")
            yield Words(words, {**shown, "other": other}), f"common[{n}]({python_of(arg)})"
    for n, (text, _formula) in enumerate(FORMULAS.get(function, {}).items()):
        words = mark("The {right} of `{line}` is computed as `{text}`.")
        yield Words(words, {**shown, "text": text}), f"formulas[{function!r}][{n}]({python_of(arg)})"
    for n, template in enumerate(PIECES):
        yield Words(template, shown), f"pieces[{n}]({python_of(arg)})"


def _two_activations(function: str, arg: Expr) -> Iterator[tuple[Words, str]]:
    """The activation of each part of a sum, added or multiplied."""
    signed = terms(arg)
    for count in range(1, len(signed)):
        for chosen in combinations(range(len(signed)), count):
            parts = [signed[k] for k in chosen], [signed[k] for k in range(len(signed)) if k not in chosen]
            one, other = (python_of(Call(function, join_sum(part))) for part in parts)
            shown = {
                "one": to_text(Call(function, join_sum(parts[0]))),
                "other": to_text(Call(function, join_sum(parts[1]))),
                "right": to_text(Call(function, arg)),
            }
            if 0 in chosen:
                words = mark("`{one} + {other}` is the sum of two; right is one of the whole sum, `{right}`.")
                yield Words(words, shown), f"({one} + {other})"
                words = mark("`{one} * {other}` is the product of two; right is one of the whole sum, `{right}`.")
                yield Words(words, shown), f"({one} * {other})"


def _changed(name: str, expr: Expr) -> Iterator[tuple[Words, str]]:
    """A line, or what stands inside its activation, changed on its way."""
    if isinstance(expr, Call):
        yield from _other_activations(expr.function, name, expr.arg)
    for n, (template, functions) in enumerate(CHANGES.items()):
        for k in range(len(functions)):
            yield Words(template, {"what": f"`{name}`"}), f"changes[{n}][{k}]({python_of(expr)})"
            if isinstance(expr, Call):
                inside = mark("the sum inside {function} of `{name}`")
                what = f"`{to_text(expr.arg)}`" if len(to_text(expr.arg)) < 40 else ""
                filled = {"what": what or inside.format(function=expr.function, name=name)}
                yield Words(template, filled), f"{expr.function}(changes[{n}][{k}]({python_of(expr.arg)}))"


def _part_changed(slice_: Slice, path: Path, node: Expr) -> Iterator[tuple[Words, str]]:
    """A product, a bias or an earlier line changed on its way into a line."""
    earlier = {line.name for line in slice_.lines}
    match node:
        case MatMul() | Op("*") if path:
            what = to_text(node)
        case Name(name) if path and is_parameter(name) and slice_.shape(name) == ("H",):
            what = f"p.{name}"
        case Name(name) if path and name in earlier:
            what = name
        case _:
            return
    for n, (template, functions) in enumerate(CHANGES.items()):
        for k in range(len(functions)):
            yield Words(template, {"what": f"`{what}`"}), f"changes[{n}][{k}]({python_of(node)})"


def _every_activation(slice_: Slice, arguments: Sequence[str]) -> Iterator[Slip]:
    """A helper for the activation that is wrong wherever it is used."""
    for function in WRITTEN:
        calls = {
            k: line.expr
            for k, line in enumerate(slice_.lines)
            if isinstance(line.expr, Call) and line.expr.function == function
        }
        if len(calls) < 2:
            continue
        per_line = [list(_changed(slice_.lines[k].name, expr)) for k, expr in calls.items()]
        for same in zip(*per_line, strict=True):
            words = Words(mark("The same in every line with {function}:"), {"function": function}, same[0][0])
            holes: dict[int, tuple[Path, str]] = {k: ((), text) for k, (_words, text) in zip(calls, same, strict=True)}
            yield Slip(words, _compiled(slice_, arguments, holes))


def _everywhere(slice_: Slice, arguments: Sequence[str]) -> Iterator[Slip]:
    """The same slip at every product of the slice."""
    holes: dict[int, tuple[Path, str]] = {}
    for k, line in enumerate(slice_.lines):
        found = [(path, node) for path, node in walk(line.expr) if isinstance(node, MatMul)]
        if found:
            holes[k] = ((), _all_columns(line.expr))
    if len([n for line in slice_.lines for _p, n in walk(line.expr) if isinstance(n, MatMul)]) > 1:
        words = mark("Every product is typed `p.W @ x.T`, one vector a column; one a row is `x @ p.W.T`.")
        yield Slip(Words(words), _compiled(slice_, arguments, holes))
    yield from _every_peephole(slice_, arguments)


def _every_peephole(slice_: Slice, arguments: Sequence[str]) -> Iterator[Slip]:
    """The same slip at every product of a vector of weights with a state, or at some of them."""
    found = {
        k: (path, list(_typed(node)))
        for k, line in enumerate(slice_.lines)
        for path, node in walk(line.expr)
        if isinstance(node, Op) and node.op == "*" and to_text(node.left).startswith("P_")
    }
    for count in range(len(found), 1, -1):
        for lines in combinations(found, count):
            named = ", ".join(f"`{slice_.lines[k].name}`" for k in lines)
            where = mark("The same at every peephole:") if count == len(found) else mark("The same in {lines}:")
            for n, (first, _text) in enumerate(found[lines[0]][1]):
                holes = {k: (found[k][0], found[k][1][n][1]) for k in lines}
                yield Slip(Words(where, {"lines": named}, first), _compiled(slice_, arguments, holes))


def _all_columns(expr: Expr) -> str:
    """The Python of a line with `p.W @ x.T` for every product."""
    for path, node in walk(expr):
        if isinstance(node, MatMul) and isinstance(node.matrix, Name):
            text = _all_columns(put(expr, path, Name(HOLE)))
            return text.replace(HOLE, f"(p.{node.matrix.id} @ {python_of(node.vector)}.T)", 1)
    return python_of(expr)


def _of_outputs(item: SliceItem) -> Iterator[Slip]:
    """An argument added to a result, or multiplied with it."""
    slice_ = item.slice
    for output in slice_.outputs:
        for k, name in enumerate(slice_.inputs):
            if slice_.shape(name) != slice_.shape(output) or is_parameter(name):
                continue
            added = Words(mark("`{name}` is added to `{output}` at the end."), {"name": name, "output": output})
            at = slice_.outputs.index(output)
            yield Slip(added, lambda *args, at=at, k=k: _joined(item, at, lambda y, a: y + a, k, args))
            times = Words(mark("`{output}` is multiplied by `{name}` at the end."), {"name": name, "output": output})
            yield Slip(times, lambda *args, at=at, k=k: _joined(item, at, lambda y, a: y * a, k, args))
            mean = Words(mark("`{output}` is averaged with `{name}` at the end."), {"name": name, "output": output})
            yield Slip(mean, lambda *args, at=at, k=k: _joined(item, at, lambda y, a: (y + a) / 2, k, args))


def _joined(item: SliceItem, at: int, join: Function, k: int, args: Sequence[Any]) -> Any:
    value: Any = item.reference(*args)
    if not isinstance(value, tuple):
        return join(value, args[k])
    return tuple(join(row, args[k]) if n == at else row for n, row in enumerate(value))


def _compiled(slice_: Slice, arguments: Sequence[str], holes: dict[int, tuple[Path, str]]) -> Function:
    """The slice as a Python function with texts in place of some nodes; compiled when it is first called."""
    return _Typed(slice_, tuple(arguments), holes)


class _Typed:
    """A function whose source is a slice with something typed into it."""

    def __init__(self, slice_: Slice, arguments: tuple[str, ...], holes: dict[int, tuple[Path, str]]) -> None:
        self.slice, self.arguments, self.holes = slice_, arguments, holes
        self._function: Function | None = None

    @property
    def source(self) -> str:
        """The Python of the function."""
        rows = [f"def typed({', '.join(self.arguments)}):"]
        for k, line in enumerate(self.slice.lines):
            text = python_of(line.expr)
            if k in self.holes:
                path, typed = self.holes[k]
                text = typed if not path else python_of(put(line.expr, path, Name(HOLE))).replace(HOLE, typed)
            rows.append(f"    {line.name} = {text}")
        outputs = ", ".join(self.slice.outputs)
        return "\n".join([*rows, f"    return {outputs}"])

    def __call__(self, *args: Any) -> Any:
        if self._function is None:
            namespace: dict[str, Any] = {
                **NUMPY_FUNCTIONS,
                "changes": list(CHANGES.values()),
                "common": list(COMMON.values()),
                "formulas": {function: list(texts.values()) for function, texts in FORMULAS.items()},
                "pieces": list(PIECES.values()),
                "summed": _summed,
            }
            exec(compile(self.source, "<slip>", "exec"), namespace)
            self._function = namespace["typed"]
        return self._function(*args)


def _summed(a: Any) -> Any:
    return np.broadcast_to(a.sum(-1, keepdims=True), a.shape)
