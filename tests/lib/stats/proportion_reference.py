"""Clopper-Pearson intervals by bisection of the binomial tail itself: the expected values of proportion_test.cpp.

python3 tests/lib/stats/proportion_reference.py

No beta quantile: low is the share at which k or more of n have probability alpha/2, high the one at which k or fewer
have, both summed in exact fractions and bisected to 60 bits.
"""
from fractions import Fraction
from math import comb


def at_most(k, n, share):
    return sum(comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k + 1))


def bisect(rises):
    low, high = Fraction(0), Fraction(1)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if rises(middle) else (middle, high)
    return float(low)


for k, n, confidence in [(0, 1, 95), (0, 8, 95), (4, 8, 95), (8, 8, 95), (1, 20, 95), (3, 10, 90), (19, 40, 99)]:
    tail = Fraction(100 - confidence, 200)
    low = 0.0 if k == 0 else bisect(lambda p: 1 - at_most(k - 1, n, p) > tail)
    high = 1.0 if k == n else bisect(lambda p: at_most(k, n, p) < tail)
    print(f"{{{k}, {n}, {confidence / 100}, {low!r}, {high!r}}},")
