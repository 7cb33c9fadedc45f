# %% [markdown]
# # 07 · The GRU: build both forms
#
# You build the GRU of 2014, then the one in torch, and load torch's weights into yours. Then you count what a GRU costs, and set its
# one gate so that it holds a bit. << unit.points >> points together. Each function has a check below it.
#
# **Needs:** the lesson `notebooks/en/07_gru.ipynb`. **Takes:** 30 to 45 minutes. **Costs:** seconds, no GPU; it is used where there is
# one.

# %% [markdown]
# How to work: replace the line `...  # your code here`, run the cell, run the check. Stuck? `hint(update_gate)` gives one hint at a time.
# A function that is wrong or not written yet does no harm: the notebook runs on.
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
    compare_gru_with_torch,
    example,
    explore_grus,
    hint,
    progress,
    run_on_device,
    show_cell,
    show_latch,
    show_shapes,
    sigmoid,
    tanh,
)

# %% [markdown]
# ## Before you start: rows
#
# A batch holds one vector a row, so $W_z x_t$ is written `x @ p.W_z.T`. There is one state: `h_prev` goes in, `h` comes out.

# %%
show_shapes("update_gate")

# %%
x, h_prev, p = example("update_gate")
print("x", x.shape, "h_prev", h_prev.shape)
print("W_z", p.W_z.shape, "U_z", p.U_z.shape, "b_z", p.b_z.shape)

# %% [markdown]
# ## 1. The update gate (<< points("update_gate") >> points)
#
# << equation("GRU", "z") >>
#
# One number between 0 and 1 for every unit: how much of the old state stays. A call gives an array of the shape of `h_prev`.


# %% tags=["answer"]
def update_gate(x, h_prev, p):
    # BEGIN SOLUTION
    return sigmoid(x @ p.W_z.T + h_prev @ p.U_z.T + p.b_z)
    # END SOLUTION


# %% tags=["check"]
check(update_gate)

# %% [markdown]
# ## 2. The reset gate (<< points("reset_gate") >> points)
#
# << equation("GRU", "r") >>
#
# The same form with other letters, so few points.


# %% tags=["answer"]
def reset_gate(x, h_prev, p):
    # BEGIN SOLUTION
    return sigmoid(x @ p.W_r.T + h_prev @ p.U_r.T + p.b_r)
    # END SOLUTION


# %% tags=["check"]
check(reset_gate)

# %% [markdown]
# ## 3. The step, reset before the product (<< points("gru_step") >> points)
#
# << equations("GRU") >>
#
# Use your two gates. The candidate sees the old state through $r_t$; here the gate weighs it *before* $U_h$ does.

# %%
show_cell("GRU")


# %% tags=["answer"]
def gru_step(x, h_prev, p):
    # BEGIN SOLUTION
    z = update_gate(x, h_prev, p)
    r = reset_gate(x, h_prev, p)
    h_tilde = tanh(x @ p.W_h.T + (r * h_prev) @ p.U_h.T + p.b_h)
    return z * h_prev + (1 - z) * h_tilde
    # END SOLUTION


# %% tags=["check"]
check(gru_step)

# %% [markdown] tags=["solution"]
# `r * h_prev @ p.U_h.T` works as well: `*` and `@` bind equally and are read from left to right. The brackets are for the reader.

# %% [markdown]
# ## 4. The step, reset after the product (<< points("gru_step_reset_after") >> points)
#
# << equation("GRU reset after", "h_tilde") >>
#
# All other lines stay as they are. `p` now holds `b_u` too, the bias inside the brackets.


# %% tags=["answer"]
def gru_step_reset_after(x, h_prev, p):
    # BEGIN SOLUTION
    z = update_gate(x, h_prev, p)
    r = reset_gate(x, h_prev, p)
    h_tilde = tanh(x @ p.W_h.T + p.b_h + r * (h_prev @ p.U_h.T + p.b_u))
    return z * h_prev + (1 - z) * h_tilde
    # END SOLUTION


