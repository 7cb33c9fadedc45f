# %% [markdown]
# # 04 · Through time: which way should a weight move?
#
# **You will be able to** take the gradient of an LSTM back by hand, line by line and step by step, and prove that it is right.
#
# **Needs:** unit 03, the chain rule, the product of a matrix and a vector. **Takes:** 45 minutes. **Costs:** seconds, no GPU.

# %%
# << first_cell >>
import numpy as np
from gatedrnn_course import Params, bit_sequences, catalogue, compare_with_torch
from gatedrnn_course import draw_params, earlier, explore_time, gradient_check, plot
from gatedrnn_course import predict, reveal, run_and_keep, run_back, run_cell, show_cell
from gatedrnn_course import show_shapes, show_timeline, show_torch_layout, show_unrolled
from gatedrnn_course import sigmoid

# %% [markdown]
# ## A loss at step 10, a weight at every step
#
# Four sequences bring a bit at step 1 and distractors after it, as in unit 03. An LSTM of three units reads ten steps. All
# three numbers of its last hidden state should be the bit. The **loss** says how far off they are, over all four sequences:
#
# $$L = \tfrac{1}{2} \sum (h_{10} - \text{bit})^2$$

# %%
xs, bits = bit_sequences(4, steps=10)
rng = np.random.default_rng(1)
p = draw_params(catalogue["LSTM"], 2, 3, rng)
h_0, c_0 = rng.normal(size=(2, 4, 3))


def loss(p):
    h = run_cell("LSTM", p, xs, [h_0, c_0])["h"]
    return ((h[-1] - bits[:, None]) ** 2).sum() / 2


# %% [markdown]
# `run_cell` computes the six equations for all ten steps. The weights are random, so the loss is large. Take one of them, the
# first of $W_o$, and move it while the others stay. Each of the ten steps uses it.


# %%
def moved(by, name="W_o", at=(0, 0)):
    """The parameters with one number moved."""
    kind = type(by)  # float now, complex later
    q = Params({key: array.astype(kind) for key, array in p.items()})
    q[name][at] += by
    return q


by = np.linspace(-2, 2, 41)
curve = {"loss": [loss(moved(float(b))) for b in by]}
plot(curve, x="W_o[0, 0] moved by", y="loss", at=by)

# %% [markdown]
# At 0 the curve has a slope. It says which way the weight should move, and how much that helps: training needs this number for
# every weight. You can measure it: move a little, run again, divide. Call this a *wiggle*.


# %%
def wiggle(step):
    return (loss(moved(step)) - loss(p)) / step


print(f"{wiggle(1e-3):.3f}")

# %%
predict(
    "small step",
    "The slope at a point is the limit of ever smaller steps. "
    "Which of these steps gives it most exactly?",
    ["0.001", "0.0000001", "0.0000000000000001"],
)

# %%
with reveal(
    "small step",
    "0.0000001",
    "Down to there smaller is better. Then the two losses agree in so many of their "
    "16 digits that little is left of their difference. At the last step nothing is.",
):
    saved = run_and_keep("LSTM", p, xs, [h_0, c_0])
    d_hs = np.zeros_like(saved.h)
    d_hs[-1] = saved.h[-1] - bits[:, None]
    exact = run_back("LSTM", saved, d_hs, p)["d_W_o"].sum(axis=0)[0, 0]
    steps = np.arange(-16, 0)
    errors = {"wiggle": [abs(wiggle(10.0**k) / exact - 1) for k in steps]}
    plot(
        errors, x="size of the step: 10 to the", y="relative error", at=steps, log=True
    )

# %% [markdown]
# At best about half of the 16 digits are right. And each weight costs one more run: << count("LSTM", 2, 3) >> runs here,
# << count("LSTM", 100, 256) >> for $D = 100$ and $H = 256$. One run **backwards** gives all slopes at once, with all digits.
# The exact slope above came from it. You will build it.

# %% [markdown]
# ## The same step, again and again
#
# Drawn once for each step, the cell is a chain. Two states go from step to step, $c$ and $h$. The parameters do not change from
# step to step.

# %%
show_unrolled("LSTM")

# %% [markdown]
# In code the chain is one loop around the step of unit 03:

# %%
lstm_step = earlier("lstm_step")
h, c = h_0, c_0
for x in xs:
    h, c = lstm_step(x, h, c, p)
