"""What a session does with what its child asks and how it ends."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

if os.name != "posix":
    pytest.skip("the process sandbox needs a POSIX system", allow_module_level=True)

from gatedrnn_course.grading.sandbox import ProcessSandbox, Session

Loaded = Callable[..., Session]
X = np.array([1.0, 2.0, 3.0])
EARLIER = "from gatedrnn_course import earlier\ndef f(x):\n    return earlier({name!r})(x)"


def test_what_is_offered_answers_also_while_cells_run_and_by_name(sandbox: ProcessSandbox) -> None:
    with sandbox.open() as session:
        session.offer({"twice": lambda x, by: x * by})
        report = session.load(
            [
                "import numpy as np\nfrom gatedrnn_course import earlier\ntwice = earlier('twice')",
                "assert twice(np.ones(2), by=np.float64(2)).sum() == 4\nassert twice.__name__ == 'twice'",
                "def f(x):\n    return twice(by=2.0, x=x)",
            ],
            names=["f"],
            deadline=60,
        )
        assert report.faults == ()
        np.testing.assert_array_equal(session.call("f", [X]).value, 2 * X)  # type: ignore[arg-type]


def test_what_is_replaced_and_what_is_offered_are_two_things(loaded: Loaded) -> None:
    session = loaded(EARLIER.format(name="gate"), "def g(x):\n    return gate(x)")
    session.replace({"gate": lambda x: x + 1})
    asked = session.call("f", [X]).problem
    assert asked is not None and asked.kind == "raised" and "Not available in grading" in asked.message
    assert session.alive
    session.offer({"gate": lambda x: x + 2})
    np.testing.assert_array_equal(session.call("f", [X]).value, X + 2)  # type: ignore[arg-type]
    np.testing.assert_array_equal(session.call("g", [X]).value, X + 1)  # type: ignore[arg-type]


def test_an_offered_function_that_raises_raises_in_the_learners(loaded: Loaded) -> None:
    session = loaded(EARLIER.format(name="gate"))
    session.offer({"gate": lambda x, p: x})
    problem = session.call("f", [X]).problem
    assert problem is not None and problem.type == "ValueError" and "argument: 'p'" in problem.message
    assert problem.line == "return earlier('gate')(x)"


@pytest.mark.parametrize(
    "question", [{"named": 1}, {"named": [1]}, {"args": {}}, {"args": None}, {"ask": 3}, {"ask": None}]
)
def test_a_question_in_another_form_ends_the_session_or_gives_nothing(question: dict[str, Any], loaded: Loaded) -> None:
    forge = (
        "import gc\nserver = next(o for o in gc.get_objects() if type(o).__name__ == '_Server')\n"
        f"def f(x):\n    server.send({{'ask': 'gate', 'args': [], 'named': {{}}, 'earlier': True, **{question!r}}})\n"
        "    meta, arrays = server.read()\n    raise ValueError(meta['raised'])"
    )
    session = loaded(forge)
    session.offer({"gate": lambda *args, **named: X})
    problem = session.call("f", [X], deadline=10).problem
    assert problem is not None
    assert problem.kind == "frame" or "Not available" in problem.message


def test_a_session_used_after_its_end_says_so(sandbox: ProcessSandbox) -> None:
    session = sandbox.open()
    session.close()
    session.offer({"f": lambda x: x})
    session.close()
    assert not session.alive
    problem = session.call("f", [X]).problem
    assert problem is not None and problem.kind == "died"


FORGED = """
import gc, json, socket, struct
def f(x):
    header = json.dumps({"m": {"id": NUMBER, "value": 0, "args": [], "used": []}, "a": [["f8", [1]]]}).encode()
    [s] = [one for one in gc.get_objects() if isinstance(one, socket.socket)]
    s.sendall(b"GRN1" + struct.pack("<IQ", len(header), 8) + header + bytes(8))
    return x
"""


@pytest.mark.parametrize("number", ["0", "999", "'3'", "None", "3.5", "[3]"])
def test_an_answer_to_anything_but_the_question_ends_the_session(loaded: Loaded, number: str) -> None:
    session = loaded(FORGED.replace("NUMBER", number))
    problem = session.call("f", [X]).problem
    assert problem is not None and problem.kind == "frame" and not session.alive
