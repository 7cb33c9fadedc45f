# %% [markdown]
# # 10 · Evolving cells: let a search draw them
#
# **You will be able to** mutate a cell, say when two cells are one, compare cells by fitness, and judge what one number, $b_f = 1$, is worth.
#
# **Needs:** units 03, 07 and 09. **Takes:** 40 minutes. **Costs:** 30 seconds of computing, no GPU.

# %%
# << first_cell >>
import numpy as np
from gatedrnn_course import bias_race, catalogue, explore_mutations, learn_to_spell
from gatedrnn_course import mutants_of, parse, plot, predict, reveal, show_ancestry
from gatedrnn_course import show_cell, show_intervals, small_evolution
from gatedrnn_course.cells.edits.behaviour import same_architecture
from gatedrnn_course.cells.edits.mutate import mutate
from gatedrnn_course.studies.evolution.fitness import best_members, fitness
from gatedrnn_course.studies.evolution.forget_bias import PRINTED, closed_gap
from gatedrnn_course.studies.evolution.forget_bias import forget_bias_gain

# %% [markdown]
# ## A cell that nobody drew
#
# LSTM and GRU were thought out by people. The cell below was not. In 2015 Jozefowicz, Zaremba and Sutskever let a program change cells at
# random, 10,000 times, and keep what worked. This one, **MUT1**, came out.

# %%
show_cell("MUT1")

# %% [markdown]
# Can chance draw a cell that works? Take the GRU, change it at random in one to three places, and train each result to spell: read five letters,
# then write them.

