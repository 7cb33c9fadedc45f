"""Unit 06: the LSTM as a module of torch, sequences of unequal length, and a step of training."""

from gatedrnn_course.grading.units.adder import adder_item
from gatedrnn_course.grading.units.torch_forget_bias import open_forget_gate_item
from gatedrnn_course.grading.units.torch_lengths import last_states_item, masked_loss_item
from gatedrnn_course.grading.units.torch_lstm import lstm_item
from gatedrnn_course.grading.units.torch_pieces import input_products_item, split_gates_item
from gatedrnn_course.grading.units.torch_training import train_step_item
from gatedrnn_course.grading.units.u03_gates import NO_LSTM
from gatedrnn_course.grading.units.unit import Unit
from gatedrnn_course.text import mark

UNIT = Unit(
    "06",
    "torch_and_gpu",
    mark("Torch and GPU"),
    (
        input_products_item(
            6,
            (
                mark("Which product of the step needs no state? It can be computed for all steps before the loop."),
                mark("`@` multiplies the last axis of xs, whatever stands before it: (T, B, D) needs no loop."),
                mark("W has a row for each gate and unit and a column for each input, so it has to be transposed."),
            ),
        ),
        split_gates_item(
            7,
            (
                mark("Four blocks of H numbers lie side by side on the last axis."),
                mark("`a.chunk(4, dim=-1)` gives four tensors, in the order in which they lie."),
                mark("Three of them are gates, between 0 and 1; which one is the candidate, and what is its range?"),
            ),
        ),
        open_forget_gate_item(
            6,
            (
                mark("Look at the names: `[name for name, _ in lstm.named_parameters()]`. How many biases are there?"),
                mark("torch adds bias_ih_l0 and bias_hh_l0, and has its row blocks in the order i, f, g, o."),
                mark("Inside `with torch.no_grad():` rows of a parameter can be set: `bias[H : 2 * H] = ...`."),
            ),
        ),
        lstm_item(
            22,
            NO_LSTM,
            (
                mark("Make the parameters in __init__, after super().__init__(); forward only uses them."),
                mark("Before the loop: input_products. Inside: add the product of h with U.T, then split_gates."),
                mark("Loop over `a.unbind(0)`, collect every h in a list, and stack it once, after the loop."),
            ),
        ),
        last_states_item(
            7,
            (
                mark("Which row of hs belongs to a sequence of 3 steps? Counting begins at 0."),
                mark("Two indices at once choose one step for each sequence: `hs[steps, sequences]`."),
                mark("torch.arange(B) numbers the sequences; the steps follow from lengths."),
            ),
        ),
        masked_loss_item(
            9,
            (
                mark("Step t of a sequence is real where t < its length: make this a mask (T, B)."),
                mark("Multiply the squared error by the mask, and add up."),
                mark("Divide by how many numbers were real: the real steps, times K."),
            ),
        ),
        train_step_item(
            18,
            (
                mark("Gradients add up until somebody zeroes them. What may be in them when your function is called?"),
                mark("The order: mode, zero, forward, loss, backward, clip, step."),
                mark("The next batch goes on from the numbers of the state, not from its graph: detach h and c."),
            ),
        ),
        adder_item(
            25,
            NO_LSTM,
            (
                mark("Two modules: your LSTM with 2 inputs, and nn.Linear(hidden_size, 1). Keep their names."),
                mark("`hs[-1:]` is the last h, with its axis of steps kept. What does the read-out make of it?"),
                mark("The points are for the trained model: run train_here after LSTM and train_step are right."),
            ),
        ),
    ),
)
