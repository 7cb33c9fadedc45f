# %% [markdown]
# # 06 · Torch and GPU: a layer of your own
#
# You build the LSTM as a module of torch, mask what is padding, and write the step that trains it. << unit.points >> points together. Each
# answer has a check below it.
#
# **Needs:** the lesson `notebooks/en/06_torch_and_gpu.ipynb`. **Takes:** 60 to 90 minutes. **Costs:** minutes, no GPU; it is used where
# there is one.

# %% [markdown]
# How to work: replace the line `...  # your code here`, run the cell, run the check. Stuck? `hint(LSTM)` gives one hint at a time. An answer
# that is wrong or not written yet does no harm: the notebook runs on.
#
# Keep the names of functions, classes and parameters. Everything else, extra cells and helpers too, is up to you.
#
# How it is graded:
#
# << terms() >>

# %%
# << first_cell >>
import torch
from torch import nn

from gatedrnn_course import (
    check,
    hint,
    progress,
    run_on_device,
    show_shapes,
    train_here,
)

# %% [markdown]
# ## Before you start: four blocks in one matrix
#
# $W_f$, $W_i$, $W_c$ and $W_o$ lie below each other in one matrix `W` of $4H$ rows, in this order: **f, i, c_tilde, o**. `U` and `b` are
# stacked the same way. One product then gives all four at once, side by side.

# %%
show_shapes("input_products")

# %% [markdown]
# Each check sets numbers of its own, calls your code on fresh sequences of several sizes, and compares the values **and the gradients** that
# come back through it. So stay in torch there: NumPy, `.item()`, `.data` and `.detach()` cut the graph.

# %% [markdown]
# ## 1. The part that needs no state (<< points("input_products") >> points)
#
# $W x_t + b$ does not depend on $h$. It can be computed for all steps at once, before the loop: one large product instead of $T$ small ones.


# %% tags=["answer"]
def input_products(xs, W, b):
    # BEGIN SOLUTION
    return xs @ W.T + b
    # END SOLUTION


# %% tags=["check"]
check(input_products)

# %% [markdown]
# ## 2. Four blocks, four activations (<< points("split_gates") >> points)
#
# << equations("LSTM") >>
#
# Three gates and a candidate: cut `a` along its last axis, and give each block its activation.

# %%
show_shapes("split_gates")


# %% tags=["answer"]
def split_gates(a):
    # BEGIN SOLUTION
    f, i, c_tilde, o = a.chunk(4, dim=-1)
    return torch.sigmoid(f), torch.sigmoid(i), torch.tanh(c_tilde), torch.sigmoid(o)
    # END SOLUTION


# %% tags=["check"]
check(split_gates)

# %% [markdown]
# ## 3. torch's own layer has another order (<< points("open_forget_gate") >> points)
#
# `nn.LSTM` stacks i, f, g, o, where g is the candidate, and it has two biases, which it adds. Set the forget bias of such a layer to `value`:
# their sum is to be `value`, for every unit. Leave all other numbers as they are.

# %%
for name, parameter in nn.LSTM(3, 5).named_parameters():
    print(name, tuple(parameter.shape))


# %% tags=["answer"]
def open_forget_gate(lstm, value):
    # BEGIN SOLUTION
    rows = slice(lstm.hidden_size, 2 * lstm.hidden_size)
    with torch.no_grad():
        lstm.bias_ih_l0[rows] = value
        lstm.bias_hh_l0[rows] = 0.0
    # END SOLUTION


# %% tags=["check"]
check(open_forget_gate)

# %% [markdown] tags=["solution"]
# Setting both biases to 1, as many pages do, gives the gate a bias of 2.

# %% [markdown]
# ## 4. The layer (<< points("LSTM") >> points)
#
# A class with two methods, `__init__(self, input_size, hidden_size)` and `forward(self, xs, state=None)`. Its parameters are `W` (4H, D),
# `U` (4H, H) and `b` (4H,), each an `nn.Parameter`: the check sets them by these names. An `nn.Linear` inside would bring other names.

# %% [markdown]
# The product with `xs` stands before the loop, as in section 1. The time must grow in proportion to $T$, in the backward as well: that of
# `a[t]`, or of `hs[t] = h`, fills a tensor as long as the sequence, for every step. Loop over `a.unbind(0)`, and stack a list at the end.

# %% [markdown]
# It must run on any device: `xs.new_zeros(...)` has the device and the dtype of `xs`. Let the parameters begin as random numbers around
# $1/\sqrt{H}$, and `b` at 0: with zeros in `U` and `W`, all units would learn the same.


