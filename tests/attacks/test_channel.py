"""The channel itself: forged, partial and slow frames, answers sent early, questions about anything but helpers."""

from __future__ import annotations

import resource

import numpy as np
import pytest
from hostile import Attacker, Host, text_of

CHANNEL = """
import gc, json, socket, struct, threading
def channel():
    "The descriptor of the channel: the one connected socket there is."
    return [one for one in gc.get_objects() if isinstance(one, socket.socket)][0].fileno()

def frame(meta, arrays=(), body=b""):
    header = json.dumps({"m": meta, "a": list(arrays)}).encode()
    return b"GRN1" + struct.pack("<IQ", len(header), len(body)) + header + body

def answers(value, first=0, last=40):
    "Answers to every question there may have been, or will be."
    whole = {"value": value, "args": [], "used": [], "defined": {}, "skipped": []}
    return b"".join(frame({**whole, "id": k}) for k in range(first, last))
"""

GARBAGE = {
    "no frame": "b'hello'",
    "a vast body": "b'GRN1' + struct.pack('<IQ', 2, 2 ** 60) + b'{}'",
    "a vast header": "b'GRN1' + struct.pack('<IQ', 2 ** 32 - 1, 0)",
    "a deep header": "b'GRN1' + struct.pack('<IQ', 60000, 0) + b'[' * 60000",
    "a number of many digits": "b'GRN1' + struct.pack('<IQ', 60006, 0) + b'{\"m\":' + b'9' * 60001",
    "a vast array": "frame({'id': 3}, [['f8', [2 ** 40, 2 ** 40]]])",
    "a negative array": "frame({'id': 3}, [['f8', [-1, -8]]])",
    "objects": "frame({'id': 3}, [['O8', [1]]], bytes(8))",
    "no number": "b'GRN1' + struct.pack('<IQ', 18, 0) + b'{\"m\":NaN,\"a\":[]}  '",
    "no text": "b'GRN1' + struct.pack('<IQ', 4, 0) + bytes([255] * 4)",
    "an answer without an id": "frame({'value': None})",
    "an answer with a list for an id": "frame({'id': [3], 'value': None})",
    "half a frame": "frame({'id': 3, 'value': None})[:-2]",
    "a kind of problem that only the judge finds": "frame({'id': 3, 'problem': {'kind': 'timeout'}})",
    "a value of another form": "frame({'id': 3, 'value': {'a': 7}, 'args': []})",
    "answers sent early": "answers(None)",
    "questions about nothing": "frame({'id': 3, 'ask': 'hidden', 'args': []})",
    "questions of no form": "frame({'id': 3, 'ask': {}, 'args': 7})",
}

QUESTIONS = {
    "about what was never replaced": "s._ask('hidden', (x,))",
    "about nothing": "s._ask('', ())",
    "about a method": "s._ask('gate.__globals__', (x,))",
    "about a module": "s._ask('os.system', (np.zeros(1),))",
    "as if earlier": "s._ask('gate', (x,), earlier=True)",
}

LARGE = {
    "many numbers": "gate(np.zeros(2 ** 20))",
    "a large outer product": "gate(np.zeros((50000, 1)), np.zeros((1, 50000)))",
    "many axes": "gate(np.zeros((1,) * 8))",
    "many arguments": "gate(*[np.zeros(1)] * 300)",
    "long names": "gate(p={'x' * 1000: np.zeros(1)})",
    "deep arguments": "gate(((((((((((np.zeros(1),),),),),),),),),),))",
    "no arguments": "gate()",
    "a text": "gate('x' * 3999)",
}


def gate(*arguments: object) -> object:
    """The judge's own function, of one or two arrays."""
    first, *rest = arguments
    return np.asarray(first) * np.asarray(rest[0]) if rest else np.stack([first, first])  # type: ignore[list-item]


FEW = ("no frame", "half a frame", "answers sent early")  # each kind of end, for the ways to send it
WAYS = [("before it", name) for name in GARBAGE]
WAYS += [(how, name) for how in ("instead of an answer", "from a thread") for name in FEW]


