"""Where everything of a cell is, as C text says it."""

from __future__ import annotations

from gatedrnn_course.cells import catalogue, parse
from gatedrnn_course.engines.c_tier.addresses import Addresses
from gatedrnn_course.engines.c_tier.places import Place, padded, total


def test_blocks_come_first_then_vectors_then_what_nobody_reads() -> None:
    a = Addresses(parse("q = tanh(W_q @ x)\nh = tanh(W_h @ x + U_h @ h_prev + b_h)"))
    offsets, end = a.offsets()
    assert list(offsets) == ["w0", "w1", "o_b_h", "o_W_q"] and a.idle == ("W_q",)
    assert offsets["w0"] == "0" and offsets["w1"] == "w0 + D * (1 * Hp)" and end == "o_W_q + PAD(H * D)"


def test_places_say_array_row_and_column() -> None:
    a = Addresses(catalogue["peephole LSTM"])
    assert a.forward("i") == a.slot(1) == Place("slot", "H", columns=("H",))
    assert a.slot(1).vector == "Z + row * zs + 1 * Hp + r * zs + j"
    assert a.forward("c_prev").vector == "S_c + row * Hp + r * Hp + j"
    assert a.forward("c").pointer == "S_c + (row + B) * Hp" and a.forward("b_o").vector == "P + o_b_o + j"
    assert [place.kind for place in a.backward("d_h_next")] == ["in", "d_h"]
    assert a.deltas("d_a_o") == [Place("delta", "H", columns=("H",) * 3)]


def test_sizes_of_rows_together() -> None:
    assert (padded("H"), total(["H", "D", "H"]), total([])) == ("Hp", "2 * Hp + 1 * Dp", "0")
    assert Addresses(catalogue["GRU"]).states == ["H"]
