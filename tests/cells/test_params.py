from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from gatedrnn_course.cells import Params


def test_an_array_is_read_by_attribute_and_by_name() -> None:
    W = np.ones((2, 3))
    p = Params({"W_f": W}, b_f=np.zeros(2))
    assert p.W_f is W
    assert p["W_f"] is W
    assert list(p) == ["W_f", "b_f"]
    assert len(p) == 2
    assert "b_f" in p
    assert dict(p).keys() == {"W_f", "b_f"}


def test_a_name_it_does_not_hold_lists_those_it_holds() -> None:
    with pytest.raises(AttributeError, match="p has no W_g; it holds: W_f, b_f"):
        Params(W_f=1, b_f=2).W_g  # noqa: B018
    with pytest.raises(KeyError):
        Params()["W_f"]


@pytest.mark.parametrize("through", [copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))])
def test_it_can_be_copied(through: object) -> None:
    assert dict(through(Params(a=1))) == {"a": 1}  # type: ignore[operator]


def test_making_one_from_another_shares_the_arrays_only() -> None:
    p = Params(W_f=np.ones(2))
    q = Params(p, b_f=np.zeros(2))
    assert q.W_f is p.W_f
    assert "b_f" not in p


@pytest.mark.parametrize("name", ["keys", "values", "items", "get"])
def test_a_parameter_may_have_any_name(name: str) -> None:
    assert Params({name: 1})[name] == 1


def test_it_shows_names_and_shapes() -> None:
    assert repr(Params(W_f=np.ones((2, 3)), b_f=np.ones(2))) == "Params(W_f (2, 3), b_f (2,))"
