"""What the child makes of cells that lean on a kernel, fail in part, or bind a name twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.sandbox import LoadReport, ProcessSandbox, Session

X = np.array([1.0, 2.0, 3.0])
F = "def f(x):\n    return 2 * x"
pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def session(sandbox: ProcessSandbox) -> Session:
    return sandbox.open()


def load(session: Session, *cells: str, names: tuple[str, ...] = ("f", "g")) -> LoadReport:
    return session.load(["import numpy as np\nfrom gatedrnn_course import check, sigmoid, tanh", *cells], names=names)


def value(session: Session, name: str = "f", x: Any = X) -> Any:
    reply = session.call(name, [x])
    assert reply.problem is None, reply.problem
    return reply.value


def mended(report: LoadReport) -> list[tuple[str, int, str]]:
    return [(one.kind, one.cell, one.name) for one in report.mended]


def test_every_statement_that_can_run_runs_and_the_first_that_failed_is_told(session: Session) -> None:
    report = load(session, f"a = 1\n1 / 0\nb = a + 1\nundefined\n{F}\nassert b == 3", "assert (a, b) == (1, 2)")
    assert [(fault.cell, fault.type, fault.line) for fault in report.faults] == [(1, "ZeroDivisionError", "1 / 0")]
    assert report.defined == ("f",)


@pytest.mark.parametrize(
    "cell",
    [
        f"import nowhere, math\nassert math.pi > 3\n{F}",
        f"import nowhere.deep as nd, numpy as np2\nnd.x.y.z\nnd.z\nassert np2 is np\n{F}",
        f"from numpy import zeros, no_such_name, ones\nassert ones(2).sum() == 2\n{F}",
        f"from nowhere import *\n{F}",
        f"import nowhere\n@nowhere.jit\n{F}",
        f"import nowhere\n@nowhere.jit(parallel=True)\n{F}",
        f"from nowhere import typed\n@typed\n{F}",
        f"import nowhere\nassert not isinstance(3, nowhere.Tensor)\n{F}",
        f"from nowhere import Array\n{F.replace('(x)', '(x: Array[int]) -> Array')}",
    ],
)
def test_what_is_not_installed_is_missed_only_where_it_is_used(session: Session, cell: str) -> None:
    report = load(session, cell)
    assert [fault.type for fault in report.faults] in (["ModuleNotFoundError"], ["ImportError"])
    np.testing.assert_array_equal(value(session), 2 * X)


def test_a_missing_module_complains_when_it_is_used(session: Session) -> None:
    uses = ["pd.DataFrame(x)", "pd['a']", "pd + x", "x @ pd", "float(pd)", "list(pd)", "pd.a.b(x)", "np.array(pd)"]
    load(session, "import nowhere as pd", *(f"def f{k}(x):\n    return {use}" for k, use in enumerate(uses)))
    for k in range(len(uses)):
        problem = session.call(f"f{k}", [X]).problem
        assert problem is not None
        assert (problem.type, problem.message) == ("ModuleNotFoundError", "No module named 'nowhere'")


def test_a_guarded_import_takes_its_other_road(session: Session) -> None:
    report = load(
        session, "try:\n    import cupy_ as xp\nexcept ImportError:\n    import numpy as xp", "f = xp.negative"
    )
    assert report.faults == ()
    np.testing.assert_array_equal(value(session), -X)


def test_libraries_that_draw_or_report_are_quiet_everywhere(session: Session) -> None:
    report = load(
        session,
        "from IPython.display import display, HTML, clear_output, Markdown\nimport IPython\nclear_output(wait=True)",
        "display(HTML('<b>x</b>'))\nassert IPython.get_ipython() is get_ipython()",
        "from ipywidgets import interact, IntSlider\n@interact(k=IntSlider(1))\ndef show(k): print(k)",
        "import anywidget\nclass Mine(anywidget.AnyWidget):\n    x = 1\nMine()",
        "from google.colab import drive, files\ndrive.mount('/x')\nfor name in files.upload(): print(name)",
        "import wandb\nrun = wandb.init(project='x')\nrun.log({'loss': 1 + run.summary['loss']})",
        "if run.step > 3: stop",
        "import plotly.express as px\npx.line(x=[1], y=[2]).show()\nimport seaborn as sns\nsns.set_theme()",
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])\nplt.close(fig)",
        "from tqdm.auto import tqdm\nassert sum(tqdm([1, 2], disable=True)) == 3",
        "for k in range(2): name = input('again? ')\nassert name == ''",
        F,
    )
    assert [(fault.cell, fault.type, fault.message) for fault in report.faults] == []
    np.testing.assert_array_equal(value(session), 2 * X)


def test_the_value_of_check_does_no_harm(session: Session) -> None:
    report = load(
        session,
        F,
        "ok = check(f)\nassert ok\nif not ok: raise SystemExit\nfor line in ok: print(line)",
        "print(ok.points + 1, ok > 3)",
        "@check\ndef g(x):\n    return x + 1",
        "check('f')\ncheck(f, verbose=True)\ncheck()\ncheck(function=f)\nassert f(2) == 4 and g(1) == 2",
        "results = {one.__name__: bool(check(one)) for one in (f, g)}\nassert results == {'f': True, 'g': True}",
    )
    assert report.faults == () and report.defined == ("f", "g") and report.mended == ()
    np.testing.assert_array_equal(value(session, "g"), X + 1)


LOST = {
    "an array under its name": ("f = f(np.ones(3))", ("lost", "f ndarray")),
    "a number under its name": ("for f in range(3): pass", ("lost", "f int")),
    "with as": ("import io\nwith io.StringIO() as f: pass", ("lost", "f StringIO")),
    "deleted": ("del f", ("lost", "f ")),
    "an exception under its name": ("try:\n    1 / 0\nexcept ZeroDivisionError as f:\n    pass", ("lost", "f ")),
}


@pytest.mark.parametrize(("cell", "kind"), LOST.values(), ids=LOST)
def test_a_lost_function_is_found_again(session: Session, cell: str, kind: tuple[str, str]) -> None:
    report = load(session, F, cell, "def g(x):\n    return f(x) + 1")
    assert [(one.kind, one.name) for one in report.mended] == [kind]
    assert report.defined == ("f", "g")
    np.testing.assert_array_equal(value(session), 2 * X)
    np.testing.assert_array_equal(value(session, "g"), 2 * X + 1)


def test_what_a_function_was_earlier_can_be_used(session: Session) -> None:
    report = load(
        session,
        "k = 2\ndef help(x): return k * x",
        "def f(x):\n    return help(x)",
        "check(f)",
        "k = 3",
        "def f(x):\n    return help(x) + 1",
        "def g(x):\n    return f(x)",
    )
    assert report.others == {"f": {"checked": 3, "written": 2}}
    np.testing.assert_array_equal(value(session), 3 * X + 1)
    session.use({"f": "checked"})
    np.testing.assert_array_equal(value(session), 2 * X)
    np.testing.assert_array_equal(value(session, "g"), 3 * X)
    session.use({"f": ""})
    np.testing.assert_array_equal(value(session), 3 * X + 1)
    session.use({"f": "no such kind", "no such name": "checked"})
    np.testing.assert_array_equal(value(session), 3 * X + 1)


def test_a_replaced_function_stays_replaced_in_every_version(session: Session) -> None:
    load(session, F, "def g(x):\n    return f(x)", "check(f)\ncheck(g)", "f = g = 3")
    session.replace({"f": lambda x: x + 7})
    np.testing.assert_array_equal(value(session, "g"), X + 7)
    session.use({"g": "checked", "f": "checked"})
    np.testing.assert_array_equal(value(session, "g"), X + 7)
    session.replace({})
    np.testing.assert_array_equal(value(session, "g"), 2 * X)


def test_nothing_is_another_version_where_nothing_has_changed(session: Session) -> None:
    report = load(session, "x = 1", F, "check(f)", "x = 2\nf(3)", "check(f)", "y = np.zeros(3)")
    assert report.others == {} and report.mended == ()


@pytest.mark.parametrize(
    ("top", "kind"),
    [
        ("from math import *", ("math", "*")),
        ("from math import exp, pi", ("math", "exp")),
        ("from math import exp as e", ("math", "e")),
    ],
)
def test_functions_of_math_take_arrays(session: Session, top: str, kind: tuple[str, str]) -> None:
    name = "e" if " as e" in top else "exp"
    report = load(
        session, top, f"def f(x):\n    return {name}(-x)", f"assert {name}(0) == 1 and isinstance({name}(0), float)"
    )
    assert report.faults == () and kind in [(one.kind, one.name) for one in report.mended]
    np.testing.assert_allclose(value(session), np.exp(-X))


@pytest.mark.parametrize("module", ["math", "numpy", "cmath"])
def test_an_import_of_everything_hides_nothing_that_the_course_gives(session: Session, module: str) -> None:
    report = load(session, "def f(x):\n    return tanh(x)", f"from {module} import *")
    assert ("hidden", 2, "tanh") in mended(report)
    np.testing.assert_allclose(value(session), np.tanh(X))


def test_a_device_that_is_not_here_becomes_the_one_that_is(session: Session) -> None:
    elsewhere = [
        "device = 'cuda'\ndef f(x):\n    return torch.as_tensor(x).to(device) * 2",
        "def f(x):\n    return torch.as_tensor(x, device='cuda:0') * 2",
        "def f(x):\n    return (torch.as_tensor(x).cuda() * 2).cpu().numpy()",
        "def f(x, device=torch.device('mps')):\n    return torch.as_tensor(x).to(device) * 2",
        "two = torch.nn.Linear(1, 1).cuda().to('cuda', non_blocking=True)\ndef f(x):\n    return 2 * x",
    ]
    asking = [
        "device = 'cuda' if torch.cuda.is_available() else 'cpu'",
        "name = torch.device('cpu').type\nassert name != 'cuda'\nfast = name == 'cuda'",
        "words = 'the cuda device'",
    ]
    changed = [cell.replace("def f(", f"def f{k}(") for k, cell in enumerate(elsewhere)]
    report = session.load(["import torch", *changed, *asking], deadline=60)
    assert report.faults == ()
    assert [one.cell for one in report.mended if one.kind == "device"] == [1, 2, 3, 4, 5]
    for k in range(len(elsewhere)):
        np.testing.assert_allclose(value(session, f"f{k}"), 2 * X)


def test_cells_in_another_order_are_tried_again_at_the_end(session: Session) -> None:
    report = session.load(
        [
            "class Base(Parent): pass",
            "W = xp.eye(3)",
            F + " @ W",
            "print(xp)",
            "import numpy as xp\nclass Parent: pass",
        ],
        names=["f"],
    )
    assert [fault.cell for fault in report.faults] == [0, 1, 3]
    assert mended(report) == [("order", 0, ""), ("order", 1, "")]
    np.testing.assert_array_equal(value(session), 2 * X)


@pytest.mark.parametrize(
    ("cells", "near"),
    [
        (["def F(x): return x"], "F"),
        (["class Mine:\n    def f(self, x): return x"], "Mine.f"),
        (["def main():\n    def f(x): return x\n    return f"], "main.f"),
        (["def other(x): return x"], ""),
        (["f = 3"], ""),
        (["from numpy import abs as F"], ""),
        (["def F(x): ..."], ""),
    ],
)
def test_a_name_that_was_meant_is_told(session: Session, cells: list[str], near: str) -> None:
    load(session, *cells)
    problem = session.call("f", [X]).problem
    assert problem is not None and (problem.kind, problem.message) == ("missing", near)


def test_a_flood_of_strange_cells_keeps_what_is_told_bounded(session: Session) -> None:
    report = load(session, *["import nowhere\nW = undefined_name\nname = 'cuda'"] * 300, F)
    assert len(report.mended) <= 100 and len(report.faults) == 300
    np.testing.assert_array_equal(value(session), 2 * X)


def test_definitions_that_outlive_an_annotation_a_class_and_an_await(session: Session) -> None:
    report = load(
        session,
        "from dataclasses import dataclass\n@dataclass\nclass State:\n    h: Nowhere = 1\n    c: 'a b' = 2",
        "state: Nowhere = 3",
        "from __future__ import annotations, division\nimport asyncio\nawait asyncio.sleep(0)",
        "async def later(): return 2\ntwo = await later()",
        "def f(x: Nowhere, *more: np.no_such) -> Nothing[0]:\n    y: Nowhere = two * x\n    return y",
        "assert State().c == 2 and state == 3",
    )
    assert report.faults == ()
    np.testing.assert_array_equal(value(session), 2 * X)


def test_what_stands_beside_an_endless_loop_counts(session: Session) -> None:
    again = "late = Later()\nwhile True: pass"
    cells = [f"{F}\nwhile True: pass\ndef g(x):\n    return f(x)", again, "class Later:\n    def __init__(self): pass"]
    report = session.load(["import numpy as np", *cells], names=["f", "g"], deadline=6, interrupt=True)
    assert report.problem is None and report.defined == ("f", "g")
    assert [(fault.cell, fault.type) for fault in report.faults] == [(1, "TooLong"), (2, "TooLong")]
    np.testing.assert_array_equal(value(session, "g"), 2 * X)


def test_a_loop_that_is_tried_again_at_the_end_ends_too(session: Session) -> None:
    cells = ["x = 0\nlate = endless()", "def endless():\n    while True: pass", F]
    report = session.load(cells, names=["f"], deadline=2, interrupt=True)
    assert report.problem is None and report.defined == ("f",)
