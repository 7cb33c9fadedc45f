"""The grader is graded: every wrong answer that can be derived must be caught and named, every right one accepted."""

from gatedrnn_course.grading.prove.matrix import ItemProof as ItemProof
from gatedrnn_course.grading.prove.matrix import KillMatrix as KillMatrix
from gatedrnn_course.grading.prove.page import page_of as page_of
from gatedrnn_course.grading.prove.page import write_page as write_page
from gatedrnn_course.grading.prove.prover import prove as prove
from gatedrnn_course.grading.prove.prover import prove_item as prove_item

__all__ = ["ItemProof", "KillMatrix", "page_of", "prove", "prove_item", "write_page"]
