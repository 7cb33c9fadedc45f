"""What the child makes of cells and calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.exchange.blank import is_blank
from gatedrnn_course.grading.sandbox import ProcessSandbox, Session

Loaded = Callable[..., Session]
X = np.array([1.0, 2.0, 3.0])


def report_of(sandbox: ProcessSandbox, *cells: str, names: tuple[str, ...] = ()) -> Any:
    with sandbox.open() as session:
        return session.load(cells, names=names, deadline=60)


def test_a_cells_error_is_told_and_the_next_cell_runs(loaded: Loaded) -> None:
    session = loaded()
    report = session.load(
        [
            "def helper(v):\n    return v.nothing",
            "x = 1\nhelper(x)",
            "def broken(:\n    pass",
            "def f(x):\n    return x + 1",
            "raise type('Odd', (Exception,), {'__str__': lambda self: 1 / 0})",
        ],
        names=["f", "g"],
    )
    first, second, third = report.faults
    assert (first.cell, first.type, first.line) == (1, "AttributeError", "return v.nothing")
    assert (second.cell, second.type, second.line) == (2, "SyntaxError", "def broken(:")
    assert (third.cell, third.type, third.message) == (4, "Odd", "")
    assert report.defined == ("f",) and report.problem is None
    assert np.array_equal(session.call("f", [X]).value, X + 1)


@pytest.mark.parametrize(
    "leave", ["exit()", "quit(3)", "import sys; sys.exit(1)", "raise SystemExit", "raise KeyboardInterrupt"]
)
def test_leaving_ends_only_its_cell(sandbox: ProcessSandbox, leave: str) -> None:
    report = report_of(sandbox, leave + "\nlater = 1", "def f(): return 1", names=("f",))
    assert [fault.cell for fault in report.faults] == [0] and report.defined == ("f",)
    assert report.faults[0].type in ("SystemExit", "KeyboardInterrupt")


def test_what_notebooks_lean_on_is_there(sandbox: ProcessSandbox) -> None:
    cells = [
        "assert input('name? ') == ''",
        "get_ipython().run_line_magic('time', 'a = 1')\nget_ipython().run_line_magic('timeit', '-n 10 b = 2')",
        "get_ipython().run_cell_magic('time', '', 'c = 3')",
        "get_ipython().run_cell_magic('capture', 'out', 'd = 4')\nout.show()",
        "assert (a, b, c, d) == (1, 2, 3, 4)",
        "get_ipython().run_line_magic('load_ext', 'autoreload')\nget_ipython().system('pip install x')",
        "assert get_ipython().getoutput('ls') == []\nget_ipython().run_cell_magic('bash', '', 'rm -r /')",
        "display(1, raw=True)\nget_ipython().events.register('post_execute', print)",
        "import google.colab.drive\ngoogle.colab.drive.mount('/drive')\nfrom wandb import init",
        "import asyncio\nawait asyncio.sleep(0)\ne = [await asyncio.sleep(0, k) for k in range(2)]",
        "assert e == [0, 1]",
        "import warnings\nwarnings.warn('careful')\nimport logging\nlogging.error('odd')",
        "import inspect\ndef f(x):\n    return x  # here",
        "assert inspect.getsource(f) == 'def f(x):\\n    return x  # here'\nassert __name__ == '__main__'",
        "import pickle, __main__\nassert pickle.loads(pickle.dumps(f)) is f and __main__.f is f",
        "import sys\nassert sys.argv == ['']",
        "from IPython import get_ipython",
        "get_ipython().run_line_magic('time', 'pass')",
    ]
    report = report_of(sandbox, *cells)
    assert report.faults == ()
    assert report.skipped == ("%load_ext autoreload", "!pip install x", "!ls", "%%bash")


def test_a_failing_magic_body_names_its_line(sandbox: ProcessSandbox) -> None:
    (fault,) = report_of(sandbox, "get_ipython().run_cell_magic('time', '', 'x = 1\\nx.nothing')").faults
    assert (fault.type, fault.line) == ("AttributeError", "x.nothing")


def test_uninstalled_widget_libraries_are_quiet(sandbox: ProcessSandbox) -> None:
    cells = ["import sys\nsys.path[:] = [p for p in sys.path if 'packages' not in p]"]
    cells += [
        "import ipywidgets as w\n@w.interact(a=(0, 1))\ndef show(a): return a\nw.IntSlider(value=3).observe(show)"
    ]
    cells += ["import anywidget\nclass W(anywidget.AnyWidget):\n    _esm = ''\nW()"]
    cells += ["from IPython.display import display, HTML\ndisplay(HTML('<b>'))", "import surely_not_there"]
    assert [fault.cell for fault in report_of(sandbox, *cells).faults] == [4]


def test_files_lie_in_the_working_folder_and_are_importable(sandbox: ProcessSandbox) -> None:
    files = {"helper.py": b"seven = 7", "data/numbers.txt": b"1 2 3", "random.py": b"1 / 0"}
    with sandbox.open(files=files) as session:
        cells = ["import helper", "def f(): return helper.seven + len(open('data/numbers.txt').read())"]
        assert session.load(cells).faults == ()
        assert session.call("f", []).value == 12
    for name in ("../x", "/etc/x", ""):
        with pytest.raises(ValueError, match="leads out"):
            sandbox.open(files={name: b""})


def test_the_childs_own_files_cannot_be_imported_by_accident(sandbox: ProcessSandbox) -> None:
    cells = [f"import {name}" for name in ("frames", "trees", "serve", "worker", "stubs")]
    assert len(report_of(sandbox, *cells).faults) == len(cells)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f():\n    '''Say.'''", True),
        ("def f(x):\n    ...", True),
        ("def f(x, *, y=1):\n    'Say.'\n    pass", True),
        ("def f(): return", True),
        ("def f(): return ...", True),
        ("def f(): return 0.0", False),
        ("def f(x): return x", False),
        ("def f(x):\n    y = 1", False),
        ("def f(): raise NotImplementedError", True),
        ("def f():\n    yield", False),
        ("async def f(): ...", False),
        ("f = 3", False),
        ("f = len", False),
        ("import functools\ndef g(): ...\n@functools.wraps(g)\ndef f(): return 1", True),
    ],
)
def test_blank(source: str, expected: bool) -> None:
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    assert is_blank(namespace["f"]) is expected


def test_a_blank_function_is_said_to_be_blank_and_not_called(loaded: Loaded) -> None:
    reply = loaded("def f(x):\n    '''Say.'''\n    ...").call("f", [X])
    assert reply.blank and reply.value is None and reply.problem is None


def test_the_last_written_definition_wins(loaded: Loaded) -> None:
    session = loaded()
    one, two, blank = "def f(x): return x", "def f(x): return 2 * x", "def f(x): ..."
    assert session.load([blank], names=["f"]).blank == ("f",)
    assert session.load([blank, one, blank, two, blank], names=["f"]).blank == ()
    assert np.array_equal(session.call("f", [X]).value, 2 * X)


def test_a_name_that_holds_a_result_by_now_still_finds_the_function(loaded: Loaded) -> None:
    session = loaded()
    assert session.load(["def f(x): return x + 1", "f = f(1)"], names=["f"]).defined == ("f",)
    assert np.array_equal(session.call("f", [X]).value, X + 1)
    session.load(["del f"], names=["f"])
    assert np.array_equal(session.call("f", [X]).value, X + 1)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("x", X),
        ("x[0]", 1.0),
        ("float(x[0])", 1.0),
        ("3", 3),
        ("True", True),
        ("[1.0, 2.0]", [1.0, 2.0]),
        ("[x, x]", [X, X]),
        ("[[]]", [[]]),
        ("x.astype(np.float32)", X),
        ("x.astype(np.longdouble)", X),
        ("x.astype('>f8')", X),
        ("x > 1", [False, True, True]),
        ("np.matrix(x)", [X]),
        ("np.zeros((0, 3))", np.zeros((0, 3))),
    ],
)
def test_returned_arrays(loaded: Loaded, body: str, expected: Any) -> None:
    got = loaded(f"def f(x): return {body}").call("f", [X])
    assert got.problem is None and isinstance(got.value, np.ndarray)
    assert got.value.shape == np.shape(expected) and np.array_equal(got.value, expected)


def test_returned_trees(loaded: Loaded) -> None:
    session = loaded(
        "from collections import namedtuple, OrderedDict\nfrom gatedrnn_course import Params",
        "def pair(x): return namedtuple('State', 'h c')(x, 2 * x)",
        "def named(x): return OrderedDict(dW=x, more={'db': 1.0, 'no': None})",
        "def params(x): return Params(dW=x)",
        "def uneven(x): return [x, x[:2]]",
        "def nothing(x): x.sum()",
        "def text(x): return ['f = \\x1b[31msigmoid(a)', {'c': '\\ud800f * c'}]",
    )
    h, c = session.call("pair", [X]).value
    assert np.array_equal(h["h"], X) and np.array_equal(c["c"], 2 * X)
    named = session.call("named", [X]).value
    assert named["dW"].tolist() == X.tolist() and named["more"]["db"] == 1 and named["more"]["no"] is None
    assert list(session.call("params", [X]).value) == ["dW"]
    assert [len(part) for part in session.call("uneven", [X]).value] == [3, 2]
    assert session.call("text", [X]).value == ("f = sigmoid(a)", {"c": "f * c"})  # untrusted: made clean
    nothing = session.call("nothing", [X])
    assert nothing.value is None and nothing.problem is None and not nothing.blank


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        ("'x' * 9999", "text of 9999 characters"),
        ("b'x'", "bytes"),
        ("object()", "object"),
        ("(x, lambda: 1)", "function"),
        ("{1: x}", "mapping with int keys"),
        ("1j * x", "ndarray of complex128"),
        ("np.array([None])", "ndarray of object"),
        ("[x, b'a']", "bytes"),
        ("10 ** 40", "int"),
        ("(k for k in x)", "generator"),
        ("((((((((((x,),),),),),),),),),)", "deeply nested tuple"),
    ],
)
def test_what_is_no_value(loaded: Loaded, body: str, type_: str) -> None:
    problem = loaded(f"def f(x): return {body}").call("f", [X]).problem
    assert problem is not None and (problem.kind, problem.type) == ("value", type_)


def test_values_too_large_for_a_frame(loaded: Loaded) -> None:
    session = loaded(
        "def big(): return np.zeros(9 << 20)", "def many(): return tuple(np.zeros(300))", "def f(): return 1"
    )
    for name in ("big", "many"):
        problem = session.call(name, []).problem
        assert problem is not None and problem.kind == "value"
    assert session.call("f", []).value == 1


def test_arguments_arrive_as_copies_and_come_back_as_they_are(loaded: Loaded) -> None:
    session = loaded(
        "from gatedrnn_course import Params",
        "def f(x, h, p):\n    assert type(p) is Params\n    x += 1\n    p.W_f[0] = 9\n    return x",
        "def g(x, h, p):\n    h[:] = 0\n    p.W_f = 'gone'\n    raise ValueError('late')",
    )
    x, h, p = X.copy(), np.ones(2), {"W_f": np.zeros(2), "b_f": np.zeros(1)}
    reply = session.call("f", [x, h, p])
    assert np.array_equal(x, X) and np.array_equal(p["W_f"], [0, 0])
    after_x, after_h, after_p = reply.arguments
    assert np.array_equal(after_x, X + 1) and np.array_equal(after_h, h) and after_p["W_f"].tolist() == [9, 0]
    after_x, after_h, after_p = session.call("g", [x, h, p]).arguments
    assert after_x is x and after_h.tolist() == [0, 0] and list(after_p) == ["b_f"]  # what is as it was stays away


def test_a_missing_function(loaded: Loaded) -> None:
    session = loaded("f = 3")
    for name, type_ in (("g", ""), ("f", "int"), ("np.nothing", "NoneType"), ("g.forward", "")):
        problem = session.call(name, [X]).problem
        assert problem is not None and (problem.kind, problem.type) == ("missing", type_)


def test_a_dotted_name(loaded: Loaded) -> None:
    session = loaded("class M:\n    def forward(self, x): return x + 1\n    __call__ = forward", "model = M()")
    for name in ("model.forward", "model"):
        assert np.array_equal(session.call(name, [X]).value, X + 1)


@pytest.mark.parametrize(
    ("source", "type_", "line"),
    [
        ("def f(x):\n    return x @ np.ones((2, 2))", "ValueError", "return x @ np.ones((2, 2))"),
        ("def f(x):\n    return f(x)", "RecursionError", "return f(x)"),
        ("def f(x):\n    return np.ones(30 << 30)", "MemoryError", "return np.ones(30 << 30)"),
        ("def f(x):\n    return b' ' * (30 << 30)", "MemoryError", "return b' ' * (30 << 30)"),
        ("def f(x):\n    exit()", "SystemExit", "exit()"),
        ("def f():\n    return 1", "TypeError", ""),
        ("def f(x):\n    raise KeyError", "KeyError", "raise KeyError"),
    ],
)
def test_what_a_call_raises(loaded: Loaded, source: str, type_: str, line: str) -> None:
    session = loaded(source, "def g(x): return x")
    problem = session.call("f", [X]).problem
    assert problem is not None and (problem.kind, problem.line) == ("raised", line)
    assert problem.type in (type_, f"_Array{type_}")
    assert np.array_equal(session.call("g", [X]).value, X)


def test_tensors_in_and_out(loaded: Loaded) -> None:
    session = loaded(
        "import torch",
        "def f(x, p):\n    assert x.dtype == p.W.dtype == torch.float64\n    return torch.sigmoid(p.W @ x), x",
        "def grad(x):\n    w = torch.ones(3, requires_grad=True)\n    return [w * x, w]",
        "def half(x): return x.to(torch.bfloat16)",
        "def inplace(x):\n    x.zero_()\n    return {'x': x[0]}",
        "model = torch.nn.Linear(3, 2, dtype=torch.float64)",
    )
    reply = session.call("f", [X, {"W": np.ones((2, 3))}], framework="torch")
    assert reply.torch and reply.framework == "torch" and reply.problem is None
    assert np.allclose(reply.value[0], 1 / (1 + np.exp(-6))) and np.array_equal(reply.value[1], X)
    assert session.call("grad", [X], framework="torch").value.shape == (2, 3)
    assert np.array_equal(session.call("half", [X], framework="torch").value, X)
    reply = session.call("inplace", [X], framework="torch")
    assert reply.value["x"] == 0 and reply.arguments[0].tolist() == [0, 0, 0]
    assert session.call("model", [X], framework="torch").value.shape == (2,)


def test_torch_is_not_loaded_unasked(loaded: Loaded) -> None:
    reply = loaded("def f(x): return x").call("f", [X])
    assert not reply.torch and reply.framework == "numpy"


def test_replaced_names_ask_the_judge(loaded: Loaded) -> None:
    asked: list[Any] = []

    def gate(x: Any, p: Any) -> Any:
        asked.append((x, p))
        return x * p["w"], {"twice": 2 * x}

    session = loaded(
        "from gatedrnn_course import Params",
        "def gate(x, p): return 'wrong'",
        "def inside(x):\n    a, more = gate(x, p=Params(w=np.float64(3)))\n    return a + more['twice']",
    )
    session.replace({"gate": gate, "new": lambda x: None})
    assert np.array_equal(session.call("inside", [X]).value, 5 * X)
    assert np.array_equal(session.call("gate", [X, {"w": np.ones(1)}]).value[0], X)
    new = session.call("new", [X])
    assert new.value is None and new.problem is None
    assert len(asked) == 2 and isinstance(asked[0][1], dict)
    session.replace({})
    assert session.call("gate", [X, X]).value == "wrong"
    assert session.call("new", [X]).problem.kind == "missing"


def test_a_judges_function_that_raises_raises_in_the_learners(loaded: Loaded) -> None:
    session = loaded("def f(x):\n    return gate(x, x, x)")
    session.replace({"gate": lambda x: x})
    problem = session.call("f", [X]).problem
    assert problem is not None and problem.kind == "raised" and problem.line == "return gate(x, x, x)"
    session.replace({"gate": lambda *x: sum(x)})
    assert np.array_equal(session.call("f", [X]).value, 3 * X)


def test_replaced_names_work_with_tensors_and_while_loading(loaded: Loaded) -> None:
    session = loaded("import torch", "def f(x):\n    y = gate(x)\n    assert isinstance(y, torch.Tensor)\n    return y")
    session.replace({"gate": lambda x: x + 1})
    assert np.array_equal(session.call("f", [X], framework="torch").value, X + 1)
    assert session.load(["assert gate(np.ones(1)) == 2"]).faults == ()


def test_seeds(sandbox: ProcessSandbox) -> None:
    def drawn(seed: int) -> Any:
        with sandbox.open(seed=seed) as session:
            session.load(
                ["import random, numpy", "def f(): return random.random(), numpy.random.rand(2), hash('a') % 997"]
            )
            return np.hstack(session.call("f", []).value)

    assert np.array_equal(drawn(3), drawn(3)) and not np.array_equal(drawn(3), drawn(4))
