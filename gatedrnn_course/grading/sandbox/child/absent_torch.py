"""Takes computations away from torch: its operators raise, and so do its own functions and layers in Python.

An operator is called through torch's dispatcher from everywhere: from functions and layers, from compiled and traced
code, from a bound function that somebody kept. So kernels that raise are put over those that are there. They stay: no
Python object leads to what would remove them.
"""

from __future__ import annotations

import ctypes
import gc
import inspect
import linecache
import re
import sys
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NoReturn

__all__ = ["Survey", "survey", "take_away"]

Reach = Callable[[str], NoReturn]
KEYS = (
    *("CPU", "CUDA", "Meta", "QuantizedCPU", "MkldnnCPU", "AutogradCPU"),
    *("CompositeImplicitAutograd", "CompositeExplicitAutograd"),
)
NEVER = r"(?!)"


@dataclass(frozen=True)
class _Kind:
    """One computation: patterns of the operators and of the functions and classes in Python that do it."""

    operators: str
    python: str = NEVER
    derivatives: bool = False


_LAYERS = "(cudnn|miopen|mkldnn)_rnn"  # they compute any of the three
_DERIVATIVES = _Kind("^(_backward|_make_dual|_fw_primal)$", derivatives=True)
KINDS = {
    "lstm": _Kind(f"lstm|{_LAYERS}", "lstm"),
    "gru": _Kind(f"gru|{_LAYERS}", "gru"),
    "rnn": _Kind("rnn", "rnn"),
    "clip_grad": _Kind(NEVER, "clip_grads?_(with_)?norm|get_total_norm"),
    "autograd": _DERIVATIVES,
    "func": _DERIVATIVES,
}
JIT = (
    *("_jit_script_compile", "_create_function_from_graph", "_jit_get_operation", "parse_ir"),
    *("import_ir_module", "import_ir_module_from_buffer", "CompilationUnit"),
)
"""Doors to programs that have derivatives of their own."""
TP_CALL = 16 * ctypes.sizeof(ctypes.c_void_p)
"""Where a type of C keeps the function that calls its objects."""


@dataclass(frozen=True)
class Survey:
    """What torch has of such names.

    Attributes:
        kernels: Of every operator that does what is known to be asked for, each kernel: the operator and the key.
        python: Functions and classes of the names asked for: the name, what to call it, and itself.
    """

    kernels: tuple[tuple[str, str], ...]
    python: tuple[tuple[str, str, Any], ...]


@cache
def survey(
    names: str = "|".join(kind.python for kind in KINDS.values() if kind.python != NEVER),
    operators: str = "|".join(kind.operators for kind in KINDS.values()),
) -> Survey:
    """Look through torch once; a template does so before it forks.

    Args:
        names: Pattern of the names of functions and classes; those of all kinds that are known where left out.
        operators: The same of operators.
    """
    pattern = re.compile(names, re.IGNORECASE)
    found: dict[int, tuple[str, str, Any]] = {}
    modules = [one for one in list(sys.modules.items()) if one[0].partition(".")[0] == "torch"]
    for module, name, value in [(m, n, v) for m, content in modules for n, v in list(vars(content).items())]:
        if pattern.search(name) and isinstance(value, (type, FunctionType)):
            known = found.get(id(value), (name, f"{module}.{name}", value))
            found[id(value)] = known[0], min(known[1], f"{module}.{name}", key=len), value
    for module in {value.__module__ for _name, _told, value in found.values()} & set(sys.modules):
        _text(str(sys.modules[module].__file__))
    return Survey(tuple(_kernels(re.compile(operators, re.IGNORECASE))), tuple(found.values()))