print(f"loss {((h - bits[:, None]) ** 2).sum() / 2:.4f}, as above {loss(p):.4f}")

# %%
predict(
    "more steps",
    "The loop runs over 20 steps instead of 10. How many more parameters has it?",
    ["None", "Twice as many", "10 matrices more"],
)

# %%
with reveal(
    "more steps",
    "None",
    "Every step uses the same p. So one weight acts on the loss by 10 ways, or by 20, "
    "and its slope is the sum over all of them.",
):
    longer, _bits = bit_sequences(4, steps=20)
    run = run_cell("LSTM", p, longer, [h_0, c_0])
    print("hidden states:", run["h"].shape)
    print("numbers in p:", sum(array.size for array in p.values()))

# %% [markdown]
# ## What the run must leave behind
#
# Going back, every line of every step is asked: how did your result depend on what you were made of? Take the line
# `c = f * c_prev`, with one number each. Write `d_c` for the slope of the loss in `c`.

# %%
predict(
    "other factor",
    "Move f a little, and c = f * c_prev moves c_prev times as much. "
    "So what is d_f, the slope of the loss in f?",
    ["d_c * f", "d_c * c_prev", "d_c * c"],
)

# %%
with reveal(
    "other factor",
    "d_c * c_prev",
    "The slope of a product in one factor is the other factor. "
    "Whoever goes back must still know it.",
):
    f, c_prev, d_c = 0.8, 2.0, 0.5
    measured = d_c * ((f + 1e-6) * c_prev - f * c_prev) / 1e-6
    print(f"measured: {measured:.2f}, with f = {f}, c_prev = {c_prev}, d_c = {d_c}")

# %% [markdown]
# So the run keeps, for every step, what went in and every line: this is `saved`. Each array has the time axis first, then the
# batch. The price of a gradient is memory, and it grows with the number of steps.

# %%
saved = run_and_keep("LSTM", p, xs, [h_0, c_0])
print(saved)

# %% [markdown]
# ## One step, from its last line to its first
#
# Write $\delta c_t$, in code `d_c`, for the slope of the loss in $c_t$: one number for each number of $c_t$. Of every line you
# know the $\delta$ of its result, and want the $\delta$ of its parts. Four rules are enough, and a fifth that you will guess:

# %% [markdown]
# | the line | what goes back |
# | --- | --- |
# | sum | the same to each part |
# | product, number by number | to each factor, times the other |
# | $\sigma$ or $\tanh$ | times its slope there |
# | $W x$ | to $x$, times $W^\top$; to $W$, times $x^\top$ |

# %% [markdown]
# We begin at step 10, the last. What arrives at $h_{10}$ comes from the loss: the slope of $\tfrac{1}{2} a^2$ is $a$, so
# $\delta h_{10} = h_{10} - \text{bit}$. No step follows, so nothing else arrives.

# %%
x, h_prev, c_prev, f, i, c_tilde, c, o, h = (saved[name][-1] for name in saved)
d_h = h - bits[:, None]
d_c_next = np.zeros_like(c)

# %% [markdown]
# ### Line 6: the hidden state
#
# << equation("LSTM", "h") >>
#
# The arrows in colour are the way back. $h$ sends to $o$, and through tanh to $c$.

# %%
show_cell("LSTM", lit="h", back=True)

# %% [markdown]
# $o$ gets $\delta h$ times the other factor:
#
# << gradient("LSTM", "d_o") >>
#
# The three bars of a lane are the three units, for the first of the four sequences.

# %%
d_o = d_h * np.tanh(c)
lanes = {"d_h": d_h[0], "tanh(c)": np.tanh(c)[0], "d_o": d_o[0]}
show_timeline(lanes, x="unit")

# %% [markdown]
# Now $c_t$. The step uses it inside $h_t$, and the next step uses it too. The share of the next step is written
# $\delta c_t^{\text{next}}$, in code `d_c_next`.

# %%
predict(
    "used twice",
    "Both send something back to c_t. What is the slope of the loss in c_t?",
    ["The sum of the two", "Their product", "The larger one"],
)

