"""Unit 09: eight variants of the LSTM, random search, a test on the best tenth, and what explains the variance."""

from gatedrnn_course.grading.units.importance_shares import read_importance_item
from gatedrnn_course.grading.units.odyssey_variants import variant_item
from gatedrnn_course.grading.units.sample_trial import sample_trial_item
from gatedrnn_course.grading.units.top_tenth import top_tenth_item
from gatedrnn_course.grading.units.unit import Unit
from gatedrnn_course.text import mark

READY_MADE = tuple(f"gatedrnn_course.{name}" for name in ("cells", "catalogue", "engines", "grading", "studies"))

_GATE_GONE = mark("A gate that is always 1 is no longer a line, and no longer a factor where it was used.")
_LINES = mark("Two lines of V change: that of the gate, and the one that uses it.")

UNIT = Unit(
    "09",
    "search_space_odyssey",
    mark("Search Space Odyssey"),
    (
        variant_item(
            "no_input_gate",
            3,
            "NIG",
            mark("NIG: no input gate, i = 1."),
            (_LINES, _GATE_GONE, mark("The candidate goes into the cell state whole.")),
            READY_MADE,
        ),
        variant_item(
            "no_forget_gate",
            3,
            "NFG",
            mark("NFG: no forget gate, f = 1."),
            (_LINES, _GATE_GONE, mark("The old cell state stays whole, as in 1997.")),
            READY_MADE,
        ),
        variant_item(
            "no_output_gate",
            3,
            "NOG",
            mark("NOG: no output gate, o = 1."),
            (_LINES, _GATE_GONE, mark("The activation of the output stays: it is no gate.")),
            READY_MADE,
        ),
        variant_item(
            "no_input_activation",
            2,
            "NIAF",
            mark("NIAF: no input activation, the candidate is not squashed."),
            (
                mark("One line of V changes. The gates keep their sigmoids."),
                mark("The input activation is the tanh of the candidate."),
                mark("What stood inside the tanh is the candidate now."),
            ),
            READY_MADE,
        ),
        variant_item(
            "no_output_activation",
            2,
            "NOAF",
            mark("NOAF: no output activation, the cell state is shown as it is."),
            (
                mark("One line of V changes, the last one."),
                mark("The output activation is the tanh around c."),
                mark("The output gate stays."),
            ),
            READY_MADE,
        ),
        variant_item(
            "coupled_gates",
            5,
            "CIFG",
            mark("CIFG: input and forget gate are coupled, f = 1 - i."),
            (
                mark("One gate is learned, the other one follows from it. Which one does the paper learn?"),
                mark("The line of f needs no parameters any more, or is gone."),
                mark("What is not written anew is kept: the shares of old and new add up to 1."),
            ),
            READY_MADE,
        ),
        variant_item(
            "no_peepholes",
            3,
            "NP",
            mark("NP: no peepholes."),
            (
                mark("Three lines change, and all in the same way."),
                mark("A peephole is a product with a vector P."),
                mark("What is left is the LSTM of unit 03."),
            ),
            READY_MADE,
        ),
        variant_item(
            "full_gate_recurrence",
            11,
            "FGR",
            mark("FGR: every gate also sees all three gates of the step before."),
            (
                mark("Each of the three gates gets three more products inside its sigmoid: nine matrices in all."),
                mark("A gate of the step before is a state, as h_prev is: its names are f_prev, i_prev and o_prev."),
                mark("U_fi goes into f and comes from i: the first letter is the gate of the line."),
            ),
            READY_MADE,
        ),
        sample_trial_item(
            18,
            (
                mark("A number between 0 and 1 says how far to go from the lower end to the upper end."),
                mark("For a log-uniform number go that far between the logarithms, then raise."),
                mark("What is drawn for the momentum is 1 - momentum."),
            ),
            READY_MADE,
        ),
        top_tenth_item(
            26,
            (
                mark("Three steps: choose with one set of losses, compare with the other, correct for many tests."),
                mark("np.argsort(validation) lists the trials from the lowest loss up; it indexes `test` as well."),
                mark("scipy.stats.ttest_ind is Student's test unless told otherwise. Look for equal_var."),
            ),
            READY_MADE,
        ),
        read_importance_item(
            24,
            (
                mark("How much does the mean loss move when one setting moves and the others are averaged out?"),
                mark(
                    "losses.mean(axis=(1, 2)) is a curve over axis 0. Its variance over that of all losses is a share."
                ),
                mark(
                    "The mean over axis 2 alone is a surface. Its variance holds two main effects and the interaction."
                ),
            ),
            READY_MADE,
        ),
    ),
)
