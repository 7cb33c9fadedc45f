"""Unit 10: a mutant, fitness, the list of the best, the best cell of the paper, and the forget bias."""

from gatedrnn_course.cells import catalogue, whole_step
from gatedrnn_course.grading.items import SliceItem
from gatedrnn_course.grading.units.bias_gain import forget_bias_experiment_item
from gatedrnn_course.grading.units.list_of_best import evolve_step_item
from gatedrnn_course.grading.units.mutant import mutate_item
from gatedrnn_course.grading.units.relative_fitness import fitness_item
from gatedrnn_course.grading.units.unit import Unit
from gatedrnn_course.text import mark

READY_MADE = tuple(f"gatedrnn_course.{name}" for name in ("cells", "catalogue", "engines", "grading", "studies"))

UNIT = Unit(
    "10",
    "evolving_cells",
    mark("Evolving cells"),
    (
        mutate_item(
            20,
            (
                mark("Begin with the four lines of the GRU. Three of them change, each in one place."),
                mark("Between h_prev and U_z stands nothing yet. What is inserted there acts before the product."),
                mark("Swapping an operation leaves both sides as they are, and brackets too."),
            ),
            READY_MADE,
        ),
        fitness_item(
            18,
            (
                mark("Three steps: the best setting of each task, a ratio for each task, one number."),
                mark("accuracies has a row for each task. Along which axis are the settings?"),
                mark("An architecture is only as fit as on the task where it compares worst."),
            ),
            READY_MADE,
        ),
        evolve_step_item(
            24,
            (
                mark("A loop over the tasks that ends at the first one that is not passed gives `passed`."),
                mark("The list changes only if every task was passed. Use your `fitness` then."),
                mark("Put the newcomer with the others, sort, and cut the list to its old length."),
            ),
            READY_MADE,
        ),
        SliceItem(
            "mut1_step",
            20,
            mark("One step of MUT1, the best cell of the paper's search."),
            (
                mark("Compare each line with the GRU's: which terms are gone, and which one is new?"),
                mark("The gate z does not look at the hidden state. The candidate looks at tanh of the projected x."),
                mark("Which of the two, old state or candidate, does z weigh here?"),
            ),
            READY_MADE,
            slice=whole_step(catalogue["MUT1"]),
        ),
        forget_bias_experiment_item(
            18,
            (
                mark("One difference for each seed: with b_f = 1 minus with b_f = 0."),
                mark("The standard error of a mean of n numbers is their standard deviation over √n, with ddof=1."),
                mark("The gap is between the means of GRU and LSTM. Which share of it is the gain?"),
            ),
            READY_MADE,
        ),
    ),
)
