# %% [markdown]
# # 02 · The cell state: build it over time and over depth
#
# You build the cell of 1997, set its gates so that it counts, and then take the same idea from steps to layers: a residual
# layer, a highway layer, and the gradient that comes down through them. << unit.points >> points together.
#
# **Needs:** the lesson `notebooks/en/02_cell_state.ipynb`. **Takes:** 30 to 45 minutes. **Costs:** seconds, no GPU.

# %% [markdown]
# How to work: replace the line `...  # your code here`, run the cell, run the check. Stuck? `hint(carousel_step)` gives one
# hint at a time. A function that is wrong or not written yet does no harm: the notebook runs on.
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
    explore_carousel,
    explore_depth,
    hint,
    progress,
    show_cell,
    show_depth,
    show_pulses,
    show_shapes,
    sigmoid,
    tanh,
)

# %% [markdown]
# ## Before you start: rows
#
# On the slide the product is $W_i x_t$, with a column $x_t$. In code the last axis holds the numbers of one vector and the axes
# before it count vectors, so the product is `x @ p.W_i.T`. That is right for a batch `(B, D)` and for a single vector `(D,)`.

# %%
show_shapes("carousel_step")

# %% [markdown]
# `example(name)` gives you small arguments to try a function on. `p` holds the parameters by name. `sigmoid` and `tanh` are
# ready for you.

# %%
x, h_prev, c_prev, p = example("carousel_step")
print("x", x.shape, "h_prev", h_prev.shape, "c_prev", c_prev.shape)
print("W_i", p.W_i.shape, "U_i", p.U_i.shape, "b_i", p.b_i.shape)

# %% [markdown]
# ## 1. The carousel (<< points("carousel_update") >> points)
#
# << equation("LSTM 1997", "c") >>
#
# Gate and candidate arrive as arguments, already computed. The circle is a product number by number. There is no matrix in
# this line, and nothing multiplies the old cell state. A call gives an array of the shape of `c_prev`.


# %% tags=["answer"]
def carousel_update(i, c_tilde, c_prev):
    # BEGIN SOLUTION
    return c_prev + i * c_tilde
    # END SOLUTION


# %% tags=["check"]
check(carousel_update)

# %% [markdown] tags=["solution"]
# `(1 - i) * c_prev + i * c_tilde` is another cell: there the old state makes room for the new one. In 1997 nothing made room.

# %% [markdown]
# ## 2. The step of 1997 (<< points("carousel_step") >> points)
#
# << equations("LSTM 1997") >>
#
# Hand back both states as a tuple, `h` first, then `c`. Two gates and a candidate have one form, so one helper
# `inside(x, h_prev, W, U, b)` can serve all three.

# %%
show_cell("LSTM 1997")


# %% tags=["answer"]
def carousel_step(x, h_prev, c_prev, p):
    # BEGIN SOLUTION
    i = sigmoid(x @ p.W_i.T + h_prev @ p.U_i.T + p.b_i)
    c_tilde = tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)
    c = carousel_update(i, c_tilde, c_prev)
    o = sigmoid(x @ p.W_o.T + h_prev @ p.U_o.T + p.b_o)
    return o * tanh(c), c
    # END SOLUTION


# %% tags=["check"]
check(carousel_step)

# %% [markdown] tags=["solution"]
# The gates look at `h_prev`, never at `c_prev`: what the cell holds reaches them only as far as the output gate showed it.

# %% [markdown]
# ## 3. Count (<< points("count_pulses") >> points)
#
# A cell that never forgets can add. Let one unit count: $D = 2$, $H = 1$. Feature 0 of $x_t$ is a value between $-1$ and $1$ that
# does not matter. Feature 1 is the pulse: 1 at some steps, else 0.
#
# Choose the parameters so that $c_t$, begun at 0, is after 40 steps the number of pulses, whatever it is, to within 0.1. What
# $h_t$ shows is not judged.

# %% [markdown]
# Hand back a dict with the parameters that are not 0: `{"b_c": 2.0, "W_c": [1.0, 0.0]}` sets the bias of the candidate and its
# weights, 1 for the value and 0 for the pulse. Ask: what are gate and candidate at a pulse, and what between pulses?


# %% tags=["answer"]
def count_pulses():
    # BEGIN SOLUTION
    return {
        "b_i": -10.0,  # let nothing in ...
        "W_i": [0.0, 20.0],  # ... but at a pulse
        "b_c": 5.0,  # and what comes in is 1
    }
    # END SOLUTION


# %% tags=["check"]
check(count_pulses)

# %% [markdown]
# This is what your cell does with pulses at the steps 4, 8, 9 and 21:

# %%
show_pulses(count_pulses())

# %% [markdown] tags=["solution"]
# $h_t$ cannot tell 3 from 4: $\tanh(3) = 0.995$ and $\tanh(4) = 0.999$. And the count never goes back to 0, because
# this cell has no gate for that.

