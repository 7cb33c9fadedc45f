"""Graded items: slices of cells, loops over cells, plain functions, and classes."""

from gatedrnn_course.grading.items.backward_item import BackwardItem as BackwardItem
from gatedrnn_course.grading.items.backward_sequence_item import BackwardSequenceItem as BackwardSequenceItem
from gatedrnn_course.grading.items.driven_item import DrivenItem as DrivenItem
from gatedrnn_course.grading.items.driven_item import TextMistake as TextMistake
from gatedrnn_course.grading.items.equations_item import EquationsItem as EquationsItem
from gatedrnn_course.grading.items.function_item import FunctionItem as FunctionItem
from gatedrnn_course.grading.items.function_item import Mistake as Mistake
from gatedrnn_course.grading.items.function_item import in_other_orders as in_other_orders
from gatedrnn_course.grading.items.item import Ask as Ask
from gatedrnn_course.grading.items.item import Draw as Draw
from gatedrnn_course.grading.items.item import Explanation as Explanation
from gatedrnn_course.grading.items.item import Item as Item
from gatedrnn_course.grading.items.item import Observation as Observation
from gatedrnn_course.grading.items.jacobian_item import JacobianItem as JacobianItem
from gatedrnn_course.grading.items.measure import ByCriterion as ByCriterion
from gatedrnn_course.grading.items.measure import ByLoss as ByLoss
from gatedrnn_course.grading.items.sequence_item import SequenceItem as SequenceItem
from gatedrnn_course.grading.items.slice_item import SliceItem as SliceItem
from gatedrnn_course.grading.items.trained_equations_item import TrainedEquationsItem as TrainedEquationsItem
from gatedrnn_course.grading.items.trained_item import TrainedItem as TrainedItem
from gatedrnn_course.grading.items.variant_item import VariantItem as VariantItem
