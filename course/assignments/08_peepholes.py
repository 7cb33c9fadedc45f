# %% [markdown]
# # 08 · Peepholes: let the gates see the cell
#
# You build the LSTM with peepholes, then the cell without recurrent weights, and make one unit of it fire at every $n$-th pulse.
# << unit.points >> points together. Each function has a check below it.
#
# **Needs:** the lesson `notebooks/en/08_peepholes.ipynb`. **Takes:** 25 to 40 minutes. **Costs:** seconds, no GPU; it is used where there is
# one.

# %% [markdown]
# How to work: replace the line `...  # your code here`, run the cell, run the check. Stuck? `hint(peephole_gates)` gives one hint at a
# time. A function that is wrong or not written yet does no harm: the notebook runs on.
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
    explore_peepholes,
    hint,
    progress,
    run_on_device,
    show_cell,
    show_shapes,
    show_spikes,
    sigmoid,
    tanh,
)

# %% [markdown]
# ## Before you start: a vector among matrices
#
# A batch holds one vector a row, so $W_f x_t$ is written `x @ p.W_f.T`. $P_f$ is a vector of $H$ numbers: it weighs the cell state number by
# number.

# %%
show_shapes("peephole_gates")

# %%
x, h_prev, c_prev, p = example("peephole_gates")
print("x", x.shape, "h_prev", h_prev.shape, "c_prev", c_prev.shape)
print("W_f", p.W_f.shape, "U_f", p.U_f.shape, "P_f", p.P_f.shape, "b_f", p.b_f.shape)

# %% [markdown]
# ## 1. Two gates that see the old cell (<< points("peephole_gates") >> points)
#
# << equation("peephole LSTM", "f") >>
#
# << equation("peephole LSTM", "i") >>
#
# Hand back both as a tuple, `f` first. Each has the shape of `c_prev`.


# %% tags=["answer"]
def peephole_gates(x, h_prev, c_prev, p):
    # BEGIN SOLUTION
    f = sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.P_f * c_prev + p.b_f)
    i = sigmoid(x @ p.W_i.T + h_prev @ p.U_i.T + p.P_i * c_prev + p.b_i)
    return f, i
    # END SOLUTION


# %% tags=["check"]
check(peephole_gates)

# %% [markdown] tags=["solution"]
# `c_prev @ p.P_f` is a number for each row of the batch, not one for each unit. Some pages write $P_f$ as a full matrix; then each gate would
# see all cells. Gers' peepholes, and ours, see one.

# %% [markdown]
# ## 2. The gate that sees the new cell (<< points("peephole_output_gate") >> points)
#
# << equation("peephole LSTM", "o") >>
#
# `c` is the new cell state, already computed.


# %% tags=["answer"]
def peephole_output_gate(x, h_prev, c, p):
    # BEGIN SOLUTION
    return sigmoid(x @ p.W_o.T + h_prev @ p.U_o.T + p.P_o * c + p.b_o)
    # END SOLUTION


# %% tags=["check"]
check(peephole_output_gate)

# %% [markdown]
# ## 3. The whole step (<< points("peephole_step") >> points)
#
# << equations("peephole LSTM") >>
#
# Use your functions, in this order, and hand back both states: `h` first, then `c`.

# %%
show_cell("peephole LSTM")


# %% tags=["answer"]
def peephole_step(x, h_prev, c_prev, p):
    # BEGIN SOLUTION
    f, i = peephole_gates(x, h_prev, c_prev, p)
    c_tilde = tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)
    c = f * c_prev + i * c_tilde
    o = peephole_output_gate(x, h_prev, c, p)
    return o * tanh(c), c
    # END SOLUTION


# %% tags=["check"]
check(peephole_step)

# %% [markdown] tags=["solution"]
# All three gates in one go, before `c`, is the usual way to write an LSTM, and here it is wrong: `o` needs the new `c`.

# %% [markdown]
# ## 4. Write the equations (<< points("peephole_equations") >> points)
#
# Hand back the six equations as a text, as in unit 03: `W_f @ x`, no `p`, no transposes, one equation a line. Gates may have names of your own;
# the states are `h` and `c`.


