"""276 answers to units 09 and 10, written from the exercises alone by somebody who had not seen the judge."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from scipy import stats
from stranger_answers import assert_judged, judged, stranger_answers

EXERCISE = Path(__file__).parents[2] / "course" / "assignments" / "09_search_space_odyssey.py"


def _given() -> dict[str, Any]:
    """`V` and `edited`, as the exercise has them."""
    tree = ast.parse(EXERCISE.read_text("utf-8"))
    wanted = [one for one in tree.body if isinstance(one, ast.Assign) or getattr(one, "name", "") == "edited"]
    text = "\n".join(ast.unparse(one) for one in wanted if "V.strip" in ast.unparse(one) or "V = " in ast.unparse(one))
    space: dict[str, Any] = {"stats": stats}
    exec(text, space)
    return space


GIVEN = _given()


@stranger_answers("answers_09.json")
def test_an_answer_to_unit_09(answer: dict[str, Any]) -> None:
    assert_judged(answer, judged(answer, given=GIVEN), unnamed=())


@stranger_answers("answers_10.json")
def test_an_answer_to_unit_10(answer: dict[str, Any]) -> None:
    assert_judged(answer, judged(answer, ("fitness",), GIVEN), unnamed=())
