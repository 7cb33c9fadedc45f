from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.grading.exchange.params import Params


def test_an_attribute_and_an_item_are_the_same() -> None:
    p = Params(W_f=np.ones(2))
    assert p.W_f is p["W_f"]
    p["b_f"] = np.zeros(2)
    assert p.b_f is p["b_f"]
    p.b_f = np.ones(1)
    assert p["b_f"].shape == (1,)


def test_it_is_a_mapping_in_the_order_given() -> None:
    p = Params({"b": 1}, a=2)
    assert (list(p), len(p), dict(p), repr(p)) == (["b", "a"], 2, {"b": 1, "a": 2}, "Params(b, a)")


def test_what_is_not_there_is_an_error_of_the_usual_kind() -> None:
    with pytest.raises(AttributeError, match="W_g"):
        _ = Params(W_f=1).W_g
    with pytest.raises(KeyError, match="W_g"):
        Params(W_f=1)["W_g"]
