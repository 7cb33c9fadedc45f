from __future__ import annotations

import pytest

from gatedrnn_course.authoring.source import TAGS, WIDTH, first_words, read_source
from gatedrnn_course.errors import CourseError


def read(tmp_path, text):
    path = tmp_path / "03_gates.py"
    path.write_text(text, encoding="utf-8")
    return read_source(path)


def test_cells_keep_text_and_tags(tmp_path):
    markdown, code = read(tmp_path, '# %% [markdown]\n# $W_f$ and **f**\n\n# %% tags=["check"]\ncheck(f)\n')
    assert (markdown.kind, markdown.text, markdown.tags) == ("markdown", "$W_f$ and **f**", ())
    assert (code.kind, code.text, code.tags) == ("code", "check(f)", ("check",))


def test_a_magic_stands_as_a_comment_and_becomes_a_magic(tmp_path):
    assert read(tmp_path, "# %%\n# %matplotlib inline\n")[0].text == "%matplotlib inline"


@pytest.mark.parametrize("tag", TAGS)
def test_every_known_tag_is_read(tmp_path, tag):
    assert read(tmp_path, f'# %% tags=["{tag}"]\n1\n')[0].tags == (tag,)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('# %% tags=["anwser"]\nx = 1\n', "no tag anwser"),
        ("# %% tags=[answer]\nx = 1\n", "x = 1"),
        ('# %% points="3"\nx = 1\n', "points"),
        ("# %% [raw]\nx\n", "raw"),
        ("# %%\n1\n\n# %%\n\n# %%\n2\n", "empty"),
        ('# %% [markdown] tags=["check"]\n# text\n', "markdown"),
    ],
)
def test_what_cannot_be_built_is_refused_with_file_and_cell(tmp_path, text, says):
    with pytest.raises(CourseError, match=says) as told:
        read(tmp_path, text)
    assert told.value.asked.startswith("03_gates.py, cell ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Gates\nwords", "# Gates"),
        ("$$\nf_t = 1\n$$", "f_t = 1"),
        ("$$f_t = 1$$", "f_t = 1"),
        ("\n---\nwords", "words"),
        ("---", "---"),
    ],
)
def test_a_cell_is_known_by_its_first_words(text, words):
    assert first_words(text) == words


def test_long_first_words_are_cut():
    assert len(first_words("word " * 100)) <= WIDTH


def test_a_long_source_goes_on_in_a_second_file(tmp_path):
    (tmp_path / "_03_gates_2.py").write_text('# %%\nb = 2\n\n# %% tags=["anwser"]\nc = 3\n', encoding="utf-8")
    with pytest.raises(CourseError) as told:
        read(tmp_path, "# %%\na = 1\n")
    assert told.value.asked.startswith("_03_gates_2.py, cell 3")
    (tmp_path / "_03_gates_2.py").write_text("# %%\nb = 2\n", encoding="utf-8")
    cells = read(tmp_path, "# %%\na = 1\n")
    assert [(cell.file, cell.number, cell.text) for cell in cells] == [
        ("03_gates.py", 1, "a = 1"),
        ("_03_gates_2.py", 2, "b = 2"),
    ]
