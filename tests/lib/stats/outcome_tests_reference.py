"""Exact p-values in whole numbers: the expected values of outcome_tests_test.cpp.

python3 tests/lib/stats/outcome_tests_reference.py
"""
from fractions import Fraction
from math import comb

for a, b in [(0, 0), (0, 1), (0, 5), (0, 6), (1, 7), (3, 3), (10, 2), (30, 70)]:
    n, tail = a + b, sum(comb(a + b, k) for k in range(min(a, b) + 1))
    print(f"{{{a}, {b}, {float(min(Fraction(1), Fraction(2 * tail, 2 ** n)))!r}}},")

for a, n_a, b, n_b in [(0, 8, 0, 8), (8, 8, 8, 8), (0, 8, 4, 8), (1, 8, 7, 8), (3, 10, 12, 15), (0, 5, 1, 20), (5, 16, 0, 4),
                       (0, 0, 3, 8), (20, 100, 45, 120), (2, 3, 4, 9), (200, 1000, 260, 1000)]:
    failed = a + b
    tables = [comb(n_a, k) * comb(n_b, failed - k) for k in range(max(0, failed - n_b), min(failed, n_a) + 1)]
    seen = comb(n_a, a) * comb(n_b, b)
    p = Fraction(sum(t for t in tables if t <= seen), sum(tables))
    print(f"{{{a}, {n_a}, {b}, {n_b}, {float(p)!r}}},")
