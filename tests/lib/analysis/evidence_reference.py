"""The expected values of the constructed audits of evidence_*_test.cpp.

python3 tests/lib/analysis/evidence_reference.py

Everything from the probabilities themselves, pair by pair: distances by their definition, means over the pairs that
differ in exactly the factors asked for, runs of one block taken out at a time and everything computed anew.
"""
import itertools
import math
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "stats"))
sys.stdout, out = open(os.devnull, "w"), sys.stdout
from jackknife_reference import t_quantile, variance  # noqa: E402

sys.stdout = out

INPUTS = 120


def planted(kind, level, i):
    """A whole number from -100 to 100, the same in C++."""
    x = (kind * 7919 + level * 104729 + i * 1299709 + 12345) % 2**32
    for _ in range(3):
        x = (x * 2654435761 + 40503) % 2**32
        x ^= x >> 15
    return (x >> 8) % 201 - 100


def answer(parts):
    """Two classes: 1/2 plus the weighted sum of the parts / 1024, which binary fractions hold exactly."""
    rows = []
    for i in range(INPUTS):
        n = sum(weight * planted(kind, level, i) for weight, kind, level in parts)
        rows.append(((512 + n) / 1024, (512 - n) / 1024))
    return rows


def d2(p, q):
    return math.fsum(math.fsum((math.sqrt(a) - math.sqrt(b)) ** 2 for a, b in zip(x, y)) / 2
                     for x, y in zip(p, q)) / len(p)


def mean(values):
    return math.fsum(values) / len(values)

#-- -- Blocks of 2 x 2 x 2 seeds, additive : init 3, shuffle 1, dropout 0 or 1.
WEIGHTS = (3, 1, 1)
RUNS = {seeds: answer([(w, kind, level) for kind, (w, level) in enumerate(zip(WEIGHTS, seeds))])
        for block in range(4) for seeds in itertools.product((2 * block, 2 * block + 1), repeat=3)}
DISTANCE = {(r, s): d2(RUNS[r], RUNS[s]) for r, s in itertools.combinations(RUNS, 2)}


def t(left_out, wanted):
    return mean([d / 2 for (r, s), d in DISTANCE.items()
                 if r[0] // 2 != left_out and s[0] // 2 != left_out
                 and all((r[k] != s[k]) == (k in wanted) for k in range(3))])


def show(name, functional, log):
    value = functional(None)
    sets = [functional(block) for block in range(4)]
    if log:
        far = t_quantile(0.95, 3) * math.sqrt(variance([math.log(x) for x in sets]))
        low, high = value * math.exp(-far), value * math.exp(far)
    else:
        far = t_quantile(0.95, 3) * math.sqrt(variance(sets))
        low, high = value - far, value + far
    print(f"{name}: {value!r}, {low!r}, {high!r}")


everything = {0, 1, 2}
show("V", lambda left: t(left, everything), True)
for k, name in enumerate(("init", "shuffle", "dropout")):
    show(name + " total", lambda left: t(left, {k}) / t(left, everything), True)
    show(name + " first order", lambda left: 1 - t(left, everything - {k}) / t(left, everything), False)

for size in (1, 2, 3):
    for u in itertools.combinations(range(3), size):
        def component(left):
            total = 0
            for n in range(1, size + 1):
                for v in itertools.combinations(u, n):
                    rest = everything - set(v)
                    closed = t(left, everything) - (t(left, rest) if rest else 0)
                    total += (-1) ** (size - n) * closed
            return total
        show("component " + " x ".join(("init", "shuffle", "dropout")[k] for k in u), component, False)

# -- Mean accuracy of the 8 real runs of each learning rate, seeds and inputs both samples.
import csv  # noqa: E402

rows = {}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../fixtures/reference/statistics")
for row in csv.DictReader(open(os.path.join(path, "g1_config_by_seed_probs.csv"))):
    p = [float(row[f"p{c}"]) for c in range(5)]
    rows.setdefault(int(row["run"]), []).append(float(p.index(max(p)) == int(row["label"])))
for name, table in (("lr 0.1", [rows[r] for r in range(8)]), ("lr 0.13", [rows[r] for r in range(8, 16)])):
    n, m = len(table), len(table[0])
    grand = mean([x for run in table for x in run])
    of_run, of_input = [mean(run) for run in table], [mean([run[i] for run in table]) for i in range(m)]
    residual = math.fsum((table[r][i] - of_run[r] - of_input[i] + grand) ** 2
                         for r in range(n) for i in range(m)) / ((n - 1) * (m - 1))
    sample = lambda xs: math.fsum((x - grand) ** 2 for x in xs) / (len(xs) - 1)
    runs_part, inputs_part = sample(of_run) / n, sample(of_input) / m
    total = max(runs_part + inputs_part - residual / n / m, runs_part, inputs_part)
    df = total ** 2 / (runs_part ** 2 / (n - 1) + inputs_part ** 2 / (m - 1))
    from scipy.stats import t as student  # noqa: E402
    far = student.ppf(0.975, df) * math.sqrt(total)
    print(f"accuracy at {name}: {grand!r}, {grand - far!r}, {grand + far!r}; variance {sample(of_run)!r}, "
          f"population {sample(of_run) - residual / m!r}")
