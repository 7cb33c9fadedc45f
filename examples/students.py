"""The sample class: for each student the functions as they wrote them, and what else their notebook holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from answers import BLANK, EINSUM, FLOAT32, FUSED, HELPER, LOOPS, NAMES, PLAIN, TORCH, WHOLE, gates

__all__ = ["CLASS", "Student"]

IMPORTS = "import numpy as np\nfrom gatedrnn_course import check, example, hint, sigmoid"


@dataclass(frozen=True)
class Student:
    """One submission.

    Attributes:
        name: The name, which says what to expect.
        answers: Source of each function, in order; a name left out is a cell deleted.
        imports: The first code cell.
        before: Cells between the imports and the first answer.
        after: Cells at the end.
        checks: Whether the check cells are still there.
        kernel: Name of the kernel.
        file: Path in the folder, where it is not `NAME.ipynb`.
        keep: Share of the file's bytes that were handed in.
    """

    name: str
    answers: Mapping[str, str] = field(default_factory=lambda: PLAIN)
    imports: str = IMPORTS
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    checks: bool = True
    kernel: str = "python3"
    file: str = ""
    keep: float = 1.0


def but(answers: Mapping[str, str] = PLAIN, **others: str) -> dict[str, str]:
    """Answers, some of them written otherwise."""
    return {**answers, **others}


def without(*names: str) -> dict[str, str]:
    """The plain answers, some of them deleted."""
    return {name: PLAIN[name] for name in NAMES if name not in names}


def step(old: str, new: str, source: str = WHOLE) -> str:
    """The whole step, written without the other functions, with one piece of its text replaced."""
    assert old in source, old
    return source.replace(old, new)


NO_BIAS = gates("""\
def GATE(x, h_prev, p):
    return ACT(x @ p.W_LETTER.T + h_prev @ p.U_LETTER.T)
""")
AS_ON_THE_SLIDE = gates("""\
def GATE(x, h_prev, p):
    return ACT(p.W_LETTER @ x + p.U_LETTER @ h_prev + p.b_LETTER)
