"""Pages are whole, safe to open, tell everything in words, and are the same each time."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from records import Make

from gatedrnn_course.grading.classroom.record import SandboxRecord
from gatedrnn_course.grading.classroom.run import ClassRun
from gatedrnn_course.grading.report.pages import class_page, student_page, write_pages

HOSTILE = "</p><script>alert('me')</script><img src=x onerror=alert(1)>\x1b[31m" + "A" * 100_000
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Reader(HTMLParser):
    """Collects tags, links and texts, and sees that what is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _value in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_a_student_reads_each_item_with_sign_word_points_and_reason(run: ClassRun) -> None:
    text = Reader(student_page(run.records[1], run.unit)).text
    assert "94 of 100 points" in text
    assert "✗ wrong · candidate(x, h_prev, p) 0 of 6 points" in text
    assert "No bias: b_c is missing." in text
    assert "✓ right · lstm_step(x, h_prev, c_prev, p) 16 of 16 points" in text


def test_what_the_sandbox_does_not_stop_is_told_to_the_instructor_only(run: ClassRun) -> None:
    words, student = "Nothing there keeps an answer from using the network", run.records[1]
    text = Reader(student_page(student, run.unit)).text
    assert words in Reader(class_page(run.records, run.unit)).text
    assert "sandbox" not in text
    assert "network" not in text
    assert text.endswith("Graded automatically. Ask your instructor about a verdict you doubt.")


def test_details_notes_and_cell_notes_are_shown(run: ClassRun, make: Make) -> None:
    told = {"candidate": {"details": ("On a batch: `c_tilde` is wrong.",), "notes": ("float32",)}}
    text = Reader(student_page(make("ana", told, notes=("Code cell 2 raised ValueError.",)), run.unit)).text
    assert "On a batch: c_tilde is wrong. float32" in text
    assert "About the notebook Code cell 2 raised ValueError." in text


def test_a_fault_of_the_grader_is_no_grade(run: ClassRun) -> None:
    text = Reader(student_page(run.records[3], run.unit)).text
    assert "a fault of the grader, not of the submission" in text
    assert "points" not in text
    assert "0 of 100" not in text
    assert "OSError" not in text


def test_the_class_page_holds_grades_mistakes_and_what_could_not_be_graded(run: ClassRun) -> None:
    page = Reader(class_page(run.records, run.unit))
    assert "4 submissions." in page.text
    assert "1 is no readable notebook." in page.text
    assert "1 submission could not be graded" in page.text
    assert "The candidate has no bias: 1 student." in page.text
    assert "1 of 2 50 %" in page.text
    assert page.links == [f"students/{name}.html" for name in ("ana", "ben", "cem", "dan")]


def test_the_class_page_names_files_left_out(run: ClassRun, tmp_path: Path) -> None:
    left_out = ("py_student.py", HOSTILE)
    page = write_pages(replace(run, left_out=left_out), tmp_path).index.read_text("utf-8")
    assert "Left out, as they are no notebooks: py_student.py, </p><script>" in Reader(page).text
    assert "\x1b" not in page
    assert "Left out" not in class_page(run.records, run.unit)


def test_one_student_alone_and_nobody_wrong(run: ClassRun) -> None:
    text = Reader(class_page(run.records[:1], run.unit)).text
    assert "No mistake was named." in text
    assert "1 submission." in text
    assert "Mean 100.0, median 100 of 100 points." in text


@pytest.mark.parametrize("field", ["sentence", "mistake", "details", "notes"])
def test_nothing_a_student_wrote_becomes_markup(run: ClassRun, make: Make, field: str) -> None:
    value = (HOSTILE,) if field in ("details", "notes") else HOSTILE
    hostile = make(HOSTILE[:150], {"candidate": {field: value}}, notes=(HOSTILE,), file=HOSTILE, problem=HOSTILE)
    for page in (student_page(hostile, run.unit), class_page((hostile,), run.unit)):
        read = Reader(page)
        assert not read.tags & {"script", "img", "iframe", "object", "link"}
        assert not any(name.startswith("on") for name in read.names)
        assert "\x1b" not in page
        assert len(page) < 40_000


