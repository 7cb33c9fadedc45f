"""Cells that are no Python as they stand: the one sensible reading, and what is said of it."""

from __future__ import annotations

import ast

import pytest

from gatedrnn_course.grading.classroom.reading.cell import Cell, Kind
from gatedrnn_course.grading.classroom.reading.plain import MOST_NOTES, plain_cells
from gatedrnn_course.grading.classroom.reading.source import defined

NAMES = ("f", "g")
F = "def f(x):\n    return x"
G = "def g(x):\n    return 2 * x"


def read(*sources: str, kind: Kind = "code") -> tuple[list[str], list[str]]:
    return plain_cells([Cell(kind, source) for source in sources], NAMES)


SPOILED = {
    "indented": ("    " + F.replace("\n", "\n    "), "indented as a whole"),
    "indented by a tab": ("\t" + F.replace("\n", "\n\t"), "indented as a whole"),
    "only its first lines indented": ("  def f(x):\n      return x\ny = 1", "indented as a whole"),
    "tabs and spaces": ("def f(x):\n\ty = x\n        return y", "by tabs and spaces"),
    "no-break spaces": (F.replace("    ", "\u00a0\u00a0\u00a0\u00a0"), "spaces that are none"),
    "an ideographic space": (F.replace("    ", "\u3000"), "spaces that are none"),
    "a zero width space": (F.replace("f(", "f\u200b("), "spaces that are none"),
    "a byte order mark within": ("x = 1\n\ufeff" + F, "spaces that are none"),
    "null bytes": (F + "\n\0", "spaces that are none"),
    "curly quotes": (F.replace("x\n", "x\n").replace("return", "‘A text’; “Another.”\n    return"), "word processor"),
    "French quotes": (F.replace("return", "«Porte»\n    return"), "word processor"),
    "a long minus": (F.replace("return x", "return x − 1"), "word processor"),
    "a times sign": (F.replace("return x", "return 2 × x"), "word processor"),
    "wide signs": (F.replace("(x):", "（x）："), "word processor"),
    "not equal and less": (F.replace("return x", "return x ≤ 1 or x ≠ 2"), "word processor"),
    "fences": (f"```python\n{F}\n```", "fences of Markdown"),
    "fences without a word": (f"```\n{F}\n```", "fences of Markdown"),
    "fences of tildes": (f"~~~py\n{F}\n~~~", "fences of Markdown"),
    "one fence": (f"```python\n{F}", "fences of Markdown"),
    "prose around fences": (f"Sure! Here is it:\n\n```python\n{F}\n```\n\nThis works.", "fences of Markdown"),
    "two pieces in fences": (f"```python\nimport os\n```\nand\n```python\n{F}\n```", "fences of Markdown"),
    "a shell in fences": (f"```bash\npip install x\n```\n```python\n{F}\n```", "fences of Markdown"),
    "a merge": (f"<<<<<<< HEAD\n{F}\n=======\n{F} + 1\n>>>>>>> b", "a merge that is not resolved"),
    "a merge with a broken first side": (f"<<<<<<< HEAD\ndef f(\n=======\n{F}\n>>>>>>> b", "a merge"),
    "numbers of lines": ("1  def f(x):\n2      return x", "every line has a number"),
    "carriage returns alone": (F.replace("\n", "\r").replace(":", ":\u2028", 0), ""),
    "line separators": (F.replace("\n", "\u2028"), "lines end in an unusual way"),
    "all at once": (
        "```python\n    " + F.replace("\n", "\n    ").replace("x", "x\u200b") + "\n```",
        "was read without",
    ),
    "prompts of a terminal": (">>> def f(x):\n...     return x\n", ""),
    "prompts with what was printed": (">>> import os\n>>> 1 + 1\n2\n>>> def f(x):\n...     return x\n", ""),
    "prompts of a notebook": ("In [3]: def f(x):\n   ...:     return x\n", ""),
}


@pytest.mark.parametrize(("source", "note"), SPOILED.values(), ids=SPOILED)
def test_a_spoiled_cell_is_read_and_told(source: str, note: str) -> None:
    (plain,), notes = read(source)
    ast.parse(plain)
    assert "f" in defined(plain)
    assert (note in notes[0]) if note else notes == []