# %%
with reveal(
    "used twice",
    "The sum of the two",
    "Move c_t a little: h_t moves, and the next step moves as well. "
    "The loss feels both. The bars are those of step 9, which has a next step.",
):
    back = run_back("LSTM", saved, d_hs, p)
    by_next, whole = back["d_c_prev"][9], back["d_c"][8]
    by_h = back["d_h"][8] * saved.o[8] * (1 - np.tanh(saved.c[8]) ** 2)
    lanes = {"d_c_next": by_next[0], "by h": by_h[0], "d_c": whole[0]}
    show_timeline(lanes, x="unit")

# %% [markdown]
# The share that comes by $h$ has three factors: what arrived, the gate it goes through, and the slope of tanh, which is
# $1 - \tanh^2$:
#
# << gradient("LSTM", "d_c") >>

# %%
d_c = d_c_next + d_h * o * (1 - np.tanh(c) ** 2)

# %% [markdown]
# ### Line 5: the output gate, and the slope of a sigmoid
#
# << equation("LSTM", "o") >>
#
# Call what stands inside $a_o$. To pass the sigmoid, $\delta o$ is multiplied by the slope of the sigmoid. You kept $o$, but
# not $a_o$.

# %%
predict(
    "slope of sigmoid",
    "A gate has the value 0.9. What is the slope of the sigmoid there?",
    ["0.9 * (1 - 0.9) = 0.09", "sigmoid(0.9) * (1 - sigmoid(0.9)) = 0.21"],
)

# %%
with reveal(
    "slope of sigmoid",
    "0.9 * (1 - 0.9) = 0.09",
    "The slope is s (1 - s), with the value s that came OUT. The second choice puts "
    "s in once more: a mistake that runs, looks right and never falls below 0.19.",
):
    a = np.linspace(-6, 6, 61)
    out = sigmoid(a)
    slopes = {"measured": (sigmoid(a + 1e-6) - out) / 1e-6}
    for name, s in (("first choice", out), ("second choice", sigmoid(out))):
        slopes[f"{name}, s (1 - s)"] = s * (1 - s)
    plot(slopes, x="a", y="slope of sigmoid", at=a)

# %% [markdown]
# So the slope needs nothing but the gate itself. It is near 0 for a gate that is wide open or shut: hardly anything gets back to
# the weights of such a gate.
#
# << gradient("LSTM", "d_a_o") >>

# %%
d_a_o = d_o * o * (1 - o)

# %% [markdown]
# ### Line 4: the cell state
#
# << equation("LSTM", "c") >>
#
# Two products and a sum. The sum sends $\delta c$ on as it is, each product adds the other factor.

# %%
show_cell("LSTM", lit="c", back=True)

# %%
predict(
    "back along c",
    "What does c_prev get from this line?",
    ["d_c times a matrix", "d_c * f", "d_c * (1 - f)"],
)

# %%
with reveal(
    "back along c",
    "d_c * f",
    "c moves f times as far as c_prev. The way back along c meets no matrix and no "
    "tanh, only the forget gate: what it kept, it lets through again.",
):
    c_moved = f * (c_prev + 1e-6) + i * c_tilde
    lanes = {"f": f[0], "c moves by": ((c_moved - c) / 1e-6)[0]}
    show_timeline(lanes, x="unit")

# %% [markdown]
# All four parts get $\delta c$ times the factor beside them:
#
# << gradient("LSTM", "d_f", "d_c_prev", "d_i", "d_c_tilde") >>

# %%
d_c_prev = d_c * f

# %% [markdown]
# ### Lines 3, 2, 1: candidate, input gate, forget gate
#
# Each has its activation to pass. tanh has the slope $1 - \tilde{c}^2$, taken at the output again.
#
# << gradient("LSTM", "d_a_c_tilde", "d_a_i", "d_a_f") >>

# %%
d_a_f = d_c * c_prev * f * (1 - f)
d_a_i = d_c * c_tilde * i * (1 - i)
d_a_c = d_c * i * (1 - c_tilde**2)

# %%
show_cell("LSTM", lit=("f", "i", "c_tilde", "o"), back=True)

# %% [markdown]
# ### To the input and the old hidden state
#
# $x$ and $h_{prev}$ were used four times each, so four shares add up. Each goes back through the matrix it came by, transposed:
#
# << gradient("LSTM", "d_x", "d_h_prev") >>

# %%
predict(
    "no transpose",
    "Forwards, W_f x was written x @ p.W_f.T. How is W_f^T d_a_f written for a batch?",
    ["d_a_f @ p.W_f.T", "d_a_f @ p.W_f", "p.W_f.T @ d_a_f"],
)

