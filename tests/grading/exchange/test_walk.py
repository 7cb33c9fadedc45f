"""Statements are found wherever `ast.walk` finds one, in the same order."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import gatedrnn_course
from gatedrnn_course.grading.exchange.walk import every_statement

EVERYWHERE = """
def f(x):
    if x:
        for y in x:
            class A: pass
        else:
            while y: import a
    elif x > 1:
        with x: from b import c
    else:
        try: d = 1
        except E: e = 2
"""
MATCH = """
match x:
    case 1:
        def g(): return lambda: 0
    case _:
        async def h():
            async for i in x: j = 1
            async with x: k: int = 2
try: l = 1
except E: m = 2
else: n = 3
finally: o = (p := 4)
"""
FILES = sorted(Path(gatedrnn_course.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("source", [EVERYWHERE, MATCH])
def test_wherever_they_stand(source: str) -> None:
    tree = ast.parse(source)
    assert list(every_statement(tree)) == [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]


@pytest.mark.parametrize("file", FILES[::7], ids=lambda file: file.stem)
def test_in_real_files(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    found = list(every_statement(tree))
    assert found == [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]


def test_an_expression_has_none() -> None:
    assert list(every_statement(ast.parse("lambda x: x if x else 0", mode="eval"))) == []
