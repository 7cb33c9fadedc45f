"""Files of every format that students hand in: what is read of them, and what is said."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatedrnn_course.grading.classroom.reading import handed_in, read_bytes, read_file
from gatedrnn_course.grading.classroom.reading.large import without_outputs

NAMES = ("f", "g")
F = "def f(x):\n    return x"
G = "def g(x):\n    return 2 * x"
HTML = pytest.importorskip("nbconvert").HTMLExporter


def code(source: Any, **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source, **more}


def content(*cells: Any, **more: Any) -> dict[str, Any]:
    rows = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    return {"cells": rows, "metadata": {}, "nbformat": 4, "nbformat_minor": 4, **more}


def text(*cells: Any, **more: Any) -> str:
    return json.dumps(content(*cells, **more), ensure_ascii=False, indent=1)


def zipped(**files: bytes | str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, inside in files.items():
            packed.writestr(name.replace("__", "."), inside)
    return made.getvalue()


def conflict(ours: str, theirs: str, ancestor: str = "") -> str:
    """The text of a notebook whose source line is in conflict."""
    lines = text("SOURCE").split("\n")
    at = next(k for k, line in enumerate(lines) if "SOURCE" in line)
    one, other, base = (lines[at].replace('"SOURCE"', json.dumps(s)) for s in (ours, theirs, ancestor))
    middle = ["||||||| 1234", base] if ancestor else []
    return "\n".join(
        [*lines[:at], "<<<<<<< HEAD", one, *middle, "=======", other, ">>>>>>> my branch", *lines[at + 1 :]]
    )


def page(*cells: Any, template: str = "lab") -> str:
    nbformat = pytest.importorskip("nbformat")
    rows = [
        *cells,
        {"cell_type": "markdown", "metadata": {}, "source": "Not code:\n\n```python\ndef g(x): return 3\n```"},
    ]
    notebook = nbformat.from_dict(content(*rows))
    return str(HTML(template_name=template).from_notebook_node(notebook)[0])


OUTPUT = {"output_type": "stream", "name": "stdout", "text": "def g(x): return 7"}
WHOLE: dict[str, tuple[bytes | str, str]] = {
    "UTF-16 with a mark": (text("# é", F).encode("utf-16"), "in UTF-16"),
    "UTF-16 without a mark": (text("# é", F).encode("utf-16-le"), "in UTF-16"),
    "UTF-16, big end first": (text("# é", F).encode("utf-16-be"), "in UTF-16"),
    "UTF-32": (text("# é", F).encode("utf-32"), "in UTF-32"),
    "cp1252": (text("# “é”", F).encode("cp1252"), "in CP1252"),
    "latin-1": (text("# \x81é", F).encode("latin-1"), "in LATIN-1"),
    "a byte order mark": (b"\xef\xbb\xbf" + text("# é", F).encode(), ""),
    "no metadata": (json.dumps({"cells": [{"cell_type": "code", "source": "# é"}, {"source": F}]}), ""),
    "a null cell and a null source": (text(None, code(None), code("# é"), F), ""),
    "nested sources": (text(code([[["# é"]]]), code([["def f(x):\n"], ["    return x"]])), ""),
    "lines without their ends": (text("# é", code(["def f(x):", "    return x"])), ""),
    "odd attachments": (text(code("# é", attachments=[1, None]), code(F, attachments="x", metadata=[])), ""),
    "duplicate ids": (text(code("# é", id="a"), code(F, id="a")), ""),
    "numbers that JSON does not have": (text("# é", code(F, metadata={"a": float("nan"), "b": float("inf")})), ""),
    "control characters in texts": (text("# é", F).replace("return x", "return\tx"), ""),
    "a kind of cell in capitals": (text(code("# é", cell_type="Code"), code(F, cell_type=" code")), ""),
    "cells by number": (json.dumps({"cells": {"0": code("# é"), "1": code(F)}}), ""),
    "only the list of cells": (json.dumps([code("# é"), code(F)]), ""),
    "what a server wraps around it": (json.dumps({"type": "notebook", "content": content("# é", F)}), ""),
    "a notebook in a text in JSON": (json.dumps({"content": text("# é", F)}), ""),
    "format 3": (
        json.dumps(
            {"worksheets": [{"cells": [{"cell_type": "code", "input": s} for s in (["# é"], F)]}], "nbformat": 3}
        ),
        "",
    ),
    "rubbish after it": (text("# é", F) + '\n}\n{"a": 1', "more text follows"),
    "zeros after it": (text("# é", F).encode() + bytes(1000), ""),
    "cut off after the last cell": (text("# é", F)[:-60], "broken off or damaged; 2 cells"),
    "packed by gzip": (gzip.compress(text("# é", F).encode()), "packed (gzip)"),
    "a zip under another name": (zipped(a__ipynb=text("# é", F), b__txt="x"), "packed (zip)"),
    "two in a zip": (zipped(a__ipynb=text("x = 1"), b__ipynb=text("# é", F)), "packed (zip)"),
    "a zip in a zip": (zipped(a__ipynb=zipped(b__ipynb=text("# é", F))), "packed (zip)"),
    "a script of nbconvert": (
        f"#!/usr/bin/env python\n# coding: utf-8\n\n# # Title\n\n# In[1]:\n\n\n# é\n\n\n# In[ ]:\n\n\n{F}\n",
        "A Python script",
    ),
    "a script with percent marks": (
        f"# ---\n# jupyter:\n#   a: 1\n# ---\n\n# %% [markdown]\n# text\n\n# %%\n# é\n\n# %% tags=['a']\n{F}\n",
        "A Python script",
    ),
    "a merge, first side with the answer": (conflict(f"# é\n{F}", "# é"), "a merge that is not resolved"),
    "a merge, second side with the answer": (conflict("# é", f"# é\n{F}"), "a merge that is not resolved"),
    "a merge of three": (conflict(f"# é\n{F}", "# é", "# b"), "a merge that is not resolved"),
    "a page of JupyterLab": (page("# é", code(F, outputs=[OUTPUT])), "A page in HTML"),
    "a page of the classic notebook": (page("# é", code(F, outputs=[OUTPUT]), template="classic"), "A page in HTML"),
    "a plain page": (page("# é", code(F, outputs=[OUTPUT]), template="basic"), "A page in HTML"),
}


@pytest.mark.parametrize(("raw", "note"), WHOLE.values(), ids=WHOLE)
def test_what_can_be_read_is_read_and_told(raw: bytes | str, note: str) -> None:
    found = read_bytes(raw.encode() if isinstance(raw, str) else raw, NAMES)
    assert found.problem == ""
    whole = "\n".join(cell.strip("\n") for cell in found.cells if cell.strip() and not cell.startswith("#!"))
    assert whole.replace("\t", " ").replace("\x81", "").replace("“", "").replace("”", "") == f"# é\n{F}"
    assert (note in found.notes[0]) if note else found.notes == ()


def test_what_is_whole_of_a_broken_file_is_read() -> None:
    whole = text("x = 1", code(F.splitlines(keepends=True)), code([f"{line}\n" for line in (*G.splitlines(), "y = 1")]))
    cut = whole[: whole.index("y = 1") + 2]
    found = read_bytes(cut.encode(), NAMES)
    assert found.cells == ("x = 1", F, G + "\n") and "3 cells" in found.notes[0]
    middle = whole.replace('"return x"', "").replace('"    return x"', "@@@")
    found = read_bytes(middle.encode(), NAMES)
    assert found.cells[0] == "x = 1" and found.cells[-1].startswith(G) and "damaged" in found.notes[0]


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b" \n", "it is empty"),
    "zeros": (bytes(100), "nothing but zero bytes"),
    "JSON without cells": (b'{"a": [1]}', "holds no cells"),
    "deep": (b"[" * 100_000, "nested deeper"),
    "deep after the cells": (b'{"cells": ' + b"[" * 100_000, "its JSON is"),
    "cut off before the first cell": (text(F)[:30].encode(), "its JSON is broken"),
    "PDF": (b"%PDF-1.7", "of the kind PDF"),
    "a picture": (b"\x89PNG\r\n", "of the kind PNG"),
    "RTF": (rb"{\rtf1 x}", "of the kind RTF"),
    "RAR": (b"Rar!\x1a\x07", "of the kind RAR"),
    "a pickle": (b"\x80\x04\x95\x00", "of the kind pickle"),
    "a document": (zipped(**{"word/document.xml": "x"}), "a document of Word"),
    "a zip without a notebook": (zipped(a__txt="x"), "without a notebook in it"),
    "a damaged zip": (zipped(a__ipynb=text(F))[:-30], "a zip file that is damaged"),
    "a damaged gzip": (b"\x1f\x8b" + bytes(20), "a gzip file that is damaged"),
    "a web page": (b"<!DOCTYPE html><html><pre>def f(x): return x</pre></html>", "a web page without the cells"),
    "a link": (b"https://drive.google.com/file/d/1", "it holds a link"),
    "a shortcut": (b"[InternetShortcut]\r\nURL=https://a.b/c\r\n", "it holds a link"),
    "Git LFS": (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "a pointer of Git LFS"),
    "prose": (b"I could not do it, sorry.", "neither JSON nor Python"),
}


@pytest.mark.parametrize(("raw", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_with_a_sentence_of_its_own(raw: bytes, why: str) -> None:
    found = read_bytes(raw, NAMES)
    assert found.cells == ()
    assert found.problem.startswith("The file is no readable notebook: ") and why in found.problem
    assert found.problem.endswith(".")


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed_in, "LARGEST", 1 << 20)
    bomb = bytes(2 << 20)
    for raw in (gzip.compress(bomb), zipped(a__ipynb=bomb), zipped(a__ipynb=bomb[: 1 << 19], b__ipynb=bomb)):
        assert "too large for a notebook" in read_bytes(raw).problem
    packed = text(F).encode()
    for _depth in range(5):
        packed = zipped(a__ipynb=packed)
    assert "many times over" in read_bytes(packed).problem


def test_a_cell_too_long_to_be_read_is_left_out() -> None:
    found = read_bytes(text(F, "x = [" + "1, " * 400_000 + "]", G).encode(), NAMES)
    assert found.cells == (F, "", G) and "too long to be read" in found.notes[0]


def test_of_a_large_file_the_outputs_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed_in, "LARGEST", 20_000)
    picture = {"output_type": "display_data", "data": {"text/plain": ['"outputs": [', "\\"], "image/png": "A" * 30_000}}
    path = tmp_path / "a.ipynb"
    path.write_text(
        text(code(F, outputs=[picture, [[]], {}]), code('s = "outputs"', attachments={"a": {}}), G), "utf-8"
    )
    found = read_file(path, NAMES)
    assert found.problem == "" and found.cells == (F, 's = "outputs"', G)
    assert "read without its outputs" in found.notes[0] and len(found.fingerprint) == 64
    path.write_text(text("x" * 30_000), "utf-8")
    assert "also without outputs" in read_file(path, NAMES).problem


def test_leaving_out_outputs_leaves_the_rest_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    cells = [code(F, outputs=[OUTPUT, {"data": {"outputs": [1, {"a": ["]"]}]}}]), code("y = {'outputs': [1]}")]
    path.write_text(text(*cells), "utf-8")
    rest = without_outputs(path, 1 << 20)
    assert rest is not None
    assert json.loads(rest) == content(code(F), cells[1])
    path.write_bytes(b'{"cells": [{"outputs": [' + b"[" * 1000)
    assert without_outputs(path, 1 << 20) == b'{"cells": [{"outputs": ['


@pytest.mark.parametrize(
    "raw",
    [
        b"<<<<<<< a\n" * 200_000,
        b"<html>" + b"<!--" * 100_000,
        b"<html>" + b"<a " * 100_000,
        b'{"cells": [' + b'{"source": ["a", ' * 100_000,
        json.dumps([{"source": "!ls\n" * 190 + "x = 1\n" * 100_000}]).encode(),
        json.dumps([{"source": "a b\n" * 100_000}]).encode(),
        json.dumps([{"source": "```\n" * 100_001}]).encode(),
        json.dumps(
            [{"source": "(" * 200_000}, {"source": "-" * 200_000 + "1"}, {"source": "x = 1" + ".a" * 100_000}]
        ).encode(),
        json.dumps([{"source": "f(" * 90 + "\n" * 100_000}]).encode(),
    ],
    ids=range(9),
)
def test_a_file_made_to_take_long_is_read_or_refused(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed_in, "SECONDS", 0.3)
    found = read_bytes(raw, NAMES)
    assert bool(found.cells) != bool(found.problem)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_damage_gives_a_reading_or_a_sentence(data: st.DataObject) -> None:
    raw = bytearray(text("x = 1", F, code(G, outputs=[OUTPUT])).encode(data.draw(st.sampled_from(["utf-8", "utf-16"]))))
    for _change in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=5))
    found = read_bytes(bytes(raw), NAMES)
    assert bool(found.cells) != bool(found.problem)


def test_reading_that_takes_too_long_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed_in, "SECONDS", 0.01)
    assert "takes too long to read" in read_bytes(b"<html>" + b"<a " * 1_000_000).problem


@pytest.mark.parametrize("make", [text, page])
def test_reading_runs_nothing(make: Callable[..., str], tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    source = f"open({str(mark)!r}, 'w')\n!touch {mark}\n%run x.py\n{F}"
    assert read_bytes(make(source).encode(), NAMES).problem == ""
    assert not mark.exists()