BROKEN = {
    "prose after it": (f"{F}\nhere my answer ends", {"f"}, "`here my answer ends` is no Python (invalid syntax)"),
    "prose before it": (f"this is my answer\n{F}", {"f"}, "`this is my answer`"),
    "Python 2": (f"print 'a'\n{F}\nprint f", {"f"}, "`print 'a'` is no Python (Missing parentheses"),
    "a broken function between": (f"{F}\ndef h(x:\n    return 1\n{G}", {"f", "g"}, "`def h(x:`"),
    "an open parenthesis": (f"{F}\nprint((1, 2)\n{G}", {"f", "g"}, "`print((1, 2)`"),
    "an open text": (f'{F}\ns = """never closed\n{G}', {"f", "g"}, "never closed"),
    "magics and prose": (f"%matplotlib inline\n!pip install x\noops oops\n{F}", {"f"}, "`oops oops`"),
    "else kept": (f"oops oops\nif 1:\n    y = 2\nelse:\n    y = 3\n@dec\n\n{F}", {"f"}, "`oops oops`"),
    "spoiled and broken": (f"oops oops\n{F}".replace("    ", "\u00a0\u00a0\u00a0\u00a0"), {"f"}, "`oops oops`"),
    "a text over many lines": (f'oops oops\nt = """\n{G}\n"""\n{F}', {"f"}, "`oops oops`"),
}


@pytest.mark.parametrize(("source", "names", "note"), BROKEN.values(), ids=BROKEN)
def test_what_is_python_of_a_broken_cell_is_read(source: str, names: set[str], note: str) -> None:
    (plain,), notes = read(source)
    assert defined(plain) - {"y", "s", "t"} == names
    assert len(notes) == 1 and note in notes[0]


@pytest.mark.parametrize("source", ["def f(x)\n    return x", "oops oops", "def f(x):\nreturn x", "if"])
def test_a_cell_without_any_sensible_reading_stays_as_it_is(source: str) -> None:
    assert read(source) == ([source], [])


@pytest.mark.parametrize(
    "source",
    [F, f"%%time\n{F}", f"%%capture out --no-stderr\n%%time\n{F}", f"%%timeit y = 1\n{F}", f"%time y = 1\n{F}"],
)
def test_magics_that_run_their_cell_are_plain_lines_above_it(source: str) -> None:
    (plain,), notes = read(source)
    assert "f" in defined(plain) and notes == []


@pytest.mark.parametrize(
    "magic", ["writefile gates.py", "file -a x.py", "px", "cache f.pkl", "python", "script python3"]
)
def test_an_answer_under_another_magic_is_read(magic: str) -> None:
    (plain,), notes = read(f"%%{magic}\n{F}")
    assert defined(plain) == {"f"} and plain.startswith("get_ipython().run_cell_magic(")
    assert f"begins with %%{magic.split()[0]}" in notes[0]


@pytest.mark.parametrize("source", [f"%%bash\n{F}", "%%writefile a.py\ndef other(): return 1", "%%html\n<b>f</b>"])
def test_what_holds_no_answer_under_a_magic_stays_there(source: str) -> None:
    (plain,), notes = read(source)
    assert defined(plain) == set() and notes == []


def test_more_magics_than_anybody_types_are_not_looked_into() -> None:
    source = "!ls\n" * 5000 + F
    (plain,), _notes = read(source)
    assert defined(plain) in (set(), {"f"})


def test_text_counts_only_where_no_code_cell_has_the_answer() -> None:
    markdown = Cell("markdown", f"My answer:\n\n```python\n{F}\n```")
    assert plain_cells([markdown], NAMES)[0] == [F]
    assert plain_cells([Cell("code", F), markdown], NAMES) == ([F], [])
    assert plain_cells([Cell("code", "def f(x): ..."), markdown], NAMES)[0] == ["def f(x): ...", F]
    assert plain_cells([Cell("raw", F), Cell("raw", G)], ["g"])[0] == [G]
    assert plain_cells([Cell("markdown", "In words: def f(x) returns x.")], NAMES) == ([], [])


def test_notes_are_bounded() -> None:
    _sources, notes = read(*["x = 1\noops oops"] * (MOST_NOTES + 5))
    assert len(notes) == MOST_NOTES + 1 and notes[-1] == "And 5 more."
