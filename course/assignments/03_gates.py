# %% [markdown]
# # 03 · Gates: write the LSTM step
#
# You build the LSTM step from small functions, mend a broken one, and then use gates for what they are for: to hold something.
# << unit.points >> points together. Each function has a check below it that you can run as often as you like.
#
# **Needs:** the lesson `notebooks/en/03_gates.ipynb`. **Takes:** 30 to 45 minutes. **Costs:** seconds, no GPU.

# %% [markdown]
# How to work: replace the line `...  # your code here`, run the cell, run the check. Stuck? `hint(forget_gate)` gives one hint
# at a time. A function that is wrong or not written yet does no harm: the notebook runs on.
#
# Keep the names of the functions. Everything else, extra cells and helpers too, is up to you.
#
# How it is graded:
#
# << terms() >>

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
    show_latch,
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
# One number between 0 and 1 for every unit of the cell. Two products, a bias, a sigmoid. For the example, a call gives an
# array of shape (B, H), like `h_prev`.


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
#
# The same form with other letters, so few points. You may write one helper, `gate(x, h_prev, W, U, b)`, for all three gates.


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
# `_o` left over from another gate is the usual slip here too: three gates, three sets of parameters.

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
# ## 8. Find the faults (<< points("mended_step") >> points)
#
# Somebody wrote the step below. It runs, its numbers look like states, and two things in it are wrong. Call it beside your
# own `lstm_step`, see which output differs and when, then write `mended_step` without the two faults.
#
# It may call your `lstm_step`. If that is not right, neither is this one: no other takes its place here.


# %%
def broken_step(x, h_prev, c_prev, p):
    def gate(W, U, b):
        return sigmoid(x @ W.T + h_prev @ U.T + b)

    f = gate(p.W_f, p.U_f, p.b_f)
    i = gate(p.W_i, p.U_f, p.b_i)
    c_tilde = tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)
    c = f * c_prev + i * c_tilde
    return gate(p.W_o, p.U_o, p.b_o) * tanh(c_prev), c


# %% tags=["answer"]
def mended_step(x, h_prev, c_prev, p):
    # BEGIN SOLUTION
    def gate(W, U, b):
        return sigmoid(x @ W.T + h_prev @ U.T + b)

    f = gate(p.W_f, p.U_f, p.b_f)
    i = gate(p.W_i, p.U_i, p.b_i)
    c_tilde = tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)
    c = f * c_prev + i * c_tilde
    return gate(p.W_o, p.U_o, p.b_o) * tanh(c), c
    # END SOLUTION


# %% tags=["check"]
check(mended_step)

# %% [markdown] tags=["solution"]
# With `h_prev = 0` the first fault is invisible: `U_f` meets nothing. With `c_prev = c` so is the second. A fault shows only
# on inputs that reach it, which is why a check tries many.

# %% [markdown]
# ## 9. How long to keep (<< points("bias_for_half_life") >> points)
#
# Let $W_f = U_f = 0$ and let nothing be added. Then $f = \sigma(b_f)$ at every step, and after $n$ steps $f^n$ of the cell
# state is left. Which $b_f$ leaves one half? `n` is an array of numbers, each 1 or more; for `np.array([1.0])` the answer is 0.


# %% tags=["answer"]
def bias_for_half_life(n):
    # BEGIN SOLUTION
    f = 0.5 ** (1 / n)
    return np.log(f / (1 - f))
    # END SOLUTION


# %% tags=["check"]
check(bias_for_half_life)

# %% [markdown] tags=["solution"]
# A bias of 1, a usual start for training, keeps half for about two steps. To keep half for 100 steps the bias must be near 5.

# %% [markdown]
# ## 10. Hold one bit (<< points("latch") >> points)
#
# Now let gates do their work. The cell has $D = 2$ and $H = 1$. Feature 0 of $x_t$ is a bit, $-1$ or $1$, new at every step.
# Feature 1 is the write signal: 1 when the bit of this step is to be kept, else 0.
#
# Both states begin at 0, and the first step writes. Choose the parameters so that at the end, 40 to 52 steps after the last
# write, $h_t$ has the sign of the written bit and $|h_t| \ge 0.5$. What $h_t$ is at the steps before does not count. A second
# write replaces the first bit.

# %% [markdown]
# Hand back a dict with the parameters that are not 0: `{"b_f": 3.0, "W_i": [0.0, 2.0]}` sets the bias of the forget gate and
# the weight of the write signal in the input gate. Ask of each gate: open or shut, at a write, between writes, at the end?


# %% tags=["answer"]
def latch():
    # BEGIN SOLUTION
    return {
        "b_f": 10.0,  # keep ...
        "W_f": [0.0, -20.0],  # ... but not at a write
        "b_i": -10.0,  # let nothing in ...
        "W_i": [0.0, 20.0],  # ... but at a write
        "W_c": [5.0, 0.0],  # the candidate is the bit
        "b_o": 10.0,  # always show
    }
    # END SOLUTION


# %% tags=["check"]
check(latch)

# %% [markdown]
# This is what your cell does with two writes and a distractor at every other step:

# %%
show_latch(latch())

# %% [markdown] tags=["solution"]
# Nothing was trained here. Training must find such numbers by itself, from errors 40 steps later: units 04 and 05 show how
# the gradient gets there.

# %% [markdown]
# ## 11. Write the equations (<< points("lstm_equations") >> points)
#
# In this course a cell *is* its equations. Hand back the six of the LSTM as a text, as on the slide: `W_f @ x`, no `p`, no
# transposes, one equation a line, as in `h = tanh(W_h @ x + U_h @ h_prev + b_h)`. Gates may have names of your own; the
# states are `h` and `c`. What is judged is what your text computes.


# %% tags=["answer"]
def lstm_equations():
    # BEGIN SOLUTION
    return """
    f = sigmoid(W_f @ x + U_f @ h_prev + b_f)
    i = sigmoid(W_i @ x + U_i @ h_prev + b_i)
    c_tilde = tanh(W_c @ x + U_c @ h_prev + b_c)
    c = f * c_prev + i * c_tilde
    o = sigmoid(W_o @ x + U_o @ h_prev + b_o)
    h = o * tanh(c)
    """
    # END SOLUTION


# %% tags=["check"]
check(lstm_equations)

# %% [markdown] tags=["solution"]
# From such a text the course derives everything else: the NumPy step, the backward equations, the picture, and the names of
# the mistakes that your checks have shown you.

# %% [markdown]
# ## What you have built
#
# The table shows which functions are right as they are defined now.

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

# %% [markdown]
# **Next:** `notebooks/en/04_through_time.ipynb`, your step over a whole sequence, forwards and back.
