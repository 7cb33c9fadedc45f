# %% [markdown]
# # 04 · Through time: there and back
#
# You run the LSTM over a sequence, take the gradient back through one step, then through all of them, and hand your parameters
# to torch. << unit.points >> points together.
#
# **Needs:** the lesson `notebooks/en/04_through_time.ipynb`. **Takes:** 60 minutes. **Costs:** seconds, no GPU.

# %% [markdown]
# How to work: replace the line `...  # your code here`, run the cell, run the check. Stuck? `hint(lstm_forward)` gives one hint
# at a time. A function that is wrong or not written yet does no harm: the notebook runs on. Keep the names of the functions.
#
# How it is graded:
#
# << terms() >>

# %%
# << first_cell >>
import numpy as np
from gatedrnn_course import Params, check, compare_with_torch, earlier, example
from gatedrnn_course import explore_time, gradient_check, hint, progress, run_on_device
from gatedrnn_course import show_shapes, show_torch_layout, show_unrolled, stack

# %% [markdown]
# ## Before you start
#
# A sequence is an array `xs` of shape (T, B, D): T steps, each with a batch of B vectors with D numbers. `xs[0]` is step 1, and
# `for x in xs` goes through the steps. States have the shape (B, H).

# %%
show_unrolled("LSTM", steps=3)

# %%
xs, h_0, c_0, p = example("lstm_forward")
print("xs", xs.shape, " h_0", h_0.shape, " c_0", c_0.shape, " W_f", p.W_f.shape)

# %% [markdown]
# The step of unit 03 is here already: yours if it passed, else the course's. `lstm_step(x, h_prev, c_prev, p)` gives `(h, c)`.

# %%
lstm_step = earlier("lstm_step")

# %% [markdown]
# ## 1. Forwards (<< points("lstm_forward") >> points)
#
# Begin with `h_0` and `c_0`, call `lstm_step` for each `x`, collect the states, and hand back both, stacked over time: `hs` and
# `cs`, each (T, B, H). `stack(rows)` makes one array of a list of arrays.


# %% tags=["answer"]
def lstm_forward(xs, h_0, c_0, p):
    # BEGIN SOLUTION
    h, c = h_0, c_0
    hs, cs = [], []
    for x in xs:
        h, c = lstm_step(x, h, c, p)
        hs.append(h)
        cs.append(c)
    return stack(hs), stack(cs)
    # END SOLUTION


# %% tags=["check"]
check(lstm_forward)

# %% [markdown] tags=["solution"]
# From `h_0 = c_0 = 0` many mistakes hide: at the first step the forget gate multiplies nothing. So the check begins with states
# that are not 0, and with at least three steps.

# %% [markdown]
# ## 2. One step back (<< points("lstm_step_backward") >> points)
#
# `saved` holds what one step kept, by the names of the equations: `saved.x`, `saved.h_prev`, `saved.c_prev`, `saved.f`, `saved.i`,
# `saved.c_tilde`, `saved.c`, `saved.o`. `d_h` and `d_c` are what arrives from outside the step.

# %%
saved, d_h, d_c, p = example("lstm_step_backward")
print({name: saved[name].shape for name in saved})
print("d_h", d_h.shape, " d_c", d_c.shape)

# %%
show_shapes("lstm_step_backward")

# %% [markdown]
# Go from the last equation to the first. First through $h_t$, then through $c_t$. Here $\delta h_t$ is `d_h`, all that arrives
# for $h_t$, and $\delta c_t^{\text{next}}$ is `d_c`:
#
# << gradient("LSTM", "d_o", "d_c") >>
#
# << gradient("LSTM", "d_f", "d_i", "d_c_tilde", "d_c_prev") >>

# %% [markdown]
# Then through the activations, with slopes at the output:
#
# << gradient("LSTM", "d_a_f", "d_a_i", "d_a_c_tilde", "d_a_o") >>

# %% [markdown]
# Last through the four sums. For $W_f$, $U_f$, $b_f$ it reads as below, and the same with $i$, $c$, $o$. In code rows are vectors:
# $W_f^\top \delta a$ is `d_a @ p.W_f`. For $W$, $U$ and $b$ the shares of the whole batch add up, so $\delta a\, x^\top$ is
# `d_a.T @ x`:
#
# << gradient("LSTM", "d_x", "d_h_prev", "d_W_f", "d_U_f", "d_b_f") >>

# %% [markdown]
# Hand back a dict with fifteen names: `d_x`, `d_h_prev`, `d_c_prev`, and `d_` with the name of each parameter, `d_W_f` and so on.
# Each has the shape of what it belongs to. Leave `d_h` and `d_c` as they came: `d_c = d_c + ...`, not `d_c += ...`. The equations
# are yours to write: torch's autograd, and with it `.backward()`, is not allowed here and in the next question.
#
# Begin small: hand back `{"d_c_prev": ...}` alone, run the check, and add name after name. It says which are right so far; the
# points come with all fifteen.


