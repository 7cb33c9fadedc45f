"""Sends damaged and odd frames through the parser: `python benchmarks/fuzz_frames.py --cases 300000`.

Each seed is one frame, made from parts that fit and then damaged in its structure: lengths, types, shapes, ids, names,
depth, text; or in its bytes. It must be read, or refused as `BadFrame`; so must the value in it, what a child would ask
with it, and what a judge would be told. Anything else that is raised is printed with its seed; the exit status is 1 if
there is any.
"""

from __future__ import annotations

import argparse
import json
import random
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
from tqdm import tqdm

from gatedrnn_course.grading.exchange import frames
from gatedrnn_course.grading.exchange.frames import BadFrame
from gatedrnn_course.grading.exchange.trees import unpack, unpack_arguments
from gatedrnn_course.grading.sandbox.asks import Asks
from gatedrnn_course.grading.sandbox.report import Loading, reply_to

CAP = 1 << 12
CODES = (*frames.DTYPES, "f16", "O8", "U4", "V8", "<f8", "", 7, None, "c16")
SIDES = (0, 1, 2, 3, 7, -1, CAP, CAP + 1, 2**31, 2**63, 2**80, True, 1.0, "3", None)
WORDS = ("id", "value", "args", "named", "ask", "earlier", "problem", "raised", "skipped", "defined", "torch", "blank")
TEXTS = ("", "f", "gate", "x" * 200, "\x1b[2J", "\ud800", "\u202e", "{}", "missing", "raised", "value", "timeout")
GARBAGE = (b"", b"\0", b"\xff" * 8, b"NaN", b"[" * 3000, b"9" * 5000, b'{"m":{},"a":[]}', b"\xef\xbb\xbf", b'"\\ud800"')


def odd(rng: random.Random, depth: int = 0) -> Any:
    """Something that JSON can say: what a tree may hold, and what it may not."""
    kind = rng.randrange(9 if depth < 10 else 6)
    if kind < 2:
        return rng.randrange(-2, 5)
    if kind == 2:
        return rng.choice(TEXTS)
    if kind < 6:
        return rng.choice((None, True, False, 0.5, 2**70, -1, 0, 1))
    if kind < 8:
        return [odd(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {rng.choice(TEXTS): odd(rng, depth + 1) for _ in range(rng.randrange(4))}


def meta(rng: random.Random) -> dict[str, Any]:
    """What a frame says, in part as a child would say it."""
    said: dict[str, Any] = {"id": rng.choice((1, 1, 1, 0, "1", None)), "value": 0, "args": [rng.choice((0, None))]}
    if rng.random() < 0.4:
        said |= {"ask": rng.choice(("gate", "gate", "hidden", None)), "named": {}, "earlier": rng.choice((True, False))}
    if rng.random() < 0.3:
        said |= {"defined": {"f": True}, "skipped": ["%time"], "raised": {"type": "E", "message": "m"}}
    for _ in range(rng.randrange(3)):
        said[rng.choice(WORDS)] = odd(rng)
    return said


def case(seed: int) -> bytes:
    """The frame of a seed."""
    rng = random.Random(seed)
    specs: list[Any] = []
    body = b""
    for _ in range(rng.choice((0, 1, 1, 2, 3, 300) if rng.random() < 0.02 else (0, 1, 1, 2, 3))):
        code = rng.choice(tuple(frames.DTYPES))
        shape = [rng.randrange(4) for _ in range(rng.randrange(4))]
        size = frames.DTYPES[code].itemsize * int(np.prod(shape, dtype=int))
        body += rng.randbytes(size) if rng.random() < 0.3 else bytes(size)
        specs.append([code, shape])
    if specs and rng.random() < 0.3:
        where = rng.choice(specs)
        where[0], where[1] = rng.choice(
            ((where[0], [rng.choice(SIDES) for _ in range(rng.randrange(10))]), odd_spec(rng))
        )
    header = json.dumps({"m": meta(rng), "a": specs}).encode()
    if rng.random() < 0.15:
        header = rng.choice(GARBAGE)
    lengths = [len(header), len(body)]
    if rng.random() < 0.15:
        lengths[rng.randrange(2)] = rng.choice((0, 1, CAP + 1, 2**20, 2**32 - 1))
    magic = b"GRN1" if rng.random() < 0.97 else rng.randbytes(4)
    whole = bytearray(magic + struct.pack("<IQ", *lengths) + header + body)
    for _ in range(rng.choice((0, 0, 0, 1, 2, 8))):
        damage(rng, whole)
    return bytes(whole)


def odd_spec(rng: random.Random) -> tuple[Any, Any]:
    """A type and a shape, at least one of which is none."""
    return rng.choice(CODES), rng.choice(([1], [2, 2], None, {}, "3", [[1]], 4))


def damage(rng: random.Random, whole: bytearray) -> None:
    """Flip, cut, double or insert bytes, in place."""
    if not whole:
        return
    k = rng.randrange(len(whole))
    how = rng.randrange(4)
    if how == 0:
        whole[k] ^= 1 << rng.randrange(8)
    elif how == 1:
        del whole[k : k + rng.randrange(1, 9)]
    elif how == 2:
        whole[k:k] = whole[k : k + rng.randrange(1, 9)]
    else:
        whole[k:k] = rng.choice(GARBAGE)


def gate(*arguments: Any, **named: Any) -> Any:
    """A judge's own function, which raises for most arguments."""
    return np.asarray(arguments[0]) * 2.0 if not named else named["x"]


def run(seed: int) -> str:
    """What became of one frame: `refused`, or how far it came; anything undeclared is raised."""
    asks = Asks(CAP)
    asks.replaced, asks.offered = {"gate": gate}, {"gate": gate}
    try:
        said, arrays = frames.decode(case(seed), cap=CAP)
    except BadFrame:
        return "refused"
    came = ["read"]
    for name, use in (
        ("value", lambda: unpack(said.get("value"), arrays)),
        ("arguments", lambda: unpack_arguments(said.get("args"), arrays)),
        ("reply", lambda: reply_to(said, arrays, arrays[:1], "numpy")),
        ("loading", lambda: Loading(["f"]).add(said, arrays)),
        ("answer", lambda: answered(asks, said, arrays)),
    ):
        try:
            use()
            came.append(name)
        except BadFrame:
            continue
    return " ".join(came)


def answered(asks: Asks, said: dict[str, Any], arrays: list[Any]) -> None:
    """What a child would be answered can be sent."""
    if "ask" not in said:
        raise BadFrame("no question")
    back, numbers = asks.answer(said, arrays, time.monotonic() + 5)
    frames.encode({**back, "id": 1}, numbers, cap=CAP)


def fuzz(first: int, cases: int, quiet: bool = False) -> tuple[Counter[str], list[str]]:
    """How many frames came how far, and what should not have happened."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for seed in _counted(range(first, first + cases), quiet):
        try:
            counts[run(seed)] += 1
        except Exception as error:
            wrong.append(f"seed {seed}: {type(error).__name__}: {error}")
            tqdm.write(wrong[-1])
    return counts, wrong


def _counted(seeds: range, quiet: bool) -> Iterator[int]:
    yield from tqdm(seeds, unit="frame", unit_scale=True, mininterval=2, disable=quiet or None)


def main() -> None:
    """Run the seeds and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=300_000, help="how many frames")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    chosen = parser.parse_args()
    counts, wrong = fuzz(chosen.first, chosen.cases)
    for words, count in counts.most_common():
        print(f"{count:>10}  {words}")
    print(f"{sum(counts.values())} frames; {len(wrong)} with anything undeclared.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
