"""Shifts and amplification where seeds are crossed streams: the expected values of shift_test.cpp and of the crossed
audit of amplification_test.cpp.

python3 tests/lib/stats/crossed_seeds_reference.py

From the vectors themselves: inner products of differences, runs taken out one unit at a time and everything computed
anew; the crossed sets' variances add up, the degrees of freedom are those of the smaller set. Quantiles: as in
jackknife_reference.py.
"""
import contextlib
import io
import itertools
import math

with contextlib.redirect_stdout(io.StringIO()):
    from jackknife_reference import t_quantile, variance

LEVELS, INIT, SHUFFLE, FEATURES = 3, 4, 5, 6
LOST = {(1, 2), (3, 0)}  # combinations of seeds without runs


def point(level, init, shuffle):
    return [math.sin(1.7 * level + 2.3 * init * init + 3.1 * shuffle + 0.9 * k + 0.77 * init * shuffle * k)
            + 0.3 * level * (k == 0) for k in range(FEATURES)]


SEEDS = [seed for seed in itertools.product(range(INIT), range(SHUFFLE)) if seed not in LOST]


def dot(x, y):
    return math.fsum(a * b for a, b in zip(x, y))


def minus(x, y):
    return [a - b for a, b in zip(x, y)]


def d2(x, y):
    return dot(minus(x, y), minus(x, y))


def mean(values):
    return math.fsum(values) / len(values)


def independent(seeds):
    return [(s, t) for s, t in itertools.combinations(seeds, 2) if s[0] != t[0] and s[1] != t[1]]


def shift(seeds, a, b):
    return mean([dot(minus(point(a, *s), point(b, *s)), minus(point(a, *t), point(b, *t)))
                 for s, t in independent(seeds)])


def t_hardware(seeds, levels=range(2)):
    return mean([d2(point(a, *s), point(b, *s)) / 2 for s in seeds for a, b in itertools.combinations(levels, 2)])


def t_seed(seeds, levels=range(2)):
    return mean([d2(point(a, *s), point(a, *t)) / 2 for s, t in independent(seeds) for a in levels])


def without_each(functional, seeds):
    return [[functional([s for s in seeds if s[k] != unit]) for unit in range((INIT, SHUFFLE)[k])] for k in (0, 1)]


def reach(sets):
    return t_quantile(0.95, min(map(len, sets)) - 1) * math.sqrt(math.fsum(map(variance, sets)))


def logs(sets):
    return [[math.log(x) for x in values] for values in sets]


print("shift: a, b, value, low, high, V_a, kappa, low, high")
for a, b in itertools.combinations(range(LEVELS), 2):
    value = shift(SEEDS, a, b)
    far = reach(without_each(lambda seeds: shift(seeds, a, b), SEEDS))
    v = t_seed(SEEDS, [a])
    k = reach(without_each(lambda seeds: shift(seeds, a, b) / t_seed(seeds, [a]), SEEDS))
    print(f"{{{a}, {b}, {value!r}, {value - far!r}, {value + far!r}, {v!r}, {value / v!r}, {value / v - k!r}, "
          f"{value / v + k!r}}},")
print("amplification of levels 0 and 1: T_H, T_S, A, low, high")
ratio = lambda seeds: t_hardware(seeds) / t_seed(seeds)
far = reach(logs(without_each(ratio, SEEDS)))
print(*map(repr, [t_hardware(SEEDS), t_seed(SEEDS), ratio(SEEDS), ratio(SEEDS) * math.exp(-far),
                  ratio(SEEDS) * math.exp(far)]), sep=", ")

print("groups of 5 and 6 seeds: shift2, low, high, V_a, kappa, low, high")


def v(points):
    return mean([d2(x, y) / 2 for x, y in itertools.combinations(points, 2)])


def group_shift(a, b):
    return mean([d2(x, y) for x in a for y in b]) - v(a) - v(b)


def of_groups(functional, a, b):
    """Value and interval: a point of either group is taken out at a time."""
    sets = [[functional(a[:j] + a[j + 1:], b) for j in range(len(a))],
            [functional(a, b[:j] + b[j + 1:]) for j in range(len(b))]]
    value, far = functional(a, b), reach(sets)
    return value, value - far, value + far


A, B = [point(0, s, 2 * s) for s in range(5)], [point(1, s + 5, 3 * s) for s in range(6)]
print(*map(repr, [*of_groups(group_shift, A, B), v(A), *of_groups(lambda a, b: group_shift(a, b) / v(a), A, B)]), sep=", ")