# %% tags=["check"]
check(gru_step_reset_after)

# %% [markdown]
# Both forms side by side on two units. Where one of your steps has passed its check, its numbers are yours; the line below the picture
# says so.

# %%
explore_grus(gru_step, gru_step_reset_after)

# %% [markdown] tags=["solution"]
# With $h_{t-1} = 0$ and $b_u = 0$ the two forms agree. A test that starts from zeros and takes one step proves nothing here.

# %% [markdown]
# ## 5. A whole sequence (<< points("gru_forward") >> points)
#
# `xs` holds one input a step, (T, B, D), and `h_0` the state before the first one. Walk through time with `gru_step`, and hand back the
# state after each step: (T, B, H).


# %% tags=["answer"]
def gru_forward(xs, h_0, p):
    # BEGIN SOLUTION
    h, hs = h_0, []
    for x in xs:
        h = gru_step(x, h, p)
        hs.append(h)
    return np.stack(hs)
    # END SOLUTION


# %% tags=["check"]
check(gru_forward)

# %% [markdown] tags=["solution"]
# `h_0` itself is not among the results: T inputs give T states.

# %% [markdown]
# ## 6. The other meaning of z (<< points("gru_equations") >> points)
#
# Chung and others (2014) let $z$ weigh the *new* state. Hand back the four equations of their GRU, reset before the product, as a text:
# `W_z @ x`, no `p`, no transposes, one equation a line. The state is `h`; gates and candidate may have names of your own.


# %% tags=["answer"]
def gru_equations():
    # BEGIN SOLUTION
    return """
    z = sigmoid(W_z @ x + U_z @ h_prev + b_z)
    r = sigmoid(W_r @ x + U_r @ h_prev + b_r)
    h_tilde = tanh(W_h @ x + U_h @ (r * h_prev) + b_h)
    h = (1 - z) * h_prev + z * h_tilde
    """
    # END SOLUTION


# %% tags=["check"]
check(gru_equations)

# %% [markdown] tags=["solution"]
# A gate `z = 1 - sigmoid(...)` in the first line, with the last line of Cho and others, computes the same and passes too.

# %% [markdown]
# ## 7. What cells cost (<< points("parameter_count") >> points)
#
# How many parameters has each cell, with $D$ inputs and $H$ units? Hand back five numbers, in this order:
#
# `rnn, gru, gru_after, lstm, peephole`
#
# `gru_after` is the form of question 4. `peephole` is an LSTM whose three gates each have a peephole, one more weight a unit.


# %% tags=["answer"]
def parameter_count(D, H):
    # BEGIN SOLUTION
    line = H * (D + H + 1)  # W, U and b
    return line, 3 * line, 3 * line + H, 4 * line, 4 * line + 3 * H
    # END SOLUTION


# %% tags=["check"]
check(parameter_count)

# %% [markdown] tags=["solution"]
# `torch.nn.GRU` counts 3 H (D + H + 2): it keeps two biases for each line, and only the candidate needs both.

# %% [markdown]
# ## 8. Equal parameters (<< points("hidden_size_for") >> points)
#
# To compare a GRU fairly with another cell, give both as many parameters. Hand back the largest $H$ for which a GRU (that of question 3)
# with $D$ inputs has at most `parameters` parameters. A loop will do.


# %% tags=["answer"]
def hidden_size_for(parameters, D):
    # BEGIN SOLUTION
    H = 1
    while parameters >= 3 * (H + 1) * (D + H + 2):
        H = H + 1
    return H
    # END SOLUTION


# %% tags=["check"]
check(hidden_size_for)

# %% [markdown] tags=["solution"]
# In the lesson's comparison an LSTM of 100 units and 100 inputs has 80,400 parameters; a GRU of 120 units has 79,560.

