from __future__ import annotations

import contextlib

import torch

from gatedrnn_course.training.threads import one_thread


def test_inside_there_is_one_thread_and_afterwards_as_many_as_before() -> None:
    before = torch.get_num_threads()
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before


def test_an_exception_gives_them_back() -> None:
    before = torch.get_num_threads()
    with contextlib.suppress(ValueError), one_thread():
        raise ValueError
    assert torch.get_num_threads() == before