@pytest.mark.parametrize(("how", "name"), WAYS)
def test_garbage_on_the_channel_costs_its_own_session(attacker: Attacker, host: Host, how: str, name: str) -> None:
    garbage = GARBAGE[name]
    write = f"os.write(channel(), {garbage})"
    body = {
        "instead of an answer": f"{write}\n    os._exit(0)",
        "before it": f"{write}\n    return np.ones(3)",
        "from a thread": f"fd = channel()\n    one = threading.Thread(target=lambda: os.write(fd, {garbage}))\n"
        "    one.start()\n    one.join()\n    return np.ones(3)",
    }[how]
    reply = attacker.run(f"{CHANNEL}\ndef attack():\n    {body}", deadline=0.5)
    after = attacker.session.call("attack", [], deadline=0.5)
    assert reply.problem is not None or after.problem is not None or reply.value is None
    host.untouched()
    attacker.close()


@pytest.mark.parametrize(
    "body",
    [
        "for k in range(10 ** 6):\n        os.write(channel(), b'GRN1'[k % 4:k % 4 + 1])\n        time.sleep(0.05)",
        "os.write(channel(), frame({'id': 3})[:10])\n    time.sleep(10 ** 6)",
        "gc.collect()\n    one = [o for o in gc.get_objects() if isinstance(o, socket.socket)][0]\n"
        "    one.shutdown(socket.SHUT_RDWR)\n    time.sleep(10 ** 6)",
        "while True: os.write(channel(), frame({'id': 0, 'value': None, 'args': []}))",
    ],
    ids=["byte by byte", "half a header", "closed half-way", "answers without end"],
)
def test_a_slow_or_endless_answer_has_one_deadline(attacker: Attacker, body: str) -> None:
    problem = attacker.run(f"{CHANNEL}\ndef attack():\n    {body}", deadline=0.5).problem
    assert problem is not None and problem.kind in ("timeout", "frame", "died")


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_the_judge_answers_only_for_what_it_replaced(attacker: Attacker, question: str) -> None:
    source = f"""
import gc
def gate(x): ...
def attack():
    s = [o for o in gc.get_objects() if type(o).__name__ == "_Server"][0]
    x = np.ones(2)
    return {question}
"""
    session = attacker.session
    session.load([source])
    session.replace({"gate": lambda x: x * 42})
    assert session.call("gate", [np.ones(1)]).value == 42
    reply = session.call("attack", [], deadline=2)
    assert reply.problem is not None, reply
    attacker.sibling_answers()
    attacker.close()


@pytest.mark.parametrize("question", LARGE.values(), ids=LARGE)
def test_no_question_costs_the_judge_memory_or_a_fault(attacker: Attacker, question: str) -> None:
    source = f"def gate(*a, p=None): ...\ndef attack():\n    return {question}"
    session = attacker.session
    session.load([source], deadline=5)
    session.replace({"gate": gate})  # type: ignore[dict-item]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reply = session.call("attack", [], deadline=5)
    assert reply.problem is not None and reply.problem.kind in ("raised", "value"), text_of(reply)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # KiB
    assert session.alive
    session.replace({})


def test_questions_without_end_end_with_the_answers_time(attacker: Attacker) -> None:
    session = attacker.session
    session.load(["def gate(x): ...\ndef attack():\n    while True: gate(np.ones(2))"])
    session.replace({"gate": lambda x: x})
    problem = session.call("attack", [], deadline=0.5).problem
    assert problem is not None and problem.kind == "timeout"
    attacker.close()


def test_a_question_that_takes_long_is_the_answers_time(attacker: Attacker) -> None:
    session = attacker.session
    session.load(["def gate(x): ...\ndef attack(): return gate(np.ones(2))"])

    def slow(x: object) -> None:
        while True:
            pass

    session.replace({"gate": slow})
    problem = session.call("attack", [], deadline=0.5).problem
    assert problem is not None and problem.kind == "timeout"
    attacker.close()
