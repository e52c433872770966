"""Runs and inputs as two samples: the expected values of population_test.cpp.

/usr/bin/python3 tests/lib/stats/population_reference.py        (numpy 1.24, scipy 1.10)

The mean squares come from least squares with dummy variables: the two-way layout as a regression.
"""
import numpy
from scipy import stats


def table(runs, inputs, salt):
    return numpy.array([[((r * 37 + i * 101 + r * i * 11 + salt * 53 + r * r * i) % 97) / 97 + 0.02 * i * (salt % 2)
                         for i in range(inputs)] for r in range(runs)])


def residual_ss(x, columns):
    design = numpy.column_stack(columns)
    return float(numpy.sum((x - design @ numpy.linalg.lstsq(design, x, rcond=None)[0]) ** 2))


def mean_squares(x):
    n, m = x.shape
    flat, one = x.ravel(), [numpy.ones(n * m)]
    runs = [numpy.repeat(numpy.arange(n) == r, m).astype(float) for r in range(1, n)]
    inputs = [numpy.tile(numpy.arange(m) == i, n).astype(float) for i in range(1, m)]
    both = residual_ss(flat, one + runs + inputs)
    return ((residual_ss(flat, one + inputs) - both) / (n - 1), (residual_ss(flat, one + runs) - both) / (m - 1),
            both / ((n - 1) * (m - 1)))


def show(name, values):
    print(name + ":", ", ".join(repr(float(v)) for v in values))


b, c = table(5, 12, 1), table(4, 12, 2)
for x, name in ((b, "table b"), (c, "table c")):
    show(name, (x.mean(),) + mean_squares(x))

for name, v, d, shared in (
        ("one", [b.mean(1).var(ddof=1) / 5], b.mean(0), mean_squares(b)[2] / 60),
        ("two", [c.mean(1).var(ddof=1) / 4, b.mean(1).var(ddof=1) / 5], c.mean(0) - b.mean(0),
         mean_squares(b)[2] / 60 + mean_squares(c)[2] / 48)):
    inputs = d.var(ddof=1) / 12
    variance = max(sum(v) + inputs - shared, sum(v), inputs)
    degrees = [4] if name == "one" else [3, 4]
    df = variance ** 2 / (sum(x * x / k for x, k in zip(v, degrees)) + inputs ** 2 / 11)
    show(name, (d.mean(), sum(v), inputs, shared, variance, df))

above = numpy.array([(k * 29 % 13 + 5) / 100 for k in range(20)])
below = numpy.array([(k * 17 % 7 + 40.0) for k in range(20)])
theta = above.sum() / below.sum()
logs = numpy.log([numpy.delete(above, k).sum() / numpy.delete(below, k).sum() for k in range(20)])
ve = 19 * logs.var()  # (K-1)/K times the sum of squares
for seeds, df_seeds in ((0.004, 7), (0.0, 7), (0.1, 3)):
    df = (seeds + ve) ** 2 / (seeds ** 2 / df_seeds + ve ** 2 / 19)
    reach = stats.t.ppf(0.975, df) * numpy.sqrt(seeds + ve)
    show("interval", (seeds, df_seeds, theta, ve, df, theta * numpy.exp(-reach), theta * numpy.exp(reach)))

right = (table(5, 12, 2) > 0.35).astype(float)
rate = 1 - right.mean(0)
show("luck", (right.mean(1).std(ddof=1), numpy.sqrt((rate * (1 - rate)).sum() * 5 / 4) / 12))