# %%
with reveal(
    "no transpose",
    "d_a_f @ p.W_f",
    "Rows again: (B, H) times (H, D) gives (B, D), the shape of x. "
    "With D = H the first choice runs too, and is wrong.",
):
    print("d_a_f", d_a_f.shape, " W_f", p.W_f.shape, " wanted: as x,", x.shape)

# %%
d_x = d_a_f @ p.W_f + d_a_i @ p.W_i + d_a_c @ p.W_c + d_a_o @ p.W_o
d_h_prev = d_a_f @ p.U_f + d_a_i @ p.U_i + d_a_c @ p.U_c + d_a_o @ p.U_o

# %% [markdown]
# ### To the parameters
#
# Entry $(j, k)$ of $W_f$ weighs $x_k$ in the sum of unit $j$. So its share is $\delta a_{f,j}$ times $x_k$:
#
# << gradient("LSTM", "d_W_f", "d_U_f", "d_b_f") >>
#
# All sequences of the batch use the same $W_f$, so their shares add up.

# %%
show_shapes("lstm_step_backward")

# %%
d_W_f = d_a_f.T @ x
one_by_one = sum(np.outer(d_a_f[b], x[b]) for b in range(4))
print("the product adds up the batch:", np.allclose(d_W_f, one_by_one))

# %% [markdown]
# ### All lines at once
#
# These are the equations of the whole step back. Nobody typed them: the course derives them from the six equations of the cell,
# by the rules above, as it does for every cell.

# %% [markdown]
# << gradients("LSTM") >>

# %% [markdown]
# Are your lines the same? This compares the step you just took with the derived one.

# %%
yours = {"d_x": d_x, "d_h_prev": d_h_prev, "d_c_prev": d_c_prev, "d_W_f": d_W_f}
for name, value in yours.items():
    print(name, np.allclose(value, back[name][-1]))

# %% [markdown]
# ## Back through the chain
#
# Now the loop runs from the last step to the first. At each step two gradients arrive from the step after it, `d_h` and `d_c`:
# the way forwards had two states, so the way back has two as well.

# %%
show_unrolled("LSTM", back=True)

# %% [markdown]
# At each step:
#
# 1. To the `d_h` carried here add `d_hs[t]`, what the loss says about this very $h_t$.
# 2. Go back through the step.
# 3. Carry `d_h_prev` and `d_c_prev` to the step before: its `d_c_next` is your `d_c_prev`.
# 4. Add the shares of the parameters to their sums.
#
# At the last step nothing is carried yet: zeros.

# %%
predict(
    "two carried",
    "Somebody carries d_h from step to step and forgets d_c. "
    "What becomes of the gradient at step 1?",
    ["It stays right", "It is smaller, and wrong", "It is zero"],
)

# %%
with reveal(
    "two carried",
    "It is smaller, and wrong",
    "Both ways reach the first step. A loop that loses one still gives numbers, "
    "of the right shape and not even zero. Only a check finds it.",
):
    sizes = {}
    for words, carry in (("both", "hc"), ("only d_c", "c"), ("only d_h", "h")):
        way = run_back("LSTM", saved, d_hs, p, carry=carry)
        sizes[f"{words} carried"] = np.linalg.norm(way["d_c"], axis=(1, 2))
    plot(sizes, x="step", y="size of d_c", at=range(1, 11), log=True)

# %% [markdown]
# ## Play
#
# One unit with gates set by hand, as the latch of unit 03, but its output gate follows the inputs. Move the step: $c$ holds the
# bit of step 1, and $h$ shows it whenever the output gate opens. Slow $c$, fast $h$.

# %% [markdown]
# Then choose *backwards*. The loss is the last $h$, and its gradient goes towards step 1.
#
# - How much of `d_c` is left at step 1? Which gate decides that?
# - Move the forget bias to 1 and to 0. What happens forwards, and backwards?

# %%
explore_time()

# %% [markdown]
# ## Is it right?
#
# A wiggle has too few digits to tell a small mistake from its own error. There is a better one. Move the weight by
# $\varepsilon i$, with the imaginary unit $i$ (no gate this time; NumPy writes `1j`). For a smooth loss
#
# $$L(w + \varepsilon i) = L(w) + \varepsilon i \, L'(w) + \text{terms with } \varepsilon^2$$

