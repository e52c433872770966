"""Distances between real runs in 50 decimal digits: the expected values of distance_test.cpp.

python3 tests/lib/stats/distance_reference.py fixtures/reference/statistics/g2_hardware_by_seed_probs.csv

Probabilities are rounded to float32 first, as a run stores them; everything after that is exact to 50 digits.
"""
import csv
import struct
import sys
from decimal import Decimal, getcontext

getcontext().prec = 50


def float32(text):
    return Decimal(struct.unpack("<f", struct.pack("<f", float(text)))[0])


runs = {}
with open(sys.argv[1], newline="") as file:
    for row in csv.DictReader(file):
        values = [float32(row[f"p{c}"]) for c in range(5)]
        runs.setdefault((row["hardware"], int(row["seed"])), []).append(values)

for seed in range(8):
    a, b = runs["chunks1", seed], runs["chunks2", seed]
    total = sum((p.sqrt() - q.sqrt()) ** 2 for x, y in zip(a, b) for p, q in zip(x, y))
    largest = max(abs(p - q) for x, y in zip(a, b) for p, q in zip(x, y))
    flips = sum(x.index(max(x)) != y.index(max(y)) for x, y in zip(a, b))
    print(f"{{{seed}, {float(total / (2 * len(a)))!r}, {float(largest)!r}, {flips}}},")
