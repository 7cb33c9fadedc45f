# %% [markdown]
# # 01 · An RNN forgets: build it, and measure its gradient
#
# You write a plain RNN, the Jacobian of its step and the norms of its gradient over time, and see your own network forget.
# << unit.points >> points together.
#
# **Needs:** the lesson `notebooks/en/01_rnn_forgets.ipynb`. **Takes:** 45 minutes. **Costs:** seconds, no GPU.

# %% [markdown]
# How to work: replace the line `...  # your code here`, run the cell, run the check. Stuck? `hint(rnn_step)` gives one hint at a
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
    Params,
    bit_sequences,
    check,
    earlier,
    example,
    explore_lags,
    hint,
    plot,
    progress,
    show_shapes,
    show_unrolled,
    tanh,
)

# %% [markdown]
# ## Before you start: rows
#
# On the slide an input is a column and the product is $W_h x_t$. In code a batch holds one vector a **row**, so the same product is
# `x @ p.W_h.T`. $B$ counts the sequences of the batch, $D$ the numbers of an input, $H$ those of a state.

# %%
show_shapes("rnn_step")

# %% [markdown]
# `example(name)` gives you small arguments to try a function on. `p` holds the parameters by name.

# %%
x, h_prev, p = example("rnn_step")
print("x", x.shape, "h_prev", h_prev.shape)
print("W_h", p.W_h.shape, "U_h", p.U_h.shape, "b_h", p.b_h.shape)

# %% [markdown]
# ## 1. One step (<< points("rnn_step") >> points)
#
# << equation("RNN", "h") >>
#
# The function must work for a batch `(B, D)` and for a single vector `(D,)`; written with rows it does both. For the example a call
# gives an array of the shape of `h_prev`.


# %% tags=["answer"]
def rnn_step(x, h_prev, p):
    # BEGIN SOLUTION
    return tanh(x @ p.W_h.T + h_prev @ p.U_h.T + p.b_h)
    # END SOLUTION


# %% tags=["check"]
check(rnn_step)

# %% [markdown] tags=["solution"]
# `p.W_h @ x`, copied from the slide, works for one vector and fails for a batch.

# %% [markdown]
# ## 2. The whole sequence (<< points("rnn_forward") >> points)
#
# Time is the first axis: `xs` has shape $(T, B, D)$, and `xs[0]` is the first input of all sequences. Hand back all states
# $h_1 \ldots h_T$ in one array $(T, B, H)$. The state before the first step is `h_0`.

# %%
show_unrolled("RNN", steps=3)


# %% tags=["answer"]
def rnn_forward(xs, h_0, p):
    # BEGIN SOLUTION
    h, hs = h_0, []
    for x in xs:
        h = rnn_step(x, h, p)
        hs.append(h)
    return np.stack(hs)
    # END SOLUTION


# %% tags=["check"]
check(rnn_forward)

# %% [markdown] tags=["solution"]
# Two slips are common: every step starts from `h_0` again, or `h_0` stands in the result.

# %% [markdown]
# ## 3. The Jacobian of a step (<< points("step_jacobian") >> points)
#
# $$J_t = \mathrm{diag}(1 - h_t^2)\, U_h$$
#
# Entry $(i, j)$ says how much new unit $i$ moves when old unit $j$ moves a little. `h` is the new state. Each sequence of the batch
# has a Jacobian of its own: $(B, H)$ makes $(B, H, H)$, and a single vector $(H,)$ makes $(H, H)$.


# %% tags=["answer"]
def step_jacobian(h, p):
    # BEGIN SOLUTION
    return (1 - h**2)[..., None] * p.U_h
    # END SOLUTION


# %% tags=["check"]
check(step_jacobian)

# %% [markdown] tags=["solution"]
# `[..., None]` puts slope $i$ in row $i$. With `[..., None, :]` it would scale the columns, and nothing would complain.

# %% [markdown]
# The check compares with a formula. Ask your own `rnn_step` too: move old unit $j$ a little up and a little down, and see how far the
# new units go.

# %%
step, jacobian = earlier("rnn_step"), earlier("step_jacobian")
x, h_prev, p = example("rnn_step")
moves = 0.001 * np.eye(h_prev.shape[1])
ways = [np.subtract(step(x, h_prev + e, p), step(x, h_prev - e, p)) for e in moves]
asked = np.stack(ways, axis=-1) / 0.002
J = jacobian(np.array(step(x, h_prev, p)), p)
print("the same to three digits:", np.allclose(J, asked, rtol=0, atol=0.001))

