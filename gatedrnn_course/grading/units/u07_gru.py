"""Unit 07: the GRU, its two forms, the two meanings of its gate, its size, and torch's parameters in our names."""

from gatedrnn_course.cells import Slice, catalogue, variant, whole_step
from gatedrnn_course.grading.items import EquationsItem, SequenceItem, SliceItem
from gatedrnn_course.grading.units.gru_from_torch import from_torch_item
from gatedrnn_course.grading.units.gru_latch import gru_latch_item
from gatedrnn_course.grading.units.sizes import parameter_count_item, size_item
from gatedrnn_course.grading.units.unit import Unit
from gatedrnn_course.text import mark

GRU, RESET_AFTER = catalogue["GRU"], catalogue["GRU reset after"]
Z_WEIGHS_THE_NEW = variant(
    GRU,
    "GRU, z weighs the new state",
    {"h": "h = (1 - z) * h_prev + z * h_tilde"},
    "Chung et al. 2014",
)
NO_GRU = (
    *(f"torch.nn.{module}{name}" for module in ("", "modules.", "modules.rnn.") for name in ("GRU", "GRUCell")),
    *("torch.gru", "torch.gru_cell", "torch._VF.gru", "torch._VF.gru_cell"),
    *("gatedrnn_course.cells", "gatedrnn_course.catalogue", "gatedrnn_course.engines", "gatedrnn_course.grading"),
)

UNIT = Unit(
    "07",
    "gru",
    mark("The GRU"),
    (
        SliceItem(
            "update_gate",
            6,
            mark("The update gate: how much of the old state to keep."),
            (
                mark("The form is that of every gate: two products and a bias inside an activation."),
                mark("A gate is a number between 0 and 1 for each unit. Which activation gives that?"),
                mark(
                    "A batch holds one vector a row, so W x is written `x @ p.W.T` and U h is written `h_prev @ p.U.T`."
                ),
            ),
            NO_GRU,
            slice=Slice(GRU, ("x", "h_prev"), ("z",)),
            single=True,
        ),
        SliceItem(
            "reset_gate",
            4,
            mark("The reset gate: how much of the old state the candidate sees."),
            (
                mark("The same form as the update gate, with parameters of its own."),
                mark("Count the letters: every parameter of this line ends in the same one."),
                mark("A helper for a gate, with W, U and b as arguments, serves both."),
            ),
            NO_GRU,
            slice=Slice(GRU, ("x", "h_prev"), ("r",)),
            single=True,
        ),
        SliceItem(
            "gru_step",
            16,
            mark("One step of the GRU, with the reset before the product."),
            (
                mark("Both gates come first, then the candidate, then the new state."),
                mark("The reset gate weighs the old state number by number, before U_h meets it."),
                mark("Where z is 1 the old state stays as it is. Which share is left for the candidate?"),
            ),
            NO_GRU,
            slice=whole_step(GRU),
        ),
        SliceItem(
            "gru_step_reset_after",
            10,
            mark("One step of torch's GRU, with the reset after the product."),
            (
                mark("Only the candidate differs from your first step."),
                mark("The reset gate weighs what the product gives. Which bias stands inside the brackets with it?"),
                mark("This candidate has two biases: one is always there, the other only as far as r is open."),
            ),
            NO_GRU,
            slice=whole_step(RESET_AFTER),
        ),
        SequenceItem(
            "gru_forward",
            12,
            mark("The GRU, reset before the product, over a whole sequence."),
            (
                mark("A loop over the first axis: each step takes the state that the step before gave."),
                mark("Keep the state after each step: T of them. The one before the first step is not among them."),
                mark("Stack them along a new first axis at the end: np.stack does that."),
            ),
            NO_GRU,
            cell=GRU,
        ),
        EquationsItem(
            "gru_equations",
            10,
            mark("The four equations of the GRU in which z weighs the new state, as a text."),
            (
                mark("The language is that of unit 03: W_z @ x, no transposes, no p, one equation a line."),
                mark("Gates and candidate are those you have written. Which line has the other meaning of z?"),
                mark("With z = 0 this cell keeps its old state. Try your last line with z = 0 and with z = 1."),
            ),
            NO_GRU,
            cell=Z_WEIGHS_THE_NEW,
        ),
        parameter_count_item(
            10,
            NO_GRU,
            (
                mark("Count one line first, that of the RNN: two matrices and a bias. Which shapes have they?"),
                mark("How many such lines has each cell? A candidate has one, too."),
                mark("A peephole is one weight a unit: three gates of the LSTM have one."),
            ),
        ),
        size_item(
            8,
            NO_GRU,
            (
                mark("You can count the parameters of any size. Try the sizes 1, 2, 3 and so on."),
                mark("Stop at the last size that is not too large; that the next one is too large shows it."),
                mark("Or solve the quadratic for H, and round down."),
            ),
        ),
        from_torch_item(
            14,
            NO_GRU,
            (
                mark("Each array has 3 H rows: three blocks of H rows. np.split gives the three."),
                mark("torch calls the candidate n. From top to bottom the blocks are r, z, n."),
                mark("Two biases that are only added can be one. Is each of the three pairs only added?"),
            ),
        ),
        gru_latch_item(
            10,
            NO_GRU,
            (
                mark("One gate both keeps and lets in. What must it be at a write, and what between writes?"),
                mark("The write signal is feature 1 of x, so the second number of W_z sees it."),
                mark("A gate near 0 or 1 needs a number near -10 or 10 inside its sigmoid; tanh needs less."),
            ),
        ),
    ),
)
