"""Divergences between real runs in 50 decimal digits: the expected values of divergences_test.cpp.

python3 tests/lib/stats/divergences_reference.py fixtures/reference/statistics/g2_hardware_by_seed_probs.csv

Probabilities are rounded to float32 first, as a run stores them; everything after that is exact to 50 digits.
"""
import csv
import struct
import sys
from decimal import Decimal, getcontext

getcontext().prec = 50


def float32(text):
    return Decimal(struct.unpack("<f", struct.pack("<f", float(text)))[0])


def mixed(p, q):
    middle = (p + q) / 2
    return sum(x * (x / middle).ln() for x in (p, q) if x) / 2 / Decimal(2).ln()


runs = {}
with open(sys.argv[1], newline="") as file:
    for row in csv.DictReader(file):
        runs.setdefault(int(row["run"]), []).append([float32(row[f"p{c}"]) for c in range(5)])

for a, b in ((0, 8), (1, 9), (3, 11), (6, 14), (0, 1), (4, 13)):
    pairs = [(p, q) for x, y in zip(runs[a], runs[b]) for p, q in zip(x, y)]
    n = len(runs[a])
    variation = sum(abs(p - q) for p, q in pairs) / 2 / n
    jensen_shannon = sum(mixed(p, q) for p, q in pairs) / n
    brier = sum((p - q) ** 2 for p, q in pairs) / n
    print(f"{{{a}, {b}, {float(variation)!r}, {float(jensen_shannon)!r}, {float(brier)!r}}},")