# %%
predict(
    "by chance",
    "Of eight random changes of the GRU, how many still learn to spell about as well?",
    ["None", "About half or more", "All eight"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "by chance",
    "About half or more",
    "Some changes hardly matter, some make learning slow, and some break the cell. "
    "A search lives on that: near a good cell there are other good ones.",
):
    mutants = mutants_of("GRU", 8)
    curves = learn_to_spell(["GRU", *(mutant.cell for mutant in mutants)])
    plot(curves, x="steps", y="share of letters right", at=range(0, 325, 25))

# %% [markdown]
# ## A cell is a graph
#
# To change a cell, see it as a graph. Its **nodes** are the input, the state, activations, products with a matrix, and sums and products number by
# number. All have the width of $h$. A mutation changes one node, in one of six ways:

# %% [markdown]
# 1. swap an activation: $\sigma$, tanh, relu, a matrix;
# 2. swap $+$, $-$ and $\odot$;
# 3. insert an activation;
# 4. remove a node with one input and output;
# 5. put an ancestor in a node's place;
# 6. combine two ancestors in its place.

# %% [markdown]
# Try each on the GRU. What is new has a blue edge, and a bar beside its line.
#
# - After which changes can $r$ leave the range from 0 to 1?
# - Two of the eight do nothing at all. What do they have in common?
# - Which ones cost parameters, which ones save some?

# %%
explore_mutations()

# %% [markdown]
# A new matrix may begin near 0, or near the identity times 0.9, 1 or 1.1. The course writes the latter as a path of its own: `U_1 @ v + 0.9 * v`. It
# is the same, since only the start differs.

# %% [markdown]
# ## When are two cells one?
#
# A search must not try the same cell twice. That is harder than comparing texts. Here is a mutant that swaps $z$ and $1 - z$:

# %%
swapped = parse(
    """
    z = sigmoid(W_z @ x + U_z @ h_prev + b_z)           # update gate
    r = sigmoid(W_r @ x + U_r @ h_prev + b_r)           # reset gate
    h_tilde = tanh(W_h @ x + U_h @ (r * h_prev) + b_h)  # candidate
    h = (1 - z) * h_prev + z * h_tilde                  # hidden state
    """,
    "GRU, swapped",
)

# %%
predict(
    "swapped",
    "Is this a new architecture?",
    ["Yes: with the same weights it gives other numbers", "No: it is the GRU"],
)

# %%
with reveal(
    "swapped",
    "No: it is the GRU",
    "1 - sigmoid(a) is sigmoid(-a). Turn the signs of W_z, U_z and b_z, and both "
    "give the same numbers. Weights begin as often negative as positive.",
):
    gru = catalogue["GRU"]
    print("the GRU swapped is the GRU:", same_architecture(gru, swapped))
    print("the LSTM is the GRU:", same_architecture(gru, catalogue["LSTM"]))

# %% [markdown]
# How does `same_architecture` know? It sets all weights to 0, tries each alone, in both signs, and sees what $h$ does over a few steps. So it finds
# which weight of the one plays the part of which weight of the other.

# %%
predict(
    "twins",
    "The paper found three cells: MUT1, MUT2, MUT3. Written as here, with x brought "
    "to the width of h by a matrix, is one of them a twin of the GRU?",
    ["MUT1", "MUT2", "MUT3", "None"],
)

# %%
with reveal(
    "twins",
    "MUT2",
    "Its only news is r = sigmoid(x + ...), where x has the width of h already. "
    "Behind a matrix that is the GRU's r, and z is swapped.",
):
    for name in ("MUT1", "MUT2", "MUT3"):
        print(name, "is the GRU:", same_architecture(gru, catalogue[name]))

# %% [markdown]
# ## A door, then three tasks
#
# Training is dear, so a newcomer meets the cheapest test first: spell five letters, 95 % right. In the paper one in ten came through. Those went to
# arithmetic, then to nested tags, then to English; on each they had to reach 90 % of the GRU's accuracy.

# %% [markdown]
# Who passes all has a **fitness**: its accuracy divided by the GRU's, on the task where that is least.

# %%
gru_best = {"arithmetic": 0.80, "tags": 0.40, "words": 0.30}
newcomer = {"arithmetic": 0.84, "tags": 0.38, "words": 0.33}

# %%
predict(
    "two of three",
    "Better than the GRU on two of three tasks. Is its fitness above 1?",
    ["Yes", "No"],
)

# %%
with reveal(
    "two of three",
    "No",
    "1.05, 0.95 and 1.1: the least counts. A cell that shines on one task and "
    "fails on another does not help whoever has a third.",
):
    print(f"fitness {fitness(newcomer, gru_best):.2f}")

# %% [markdown]
# The hundred fittest form a list. Each step takes one of them at random, and either mutates it or trains it again with new settings: learning rate,
# scale of the first weights. Then the list is cut to a hundred again.

# %%
fitnesses = {1: 0.96, 2: 1.00, 3: 1.03, 4: 0.91, 5: 0.98}
print("a list of four:", best_members(fitnesses, 4))

# %% [markdown]
# ## Your own search
#
# LSTM and GRU, 24 mutants, three tasks made small: sums of one digit, short tags, sentences of a small grammar. Names are numbers: E19 is the
# 19th architecture.

# %% tags=["nbval-ignore-output"]
found = small_evolution(24)
print(f"{found.tried} tried, {found.spelt} spell, {found.listed} pass all three")
show_ancestry(found)

# %% [markdown]
# A filled circle is in the list, with its fitness. A ring would be an ancestor that dropped out. The best that is not the GRU or the LSTM:

# %% tags=["nbval-ignore-output"]
best = next(k for k, cell in enumerate(found.cells) if cell.name.startswith("E"))
print(f"{found.cells[best].name}, fitness {found.fitness[best]:.3f}")
print(found.changes[best])
print(found.cells[best].text)
show_cell(found.cells[best])

# %% [markdown]
# Do not trust the third digit. Each accuracy is the best of one or a few trainings, on 100 sequences, and who is tried more often has a better
# best. From two starts, spelling:

# %% tags=["nbval-ignore-output"]
curves = {}
for seed in (1, 2):
    run = learn_to_spell([found.cells[best], "GRU"], seed=seed)
    curves |= {f"{name}, start {seed}": run[name] for name in run}
plot(curves, x="steps", y="share of letters right", at=range(0, 325, 25))

# %% [markdown]
# ## What the big search found
#
# After 10,000 architectures, and 230,000 trainings, the best cells were still near the GRU:
#
# << equations("MUT1") >>
#
# The gate $z$ sees only the input, and the candidate sees $\tanh$ of the input. Here $z$ weighs the *new* state.

# %% [markdown]
# The program that made it took one such step after the other:

# %%
rng = np.random.default_rng(10)
made = mutate(gru, rng)
print(made.told)
made.cell

# %% [markdown]
# MUT1's gain over the GRU is small: 0.921 to 0.896 on arithmetic, 0.475 to 0.460 on tags. On English it is behind, 0.090 to 0.091 (table 1 of the
# paper). Much better cells, if there are any, are not near by.

# %% [markdown]
# ## One number
#
# In the same paper stands a change so small that it is no mutation: start the LSTM with $b_f = 1$. With small weights and $b_f = 0$ the forget
# gate begins at $\sigma(0) = 0.5$: half of the cell is lost at each step. You met this in unit 05.

# %%
predict(
    "one number",
    "Spelling ten letters, the GRU leads the LSTM by far. How much of the gap does "
    "b_f = 1 close?",
    ["Nothing", "A part of it", "All of it"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "one number",
    "All of it",
    "The first letter has to be kept for ten steps, and half to the power of ten is "
    "a thousandth: with b_f = 0 the cell must first learn to keep.",
):
    race = bias_race("letters")
    show_intervals(race)
    gain = forget_bias_gain(race["LSTM-b"], race["LSTM"])
    print(f"b_f = 1 adds {gain:.3f}")

# %% [markdown]
# The interval is over pairs: each start of the LSTM has a twin with the same first weights and $b_f = 1$. In pairs the luck of the start cancels. Now
# sums of one digit, where nothing has to be kept for more than a few steps:

# %% tags=["nbval-ignore-output"]
race = bias_race("sums")
show_intervals(race)
gain = forget_bias_gain(race["LSTM-b"], race["LSTM"])
print(f"b_f = 1 adds {gain:.3f}")

# %% [markdown]
# Here eight starts do not tell the gain from zero. So $b_f = 1$ is worth what the task's memory is worth. In the paper, on sums of eight digits,
# it passed the GRU; on tags it closed half of the gap:

# %%
for task in ("arithmetic", "xml"):
    printed = {name: row[task] for name, row in PRINTED.items()}
    print(f"{task}: {closed_gap(printed):.1f} of the gap closed in the paper")

# %% [markdown]
# So the GRU's lead over the LSTM was, in part, a bad start of the LSTM. A comparison is only as fair as the care that went into both sides. The
# whole experiment, with every gate left out in turn, is `gatedrnn study forget-bias`.

# %% [markdown]
# ## What you now know
#
# - A cell is a graph; six small changes reach all others.
# - Two texts can be one architecture: names and signs of weights do not count.
# - Fitness is the worst task, relative to the GRU.
# - Thousands of cells later the GRU's neighbourhood still wins, and $b_f = 1$ is worth a mutation.

# %% [markdown]
# **Open:** everything here stays near LSTM and GRU. What lies further off, nobody has looked at so closely.
# **Next:** in `exercises/en/10_evolving_cells.ipynb` you mutate, judge and rank cells. In unit 11 you choose a cell of your own, and it writes music.
