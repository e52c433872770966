"""Effects and their intervals from first principles: the expected values of effects_test.cpp.

python3 tests/lib/analysis/attribution_reference.py fixtures/reference/statistics/g2_hardware_by_seed_probs.csv

All runs are compared with all; a pair counts for a factor when it differs in that factor alone. theta_(-j) is the mean
over the pairs that do not touch unit j, se^2 = (U-1)/U sum (x_j - mean x)^2 with x_j = log theta_(-j), variances of
crossed sets of units add, and Student's t has one degree of freedom less than the smallest set has units. T: 97.5%
quantiles by degrees of freedom, as tests/lib/stats/jackknife_reference.py prints them to 12 digits.
"""
import csv
import math
import struct
import sys
from itertools import combinations, product

T = {2: 4.302652729749464, 3: 3.1824463052837096, 7: 2.3646242515927853}


def float32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def flips(p, q):
    return sum(x.index(max(x)) != y.index(max(y)) for x, y in zip(p, q)) / len(p)


def hellinger(p, q):
    terms = [(a - b) ** 2 / (math.sqrt(a) + math.sqrt(b)) ** 2 for x, y in zip(p, q) for a, b in zip(x, y) if a or b]
    return math.fsum(terms) / 2 / len(p)


def variation(p, q):
    return math.fsum(abs(a - b) for x, y in zip(p, q) for a, b in zip(x, y)) / 2 / len(p)


def brier(p, q):
    return math.fsum((a - b) ** 2 for x, y in zip(p, q) for a, b in zip(x, y)) / len(p)


def jensen_shannon(p, q):
    """For runs whose answers are not within rounding of each other: the logarithms cancel there."""
    def part(a, b):
        return a * math.log2(2 * a / (a + b)) if a else 0
    return math.fsum(part(a, b) + part(b, a) for x, y in zip(p, q) for a, b in zip(x, y)) / 2 / len(p)


def effect(runs, factor, units, response):
    """runs: {levels: answers}; units: functions that give the unit of a run, one for each set"""
    values = []
    for a, b in combinations(sorted(runs), 2):
        if [i for i in range(len(a)) if a[i] != b[i]] == [factor]:
            values.append((a, b, response(runs[a], runs[b])))
    theta = math.fsum(v for _, _, v in values) / len(values)
    se2, fewest = 0, None
    for unit in units:
        names = sorted({unit(run) for a, b, _ in values for run in (a, b)})
        logs = []
        for name in names:
            left = [v for a, b, v in values if name not in (unit(a), unit(b))]
            logs.append(math.log(math.fsum(left) / len(left)))
        mean = math.fsum(logs) / len(logs)
        se2 += (len(logs) - 1) / len(logs) * math.fsum((x - mean) ** 2 for x in logs)
        fewest = len(names) if fewest is None else min(fewest, len(names))
    reach = T[fewest - 1] * math.sqrt(se2)
    return len(values), fewest, theta, theta * math.exp(-reach), min(1, theta * math.exp(reach))


def show(title, runs, factors, units, responses=(flips, hellinger)):
    print(title)
    for factor in factors:
        for response in responses:
            pairs, fewest, theta, low, high = effect(runs, factor, units, response)
            print(f"  axis {factor} {response.__name__}: {pairs}, {fewest}, {theta!r}, {low!r}, {high!r}")


real = {}
with open(sys.argv[1], newline="") as file:
    for row in csv.DictReader(file):
        key = (int(row["hardware"][-1]) - 1, int(row["seed"]))
        real.setdefault(key, []).append([float32(float(row[f"p{c}"])) for c in range(5)])
show("real runs: hardware, seed", real, (0, 1), [lambda run: run[1]])

show("real runs: seed, by other distances", real, (1,), [lambda run: run[1]], (jensen_shannon, variation, brier))


def made(flipped):
    """20 inputs, 4 classes: 0.9 for the class, as audit_builder.hpp makes them"""
    top = float32(0.9)
    rest = float32(float32(1 - top) / 3)
    labels = [(i + (i in flipped)) % 4 for i in range(20)]
    return [[top if c == label else rest for c in range(4)] for label in labels]


def planted(a, b, h):
    return {i for i in range(20) if (i + 3 * a + 5 * b + 7 * h * (a + b)) % (4 + a) == 0}


crossed = {(a, b, h): made(planted(a, b, h)) for a, b, h in product(range(4), range(5), range(2))}
show("crossed: init, shuffle, isa", crossed, (0, 1, 2), [lambda run: run[0], lambda run: run[1]])

# The block is a factor that no pair differs in.
blocks = {}
for block, a, b, h in product(range(3), range(2), range(2), range(2)):
    levels = (2 * block + a, 2 * block + b, h, block)
    blocks[levels] = made(planted(*levels[:3]))
show("3 blocks: init, shuffle, isa", blocks, (0, 1, 2), [lambda run: run[3]])
