from __future__ import annotations

from gatedrnn_course.lab.widget import Choice, Slider, steps


def test_steps_are_the_numbers_a_person_would_write() -> None:
    assert steps(0, 1, 0.1) == (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)
    assert steps(-2, 4, 2) == (-2, 0, 2, 4)


def test_a_slider_starts_at_its_start_and_shows_numbers_of_one_length() -> None:
    slider = Slider("f", "forget gate", steps(0, 1, 0.25), start=0.75, unit="steps")
    assert slider.values[slider.first] == 0.75
    assert slider.shown == ("0.00 steps", "0.25 steps", "0.50 steps", "0.75 steps", "1.00 steps")
    assert Slider("T", "lag", (10, 100)).shown == ("10", "100")
    assert (slider.place(0.3), slider.place(9)) == (1, 4)


def test_a_choice_hands_over_keys_and_shows_words() -> None:
    choice = Choice("kind", "layer", {"res": "residual layer", "high": "highway layer"}, start="high")
    assert choice.values == ("res", "high")
    assert choice.shown == ("residual layer", "highway layer")
    assert (choice.first, choice.place("res")) == (1, 0)
