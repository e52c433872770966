"""Variance components from textbook mean squares, in exact fractions: the expected values of decomposition_test.cpp.

python3 tests/lib/stats/variance_components_reference.py fixtures/reference/statistics

Balanced crossings with R observations a cell. The mean square of each set of factors comes from means of margins, and
its expectation, sum over v containing u of sigma2_v times the observations that share the levels of v, is solved from
the largest set down (Searle, Casella and McCulloch, Variance Components, 1992, chapter 4). No pair of observations is
ever compared. Vectors: mean squares are summed over coordinates.
"""
import csv
import itertools
import sys
from fractions import Fraction
from math import prod


def subsets(items):
    return [u for size in range(len(items) + 1) for u in itertools.combinations(items, size)]


def mean_squares(cells, shape, dims):
    """cells: {levels: [observations]}; one observation is a tuple of dims numbers."""
    repeats = len(next(iter(cells.values())))
    factors = range(len(shape))
    squares = dict.fromkeys(subsets(factors), Fraction(0))
    within = Fraction(0)
    for d in range(dims):
        means = {key: sum(x[d] for x in values) / Fraction(repeats) for key, values in cells.items()}
        within += sum((x[d] - means[key]) ** 2 for key, values in cells.items() for x in values)
        margin = {}
        for u in subsets(factors):
            for key, value in means.items():
                margin.setdefault((u, tuple(key[f] for f in u)), []).append(value)
        margin = {key: sum(values) / len(values) for key, values in margin.items()}
        for key in cells:
            for u in subsets(factors):
                effect = sum((-1) ** (len(u) - len(v)) * margin[v, tuple(key[f] for f in v)] for v in subsets(u))
                squares[u] += repeats * effect**2
    result = {u: squares[u] / prod(shape[f] - 1 for f in u) for u in squares if u}
    return result, (within / (len(cells) * (repeats - 1)) if repeats > 1 else None), repeats


def components(cells, shape, dims=1):
    squares, within, repeats = mean_squares(cells, shape, dims)
    solved = {}
    for u in sorted(squares, key=len, reverse=True):
        rest = within or Fraction(0)
        for v, value in solved.items():
            if set(u) < set(v):
                rest += value * repeats * prod(shape[f] for f in range(len(shape)) if f not in v)
        solved[u] = (squares[u] - rest) / (repeats * prod(shape[f] for f in range(len(shape)) if f not in u))
    return solved, within


def show(name, solved, within):
    sets = ", ".join(f"{{{sum(1 << f for f in u)}, {float(value)!r}}}" for u, value in sorted(solved.items()))
    print(f'{{"{name}", {{{sets}}}, {float(within or 0)!r}}},')


def read(name, response, factors):
    cells, numbers = {}, [{} for _ in factors]
    with open(f"{sys.argv[1]}/{name}.csv", newline="") as file:
        for row in csv.DictReader(file):
            key = tuple(numbers[k].setdefault(row[f], len(numbers[k])) for k, f in enumerate(factors))
            cells.setdefault(key, []).append((Fraction(repr(float(row[response]))),))
    return cells, tuple(map(len, numbers))


for name, response, factors in (
    ("Dyestuff", "Yield", ["Batch"]),
    ("Dyestuff2", "Yield", ["Batch"]),
    ("Penicillin", "diameter", ["plate", "sample"]),
    ("Machines", "score", ["Worker", "Machine"]),
):
    show(name, *components(*read(name, response, factors)))

# A made-up crossing of three factors: 4 x 3 x 2 levels, vectors of 2 numbers.
made_up = {}
for a, b, c in itertools.product(range(4), range(3), range(2)):
    made_up[a, b, c] = [tuple(Fraction((7 * a * a + 3 * a * b + 5 * b + 11 * (d + 1) * a * b * c + 2 * c + d) % 13)
                              for d in range(2))]
show("made up", *components(made_up, (4, 3, 2), 2))
