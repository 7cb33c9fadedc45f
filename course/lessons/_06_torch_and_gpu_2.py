# %% [markdown]
# ## CPU or GPU?
#
# A GPU does many numbers at once and starts every operation slowly. A recurrent layer has to go one step after the other. So what fills a GPU is
# the batch. This is the layer from above, with 64 units:

# %% tags=["nbval-ignore-output"]
show_devices(Hoisted(2, 64), 2)

# %% [markdown]
# On every device a sequence gets cheaper as the batch grows, until the device is full. A CPU is full soon. For the small networks of this course
# a GPU gains little; with hundreds of units and sequences it wins by far. Measure before you move.

# %% [markdown]
# ## Something is remembered
#
# This LSTM of six units was trained on the adding problem. You see the unit whose cell follows the sum best, and what the network *would*
# answer after each step.
#
# - When does its input gate open?
# - What is $f$ in between, and what does $c$ do?
# - Make $X_1$ and $X_2$ cancel each other.

# %%
explore_adding()

# %%
predict(
    "early answer",
    "Both marks have come by step 11. When does the network know the answer?",
    ["About then", "At the last step only", "Halfway"],
)

# %%
with reveal(
    "early answer",
    "About then",
    "In this network the sum lies in one cell, open to the read-out. In others it is "
    "spread over several units, and the answer is right at the last step alone: that "
    "is all that training asks for.",
):
    widget = explore_adding()
    print(widget.read_out())

# %% [markdown]
# Training found the latch of lesson 03, and the carousel of lesson 02: an input gate that opens at a mark, a forget gate near 1, and a cell
# that adds. Nobody told it.

# %% [markdown]
# ## Order, too
#
# *Temporal order*, also from 1997: among four distracting letters stand two that count, each X or Y, tens of steps apart. At the end the network
# says which of the four orders it was.

# %%
predict(
    "order",
    "The same sizes, 60 to 66 steps. Which networks meet the criterion?",
    ["All", "The LSTMs", "The RNNs", "None"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "order",
    "The LSTMs",
    "Two things have to be kept, and which came first. The RNN sees no gradient from "
    "so far back, as in lesson 01.",
):
    order = learn_task(
        "temporal_order_6a", kinds, rounds=500, settings={"length": 60}, b_f=3.0
    )
    plot(order.curves, **names, at=order.rounds)

# %% [markdown]
# The forget bias began at 3 here, a half-life of 14 steps: lesson 05 says why. With the papers' own lengths, more seeds and the misses,
# these tasks stand in `docs/solved_tasks.md`.

# %% [markdown]
# ## What you now know
#
# - One product a step: stack the gates, and take the product with $x$ out of the loop.
# - What is no parameter and no buffer stays behind.
# - Padding has a state, and a loss, that you must not count.
# - `detach` cuts the gradient and keeps the numbers.

# %% [markdown]
# **Open:** the layer goes step by step, so half of a GPU waits. Which cells could do all steps at once? **Next:** in
# `exercises/en/06_torch_and_gpu.ipynb` you write the class and the step, and train a model until it meets the criterion. Unit 07 then takes a
# gate away.
