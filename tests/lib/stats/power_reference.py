"""Power of the shift test and of non-inferiority: the expected values of power_test.cpp.

/usr/bin/python3 tests/lib/stats/power_reference.py        (mpmath 1.2)

Noncentral F: a Poisson mixture of beta laws (Johnson, Kotz and Balakrishnan 1995, equation 30.10). Noncentral t: the
chance that Z + d exceeds the critical value times an independent chi / sqrt(df), by integration over chi. Both in 30
digits; critical values by bisection on the incomplete beta function.
"""
from fractions import Fraction
from math import floor

from mpmath import beta, betainc, exp, gamma, mp, mpf, ncdf, quad, sqrt

mp.dps = 30


def f_upper(x, d1, d2):
    return betainc(d2 / 2, d1 / 2, 0, d2 / (d2 + d1 * x), regularized=True)


def bisect(upper, level, low, high):
    for _ in range(110):
        middle = (low + high) / 2
        low, high = (middle, high) if upper(middle) > level else (low, middle)
    return low


def attainable(seeds):
    total = 2 ** (seeds - 1) if 2 ** (seeds - 1) <= 131072 else 10000
    return Fraction(floor(Fraction(0.05) * total), total)


def shift_power(kappa, nu, seeds):
    level = mpf(attainable(seeds).numerator) / attainable(seeds).denominator
    d1, d2, half = mpf(nu), mpf(nu) * (seeds - 1), seeds * mpf(kappa) * nu / 2
    x = bisect(lambda f: f_upper(f, d1, d2), level, mpf(0), mpf(1000))
    y, total, j = d1 * x / (d1 * x + d2), mpf(0), 0
    # I_{1-y}(d2/2, d1/2 + j) grows by y^(d1/2+j) (1-y)^(d2/2) / ((d1/2+j) B(d1/2+j, d2/2)) from j to j + 1.
    upper = betainc(d2 / 2, d1 / 2, 0, 1 - y, regularized=True)
    weight = exp(-half)
    while j < half or weight > mpf(10) ** -25:
        total += weight * upper
        upper += y ** (d1 / 2 + j) * (1 - y) ** (d2 / 2) / ((d1 / 2 + j) * beta(d1 / 2 + j, d2 / 2))
        j += 1
        weight *= half / j
    return total


for row in [(0.0122, 317, 6), (0.0122, 317, 8), (0.0122, 317, 12), (0.0122, 317, 16), (0.05, 3, 30), (0.5, 1, 6),
            (0.01, 300, 23), (0.02, 2.5, 100), (0.3, 12.5, 6)]:
    print("shift {%r, %r, %d, %s}," % (*row, mp.nstr(shift_power(*row), 17)))


def t_upper(t, df):
    return betainc(df / 2, mpf(1) / 2, 0, df / (df + t * t), regularized=True) / 2


def inferiority_power(df, d):
    t = bisect(lambda x: t_upper(x, mpf(df)), mpf(0.05), mpf(0), mpf(1000))
    density = lambda c: c ** (df - 1) * exp(-c * c / 2) / (mpf(2) ** (mpf(df) / 2 - 1) * gamma(mpf(df) / 2))
    return quad(lambda c: density(c) * ncdf(d - t * c / sqrt(df)), [0, 1, 2, 4, 8, 12, 20, 40])


for arms, n, margin in [("paired", 2, 1.0), ("paired", 8, 1.0), ("paired", 27, 0.5), ("unpaired", 2, 4.0),
                        ("unpaired", 14, 1.0), ("unpaired", 51, 0.5), ("paired", 4, 6.0)]:
    df, d = (n - 1, margin * sqrt(mpf(n))) if arms == "paired" else (2 * n - 2, margin * sqrt(mpf(n) / 2))
    print("inferior {Arms::%s, %d, %r, %s}," % (arms, n, margin, mp.nstr(inferiority_power(df, d), 17)))
