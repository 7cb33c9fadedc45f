# %% [markdown]
# ## Why the RNN could learn
#
# The RNN of the first picture began as deaf as the LSTM. Here are both again, before and after their training: what arrives
# along all paths, the median of the eight networks.

# %%
predict(
    "who opens up",
    "In which of the two did training open a way for the gradient?",
    ["In the RNN", "In the LSTM with b_f = 0", "In neither"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "who opens up",
    "In the RNN",
    "In every RNN that learned, U grew: bars below. In the LSTM every path, through h "
    "too, meets gates near 0.5, and training that hears nothing does not open them.",
):
    untrained, curves = race_on_bits(first_starts, 25, rounds=0, seeds=8), {}
    for key, (cell, _start) in first_starts.items():
        for when, race in (("before", untrained), ("after", first_race)):
            js = [jacobians(cell, p) for p in race.params[key]]
            rows = [arrives(one, H if cell == "LSTM" else 0)[:25] for one in js]
            curves[f"{key}, {when}"] = np.median(rows, axis=0)
    plot(curves, x="steps back", y="what arrives", log=True)

# %% [markdown]
# The size of $U$ is its largest singular value. It was near 1 in all eight before training.

# %% tags=["nbval-ignore-output"]
size = [np.linalg.norm(p.U_h, 2) for p in first_race.params["RNN"]]
lanes = {"size of U": size, "bits told": first_race.told["RNN"][-1]}
show_timeline(lanes, "the eight RNNs after training", x="RNN")

# %% [markdown]
# So two sentences that are often read are wrong: *the cell state solves vanishing gradients* (only while $f$ is near 1), and
# *LSTMs cannot explode* (through $h$ they can). People clip the gradient of an LSTM, too.

# %% [markdown]
# ## Play
#
# The four curves of this lesson, the forget bias as a slider:
#
# - At which $b_f$ does the direct path pass the RNN?
# - At which does the whole gradient stay above 1 over 40 steps?
# - Make the weights larger. Which curve hardly moves?

# %%
explore_flow()

# %% [markdown]
# ## Is 1 enough?
#
# Gers, Schmidhuber and Cummins (2000), who added the forget gate, began with a positive bias; then it was often forgotten.
# Jozefowicz, Zaremba and Sutskever (2015) searched ten thousand architectures. One of their findings needs none of them: with
# $b_f = 1$ the plain LSTM closes its gap to the GRU.

# %%
predict(
    "bias one",
    "b_f = 1, all else 0. After how many steps is half of the direct path left?",
    ["About 2", "About 20", "It stays: 1 means keep"],
)

# %%
with reveal(
    "bias one",
    "About 2",
    "sigmoid(1) is 0.73, and 0.73 squared is 0.53. The 1 is a bias, not a gate. It "
    "helps training off the ground; it keeps nothing for ever.",
):
    biases = np.linspace(-2, 6, 81)
    half_lives = np.log(0.5) / np.log(sigmoid(biases))
    curves = {"half-life": half_lives}
    plot(curves, x="b_f", y="steps until half is left", at=biases, log=True)

# %% [markdown]
# On this log axis the line is nearly straight above 1: each 0.7 more in $b_f$ doubles the half-life.

# %% [markdown]
# **In torch** an LSTM has two biases for each gate, and their sum is what counts. Both begin near 0. For $b_f = 1$ set one of
# the two to 1 and the other to 0; both at 1 give 2.

# %% [markdown]
# A gate moves with its inputs. Which half-life has a gate that says 0.99 at most steps and 0.3 at one in ten?

# %%
predict(
    "moving gate",
    "0.99 at nine steps of ten, 0.3 at the tenth; the mean is 0.92. Its half-life?",
    ["About 5 steps", "About 8, as for f = 0.92", "About 69, as for f = 0.99"],
)

# %%
with reveal(
    "moving gate",
    "About 5 steps",
    "Gates multiply, so their logarithms add up. The mean of log f decides, and one "
    "low gate costs more than nine high ones win back.",
):
    f = np.where(np.arange(41) % 10 == 5, 0.3, 0.99)
    steady = {f"always {g:.2f}": np.full(41, g).cumprod() for g in (0.99, f.mean())}
    plot({"0.99, at times 0.3": f.cumprod(), **steady}, x="steps", y="left", log=True)

# %% [markdown]
# ## Spans of all lengths: chrono
#
# One bias for all units means one span for all. Tallec and Ollivier (2018) give each unit a span of its own: $u$, drawn evenly
# from 1 to $T_{max} - 1$, where $T_{max}$ is the longest time that something may have to be kept.
#
# $$b_f = \log u, \qquad b_i = -b_f$$

# %% [markdown]
# Then $f = u / (1 + u)$, a gate that forgets in about $1 + u$ steps, and $i = 1 - f$: a unit that keeps long takes in little at
# a time. They call it **chrono** initialisation.


# %%
def chrono(T_max):
    """Spreads the spans of the units evenly before a cell is trained."""

    def start(p, rng):
        u = rng.uniform(1, T_max - 1, size=len(p.b_f))
        p.b_f[:] = np.log(u)
        p.b_i[:] = -p.b_f

    return start


# %%
curves, units = {}, range(1, H + 1)
starts = {"chrono, T_max = 100": chrono(100), "b_f = 1": forget_bias(1)}
for name, start in starts.items():
    p = random_params("LSTM", 1, SIZE)[0]
    start(p, np.random.default_rng(0))
    curves[name] = np.sort(np.log(0.5) / np.log(sigmoid(p.b_f)))
plot(curves, x="unit, the slowest last", y="half-life", at=units, log=True)

# %% [markdown]
# ## The race again
#
# Five starts, now with the bit 12, 25, 50 and 100 steps back. Three LSTMs each, 400 rounds. Chrono is told the length as
# $T_{max}$; the last start has its $b_f$ but leaves $b_i$ as it is.


# %%
def chrono_forget_only(T_max):
    """The forget biases of chrono, without its input biases."""

    def start(p, rng):
        p.b_f[:] = np.log(rng.uniform(1, T_max - 1, size=len(p.b_f)))

    return start


# %%
predict(
    "race",
    "Which LSTMs learn to tell a bit that is 100 steps back, all three of them?",
    ["b_f = 1", "b_f = 3", "chrono", "None"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "race",
    "chrono",
    "Each constant bias gives up at some length, a larger one later. Chrono's forget "
    "biases alone do not do it: its nearly shut input gates are needed, too.",
):
    lengths, ends = (12, 25, 50, 100), {}
    for T in lengths:
        starts = {f"b_f = {b}": ("LSTM", forget_bias(b)) for b in (0, 1, 3)}
        starts["chrono"] = ("LSTM", chrono(T))
        starts["chrono, b_f only"] = ("LSTM", chrono_forget_only(T))
        race = race_on_bits(starts, T, seeds=3)
        for name, shares in race.told.items():
            ends.setdefault(name, []).append(shares[-1].mean())
    plot(ends, x="steps", y="share of bits told", at=lengths)

# %% [markdown]
# Three seeds tell a large difference, no small one: do not read a ranking into curves that cross. And one start had an
# advantage: it was told the length. Where nobody knows it, people try a few values of $T_{max}$.

# %% [markdown]
# ## What training makes of a start
#
# A bias is where training begins. Where does it end? Below are the half-lives of the units of one chrono LSTM of the race over
# 100 steps, before and after training.

# %%
predict(
    "after training",
    "Does training leave the half-lives where chrono put them?",
    ["Yes, nearly", "No, they move apart"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "after training",
    "No, they move apart",
    "Some units now keep far longer than the task asks, others forget at once.",
):
    trained, seqs = race.params["chrono"][0], bit_sequences(64, 100, seed=5)[0]
    before = random_params("LSTM", 1, SIZE)[0]
    chrono(100)(before, np.random.default_rng(0))
    f = {"before": run_cell("LSTM", before, seqs)["f"]}
    f["after"] = run_cell("LSTM", trained, seqs)["f"]
    lives = {k: np.log(0.5) / np.log(v).mean(axis=(0, 1)) for k, v in f.items()}
    lives = {name: np.sort(values) for name, values in lives.items()}
    plot(lives, x="unit, the slowest last", y="half-life", at=units, log=True)

# %% [markdown]
# And this is what its slowest unit does with a bit. At step 1, marked, the bit leaves a small trace in $c$. The forget gate
# keeps it for 80 steps; the candidate, which sees $h$, makes it grow.

# %% tags=["nbval-ignore-output"]
run = run_cell("LSTM", trained, seqs)
slowest = np.log(run["f"]).mean(axis=(0, 1)).argmax()
lanes = {name: run[name][:80, 0, slowest] for name in ("f", "i", "c_tilde", "c", "h")}
show_timeline({"value": seqs[:80, 0, 0], **lanes}, "the slowest unit", mark=1)

# %% [markdown]
# ## What you now know
#
# - Along $c$ a gradient is multiplied by the $f_t$, each at most 1. It can vanish and cannot explode.
# - The whole gradient also goes through $h$ and $U$. It can explode.
# - $b_f = 1$ keeps half for two steps. It is a start for training; longer spans want larger biases.

# %% [markdown]
# **Open:** chrono wants to be told how long to remember. Can a cell find it out? **Next:** in `exercises/en/05_gradient_flow.ipynb`
# you write both gradients, find biases for half-lives, and report on a cell that you trained. Unit 06 takes it to torch and the
# GPU.
