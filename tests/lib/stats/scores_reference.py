"""Scores of one run: the expected values of scores_test.cpp.

python3 tests/lib/stats/scores_reference.py

Probabilities are rounded to float32 first, as a run stores them; sums are exact fractions, logarithms have 30 digits.
The bins of the calibration error are found by counting, value by value.
"""
from decimal import Decimal, getcontext
from fractions import Fraction
import struct

getcontext().prec = 30
INPUTS, CLASSES = 40, 4


def float32(x):
    return Fraction(struct.unpack("<f", struct.pack("<f", x))[0])


def row(i, salt):
    weights = [(i * 37 + c * 61 + i * c * 5 + salt * 19) % 41 + (0 if (i + c) % 5 == 0 else 3) for c in range(CLASSES)]
    return [float32(w / sum(weights)) for w in weights]


def truth(i):
    return (i * 7 + i * i) % CLASSES


def decimal(x):
    return Decimal(x.numerator) / Decimal(x.denominator)


rows = [row(i, 1) for i in range(INPUTS)]
hits = [int(r.index(max(r)) == truth(i)) for i, r in enumerate(rows)]
losses = [-max(decimal(r[truth(i)]), Decimal("1e-12")).ln() for i, r in enumerate(rows)]
brier = [sum((p - (c == truth(i))) ** 2 for c, p in enumerate(r)) for i, r in enumerate(rows)]
print("scores:", sum(hits) / INPUTS, float(sum(losses) / INPUTS), float(sum(brier) / INPUTS),
      sum(r[truth(i)] < Fraction(1, 10 ** 12) for i, r in enumerate(rows)))

pooled = sorted(max(row(i, salt)) for salt in (2, 3) for i in range(INPUTS))
for bins in (15, 4):
    edges = [pooled[j * len(pooled) // bins] for j in range(1, bins)]
    error = Fraction(0)
    for b in range(bins):
        members = [i for i in range(INPUTS) if sum(e <= max(rows[i]) for e in edges) == b]
        error += abs(sum(hits[i] - max(rows[i]) for i in members)) / Fraction(INPUTS)
    print("bins", bins, "first, middle, last edge", float(edges[0]), float(edges[len(edges) // 2]), float(edges[-1]),
          "error", float(error))