def test_pages_load_nothing_from_elsewhere(run: ClassRun) -> None:
    for page in (class_page(run.records, run.unit), *(student_page(record, run.unit) for record in run.records)):
        assert not any("//" in link for link in Reader(page).links)
        assert "@import" not in page
        assert "url(" not in page
        assert "default-src 'none'" in page


def test_the_same_records_give_the_same_pages(run: ClassRun) -> None:
    assert class_page(run.records, run.unit) == class_page(run.records, run.unit)
    assert student_page(run.records[0], run.unit) == student_page(run.records[0], run.unit)


@pytest.mark.parametrize("name", ["Zoë O'Neil #1?", "50% & more", "x" * 249, "[a](b)", "a\\xffb"])
def test_the_class_page_links_to_every_students_page(run: ClassRun, make: Make, tmp_path: Path, name: str) -> None:
    pages = write_pages(ClassRun(run.unit, (make(name),), 1, 0.0), tmp_path)
    (link,) = Reader(pages.index.read_text("utf-8")).links
    assert (tmp_path / unquote(link)).is_file()
    assert "100 of 100 points" in Reader((tmp_path / unquote(link)).read_text("utf-8")).text


def test_a_weak_sandbox_is_told_first_and_in_red(run: ClassRun, make: Make) -> None:
    weak = class_page(run.records, run.unit)
    assert Reader(weak).text.split("4 submissions.")[0].endswith("says how to get a strong one. ")
    assert '<p class="alarm" role="alert">' in weak
    assert "Protection while grading: weak. Nothing kept these notebooks" in Reader(weak).text
    assert "Protection while grading: weak." in Reader(student_page(run.records[0], run.unit)).text
    strong = make("ana", sandbox=SandboxRecord(backend="bubblewrap", level="strong", missing=()))
    for page in (class_page((strong,), run.unit), student_page(strong, run.unit)):
        assert "Protection" not in Reader(page).text


def test_what_to_look_at_is_told_with_names(run: ClassRun, make: Make) -> None:
    refused = {"latch": {"outcome": "refused", "sentence": "It uses `torch.nn.LSTM`."}}
    records = (
        make("ana", refused, seconds=9.34),
        make("ben", late_days=2, points_after=80.5),
        make("cem", marked_late=True),
        make("dan"),
    )
    text = Reader(class_page(records, run.unit)).text
    assert "Refused, or ended by the grader ana, latch : It uses torch.nn.LSTM ." in text
    assert "Late ben: 2 days, 80.5 of the points count cem: so says the platform" in text
    assert "Slowest submissions ana: 9.3 s" in text
    quiet = Reader(class_page((make("ana"),), run.unit)).text
    assert not any(head in quiet for head in ("Refused, or", "Late", "Slowest", "by hand"))


def test_late_points_are_told_to_the_student(run: ClassRun, make: Make) -> None:
    text = Reader(student_page(make("ben", late_days=2, points_after=80.5), run.unit)).text
    assert "80.5 of 100 points" in text
    assert "Handed in 2 days late: of 100 points these are left." in text


def test_points_given_by_hand_are_told_on_both_pages(run: ClassRun, make: Make) -> None:
    ben = make("ben", {"candidate": {"points": 4, "overridden": "Set to 4 points by the instructor: <b>seen</b>"}})
    for page in (student_page(ben, run.unit), class_page((ben,), run.unit)):
        assert "Set to 4 points by the instructor: <b>seen</b>" in Reader(page).text
        assert "<b>" not in page


def test_each_question_shows_what_became_of_it(run: ClassRun) -> None:
    page = class_page(run.records, run.unit)
    assert "candidate: right 1, a mistake with a name 1; " in page
    assert "candidate 1 student : The candidate has no bias." in Reader(page).text.replace("student:", "student :")


def test_neither_seed_nor_fingerprint_is_on_any_page(run: ClassRun, make: Make) -> None:
    secret = make("ana", seed=918273645, fingerprint="f00dfeed")
    for page in (class_page((secret,), run.unit), student_page(secret, run.unit)):
        assert "918273645" not in page
        assert "f00dfeed" not in page
