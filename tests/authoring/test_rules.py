from __future__ import annotations

import pytest

from gatedrnn_course.authoring.notebook import copy, new_cell, new_notebook
from gatedrnn_course.authoring.rules import CODE_LINES, MARKDOWN_WORDS, problems, refuse_unreadable
from gatedrnn_course.authoring.source import SourceCell
from gatedrnn_course.errors import CourseError


def code(text="x = 1", count=1, outputs=(), **metadata):
    cell = new_cell("code", text, "c", metadata)
    cell.update(execution_count=count, outputs=list(outputs))
    return cell


def shows(data, metadata=None):
    return code(outputs=[{"output_type": "display_data", "data": data, "metadata": metadata or {}}])


def source(kind, text):
    return SourceCell("course/lessons/03_gates.py", 7, kind, text)


def error(**metadata):
    output = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}
    return code(outputs=[output], **metadata)


LABELLED = '<svg role="img" aria-label="Data flow of the LSTM cell"></svg>'


@pytest.mark.parametrize(
    "cell",
    [
        code(),
        error(tags=["raises-exception"]),
        shows({"image/png": "aa", "text/html": '<img src="x" alt="a curve">'}),
        shows({"image/svg+xml": LABELLED, "text/html": f"<div>{LABELLED}</div>"}),
        shows({"text/html": '<span aria-hidden="true">x</span><svg aria-hidden="true"></svg>'}),
        shows({"text/plain": "3.14"}),
    ],
)
def test_what_is_fine(cell):
    assert list(problems(copy(new_notebook([cell])))) == []


def test_cells_that_never_ran_are_told_together():
    cells = [new_cell("code", "x = 1", f"c{k}", {}) for k in range(3)]
    cells[1].update(execution_count=2)
    (sentence,) = problems(copy(new_notebook(cells)))
    assert sentence.startswith("cells 1, 3: never run")


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (error(), "raises ValueError"),
        (shows({"image/png": "aa"}), "alternative"),
        (shows({"image/png": "aa"}, {"image/png": {"alt": "a curve that falls"}}), "alternative"),
        (shows({"image/svg+xml": LABELLED}), "alternative"),
        (shows({"image/svg+xml": "<svg></svg>"}), "alternative"),
        (shows({"text/html": '<img alt="">'}), "alternative"),
        (shows({"text/plain": "<Gate object at 0x7f12ab34cd>"}), "one machine"),
    ],
)
def test_what_is_told(cell, says):
    (sentence,) = problems(copy(new_notebook([new_cell("markdown", "# Title", "title", {}), cell])))
    assert sentence.startswith("cell 2 (")
    assert says in sentence


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("code", "x = 1\n" * (CODE_LINES - 1) + "x"),
        ("markdown", "word " * MARKDOWN_WORDS),
        ("markdown", "word " * MARKDOWN_WORDS + "\n$$\na = b + c\n$$"),
        ("markdown", "word " * MARKDOWN_WORDS + '<< describe("LSTM") >>'),
        ("markdown", "![the forget gate over time](f.png)"),
    ],
)
def test_a_source_cell_that_can_be_read(kind, text):
    refuse_unreadable(source(kind, text))


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("code", "x = 1\n" * CODE_LINES + "x", "21 lines"),
        ("markdown", "word " * (MARKDOWN_WORDS + 1), "121 words"),
        ("markdown", "![](f.png)", "alternative"),
        ("markdown", '<img src="f.png">', "alternative"),
    ],
)
def test_a_source_cell_that_is_refused(kind, text, says):
    with pytest.raises(CourseError, match=says) as told:
        refuse_unreadable(source(kind, text))
    assert told.value.asked.startswith("course/lessons/03_gates.py, cell 7: ")


FOLDED = "<details><summary>Show</summary><p>It keeps</p></details>"


def answering(data, text='with reveal("keep"):\n    print(f * c)', **more):
    return code(text, outputs=[{"output_type": "display_data", "data": data, "metadata": {}, **more}])


def test_an_answer_stands_folded_and_its_source_tells_nothing():
    cell = answering({"text/html": FOLDED, "text/plain": "Folded."})
    assert list(problems(copy(new_notebook([cell])))) == []


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (answering({"text/html": "<p>It keeps</p>"}), "before the reader"),
        (answering({"text/html": f"<p>It keeps</p>{FOLDED}"}), "before the reader"),
        (answering({"text/html": FOLDED.replace("<details", "<details open")}), "before the reader"),
        (answering({"text/plain": "It keeps"}), "before the reader"),
        (answering({"text/html": FOLDED, "image/png": "aa"}), "before the reader"),
        (answering({"text/html": FOLDED}, 'reveal("keep", "It keeps")'), "source tells"),
        (answering({"text/html": FOLDED}, 'with reveal("keep", "It keeps"):\n    f()'), "source tells"),
        (code('reveal("keep")', outputs=[{"output_type": "stream", "name": "stdout", "text": "2.0"}]), "before"),
    ],
)
def test_an_answer_that_is_given_away(cell, says):
    assert any(says in sentence for sentence in problems(copy(new_notebook([cell]))))


def test_a_line_of_code_fits_a_window():
    refuse_unreadable(source("code", "x" * 88))
    with pytest.raises(CourseError, match="89 letters in one line; at most 88"):
        refuse_unreadable(source("code", "x = 1\n" + "y" * 89))


@pytest.mark.parametrize("mime", ["image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"])
@pytest.mark.parametrize("alt", [None, "", " ", "a curve"])
def test_a_bare_picture_of_any_kind_has_no_words_whatever_its_metadata_say(mime, alt):
    """No reader tells the words in a picture's metadata: they belong into HTML around it."""
    metadata = {} if alt is None else {mime: {"alt": alt}}
    (sentence,) = problems(copy(new_notebook([shows({mime: LABELLED, "text/plain": "a curve"}, metadata)])))
    assert "alternative" in sentence
    framed = shows({mime: "aa", "text/html": '<img src="x" alt="a curve">'}, metadata)
    assert list(problems(copy(new_notebook([framed])))) == []


@pytest.mark.parametrize(
    "text", ["![ ](f.jpg)", '<IMG SRC="f.jpeg">', "<img src='f' alt=''>", "<svg><title>x</title></svg>"]
)
def test_a_picture_in_text_needs_words_however_it_is_written(text):
    with pytest.raises(CourseError, match="alternative"):
        refuse_unreadable(source("markdown", f"Look:\n\n{text}"))


def test_a_widget_that_stores_no_picture_of_itself_is_told():
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "0" * 32, "version_major": 2, "version_minor": 0}}
    (sentence,) = problems(copy(new_notebook([shows({**view, "text/html": "<p>A row of gates.</p>"})])))
    assert "A widget without a picture of itself" in sentence


def told_of(*cells):
    """What the rules say of these cells, each with an id of its own."""
    return list(problems(copy(new_notebook([{**cell, "id": f"c{k}"} for k, cell in enumerate(cells)]))))


def test_nothing_is_shown_while_a_question_is_open():
    asks = code('predict(\n    "keep",\n    "What does it do?",\n    ["a", "b"],\n)')
    shown = shows({"text/plain": "2.0"})
    answer = answering({"text/html": FOLDED, "text/plain": "Folded."})
    assert told_of(shown, asks, code(), answer, shown) == []
    (sentence,) = told_of(asks, shown, answer)
    assert sentence.startswith("cell 2 (") and 'the question "keep" is open' in sentence
    assert len(told_of(asks, shown, shown)) == 2
