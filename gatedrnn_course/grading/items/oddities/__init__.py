"""What is odd about numbers that no edit of the equations gives: properties measured on the values, never guessed."""

from gatedrnn_course.grading.items.oddities.odd import RANGE as RANGE
from gatedrnn_course.grading.items.oddities.odd import RULES as RULES
from gatedrnn_course.grading.items.oddities.odd import Oddity as Oddity
from gatedrnn_course.grading.items.oddities.odd import odd as odd
from gatedrnn_course.grading.items.oddities.odd import odd_in_all as odd_in_all
from gatedrnn_course.grading.items.oddities.values import Values as Values