# %% tags=["answer"]
class LSTM(nn.Module):
    # BEGIN SOLUTION
    def __init__(self, input_size, hidden_size):
        super().__init__()
        D, H = input_size, hidden_size
        self.W = nn.Parameter(torch.randn(4 * H, D) / H**0.5)
        self.U = nn.Parameter(torch.randn(4 * H, H) / H**0.5)
        self.b = nn.Parameter(torch.zeros(4 * H))

    def forward(self, xs, state=None):
        h, c = state or 2 * [xs.new_zeros(xs.shape[1], self.U.shape[1])]
        hs = []
        for a in input_products(xs, self.W, self.b).unbind(0):
            f, i, c_tilde, o = split_gates(a + h @ self.U.T)
            c = f * c + i * c_tilde
            h = o * torch.tanh(c)
            hs.append(h)
        return torch.stack(hs), (h, c)

    # END SOLUTION


# %% tags=["check"]
check(LSTM)

# %% [markdown]
# Your layer on the fastest device of this machine, beside the same layer on the CPU:

# %% tags=["nbval-ignore-output"]
run_on_device(LSTM)

# %% [markdown]
# ## 5. Sequences of unequal length (<< points("last_states") >> points)
#
# A batch is as long as its longest sequence; the others are filled up with padding. The layer runs over the padding too, so `hs[-1]` is the
# state after it. Take each sequence's state after its own last step.

# %%
show_shapes("last_states")


# %% tags=["answer"]
def last_states(hs, lengths):
    # BEGIN SOLUTION
    sequences = torch.arange(len(lengths), device=hs.device)
    return hs[lengths - 1, sequences]
    # END SOLUTION


# %% tags=["check"]
check(last_states)

# %% [markdown]
# ## 6. A loss without the padding (<< points("masked_loss") >> points)
#
# The mean of the squared error, over all numbers of all real steps. Each real step counts the same, whichever sequence it belongs to; the
# padding counts nothing. So $K$ numbers for each real step stand below the fraction line.


# %% tags=["answer"]
def masked_loss(outputs, targets, lengths):
    # BEGIN SOLUTION
    steps = torch.arange(len(outputs), device=outputs.device)
    real = steps[:, None] < lengths
    error = (outputs - targets) ** 2 * real[..., None]
    return error.sum() / (real.sum() * outputs.shape[-1])
    # END SOLUTION


# %% tags=["check"]
check(masked_loss)

# %% [markdown]
# ## 7. One step of training (<< points("train_step") >> points)
#
# The check calls it three times, on a model and an optimiser of its own, and looks at the parameters. Mind:
#
# - gradients that are there before must not count;
# - the model may come in evaluation mode: it has to train in training mode;
# - all gradients together are shortened to the norm `max_norm` where they are longer, before the step;
# - the next batch goes on from the numbers of the state you hand back, and not from its graph.


# %% tags=["answer"]
def train_step(model, optimiser, xs, targets, lengths, state, max_norm):
    # BEGIN SOLUTION
    model.train()
    optimiser.zero_grad()
    outputs, state = model(xs, state)
    loss = masked_loss(outputs, targets, lengths)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimiser.step()
    return loss.item(), tuple(s.detach() for s in state)
    # END SOLUTION


# %% tags=["check"]
check(train_step)

# %% [markdown] tags=["solution"]
# `zero_grad` may stand anywhere before `backward`. Without `detach` the second call fails: its backward runs into the graph of the first,
# which is gone.

# %% [markdown]
# ## 8. A model that adds (<< points("Adder") >> points)
#
# The adding problem of the lesson, 24 to 26 steps: shorter sequences begin with zeros, so all end together, and `hs[-1]` is the last $h$ of
# each. The model is your `LSTM` as `self.lstm`, and `nn.Linear` as `self.readout`, which reads that $h$.
#
# `outputs` has this one step, $(1, B, 1)$; `state` goes in and comes out as in your LSTM. `train_here` passes lengths of 1.


# %% tags=["answer"]
class Adder(nn.Module):
    # BEGIN SOLUTION
    def __init__(self, hidden_size):
        super().__init__()
        self.lstm = LSTM(2, hidden_size)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, xs, state=None):
        hs, state = self.lstm(xs, state)
        return self.readout(hs[-1:]), state

    # END SOLUTION


# %% [markdown]
# Now train it: your class, your step. It takes half a minute, stops when it is solved, and can be stopped and run again. The parameters go to
# `Adder.npz` beside this notebook; what the cell shows holds them too.

# %% tags=["nbval-ignore-output"]
train_here(Adder, train_step)

# %% [markdown]
# The check puts the file into your class and lets it answer 2,000 fresh sequences. At most 4 may be off by 0.04 or more, and the mean error has
# to be below 0.01. In 1997 none was allowed; here a rare slip, which is luck, costs nothing.

# %% tags=["check"]
check(Adder)

# %% [markdown]
# ## What you have built
#
# The table shows which answers are right as they are defined now.

# %%
progress("06")
