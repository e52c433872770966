"""Beta-binomial maximum likelihood and posteriors: the expected values of flip_risk_test.cpp.

/usr/bin/python3 tests/lib/stats/flip_risk_reference.py        (mpmath 1.2)

The likelihood from beta functions, its maximum as the root of the gradient, the standard errors from numerical second
derivatives in (log a, log b): none of it is the code's way.
"""
from mpmath import beta, betainc, diff, exp, findroot, log, matrix, mp, mpf, sqrt

mp.dps = 40

# runs, inputs with 0, 1, ..., runs disagreements
HISTOGRAMS = [
    (5, [60, 14, 9, 6, 5, 6]),
    (8, [700, 90, 45, 30, 25, 22, 20, 28, 40]),
    (2, [50, 20, 30]),
    (16, [0, 1, 3, 4, 9, 12, 20, 22, 30, 24, 18, 11, 8, 5, 2, 1, 0]),
    (3, [9990, 9, 1, 0]),
]


def likelihood(histogram, runs, la, lb):
    a, b = exp(la), exp(lb)
    return sum(h * log(beta(a + x, b + runs - x) / beta(a, b)) for x, h in enumerate(histogram) if h)


for runs, histogram in HISTOGRAMS:
    f = lambda la, lb: likelihood(histogram, runs, la, lb)
    n = sum(histogram)
    mean = mpf(sum(x * h for x, h in enumerate(histogram))) / n / runs
    spread = sum(h * (x - runs * mean) ** 2 for x, h in enumerate(histogram)) / n / (runs * mean * (1 - mean))
    size = max(mpf("0.1"), (runs - spread) / (spread - 1))  # by moments
    best = findroot(lambda la, lb: (diff(f, (la, lb), (1, 0)), diff(f, (la, lb), (0, 1))),
                    (log(size * mean), log(size * (1 - mean))), tol=1e-25)
    la, lb = best[0], best[1]
    information = -matrix([[diff(f, (la, lb), (2, 0)), diff(f, (la, lb), (1, 1))],
                           [diff(f, (la, lb), (1, 1)), diff(f, (la, lb), (0, 2))]])
    covariance = information ** -1
    se_a, se_b = sqrt(covariance[0, 0]), sqrt(covariance[1, 1])
    numbers = [exp(la), exp(lb), se_a, se_b, covariance[0, 1] / se_a / se_b, f(la, lb)]
    print("fit {%d, {%s}, %s}," % (runs, ", ".join(map(str, histogram)), ", ".join(mp.nstr(x, 17) for x in numbers)))

for a, b, runs, x, tau in [(0.2, 1.5, 5, 0, 0.1), (0.2, 1.5, 5, 1, 0.1), (0.2, 1.5, 5, 5, 0.1), (3, 40, 16, 4, 0.1),
                           (0.05, 0.6, 8, 2, 0.25)]:
    above = betainc(mpf(a) + x, mpf(b) + runs - x, tau, 1, regularized=True)
    print("risk {%r, %r, %d, %d, %r, %s, %s}," %
          (a, b, runs, x, tau, mp.nstr((mpf(a) + x) / (mpf(a) + b + runs), 17), mp.nstr(above, 17)))
