"""Delete-one-unit jackknife intervals, on the log scale and on the identity: the expected values of jackknife_test.cpp.

python3 tests/lib/stats/jackknife_reference.py

By the textbook's other road: se^2 = (U-1)/U sum (x_j - mean x)^2 with x_j = log theta_(-j) is the delete-one jackknife
variance (Efron and Tibshirani 1993, equation 11.5); the pseudo-values of the code differ from it by theta alone, which
drops out of a variance; on the identity scale x_j = theta_(-j). Student's quantile is bisected from the closed form for whole degrees of freedom (Abramowitz
and Stegun 1964, 26.7.3 and 26.7.4): scipy 1.10's t.ppf is good to 9 digits only.
"""
import math

CASES = [
    (0.1, [[0.09, 0.11, 0.10, 0.105]], 0.95),
    (0.1, [[0.09, 0.11, 0.10, 0.105]], 0.90),
    (2.5, [[2.0, 2.9, 2.4, 2.6, 2.7, 2.3, 2.55, 2.45]], 0.95),
    (1e-12, [[9e-13, 1.2e-12, 1.05e-12]], 0.95),
    (0.02, [[0.0001, 0.021, 0.0215, 0.0205, 0.0212]], 0.95),
    (0.1, [[0.09, 0.11, 0.10, 0.105], [0.08, 0.12, 0.1, 0.11, 0.09]], 0.95),
    (0.1, [[0.08, 0.12, 0.1, 0.11, 0.09], [0.09, 0.11, 0.10, 0.105], [0.1, 0.1, 0.1, 0.1]], 0.95),
]
IDENTITY_CASES = [
    (0.1, [[0.09, 0.11, 0.10, 0.105]], 0.95),
    (-0.3, [[-0.2, -0.35, -0.31, -0.28, -0.33, 0.01]], 0.90),
    (0.0, [[0.001, -0.002, 0.0]], 0.95),
    (1e9, [[1e9 + 1, 1e9 - 2, 1e9 + 0.5, 1e9 + 0.25], [1e9, 1e9 + 3, 1e9 - 1, 1e9 + 1, 1e9 - 1]], 0.99),
]


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


def variance(values):
    mean = math.fsum(values) / len(values)
    return (len(values) - 1) / len(values) * math.fsum((x - mean) ** 2 for x in values)


def logs(values):
    return [math.log(value) for value in values]


def show(theta, sets, confidence, low, high):
    rows = ", ".join("{" + ", ".join(map(repr, values)) + "}" for values in sets)
    print(f"{{{theta!r}, {{{rows}}}, {confidence}, {low!r}, {high!r}}},")


for theta, sets, confidence in CASES:
    se = math.sqrt(math.fsum(variance(logs(values)) for values in sets))
    reach = t_quantile(confidence, min(map(len, sets)) - 1) * se
    show(theta, sets, confidence, theta * math.exp(-reach), theta * math.exp(reach))
print("identity:")
for theta, sets, confidence in IDENTITY_CASES:
    reach = t_quantile(confidence, min(map(len, sets)) - 1) * math.sqrt(math.fsum(map(variance, sets)))
    show(theta, sets, confidence, theta - reach, theta + reach)
print("t:", *(f"{df}: {t_quantile(0.95, df)!r}" for df in (2, 3, 4, 7)))
