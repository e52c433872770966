"""Values of the t e-process: the expected values of sequential_test.cpp.

/usr/bin/python3 tests/lib/stats/sequential_reference.py        (mpmath 1.2)

Lambda in closed form, not by quadrature of our integrand. int_0^inf w^nu exp(-w^2/2 + z w) dw =
2^((nu-1)/2) Gamma((nu+1)/2) 1F1((nu+1)/2; 1/2; z^2/2) + z 2^(nu/2) Gamma(nu/2+1) 1F1(nu/2+1; 3/2; z^2/2), and
Lambda = exp(-d^2/2) of that at z = c d, c = t / sqrt(nu + t^2), over the same at 0 (c = 1 for t = infinity).
"""
from mpmath import exp, gamma, hyp1f1, inf, log, mp, mpf, sqrt

mp.dps = 400
THETAS = [mpf(x) for x in ("0.35", "0.5", "0.7", "1", "1.4", "2", "2.8")]


def integral(nu, z):
    half = mpf(1) / 2
    return 2 ** ((nu - 1) * half) * gamma((nu + 1) * half) * hyp1f1((nu + 1) * half, half, z * z / 2) + \
        z * 2 ** (nu * half) * gamma(nu * half + 1) * hyp1f1(nu * half + 1, 3 * half, z * z / 2)


def log_e(t, n):
    nu = mpf(n - 1)
    c = mpf(1) if t == inf else mpf(-1) if t == -inf else mpf(t) / sqrt(nu + mpf(t) ** 2)
    total = mpf(0)
    for theta in THETAS:
        d = theta * sqrt(mpf(n))
        total += exp(-d * d / 2) * integral(nu, c * d) / integral(nu, mpf(0))
    return log(total / len(THETAS))


for n in (2, 3, 12, 200):
    for t in (-inf, -1000, -2, 0, 0.5, 4, 1000, inf):
        name = {inf: "k_inf", -inf: "-k_inf"}.get(t, repr(t))
        print("{%s, %d, %s}," % (name, n, mp.nstr(log_e(t, n), 17)))

print("e of equal differences:", *(f"n = {n}: {mp.nstr(exp(log_e(inf, n)), 6)}" for n in range(2, 6)))