# %% tags=["answer"]
def peephole_equations():
    # BEGIN SOLUTION
    return """
    f = sigmoid(W_f @ x + U_f @ h_prev + P_f * c_prev + b_f)
    i = sigmoid(W_i @ x + U_i @ h_prev + P_i * c_prev + b_i)
    c_tilde = tanh(W_c @ x + U_c @ h_prev + b_c)
    c = f * c_prev + i * c_tilde
    o = sigmoid(W_o @ x + U_o @ h_prev + P_o * c + b_o)
    h = o * tanh(c)
    """
    # END SOLUTION


# %% tags=["check"]
check(peephole_equations)

# %% [markdown]
# ## 5. Without recurrent weights (<< points("no_recurrence_step") >> points)
#
# << equations("peephole LSTM U=0") >>
#
# `h_prev` is still an argument, so that this step fits where any step does. Hand back `h, c`. Mind the last line.


# %% tags=["answer"]
def no_recurrence_step(x, h_prev, c_prev, p):
    # BEGIN SOLUTION
    f = sigmoid(x @ p.W_f.T + p.P_f * c_prev + p.b_f)
    i = sigmoid(x @ p.W_i.T + p.P_i * c_prev + p.b_i)
    c_tilde = tanh(x @ p.W_c.T + p.b_c)
    c = f * c_prev + i * c_tilde
    o = sigmoid(x @ p.W_o.T + p.P_o * c + p.b_o)
    return o * c, c
    # END SOLUTION


# %% tags=["check"]
check(no_recurrence_step)

# %% [markdown] tags=["solution"]
# Only $W x$ is left to multiply with a matrix. It needs no state, so it can be computed for all steps at once, before the loop.

# %% [markdown]
# The counter of the lesson, now with your step where it has passed:

# %%
explore_peepholes()

# %% [markdown]
# ## 6. Fire at every n-th pulse (<< points("count_with_peepholes") >> points)
#
# The cell of question 5 with $D = 2$ and $H = 1$. Feature 0 of $x_t$ is a value between $-1$ and $1$ that does not matter. Feature 1 is the pulse:
# 1 at some steps, else 0.
#
# Choose the parameters so that $h_t > 0.5$ at every $n$-th pulse, at that very step, and $h_t \le 0.5$ at all other steps. After a spike the
# count begins again. Two pulses may come one right after the other.

# %% [markdown]
# `n` is a whole number from 3 to 8. Hand back a dict with the parameters that are not 0, made from `n`:
# `{"b_i": 2.0 * n, "W_i": [0.0, 1.0], "P_f": [3.0]}`. Ask of each gate: what is it to do at the count $n - 1$, and what at $n$? Which
# count does it see?


# %% tags=["answer"]
def count_with_peepholes(n):
    # BEGIN SOLUTION
    edge = 20.0 * (n - 0.5)  # between n - 1 and n
    return {
        "b_i": -10.0,  # let nothing in ...
        "W_i": [0.0, 20.0],  # ... but at a pulse
        "b_c": 5.0,  # and what comes in is 1
        "P_o": [20.0],  # show c ...
        "b_o": -edge,  # ... once it is n
        "P_f": [-20.0],  # keep c_prev ...
        "b_f": edge,  # ... unless it was n
    }
    # END SOLUTION


# %% tags=["check"]
check(count_with_peepholes)

# %% [markdown]
# Your cell with $n = 4$. The marked step is that of the fourth pulse; the eighth and the twelfth are due as well.

# %%
show_spikes(count_with_peepholes, 4)

# %% [markdown] tags=["solution"]
# $o$ sees the new count and fires at once. $f$ sees the old count and clears it one step later, just when the next pulse may come in as the
# new 1.

# %% [markdown]
# ## What you have built
#
# The table shows which functions are right as they are defined now.

# %%
progress("08")

# %% [markdown]
# Last, your step on the fastest device of this machine, in torch, compared with your own NumPy numbers.

# %% tags=["nbval-ignore-output"]
run_on_device(peephole_step)