""")

RIGHT = (
    Student("ada_right"),
    Student("ben_loops_over_rows", LOOPS, IMPORTS + "\nimport math"),
    Student("cleo_fused_weights", FUSED),
    Student("dara_float32", FLOAT32),
    Student("edo_torch", TORCH, IMPORTS + "\nimport torch"),
    Student("fay_einsum", EINSUM),
    Student(
        "gil_own_helper",
        HELPER,
        before=(
            "def linear(x, h_prev, p, gate):\n"
            '    return x @ p["W_" + gate].T + h_prev @ p["U_" + gate].T + p["b_" + gate]\n',
        ),
    ),
    Student("hana_step_without_helpers", but(lstm_step=WHOLE)),
)

WRONG = (
    Student(
        "ivo_no_bias_anywhere",
        but(
            PLAIN | NO_BIAS,
            lstm_step=step(" + p.b_f", "", WHOLE)
            .replace(" + p.b_i", "")
            .replace(" + p.b_c", "")
            .replace(" + p.b_o", ""),
        ),
    ),
    Student("jun_as_on_the_slide", PLAIN | AS_ON_THE_SLIDE),
    Student("kai_tanh_for_sigmoid", but(output_gate=PLAIN["output_gate"].replace("sigmoid", "np.tanh"))),
    Student(
        "lea_f_and_i_swapped", but(cell_update=PLAIN["cell_update"].replace("f * c_prev + i *", "i * c_prev + f *"))
    ),
    Student(
        "mia_shows_the_old_cell",
        but(lstm_step=PLAIN["lstm_step"].replace("hidden_state(o, c)", "hidden_state(o, c_prev)")),
    ),
    Student("nik_c_before_h", but(lstm_step=PLAIN["lstm_step"].replace("return h, c", "return c, h"))),
    Student(
        "oda_two_mistakes",
        but(lstm_step=step("p.W_f.T + h_prev", "p.W_i.T + h_prev").replace("o * np.tanh(c)", "o * c")),
    ),
    Student(
        "pit_changes_its_argument",
        but(
            cell_update="def cell_update(f, i, c_tilde, c_prev):\n"
            "    c_prev *= f\n    c_prev += i * c_tilde\n    return c_prev\n"
        ),
    ),
    Student("pam_no_bias_in_the_candidate", but(candidate=NO_BIAS["candidate"])),
    Student("ray_c_before_h_too", but(EINSUM, lstm_step=step("return h, c", "return c, h"))),
    Student("sue_no_bias_in_two", but(candidate=NO_BIAS["candidate"], output_gate=NO_BIAS["output_gate"])),
    Student("ted_forget_gate_as_on_the_slide", but(forget_gate=AS_ON_THE_SLIDE["forget_gate"])),
    Student("ugo_no_tanh", but(hidden_state=PLAIN["hidden_state"].replace("np.tanh(c)", "c"))),
    Student("uta_no_tanh_either", but(FUSED, hidden_state="def hidden_state(o, c):\n    return np.multiply(o, c)\n")),
    Student("quy_sees_only_the_input", but(input_gate=PLAIN["input_gate"].replace(" + h_prev @ p.U_i.T", ""))),
    Student(
        "rio_nan",
        but(hidden_state="def hidden_state(o, c):\n    return o * np.log(-1 - abs(c))\n"),
        after=("np.seterr(all='ignore')",),
    ),
)

ACCIDENTS = (
    Student("abe_loop_at_top", before=("while True:\n    pass",)),
    Student("sam_blank", BLANK),
    Student("tia_half_done", {name: (PLAIN if k < 4 else BLANK)[name] for k, name in enumerate(NAMES)}),
    Student("udo_crashing_cell", before=("1 / 0",), after=("print(undefined)",)),
    Student("val_syntax_error", but(output_gate=PLAIN["output_gate"].replace("):", ")", 1))),
    Student(
        "wim_loop_in_a_gate",
        but(input_gate="def input_gate(x, h_prev, p):\n    while True:\n        pass\n"),
    ),
    Student("xia_cells_duplicated", after=(*PLAIN.values(), *BLANK.values())),
    Student("yan_cells_deleted", without("hidden_state"), checks=False),
    Student("zoe_renamed", file="zoe_renamed/03_gates (1).ipynb"),
    Student("adam_truncated", keep=0.6),
    Student("bob_empty_file", keep=0),
    Student(
        "carl_warnings",
        but(forget_gate=PLAIN["forget_gate"].replace("    return", '    warnings.warn("large")\n    return')),
        IMPORTS + "\nimport warnings",
    ),
    Student("dina_input", before=('name = input("Your name? ")\nprint("Hello", name)',)),
    Student("eli_exit", after=("exit()",), before=("quit()",)),
    Student("finn_ends_the_process", but(candidate="def candidate(x, h_prev, p):\n    import os\n    os._exit(0)\n")),
    Student(
        "gus_prints_a_flood",
        but(cell_update=PLAIN["cell_update"].replace("    return", "    print('c' * 9_000_000)\n    return")),
    ),
    Student(
        "hal_prints_a_lot",
        but(cell_update=PLAIN["cell_update"].replace("    return", "    print(c_prev, f)\n    return")),
    ),
    Student("ida_foreign_kernel", kernel="my_env"),
)

_ZEROS = gates("def GATE(x, h_prev, p):\n    return np.zeros_like(h_prev)\n")
HOSTILE = (
    Student(
        "joe_patches_numpy",
        but(
            PLAIN | _ZEROS,
            cell_update="def cell_update(f, i, c_tilde, c_prev):\n    return np.zeros_like(c_prev)\n",
            hidden_state="def hidden_state(o, c):\n    return np.zeros_like(c)\n",
            lstm_step="def lstm_step(x, h_prev, c_prev, p):\n    return np.zeros_like(h_prev), np.zeros_like(c_prev)\n",
        ),
        before=(
            "import builtins\n"
            "np.allclose = np.isclose = np.array_equal = lambda *args, **options: True\n"
            "np.testing.assert_allclose = lambda *args, **options: None\n"
            "builtins.abs = lambda number: np.zeros(1)",
        ),
    ),
    Student(
        "kit_uses_torch_nn",
        but(
            lstm_step="""\
def lstm_step(x, h_prev, c_prev, p):
    cell = torch.nn.LSTMCell(x.shape[-1], h_prev.shape[-1])
    return cell(torch.tensor(x), (torch.tensor(h_prev), torch.tensor(c_prev)))
"""
        ),
        IMPORTS + "\nimport torch",
    ),
    Student(
        "lou_reads_the_course",
        but(
            lstm_step="""\
def lstm_step(x, h_prev, c_prev, p):
    from gatedrnn_course.cells import catalogue, step
    return step(catalogue["LSTM"], x, (h_prev, c_prev), p)
"""
        ),
    ),
    Student(
        "max_shouts",
        but(
            forget_gate="""\
def forget_gate(x, h_prev, p):
    raise ValueError("<script>alert('me')</script>\\x1b[31m" + "A" * 1_000_000)
"""
        ),
        before=("raise RuntimeError('<b>' + 'B' * 1_000_000)",),
    ),
    Student(
        "ned_writes_in_the_folder",
        before=("import os, sys\nopen('numpy.py', 'w').write('raise SystemExit')\nsys.modules.pop('gatedrnn_course')",),
    ),
)

CLASS = (*RIGHT, *WRONG, *ACCIDENTS, *HOSTILE)