# %% [markdown]
# ## 4. A residual layer (<< points("residual_layer") >> points)
#
# << equations("residual layer") >>
#
# Now $\ell$ counts layers. `h_prev` is the layer before, $h_{\ell-1}$; nothing else comes in. relu of `a` is
# `np.maximum(a, 0)`.

# %%
show_cell("residual layer")


# %% tags=["answer"]
def residual_layer(h_prev, p):
    # BEGIN SOLUTION
    y = np.maximum(h_prev @ p.U_1.T + p.b_1, 0) @ p.U_2.T + p.b_2
    return h_prev + y
    # END SOLUTION


# %% tags=["check"]
check(residual_layer)

# %% [markdown] tags=["solution"]
# Put it beside `carousel_update`: the old state, plus something. Only the letters differ.

# %% [markdown]
# ## 5. A highway layer (<< points("highway_layer") >> points)
#
# << equations("highway layer") >>
#
# The gate is called $t$ because it *transforms*; it has nothing to do with time.

# %%
show_cell("highway layer")


# %% tags=["answer"]
def highway_layer(h_prev, p):
    # BEGIN SOLUTION
    t = sigmoid(h_prev @ p.W_t.T + p.b_t)
    y = tanh(h_prev @ p.W_h.T + p.b_h)
    return t * y + (1 - t) * h_prev
    # END SOLUTION


# %% tags=["check"]
check(highway_layer)

# %% [markdown] tags=["solution"]
# `t` and `1 - t` change places easily. Test by hand: with $b_t = -20$ the layer must come out as it went in.

# %% [markdown]
# ## 6. What a residual layer passes on (<< points("residual_jacobian") >> points)
#
# The Jacobian of a layer says how each number of $h_\ell$ follows each number of $h_{\ell-1}$: entry $[i, j]$ is
# $\partial h_{\ell,i} / \partial h_{\ell-1,j}$. By the chain rule
#
# $$J_\ell = I + U_2 \operatorname{diag}(s_\ell)\, U_1$$
#
# where $s_\ell$ is the slope of relu at $U_1 h_{\ell-1} + b_1$: 1 where that is above 0, else 0.

# %% [markdown]
# Each example of a batch has slopes of its own, so it has a matrix of its own: for `h_prev` of shape (B, H) a call gives
# (B, H, H). `U * s[..., None, :]` is $U \operatorname{diag}(s)$ for each of them.


# %% tags=["answer"]
def residual_jacobian(h_prev, p):
    # BEGIN SOLUTION
    slope = h_prev @ p.U_1.T + p.b_1 > 0
    return np.eye(h_prev.shape[-1]) + (p.U_2 * slope[..., None, :]) @ p.U_1
    # END SOLUTION


# %% tags=["check"]
check(residual_jacobian)

# %% [markdown] tags=["solution"]
# The identity does not depend on the weights. Were all of them 0, a plain layer would pass nothing on; this one passes on all.

# %% [markdown]
# ## 7. The gradient over depth (<< points("depth_gradient") >> points)
#
# A gradient `d_h` stands behind the last of $L$ layers. One layer down it is $J_L^\top \delta h_L$, then
# $J_{L-1}^\top J_L^\top \delta h_L$, and so on to the input. How large is it at each depth?
#
# `jacobians` holds $J_1$ to $J_L$, from the input on: (L, B, H, H). Hand back the norms, the input's first and that of `d_h`
# last: (L + 1, B).


# %% tags=["answer"]
def depth_gradient(d_h, jacobians):
    # BEGIN SOLUTION
    norms = [np.linalg.norm(d_h, axis=-1)]
    for jacobian in jacobians[::-1]:
        d_h = (d_h[..., None, :] @ jacobian)[..., 0, :]
        norms.append(np.linalg.norm(d_h, axis=-1))
    return np.stack(norms[::-1])
    # END SOLUTION


# %% tags=["check"]
check(depth_gradient)

# %% [markdown] tags=["solution"]
# A row times $J$ is the same as $J^\top$ times a column. Where H and B are equal, $J$ itself in place of $J^\top$ runs without
# an error and gives wrong norms.

# %% [markdown]
# ## What you have built
#
# Your three functions on a stack of 50 residual layers with random weights, beside 50 plain layers
# $h_\ell = \tanh(W h_{\ell-1} + b)$ with weights of the same size:

# %%
show_depth(residual_layer, residual_jacobian, depth_gradient)

# %% [markdown]
# The sliders below run on **your** step and **your** layers, where their checks have passed; the rest is the course's. The
# last sentence under each picture says which is which.

# %%
explore_carousel()

# %%
explore_depth()

# %% [markdown]
# The table shows which functions are right as they are defined now.

# %%
progress("02")
