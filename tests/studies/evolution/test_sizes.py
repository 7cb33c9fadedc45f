from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.cells.catalogue import GRU, LSTM, catalogue
from gatedrnn_course.studies.evolution.fitness import LIST, SHARE
from gatedrnn_course.studies.evolution.sizes import SCALES, SIZES, hidden_size_for, settings_of


def test_the_papers_size_is_the_papers_where_it_can_be():
    """Jozefowicz, Zaremba and Sutskever 2015, section 3."""
    paper = SIZES["paper"]
    assert (LIST, SHARE) == (100, 0.9)
    assert (paper.architectures, paper.settings, paper.parameters, paper.batch) == (10_000, 20, 250_000, 20)
    assert (paper.filter.accuracy, paper.filter.parameters) == (0.95, 25_000)
    assert (paper.filter.task.letters, paper.filter.task.kinds) == (5, 26)
    assert SCALES == (0.3, 0.7, 1.0, 1.4, 2.0, 2.8)
    assert [stage.task.name for stage in paper.stages] == ["arithmetic", "xml", "sentences"]
    assert (paper.stages[0].task.digits, paper.stages[1].task.most) == (8, 50)
    assert not paper.filter.race  # nobody is given up early


def test_the_reduced_size_has_the_papers_filter_and_number():
    reduced = SIZES["reduced"]
    assert reduced.architectures == 10_000
    assert (reduced.filter.task.letters, reduced.filter.task.kinds, reduced.filter.accuracy) == (5, 26, 0.95)


@pytest.mark.parametrize("cell", [LSTM, GRU, catalogue["MUT1"], catalogue["RNN"]], ids=lambda cell: cell.name)
@pytest.mark.parametrize("parameters", [500, 8_000, 250_000])
def test_the_hidden_size_comes_nearest_from_below(cell, parameters):
    D, K = 40, 40

    def total(H):
        return cell.parameter_count(D, H) + K * (H + 1)

    H = hidden_size_for(cell, D, K, parameters)
    assert total(H) <= parameters < total(H + 1)


def test_the_least_hidden_size_is_one():
    assert hidden_size_for(LSTM, 40, 40, 10) == 1


def test_new_settings_come_once_each_in_an_order_of_their_own():
    size = SIZES["reduced"]
    first, other = settings_of(size, (0, 4, 7)), settings_of(size, (0, 4, 8))
    assert len(set(first)) == len(first) == 18
    assert set(first) == set(other)
    assert first != other
    assert first == settings_of(size, (0, 4, 7))
    assert {s.learning_rate for s in first} == set(size.learning_rates)
    assert np.isclose(max(s.scale for s in first), 2.8)
