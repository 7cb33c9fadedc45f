"""Answers to driven items as people type them: right ones in many styles, wrong ones, and ones that do nothing.

Each module has `RIGHT`, the styles of an item in words with their sources, the first of which is the plainest; `WRONG`,
how the mistake that must be named begins, and a source; and `FILLED`, a source with `{number}` in it that hands back
arrays full of one number.
"""

from __future__ import annotations

from gatedrnn_course.grading.prove.torch_answers import adder, forget_bias, lengths, lstm, lstm_wrong, pieces, training

__all__ = ["FILLED", "RIGHT", "WRONG"]

RIGHT: dict[str, dict[str, str]] = {
    **pieces.RIGHT,
    **forget_bias.RIGHT,
    **lstm.RIGHT,
    **lengths.RIGHT,
    **training.RIGHT,
    **adder.RIGHT,
}
WRONG: dict[str, tuple[tuple[str, str], ...]] = {
    **pieces.WRONG,
    **forget_bias.WRONG,
    **lstm_wrong.WRONG,
    **lengths.WRONG,
    **training.WRONG,
    **adder.WRONG,
}
FILLED: dict[str, str] = {
    **pieces.FILLED,
    **forget_bias.FILLED,
    **lstm_wrong.FILLED,
    **lengths.FILLED,
    **training.FILLED,
    **adder.FILLED,
}