# %% tags=["answer"]
def lstm_step_backward(saved, d_h, d_c, p):
    # BEGIN SOLUTION
    s, tanh_c = saved, np.tanh(saved.c)
    d_c = d_c + d_h * s.o * (1 - tanh_c**2)
    d_a = {
        "f": d_c * s.c_prev * s.f * (1 - s.f),
        "i": d_c * s.c_tilde * s.i * (1 - s.i),
        "c": d_c * s.i * (1 - s.c_tilde**2),
        "o": d_h * tanh_c * s.o * (1 - s.o),
    }
    d = {"d_c_prev": d_c * s.f}
    d["d_x"] = sum(d_a[k] @ p[f"W_{k}"] for k in d_a)
    d["d_h_prev"] = sum(d_a[k] @ p[f"U_{k}"] for k in d_a)
    for k in d_a:
        d[f"d_W_{k}"] = d_a[k].T @ s.x
        d[f"d_U_{k}"] = d_a[k].T @ s.h_prev
        d[f"d_b_{k}"] = d_a[k].sum(axis=0)
    return d
    # END SOLUTION


# %% tags=["check"]
check(lstm_step_backward)

# %% [markdown] tags=["solution"]
# The usual slips: `sigmoid(f) * (1 - sigmoid(f))` for the slope, the new `c` where `c_prev` belongs in `d_f`, `.T` on a square
# `U`. All three give numbers of the right shape.

# %% [markdown]
# ## 3. Back through the chain (<< points("lstm_backward") >> points)
#
# Now `saved` holds all steps, stacked over time: `saved.f` is (T, B, H). `d_hs` (T, B, H) is what the loss says about each hidden
# state by itself. What comes by later steps is yours to carry; behind the last step nothing comes.

# %%
show_unrolled("LSTM", steps=3, back=True)


# %%
def at_step(saved, t):
    """What one step kept, for lstm_step_backward."""
    return Params({name: saved[name][t] for name in saved})


saved, d_hs, p = example("lstm_backward")
print("f of all steps", saved.f.shape, " of one step", at_step(saved, 0).f.shape)

# %% [markdown]
# Go from the last step to the first and call your `lstm_step_backward`; if it is not right yet, the check puts the course's in
# its place. Hand back `d_xs` (T, B, D), `d_h_0` and `d_c_0` (B, H), and the sum over all steps for each parameter, `d_W_f` and so
# on. `for name in p` goes through their names.


# %% tags=["answer"]
def lstm_backward(saved, d_hs, p):
    # BEGIN SOLUTION
    d_h = d_c = np.zeros_like(d_hs[0])
    d_xs = np.zeros_like(saved.x)
    total = {f"d_{name}": np.zeros_like(p[name]) for name in p}
    for t in reversed(range(len(d_hs))):
        d = lstm_step_backward(at_step(saved, t), d_hs[t] + d_h, d_c, p)
        d_h, d_c, d_xs[t] = d["d_h_prev"], d["d_c_prev"], d["d_x"]
        for name in total:
            total[name] = total[name] + d[name]
    return {"d_xs": d_xs, "d_h_0": d_h, "d_c_0": d_c, **total}
    # END SOLUTION


# %% tags=["check"]
check(lstm_backward)

# %% [markdown] tags=["solution"]
# With a loss at the last step only, `d_hs` is zero elsewhere, and a loop that adds it at the wrong step still looks right. The
# check sends something in at every step.

# %% [markdown]
# A second check, by complex step, as in the lesson: each number of your gradients beside the slope that was measured. It uses
# the six equations of the LSTM and nothing else, so it would also find a mistake of the course.

# %%
gradient_check(lstm_backward)

# %% [markdown]
# ## 4. Into torch's layout (<< points("to_torch_layout") >> points)
#
# `torch.nn.LSTM` keeps all this in four arrays. Hand back a dict with their names. Which of torch's two biases you put $b$ into
# does not matter: only their sum counts.

# %%
show_torch_layout()


# %% tags=["answer"]
def to_torch_layout(p):
    # BEGIN SOLUTION
    def rows(letter):
        return np.concatenate([p[f"{letter}_{k}"] for k in "ifco"])

    return {
        "weight_ih_l0": rows("W"),
        "weight_hh_l0": rows("U"),
        "bias_ih_l0": rows("b"),
        "bias_hh_l0": np.zeros_like(rows("b")),
    }
    # END SOLUTION


# %% tags=["check"]
check(to_torch_layout)

# %% [markdown] tags=["solution"]
# Keras stacks in the same order but transposed, (D, 4H); other libraries put o before the candidate. Weights that move between
# libraries need such a function, and its mistakes raise no error.

# %% [markdown]
# ## The same numbers as torch?
#
# All of yours against `torch.nn.LSTM`, forwards and backwards, with three choices of sizes: on the CPU and, where there is one, on
# the GPU. Your gradients go through your own layout.

# %% tags=["nbval-ignore-output"]
compare_with_torch(lstm_forward, lstm_backward, to_torch_layout)

# %% [markdown]
# ## What you have built
#
# The table shows which functions are right as they are defined now.

# %%
progress("04")

# %% [markdown]
# The picture below runs on **your** `lstm_forward` and `lstm_backward` where their checks have passed.

# %%
explore_time()

# %% [markdown]
# Last, your loop on the fastest device of this machine, in torch, compared with your own NumPy numbers.

# %% tags=["nbval-ignore-output"]
run_on_device(lstm_forward)
