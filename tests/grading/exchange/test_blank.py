"""One table of what is not written yet, asked of the function and of its source."""

from __future__ import annotations

import ast
import functools

import pytest

from gatedrnn_course.grading.exchange.blank import is_blank, is_blank_source, is_written

BLANK = [
    "...",
    "pass",
    "return",
    "return None",
    "return ...",
    "raise",
    "raise NotImplementedError",
    "raise NotImplementedError()",
    "raise NotImplementedError('to do')",
    '"""The docstring."""',
    '"""The docstring."""\n    pass',
    '"""The docstring."""\n    ...  # your code here',
    '"""The docstring."""\n    raise NotImplementedError("to do")',
    "7",
]
WRITTEN = [
    "return x",
    "return 0",
    "return NotImplementedError",
    "return 'to do'",
    "raise ValueError('to do')",
    "raise NotImplementedError(x)",
    "print(x)",
    "x = x + 1",
    "yield",
    "if x:\n        return None",
    "return ()",
]


def both(body: str) -> tuple[bool, bool]:
    source = f"def f(x):\n    {body}\n"
    namespace: dict[str, object] = {}
    exec(source, namespace)
    return is_blank(namespace["f"]), is_blank_source(ast.parse(source).body[0])


@pytest.mark.parametrize("body", BLANK)
def test_blank(body: str) -> None:
    assert both(body) == (True, True)


@pytest.mark.parametrize("body", WRITTEN)
def test_written(body: str) -> None:
    assert both(body) == (False, False)


def test_other_things_are_neither() -> None:
    assert not is_blank(7) and not is_written(7)
    assert not is_blank_source(ast.parse("A = ...").body[0])
    assert not is_blank(functools.partial(print)) and not is_written(functools.partial(print))


@pytest.mark.parametrize(
    ("source", "blank"),
    [
        ("class f: ...", True),
        ("class f:\n    'words'\n    def forward(self, xs):\n        'words'\n        ...", True),
        ("class f:\n    def __init__(self):\n        self.a = 1\n    def forward(self, xs): ...", False),
        ("class f:\n    def forward(self, xs): return xs", False),
    ],
)
def test_a_class_is_blank_whose_methods_all_are(source: str, blank: bool) -> None:
    namespace: dict[str, object] = {}
    exec(source, namespace)
    assert is_blank(namespace["f"]) is blank
    assert is_blank_source(ast.parse(source).body[0]) is blank
    assert is_written(namespace["f"]) is not blank
