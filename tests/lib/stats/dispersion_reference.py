"""Jackknife t tests of log(V_a / V_b): the expected values of dispersion_test.cpp.

python3 tests/lib/stats/dispersion_reference.py

Each deletion is computed anew from coordinates, V as the sum of coordinate variances (no distances at all). Student's
tail is the closed form for whole degrees of freedom (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4).
"""
import math
from statistics import variance

DIMENSIONS = 5


def point(run, scale):
    return [scale * ((run * 7919 + k * 104729 + run * run * (k + 1) * 31) % 1009) / 1009 for k in range(DIMENSIONS)]


def trace(points):
    return math.fsum(variance(column) for column in zip(*points)) / 1.0


def central(x, df):
    """P(|T| < x)"""
    angle = math.atan(x / math.sqrt(df))
    terms, factor = [], math.cos(angle) if df % 2 else 1.0
    for i in range(1 if df % 2 else 0, df - 1, 2):
        terms.append(factor)
        factor *= math.cos(angle) ** 2 * (i + 1) / (i + 2)
    if df % 2 == 0:
        return math.sin(angle) * math.fsum(terms)
    return 2 / math.pi * (angle + math.sin(angle) * math.fsum(terms))


def t_quantile(confidence, df):
    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if central(middle, df) < confidence else (low, middle)
    return low


def jackknife(logs):
    mean = math.fsum(logs) / len(logs)
    return (len(logs) - 1) / len(logs) * math.fsum((x - mean) ** 2 for x in logs)


def without(items, j):
    return items[:j] + items[j + 1:]


for paired, n_a, n_b, scale in [(1, 4, 4, 1.0), (1, 8, 8, 1.25), (0, 4, 4, 1.0), (0, 10, 5, 0.8), (0, 5, 16, 1.6)]:
    a = [point(r, 1.0) for r in range(n_a)]
    b = [point(n_a + r, scale) for r in range(n_b)]
    ratio = trace(a) / trace(b)
    if paired:
        se2 = jackknife([math.log(trace(without(a, j)) / trace(without(b, j))) for j in range(n_a)])
    else:
        se2 = jackknife([math.log(trace(without(a, j))) for j in range(n_a)]) + \
            jackknife([math.log(trace(without(b, j))) for j in range(n_b)])
    df, se = min(n_a, n_b) - 1, math.sqrt(se2)
    t, reach = math.log(ratio) / se, t_quantile(0.95, df) * se
    print(f"{{{'true' if paired else 'false'}, {n_a}, {n_b}, {scale}, {trace(a)!r}, {trace(b)!r}, {se!r}, {t!r}, {df}, "
          f"{1 - central(abs(t), df)!r}, {ratio * math.exp(-reach)!r}, {ratio * math.exp(reach)!r}}},")
