"""Prints the polynomials of math.hpp: `python cpp/kernels/coefficients.py` (needs mpmath).

Each is the interpolation of the function at the Chebyshev nodes of its range, computed in 60 digits, which is within
a small factor of the best polynomial of that degree; the bounds that count are measured by tests/cpp on the code.
"""

from mpmath import cos, erf, erfc, exp, factorial, log, lu_solve, matrix, mp, mpf, nstr, pi, sqrt

mp.dps = 60


def interpolate(function, low, high, degree):
    nodes = [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * degree + 2)) for i in range(degree + 1)]
    powers = matrix(degree + 1, degree + 1)
    for i, x in enumerate(nodes):
        for j in range(degree + 1):
            powers[i, j] = x**j
    return list(lu_solve(powers, matrix([function(x) for x in nodes])))


def show(name, coefficients, digits):
    print(name + ":", ", ".join(nstr(c, digits) for c in coefficients))


half_ln2 = log(mpf(2)) / 2 * mpf("1.0001")
# expm1(r) = r + r^2 q(r)
for name, degree, digits in (("exp float", 4, 9), ("exp double", 9, 17)):
    series = interpolate(lambda r: sum(r**k / factorial(k + 2) for k in range(40)), -half_ln2, half_ln2, degree)
    show(name, series, digits)

# log(1 + f) = 2 s + s R(s^2) with s = f / (2 + f), R(z) = z (c0 + c1 z + ...)
largest = ((sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1)) ** 2
for name, degree, digits in (("log float", 3, 9), ("log double", 7, 17)):
    series = interpolate(lambda z: sum(2 * z**k / (2 * k + 3) for k in range(60)), mpf(0), largest, degree)
    show(name, series, digits)

# erf(x) = x + x p(x^2) for |x| <= 1
for name, degree, digits in (("erf near 0 float", 6, 9), ("erf near 0 double", 11, 17)):
    series = interpolate(lambda z: erf(sqrt(z)) / sqrt(z) - 1 if z else 2 / sqrt(pi) - 1, mpf(0), mpf(1), degree)
    show(name, series, digits)

# erf(x) = 1 - exp(-x^2) q(t) with t = (x - k) / (x + k), for x from 1 to where the result rounds to 1
for name, last, k, degree, digits in (("erf far float", 4, mpf(2), 7, 9), ("erf far double", 6, mpf("2.5"), 15, 17)):

    def scaled_erfc(t, k=k):
        x = k * (1 + t) / (1 - t)
        return exp(x**2) * erfc(x)

    show(name, interpolate(scaled_erfc, (1 - k) / (1 + k), (last - k) / (last + k), degree), digits)