# %% [markdown]
# The slope stands alone in the imaginary part, so nothing is subtracted and no digits cancel. The step may be so small that the
# terms with $\varepsilon^2$ vanish altogether. This is called a **complex step**, and NumPy computes with complex numbers as
# it does with others.


# %%
def complex_step(step, name="W_o", at=(0, 0)):
    return loss(moved(step * 1j, name, at)).imag / step


print(f"{complex_step(1e-20):.12f} by complex step")
print(f"{exact:.12f} by going back")

# %%
predict(
    "smaller still",
    "The wiggle lost everything with a step of 10 to the -16. "
    "And a complex step of 10 to the -16?",
    ["It loses everything, too", "It gives all digits"],
)

# %%
with reveal(
    "smaller still",
    "It gives all digits",
    "Nothing is subtracted, so nothing cancels. Below 10 to the -8 the error is the "
    "rounding of the last digit.",
):
    least = 1e-17  # a logarithmic axis has no 0
    tries = [abs(complex_step(10.0**k) / exact - 1) for k in steps]
    errors["complex step"] = np.maximum(tries, least)
    plot(
        errors, x="size of the step: 10 to the", y="relative error", at=steps, log=True
    )

# %% [markdown]
# `gradient_check` does this for every single number: the slope by complex step beside the gradient of `lstm_backward`. That is
# your own function once its check has passed, until then the course's.

# %%
lstm_backward = earlier("lstm_backward")
gradient_check(lstm_backward)

# %% [markdown]
# A check is worth something if it fails when it should. This is the loop that forgets to carry `d_c`:


# %%
def forgetful(saved, d_hs, p):
    back = run_back("LSTM", saved, d_hs, p, carry="h")
    states = {name: back[f"d_{name}_prev"][0] for name in "hc"}
    sums = {f"d_{name}": back[f"d_{name}"].sum(axis=0) for name in p}
    return {"d_xs": back["d_x"], "d_h_0": states["h"], "d_c_0": states["c"], **sums}


gradient_check(forgetful)

# %% [markdown]
# ## The same numbers as torch
#
# `torch.nn.LSTM` is this cell. It keeps the four $W$ in one array, one below the other, and the four $U$ in another, so that a
# step needs two products instead of eight. Mind the order: $i$, $f$, candidate, $o$.

# %%
show_torch_layout()

# %% [markdown]
# It also has two biases where one would do. Both are added to the same sum, so only their total counts: put $b$ into the first and
# zeros into the second.

# %%
predict(
    "two biases",
    "Your gradient of b is d_b. What gradient has torch for its first bias, "
    "and what for its second?",
    ["d_b and 0", "d_b and d_b", "Half of d_b each"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "two biases",
    "d_b and d_b",
    "Move either of them, and the sum moves by as much: each gets the whole d_b. "
    "So plain gradient descent changes their sum twice as fast as your single b.",
):
    import torch

    torch.manual_seed(0)
    layer = torch.nn.LSTM(2, 3, dtype=torch.float64)
    layer(torch.from_numpy(xs))[0].sum().backward()
    pair = layer.bias_ih_l0.grad.numpy(), layer.bias_hh_l0.grad.numpy()
    show_timeline({"bias_ih_l0": pair[0], "bias_hh_l0": pair[1]}, x="row of 4H")

# %% [markdown]
# Everything else can be compared number by number, for a few sizes, in float64: states, outputs, and all gradients. Where there is
# a CUDA GPU, a second table compares with torch there.

# %% tags=["nbval-ignore-output"]
lstm_forward, to_torch_layout = earlier("lstm_forward"), earlier("to_torch_layout")
compare_with_torch(lstm_forward, lstm_backward, to_torch_layout)

# %% [markdown]
# ## What you now know
#
# - An LSTM over time is one loop. All steps share the parameters, so their gradients add up.
# - Back through a step: last line first, the other factor, the slope at the output, the transposed matrix.
# - Two gradients are carried, `d_h` and `d_c`. Complex steps prove the result; torch agrees.

# %% [markdown]
# **Open:** in the latch, `d_c` reached step 1 nearly whole; with a lower forget bias it faded. Why does a gradient arrive at all?
# Unit 05 follows it. **Next:** in `exercises/en/04_through_time.ipynb` you write both loops, and the step back.
