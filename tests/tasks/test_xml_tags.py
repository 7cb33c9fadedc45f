from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks import XMLTags
from gatedrnn_course.tasks.batch import one_hot
from gatedrnn_course.tasks.xml_tags import SYMBOLS, document


@pytest.fixture(scope="module")
def documents():
    rng = np.random.default_rng(0)
    return [document(rng) for _draw in range(2000)]


def test_documents_are_well_formed(documents):
    for text, legal in documents:
        ElementTree.fromstring(f"<all>{text}</all>")
        assert all(letter in allowed for letter, allowed in zip(text, legal, strict=True))


def test_names_have_2_to_10_letters(documents):
    names = [name for text, _legal in documents for name in re.findall(r"<([a-z]+)>", text)]
    assert {len(name) for name in names} == set(range(2, 11))


def test_closing_names_are_forced(documents):
    text, legal = next((text, legal) for text, legal in documents if text.count("</") == 1)
    start = text.index("</") + 2
    assert legal[start:] == list(text[start:])
    assert "/" not in legal[1]  # nothing to close yet


def test_a_turn_after_the_first_closes_or_stops_half_of_the_time(documents):
    assert np.mean([re.match(r"<[a-z]+></", text) is not None for text, _legal in documents]) == pytest.approx(
        0.5, abs=0.03
    )
    alone = [re.fullmatch(r"<([a-z]+)></\1>", text) is not None for text, _legal in documents]
    assert np.mean(alone) == pytest.approx(0.25, abs=0.03)


def test_tags_are_only_closed_after_the_last_turn():
    rng = np.random.default_rng(0)
    for most in (1, 3):
        assert max(document(rng, most)[0].count("</") for _draw in range(300)) <= most


def test_any_legal_character_is_right_but_only_the_next_one_counts_in_the_score():
    task = XMLTags()
    batch = task.batch(0, 10)
    assert batch.truth is not None
    first_legal = one_hot(batch.truth.argmax(-1), len(SYMBOLS))
    assert task.correct(first_legal, batch).all()
    assert task.score(first_legal, batch) < 1
    assert task.score(one_hot(batch.targets, len(SYMBOLS)), batch) == 1


def test_a_name_may_end_after_its_second_letter_and_must_after_its_tenth(documents):
    """Names have 2 to 10 letters: ">" is legal at the third place of a name and forced at the eleventh."""
    for text, legal in documents[:500]:
        for name in re.finditer(r"<([a-z]+)>", text):
            start, end = name.span(1)
            assert [">" in legal[k] for k in range(start, end + 1)] == [k >= start + 2 for k in range(start, end + 1)]
            assert end - start < 10 or legal[end] == ">"
            assert all(set("az") <= set(legal[k]) for k in range(start, min(end + 1, start + 10)))


def test_a_stream_is_documents_one_after_the_other():
    task = XMLTags(2, stream=4)
    batch = task.batch(0, 20)
    assert batch.truth is not None
    for b, length in enumerate(batch.lengths):
        text = "<" + "".join(SYMBOLS[s] for s in batch.targets[:length, b])
        open_tags, documents = [], 0
        for slash, name in re.findall(r"<(/?)([a-z]+)>", text):
            if slash:
                assert open_tags.pop() == name
                documents += not open_tags
            else:
                open_tags.append(name)
        assert documents == 4 and not open_tags
    legal = one_hot(batch.truth.argmax(-1), len(SYMBOLS))
    assert task.correct(legal, batch).all()
    assert task.score(one_hot(batch.targets, len(SYMBOLS)), batch) == 1
    with pytest.raises(CourseError):
        XMLTags(stream=0)
