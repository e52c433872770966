"""Per-input instability, pair by pair: the expected values of instability_test.cpp.

python3 tests/lib/stats/instability_reference.py

Labels and probabilities come from whole-number formulas that the test repeats. Disagreement counts pairs of runs;
Hellinger distances are taken of each pair in 40 digits; nothing is rearranged into variances.
"""
from decimal import Decimal, getcontext
from fractions import Fraction
from itertools import combinations
import struct

getcontext().prec = 40
RUNS, INPUTS, CLASSES = 6, 7, 3


def weight(run, i, c):
    return (run * run * 7 + i * 13 + run * i * 5 + c * 29 + run * c * i * 3) % 17 + (60 if c == i % CLASSES else 1)


def float32(x):
    return Decimal(struct.unpack("<f", struct.pack("<f", x))[0])


def row(run, i):
    weights = [weight(run, i, c) for c in range(CLASSES)]
    return [float32(w / sum(weights)) for w in weights]


def label(run, i):
    return (run * run * 7 + i * 13 + run * i * 5) % 11 % (1 + i)


pairs = list(combinations(range(RUNS), 2))
q = [Fraction(sum(label(r, i) != label(s, i) for r, s in pairs), len(pairs)) for i in range(INPUTS)]
print("q:", ", ".join(repr(float(x)) for x in q), " mean", float(sum(q) / INPUTS))

v = []
for i in range(INPUTS):
    total = Decimal(0)
    for r, s in pairs:
        total += sum((x.sqrt() - y.sqrt()) ** 2 for x, y in zip(row(r, i), row(s, i))) / 2
    v.append(total / (RUNS * (RUNS - 1)))
print("v:", ", ".join(repr(float(x)) for x in v))

ordered, total = sorted(v, reverse=True), sum(v)
for share in (Decimal("0.01"), Decimal("0.05"), Decimal("0.1"), Decimal("0.5")):
    whole = int(share * INPUTS)
    top = sum(ordered[:whole]) + (share * INPUTS - whole) * ordered[whole]
    print("top", share, repr(float(top / total)))

losses = [0.30, 0.25, 0.27, 0.50, 0.26, 0.251]
near = [r for r in range(RUNS) if losses[r] <= min(losses) + 0.02]
conflict = sum(len({label(r, i) for r in near}) > 1 for i in range(INPUTS))
worst = max(sum(label(r, i) != label(3, i) for i in range(INPUTS)) for r in near)
churn = sum(Fraction(sum(label(r, i) != label(s, i) for i in range(INPUTS)), INPUTS) for r, s in combinations(near, 2))
print("multiplicity:", len(near), conflict / INPUTS, worst / INPUTS,
      float(churn / len(list(combinations(near, 2)))))