def _kernels(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    from torch import _C

    for operator in _C._dispatch_get_all_op_names():
        if pattern.search(_plain(operator)):
            yield from ((operator, key) for key in KEYS if _C._dispatch_has_kernel_for_dispatch_key(operator, key))


def _plain(operator: str) -> str:
    """The name of an operator: lstm of aten::lstm.input."""
    return operator.partition("::")[2].partition(".")[0]


def take_away(names: Iterable[str], reach: Reach) -> frozenset[str]:
    """Let what is named raise wherever it is reached, and everything else that computes the same.

    Args:
        names: Dotted names, `torch.nn.LSTM` or `torch.autograd`.
        reach: Called with the name of what was reached; it raises.

    Returns:
        The files that what was taken away is written in, compiled ones too.
    """
    kinds = {_kind(name) for name in names}
    known = kinds <= set(KINDS.values())
    operators = "|".join(sorted(kind.operators for kind in kinds))
    _no_operators(operators, known, reach)
    lines: dict[str, set[int]] = {}
    for function, told in _functions("|".join(sorted(kind.python for kind in kinds)), known):
        lines.setdefault(function.__code__.co_filename, set()).update(_lines(function.__code__))
        _empty(function, told, reach)
    for file, numbers in lines.items():
        _blot_out(file, numbers)
    if any(kind.derivatives for kind in kinds):
        _no_derivatives(reach)
    return frozenset({*lines, *(cache_from_source(file) for file in lines)})


def _kind(name: str) -> _Kind:
    last = name.rpartition(".")[2]
    known = next((kind for start, kind in KINDS.items() if last.lower().startswith(start)), None)
    return known or _Kind(f"^{re.escape(last)}$", f"^{re.escape(last)}$")


def _no_operators(operators: str, known: bool, reach: Reach) -> None:
    from torch import _C

    pattern = re.compile(operators, re.IGNORECASE)
    libraries: dict[tuple[str, str], Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch tells of every kernel that is replaced
        for operator, key in (survey() if known else survey(NEVER, operators)).kernels:
            plain = _plain(operator)
            if not pattern.search(plain):
                continue
            space, _, name = operator.partition("::")
            told = f"torch.{plain}" if space == "aten" else f"torch.ops.{space}.{plain}"
            library = libraries.setdefault((space, key), _C._dispatch_library("IMPL", space, key))
            library.impl(name, key, _raising(reach, told))
    for library in libraries.values():
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(library))  # its kernels would go with it


def _raising(reach: Reach, told: str) -> Callable[..., NoReturn]:
    def not_here(*args: Any, **named: Any) -> NoReturn:
        reach(told)

    return not_here


def _functions(names: str, known: bool) -> Iterator[tuple[FunctionType, str]]:
    """Torch's own functions of such names, and the `forward` of classes of such names, with what to call them."""
    pattern = re.compile(names, re.IGNORECASE)
    for name, told, value in (survey() if known else survey(names)).python:
        if not pattern.search(name):
            continue
        if isinstance(value, type):
            for own, method in vars(value).items():
                plain = inspect.unwrap(getattr(method, "__func__", method))
                if own.startswith("forward") and isinstance(plain, FunctionType):
                    yield plain, told
        while isinstance(value, FunctionType):
            yield value, told
            value = vars(value).get("__wrapped__")


def _lines(code: CodeType) -> range:
    last = max((line for _start, _end, line in code.co_lines() if line), default=code.co_firstlineno)
    return range(code.co_firstlineno, last + 1)


@cache
def _text(file: str) -> tuple[str, ...]:
    try:
        return tuple(Path(file).read_text(encoding="utf-8").splitlines(keepends=True))
    except (OSError, UnicodeDecodeError):
        return ()


class _Rest(Sequence[str]):
    """The lines of a file with some of them empty, put together when somebody looks at them."""

    def __init__(self, file: str, empty: Collection[int]) -> None:
        self._text, self._empty = _text(file), empty

    @cached_property
    def _rows(self) -> list[str]:
        return ["\n" if number in self._empty else row for number, row in enumerate(self._text, 1)]

    def __len__(self) -> int:
        return len(self._text)

    def __getitem__(self, index: Any) -> Any:
        return self._rows[index]


def _blot_out(file: str, numbers: Collection[int]) -> None:
    """Let the source of the rest of a file be found, which torch's own language reads, and these lines be empty."""
    rest: Any = _Rest(file, numbers)
    linecache.cache[file] = (len(rest), None, rest, file)


def _empty(function: FunctionType, told: str, reach: Reach) -> None:
    """Give a function a body that raises, in place, for whoever holds it."""
    kept = [f"kept_{k}" for k in range(len(function.__code__.co_freevars))]
    made: dict[str, Any] = {}
    lines = (
        f"def outer({', '.join(kept)}):",
        "    def inner(*args, **named):",
        f"        ({', '.join([*kept, 'None'])})",
        f"        _not_here({told!r})",
        "    return inner",
    )
    exec("\n".join(lines), made)
    inner = made["outer"](*kept)
    function.__globals__["_not_here"] = reach
    function.__code__, function.__defaults__, function.__kwdefaults__ = inner.__code__, None, None


def _no_derivatives(reach: Reach) -> None:
    """Take away the engine, the nodes of a graph as functions, and programs of torch's own language."""
    import torch

    told = "torch.autograd"
    for cls in type(torch.autograd.Variable._execution_engine).__mro__:
        for name in {"run_backward"} & set(vars(cls)):
            gc.get_referents(vars(cls))[0][name] = _raising(reach, told)
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(cls))
    for node in vars(torch._C._functions).values():
        if isinstance(node, type) and "__call__" in vars(node):
            ctypes.c_void_p.from_address(id(node) + TP_CALL).value = None
    for name in JIT:
        value: Any = getattr(torch._C, name, None)
        if name == "_jit_get_operation":
            setattr(torch._C, name, _but_derivatives(value, reach))
        elif hasattr(value, "define"):
            value.define = _raising(reach, told)
        elif value is not None:
            setattr(torch._C, name, _raising(reach, told))


def _but_derivatives(find: Any, reach: Reach) -> Callable[..., Any]:
    """What finds an operator by name, for all but those that take derivatives."""

    def found(name: str, *args: Any) -> Any:
        if name in ("aten::grad", "aten::backward"):
            reach("torch.autograd")
        return find(name, *args)

    return found