# %% [markdown]
# ## 4. The gradient over the lag (<< points("gradient_norms") >> points)
#
# $$\frac{\partial h_T}{\partial h_{T-k}} = J_T\, J_{T-1} \cdots J_{T-k+1}$$
#
# `hs` holds $h_1 \ldots h_T$, so `hs[-1]` makes $J_T$; $J_1$ is not needed. The result is $(T, B)$: row $k$ holds, for every
# sequence, the **largest singular value** of the product for the lag $k = 0 \ldots T - 1$. At lag 0 that is the identity.

# %% [markdown]
# `np.linalg.norm(A, 2, axis=(-2, -1))` gives the largest singular value of every matrix in `A`. Without the 2 it is another norm.

# %%
hs, p = example("gradient_norms")
print("hs", hs.shape, "U_h", p.U_h.shape)
A = np.stack([np.eye(3)] * 2)
print(np.linalg.norm(A, 2, axis=(-2, -1)), "and without the 2:")
print(np.linalg.norm(A, axis=(-2, -1)).round(2))


# %% tags=["answer"]
def gradient_norms(hs, p):
    # BEGIN SOLUTION
    product = np.stack([np.eye(hs.shape[-1])] * hs.shape[1])
    norms = [np.linalg.norm(product, 2, axis=(-2, -1))]
    for h in hs[:0:-1]:  # from the last state to the second
        product = product @ step_jacobian(h, p)
        norms.append(np.linalg.norm(product, 2, axis=(-2, -1)))
    return np.stack(norms)
    # END SOLUTION


# %% tags=["check"]
check(gradient_norms)

# %% [markdown] tags=["solution"]
# The new Jacobian joins on the right. A product built with transposes, `J.T @ product`, has the same norms: turning a matrix round
# leaves its singular values alone.

# %% [markdown]
# ## 5. Choose a norm (<< points("scale_to_norm") >> points)
#
# To see what decides, you need matrices with a largest singular value of your choice. Multiply `U` by the one number that does it.


# %% tags=["answer"]
def scale_to_norm(U, norm):
    # BEGIN SOLUTION
    return U * norm / np.linalg.norm(U, 2)
    # END SOLUTION


# %% tags=["check"]
check(scale_to_norm)

# %% [markdown] tags=["solution"]
# With `np.linalg.norm(U)` the matrix would come out smaller: the Frobenius norm counts all singular values, not the largest.

# %% [markdown]
# ## 6. Clip a gradient (<< points("clip_gradient") >> points)
#
# $$g \leftarrow \frac{\theta}{\lVert g \rVert}\, g \quad \text{where } \lVert g \rVert > \theta$$
#
# $\lVert g \rVert$ is the length of the gradient: the root of the sum of the squares of *all* its numbers, whatever its shape. A
# gradient that is no longer than `threshold` stays as it is.


# %% tags=["answer"]
def clip_gradient(g, threshold):
    # BEGIN SOLUTION
    length = np.sqrt((g**2).sum())
    return g * threshold / length if length > threshold else g
    # END SOLUTION


# %% tags=["check"]
check(clip_gradient)

# %% [markdown] tags=["solution"]
# Clipping number by number would turn the gradient; this only shortens it.

# %% [markdown]
# ## Your network forgets
#
# Put it together: your network reads one bit and 39 distractors, with three sizes of $U_h$, and your functions measure what is left
# of the gradient. What do you expect of each curve? Change `U` or the norms and look again.

# %%
forward, norms = earlier("rnn_forward"), earlier("gradient_norms")
scale = earlier("scale_to_norm")
xs, bits = bit_sequences(20)
U, curves = np.linalg.qr(np.random.default_rng(1).normal(size=(16, 16)))[0], {}
for norm in (0.5, 1.0, 2.0):
    weights = {"W_h": 0.5 * U[:, :2], "U_h": np.array(scale(U, norm))}
    p = Params({**weights, "b_h": np.zeros(16)})
    hs = np.array(forward(xs, np.zeros((20, 16)), p))
    curves[f"norm {norm}"] = np.mean(norms(hs, p), axis=1)
plot(curves, x="lag", y="spectral norm of the gradient", log=True)

# %% [markdown]
# The sliders below run on **your** `step_jacobian` once its check has passed; the sentence under the picture says so.

# %%
explore_lags()

# %% [markdown]
# ## What you have built
#
# The table shows which functions are right as they are defined now.

# %%
progress("01")

# %% [markdown]
# **Next:** unit 02 changes one thing in this step, and a curve stays level.
