# %% [markdown]
# # 03 · Gates: write the LSTM step
#
# You write seven short functions, << unit.points >> points together. Each has a check below it that you can run as often as you
# like: it tells you whether the function is right, and if not, what it does instead.
#
# **Needs:** the lesson `notebooks/en/03_gates.ipynb`. **Takes:** 45 to 60 minutes. **Costs:** seconds, no GPU.

# %% [markdown]
# How to work: replace the line `...  # your code here`, run the cell, run the check. Stuck? `hint(forget_gate)` gives one hint
# at a time. A function you have not written yet does no harm: the notebook runs on. A wrong one stops *Run All*
# at its check.
#
# Keep the names of the functions. Everything else, extra cells and helpers too, is up to you.

# %%
# << first_cell >>
import numpy as np

from gatedrnn_course import (
    check,
    example,
    explore_gates,
    hint,
    progress,
    run_on_device,
    show_shapes,
    sigmoid,
    tanh,
)

# %% [markdown]
# ## Before you start: rows
#
# On the slide the product is $W_f x_t$, with a column $x_t$. In code the last axis holds the numbers of one vector and the axes
# before it count vectors, so the product is `x @ p.W_f.T`. Your functions must work for a batch `(B, D)` and for a single
# vector `(D,)`; written this way they do both.

# %%
show_shapes("forget_gate")

# %% [markdown]
# `example(name)` gives you small arguments to try a function on. `p` holds the parameters by name. `sigmoid` and `tanh` are
# ready for you.

# %%
x, h_prev, p = example("forget_gate")
print("x", x.shape, "h_prev", h_prev.shape)
print("W_f", p.W_f.shape, "U_f", p.U_f.shape, "b_f", p.b_f.shape)

# %% [markdown]
# ## 1. What to keep (<< points("forget_gate") >> points)
#
# << equation("LSTM", "f") >>
#
# One number between 0 and 1 for every unit of the cell. Two products, a bias, a sigmoid.


# %% tags=["answer"]
def forget_gate(x, h_prev, p):
    # BEGIN SOLUTION
    return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)
    # END SOLUTION


# %% tags=["check"]
check(forget_gate)

# %% [markdown] tags=["solution"]
# A common mistake is `p.W_f @ x`, copied from the slide. It works for one vector and fails for a batch. If D, H and B happen
# to be equal it even gives numbers, and wrong ones.

# %% [markdown]
# ## 2. How much to add (<< points("input_gate") >> points)
#
# << equation("LSTM", "i") >>


# %% tags=["answer"]
def input_gate(x, h_prev, p):
    # BEGIN SOLUTION
    return sigmoid(x @ p.W_i.T + h_prev @ p.U_i.T + p.b_i)
    # END SOLUTION


# %% tags=["check"]
check(input_gate)

# %% [markdown] tags=["solution"]
# This line is often copied from the forget gate with one `_f` left in it. The numbers still look like a gate, so only a
# comparison finds it.

# %% [markdown]
# ## 3. What could be added (<< points("candidate") >> points)
#
# << equation("LSTM", "c_tilde") >>
#
# Not a gate: it must be able to be negative.


# %% tags=["answer"]
def candidate(x, h_prev, p):
    # BEGIN SOLUTION
    return tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)
    # END SOLUTION


# %% tags=["check"]
check(candidate)

# %% [markdown] tags=["solution"]
# With a sigmoid here the cell state could only ever grow where it is kept. tanh lets the candidate take away as well as add.

# %% [markdown]
# ## 4. The update (<< points("cell_update") >> points)
#
# << equation("LSTM", "c") >>
#
# The gates and the candidate arrive as arguments, already computed. There is no matrix in this line.


# %% tags=["answer"]
def cell_update(f, i, c_tilde, c_prev):
    # BEGIN SOLUTION
    return f * c_prev + i * c_tilde
    # END SOLUTION


# %% tags=["check"]
check(cell_update)

# %% [markdown]
# A small test by hand: with $f = 1$ and $i = 0$ the old cell state must come out as it went in.

# %%
print(cell_update(np.ones(3), np.zeros(3), np.full(3, 9.0), np.array([2.0, -1.0, 0.5])))

# %% [markdown] tags=["solution"]
# `f` and `i` change places easily. Read the line aloud: keep gate times old, input gate times new.

# %% [markdown]
# ## 5. How much to show (<< points("output_gate") >> points)
#
# << equation("LSTM", "o") >>


# %% tags=["answer"]
def output_gate(x, h_prev, p):
    # BEGIN SOLUTION
    return sigmoid(x @ p.W_o.T + h_prev @ p.U_o.T + p.b_o)
    # END SOLUTION


# %% tags=["check"]
check(output_gate)

# %% [markdown] tags=["solution"]
# Three functions with the same form ask for a helper, `gate(x, h_prev, W, U, b)`. You may write one: a check looks at what a
# function gives, not at how it is written.

# %% [markdown]
# ## 6. What is shown (<< points("hidden_state") >> points)
#
# << equation("LSTM", "h") >>


# %% tags=["answer"]
def hidden_state(o, c):
    # BEGIN SOLUTION
    return o * tanh(c)
    # END SOLUTION


# %% tags=["check"]
check(hidden_state)

# %% [markdown] tags=["solution"]
# `tanh(o * c)` looks alike and is another function: a half open gate would then show more than half.

# %% [markdown]
# ## 7. The whole step (<< points("lstm_step") >> points)
#
# << equations("LSTM") >>
#
# Call your six functions in this order and hand back both states as a tuple: `h` first, then `c`. If one of the six is not
# right yet, this function is still judged on its own: the check then uses the course's version in its place, and says so.


# %% tags=["answer"]
def lstm_step(x, h_prev, c_prev, p):
    # BEGIN SOLUTION
    f = forget_gate(x, h_prev, p)
    i = input_gate(x, h_prev, p)
    c_tilde = candidate(x, h_prev, p)
    c = cell_update(f, i, c_tilde, c_prev)
    o = output_gate(x, h_prev, p)
    return hidden_state(o, c), c
    # END SOLUTION


# %% tags=["check"]
check(lstm_step)

# %% [markdown] tags=["solution"]
# `hidden_state(o, c_prev)` is the mistake to watch for here: the hidden state shows the new cell state, not the old one.

# %% [markdown]
# ## What you have built
#
# The table shows what has passed since you opened the notebook.

# %%
progress("03")

# %% [markdown]
# The sliders below run on **your** functions, for every line whose check has passed; the rest is the course's. The sentence
# under the picture says which is which.

# %%
explore_gates("LSTM")

# %% [markdown]
# Last, your step on the fastest device of this machine, in torch, compared with your own NumPy numbers. A function written
# with `@`, `sigmoid` and `tanh` runs on both without a change.

# %% tags=["nbval-ignore-output"]
run_on_device(lstm_step)