# %% [markdown]
# ## 9. Weights from torch (<< points("from_torch_gru") >> points)
#
# `torch.nn.GRU` keeps four arrays: `weight_ih_l0` (3H, D), `weight_hh_l0` (3H, H), `bias_ih_l0` and `bias_hh_l0` (3H,). Each holds three
# blocks of $H$ rows, from top to bottom those of $r$, $z$ and the candidate, which torch calls $n$:
#
# $$n_t = \tanh\big(W_n x_t + b_{ih,n} + r_t \odot (U_n h_{t-1} + b_{hh,n})\big)$$
#
# $$h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}$$

# %% [markdown]
# In both gates the two biases are simply added. Here `p.weight_ih_l0` and so on are torch's arrays. Hand back a dict with the names of
# `gru_step_reset_after`: `W_z`, `W_r`, `W_h`, `U_z`, `U_r`, `U_h`, `b_z`, `b_r`, `b_h`, `b_u`. Read torch's last line before you start:
# which state does its $z$ weigh?


# %% tags=["answer"]
def from_torch_gru(p):
    # BEGIN SOLUTION
    W_r, W_z, W_h = np.split(p.weight_ih_l0, 3)
    U_r, U_z, U_h = np.split(p.weight_hh_l0, 3)
    b_r, b_z, b_h = np.split(p.bias_ih_l0, 3)
    c_r, c_z, b_u = np.split(p.bias_hh_l0, 3)
    weights = {"W_z": W_z, "W_r": W_r, "W_h": W_h, "U_z": U_z, "U_r": U_r, "U_h": U_h}
    return {**weights, "b_z": b_z + c_z, "b_r": b_r + c_r, "b_h": b_h, "b_u": b_u}
    # END SOLUTION


# %% tags=["check"]
check(from_torch_gru)

# %% [markdown]
# Now the proof. Both of your steps run over sequences with the weights that your function read from torch. One of them should agree with
# `torch.nn.GRU` to ten digits. Which one?

# %%
compare_gru_with_torch(gru_step, gru_step_reset_after, from_torch_gru)

# %% [markdown] tags=["solution"]
# $z$ means the same in torch and here, so no sign changes. `b_h` and `b_u` cannot be one bias: $r_t$ weighs only the second.

# %% [markdown]
# ## 10. Hold one bit (<< points("gru_latch") >> points)
#
# A GRU (reset before the product) with $D = 2$ and $H = 1$. Feature 0 of $x_t$ is a bit, $-1$ or $1$, new at every step. Feature 1 is the
# write signal: 1 when the bit of this step is to be kept, else 0.
#
# The state begins at 0, and the first step writes. Choose the parameters so that at the end, 40 to 52 steps after the last write, $h_t$ has
# the sign of the written bit and $|h_t| \ge 0.5$. What $h_t$ is at the steps before does not count. A second write replaces the first bit.

# %% [markdown]
# Hand back a dict with the parameters that are not 0: `{"b_r": 2.0, "W_r": [0.0, 1.0]}` sets the bias of the reset gate and the weight of
# the write signal in it. In unit 03 this took three gates and a candidate. What is $z$ to be at a write, and what else?


# %% tags=["answer"]
def gru_latch():
    # BEGIN SOLUTION
    return {
        "b_z": 10.0,  # keep ...
        "W_z": [0.0, -20.0],  # ... but not at a write
        "W_h": [5.0, 0.0],  # the candidate is the bit
    }
    # END SOLUTION


# %% tags=["check"]
check(gru_latch)

# %%
show_latch(gru_latch(), cell="GRU")

# %% [markdown] tags=["solution"]
# There is no gate to open for showing it: what a GRU holds, everybody sees.

# %% [markdown]
# ## What you have built
#
# The table shows which functions are right as they are defined now.

# %%
progress("07")

# %% [markdown]
# Last, your step on the fastest device of this machine, in torch, compared with your own NumPy numbers.

# %% tags=["nbval-ignore-output"]
run_on_device(gru_step)
