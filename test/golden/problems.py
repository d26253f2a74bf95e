"""The 42 instances of the problems of Moré, Garbow & Hillstrom, in NumPy, and their golden values and gradients.

    python3 test/golden/problems.py

writes problems.json. A family is its residual vector r(x), written from the paper for real and complex x, and the
product J(x)' v with the transposed Jacobian; f = r'r. The gradients kept in the file do not use that product: they are
complex steps of the residuals, 2 Re(r)' Im(r(x + i h e_j)) / h with h = 1e-100, which has no truncation or rounding.

As a module: `PROBLEMS[name]` is (start, f_and_g), f_and_g(x) -> (f, gradient), the gradient 2 J'r, fast enough for
benchmarks; `extended_rosenbrock(n)` and its like give such pairs for other sizes.

Source: ACM Transactions on Mathematical Software 7 (1981), 17-41.
"""

import json
from pathlib import Path

import numpy as np

SEED = 20240601
STEP = 1e-100


def numbers(text):
    return np.array([float(word) for word in text.split()])


class Family:
    """A name, a start, the residuals of x, and J(x)' v."""

    def __init__(self, name, start, residuals, pull):
        self.name, self.start = name, np.asarray(start, dtype=float)
        self.residuals, self.pull = residuals, pull

    def f_and_g(self, x):
        r = self.residuals(x)
        return float(r @ r), 2 * self.pull(x, r)

    def complex_step(self, x):
        r = self.residuals(x)
        gradient = np.empty(len(x))
        for j in range(len(x)):
            moved = x.astype(complex)
            moved[j] += 1j * STEP
            gradient[j] = 2 * (r @ (self.residuals(moved).imag / STEP))
        return float(r @ r), gradient


def dense(jacobian):
    """The product with the transpose of a Jacobian given by its columns."""
    return lambda x, v: np.stack(jacobian(x)) @ v


# --- 1 to 19: fixed sizes ---------------------------------------------------------------------------------------


def rosenbrock():
    return extended_rosenbrock(2, "rosenbrock")


def freudenstein_roth():
    def residuals(x):
        a, b = x
        return np.array([-13 + a + ((5 - b) * b - 2) * b, -29 + a + ((b + 1) * b - 14) * b])

    def jacobian(x):
        b = x[1]
        return [[1, 1], [10 * b - 3 * b**2 - 2, 3 * b**2 + 2 * b - 14]]

    return Family("freudenstein_roth", [0.5, -2], residuals, dense(jacobian))


def powell_badly_scaled():
    return Family(
        "powell_badly_scaled",
        [0, 1],
        lambda x: np.array([1e4 * x[0] * x[1] - 1, np.exp(-x[0]) + np.exp(-x[1]) - 1.0001]),
        dense(lambda x: [[1e4 * x[1], -np.exp(-x[0])], [1e4 * x[0], -np.exp(-x[1])]]),
    )


def brown_badly_scaled():
    return Family(
        "brown_badly_scaled",
        [1, 1],
        lambda x: np.array([x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2]),
        dense(lambda x: [[1, 0, x[1]], [0, 1, x[0]]]),
    )


def beale():
    i, y = np.arange(1, 4), numbers("1.5 2.25 2.625")
    return Family(
        "beale",
        [1, 1],
        lambda x: y - x[0] * (1 - x[1] ** i),
        dense(lambda x: [x[1] ** i - 1, x[0] * i * x[1] ** (i - 1)]),
    )


def jennrich_sampson():
    i = np.arange(1, 11)
    return Family(
        "jennrich_sampson",
        [0.3, 0.4],
        lambda x: 2 + 2 * i - (np.exp(i * x[0]) + np.exp(i * x[1])),
        dense(lambda x: [-i * np.exp(i * x[0]), -i * np.exp(i * x[1])]),
    )


def helical_valley():
    def residuals(x):
        theta = np.arctan(x[1] / x[0]) / (2 * np.pi) + (0 if x[0].real > 0 else 0.5)
        return np.array([10 * (x[2] - 10 * theta), 10 * (np.sqrt(x[0] ** 2 + x[1] ** 2) - 1), x[2]])

    def jacobian(x):
        square = x[0] ** 2 + x[1] ** 2
        turn, root = 50 / (np.pi * square), np.sqrt(square)
        return [[turn * x[1], 10 * x[0] / root, 0], [-turn * x[0], 10 * x[1] / root, 0], [10, 0, 1]]

    return Family("helical_valley", [-1, 0, 0], residuals, dense(jacobian))


def bard():
    y = numbers(".14 .18 .22 .25 .29 .32 .35 .39 .37 .58 .73 .96 1.34 2.10 4.39")
    u = np.arange(1.0, 16)
    v, w = 16 - u, np.minimum(u, 16 - u)

    def jacobian(x):
        bottom = v * x[1] + w * x[2]
        return [-np.ones(15), u * v / bottom**2, u * w / bottom**2]

    return Family("bard", [1, 1, 1], lambda x: y - (x[0] + u / (v * x[1] + w * x[2])), dense(jacobian))


def gaussian():
    y = numbers(
        ".0009 .0044 .0175 .0540 .1295 .2420 .3521 .3989 .3521 .2420 .1295 .0540 .0175 .0044 .0009"
    )
    t = (8 - np.arange(1, 16)) / 2

    def jacobian(x):
        e = np.exp(-x[1] * (t - x[2]) ** 2 / 2)
        return [e, -x[0] * e * (t - x[2]) ** 2 / 2, x[0] * e * x[1] * (t - x[2])]

    return Family("gaussian", [0.4, 1, 0], lambda x: x[0] * np.exp(-x[1] * (t - x[2]) ** 2 / 2) - y, dense(jacobian))


def meyer():
    y = numbers("34780 28610 23650 19630 16370 13720 11540 9744 8261 7030 6005 5147 4427 3820 3307 2872")
    t = 45 + 5 * np.arange(1, 17)

    def jacobian(x):
        e = np.exp(x[1] / (t + x[2]))
        return [e, x[0] * e / (t + x[2]), -x[0] * e * x[1] / (t + x[2]) ** 2]

    return Family("meyer", [0.02, 4000, 250], lambda x: x[0] * np.exp(x[1] / (t + x[2])) - y, dense(jacobian))


def gulf(m=99):
    t = np.arange(1, m + 1) / 100
    y = 25 + (-50 * np.log(t)) ** (2 / 3)

    def distance(x):
        d = y - x[1]
        return np.where(d.real < 0, -d, d)

    def jacobian(x):
        d = distance(x)
        power = d ** x[2] / x[0]
        e = np.exp(-power)
        return [e * power / x[0], e * power * x[2] / (y - x[1]), -e * power * np.log(d)]

    return Family(
        "gulf", [5, 2.5, 0.15], lambda x: np.exp(-(distance(x) ** x[2]) / x[0]) - t, dense(jacobian)
    )


def box3d(m=10):
    t = 0.1 * np.arange(1, m + 1)
    return Family(
        "box3d",
        [0, 10, 20],
        lambda x: np.exp(-t * x[0]) - np.exp(-t * x[1]) - x[2] * (np.exp(-t) - np.exp(-10 * t)),
        dense(lambda x: [-t * np.exp(-t * x[0]), t * np.exp(-t * x[1]), np.exp(-10 * t) - np.exp(-t)]),
    )


def powell_singular():
    return extended_powell_singular(4, "powell_singular")


def wood():
    def residuals(x):
        a, b, c, d = x
        return np.array(
            [
                10 * (b - a**2),
                1 - a,
                np.sqrt(90) * (d - c**2),
                1 - c,
                np.sqrt(10) * (b + d - 2),
                (b - d) / np.sqrt(10),
            ]
        )

    def jacobian(x):
        ten, ninety = np.sqrt(10), np.sqrt(90)
        return [
            [-20 * x[0], -1, 0, 0, 0, 0],
            [10, 0, 0, 0, ten, 1 / ten],
            [0, 0, -2 * ninety * x[2], -1, 0, 0],
            [0, 0, ninety, 0, ten, -1 / ten],
        ]

    return Family("wood", [-3, -1, -3, -1], residuals, dense(jacobian))


def kowalik_osborne():
    y = numbers(".1957 .1947 .1735 .1600 .0844 .0627 .0456 .0342 .0323 .0235 .0246")
    u = numbers("4 2 1 .5 .25 .167 .125 .1 .0833 .0714 .0625")

    def parts(x):
        return u * (u + x[1]), u * (u + x[2]) + x[3]

    def residuals(x):
        top, bottom = parts(x)
        return y - x[0] * top / bottom

    def jacobian(x):
        top, bottom = parts(x)
        return [-top / bottom, -x[0] * u / bottom, x[0] * top * u / bottom**2, x[0] * top / bottom**2]

    return Family("kowalik_osborne", [0.25, 0.39, 0.415, 0.39], residuals, dense(jacobian))


def brown_dennis():
    t = np.arange(1, 21) / 5

    def parts(x):
        return x[0] + t * x[1] - np.exp(t), x[2] + x[3] * np.sin(t) - np.cos(t)

    def residuals(x):
        a, b = parts(x)
        return a**2 + b**2

    def jacobian(x):
        a, b = parts(x)
        return [2 * a, 2 * a * t, 2 * b, 2 * b * np.sin(t)]

    return Family("brown_dennis", [25, 5, -5, -1], residuals, dense(jacobian))


def osborne1():
    y = numbers(
        """.844 .908 .932 .936 .925 .908 .881 .850 .818 .784 .751 .718 .685 .658 .628 .603 .580
        .558 .538 .522 .506 .490 .478 .467 .457 .448 .438 .431 .424 .420 .414 .411 .406"""
    )
    t = 10 * np.arange(33)

    def jacobian(x):
        e4, e5 = np.exp(-t * x[3]), np.exp(-t * x[4])
        return [-np.ones(33), -e4, -e5, t * x[1] * e4, t * x[2] * e5]

    return Family(
        "osborne1",
        [0.5, 1.5, -1, 0.01, 0.02],
        lambda x: y - (x[0] + x[1] * np.exp(-t * x[3]) + x[2] * np.exp(-t * x[4])),
        dense(jacobian),
    )


def biggs_exp6():
    t = 0.1 * np.arange(1, 14)
    y = np.exp(-t) - 5 * np.exp(-10 * t) + 3 * np.exp(-4 * t)

    def residuals(x):
        return x[2] * np.exp(-t * x[0]) - x[3] * np.exp(-t * x[1]) + x[5] * np.exp(-t * x[4]) - y

    def jacobian(x):
        e1, e2, e5 = (np.exp(-t * x[k]) for k in (0, 1, 4))
        return [-t * x[2] * e1, t * x[3] * e2, e1, -e2, -t * x[5] * e5, e5]

    return Family("biggs_exp6", [1, 2, 1, 1, 1, 1], residuals, dense(jacobian))


def osborne2():
    y = numbers(
        """1.366 1.191 1.112 1.013 .991 .885 .831 .847 .786 .725 .746 .679 .608 .655 .616 .606 .602 .626 .651 .724
        .649 .649 .694 .644 .624 .661 .612 .558 .533 .495 .500 .423 .395 .375 .372 .391 .396 .405 .428 .429 .523 .562
        .607 .653 .672 .708 .633 .668 .645 .632 .591 .559 .597 .625 .739 .710 .729 .720 .636 .581 .428 .292 .162 .098
        .054"""
    )
    t = 0.1 * np.arange(65)

    def bumps(x):
        d = t - x[8:11, None]
        return d, np.exp(-(d**2) * x[5:8, None])

    def residuals(x):
        return y - x[0] * np.exp(-t * x[4]) - x[1:4] @ bumps(x)[1]

    def jacobian(x):
        d, e = bumps(x)
        first, weights, rates = np.exp(-t * x[4]), x[1:4, None], x[5:8, None]
        return [-first, *-e, x[0] * t * first, *(weights * d**2 * e), *(-2 * weights * rates * d * e)]

    return Family("osborne2", [1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5], residuals, dense(jacobian))


# --- 20 to 35: any size -----------------------------------------------------------------------------------------


def watson(n):
    t, j = np.arange(1, 30)[:, None] / 29, np.arange(n)
    powers = t**j
    slopes = np.hstack([np.zeros((29, 1)), j[1:] * t ** (j[1:] - 1)])

    def residuals(x):
        return np.concatenate([slopes @ x - (powers @ x) ** 2 - 1, [x[0], x[1] - x[0] ** 2 - 1]])

    def pull(x, v):
        gradient = (slopes - 2 * (powers @ x)[:, None] * powers).T @ v[:29]
        gradient[0] += v[29] - 2 * x[0] * v[30]
        gradient[1] += v[30]
        return gradient

    return Family(f"watson_{n}", np.zeros(n), residuals, pull)


def extended_rosenbrock(n, name=None):
    def residuals(x):
        return np.concatenate([10 * (x[1::2] - x[::2] ** 2), 1 - x[::2]])

    def pull(x, v):
        a, b = v[: n // 2], v[n // 2 :]
        gradient = np.empty(n)
        gradient[::2] = -20 * x[::2] * a - b
        gradient[1::2] = 10 * a
        return gradient

    return Family(name or f"ext_rosenbrock_{n}", np.tile([-1.2, 1], n // 2), residuals, pull)


def extended_powell_singular(n, name=None):
    def residuals(x):
        a, b, c, d = x.reshape(-1, 4).T
        return np.concatenate(
            [a + 10 * b, np.sqrt(5) * (c - d), (b - 2 * c) ** 2, np.sqrt(10) * (a - d) ** 2]
        )

    def pull(x, v):
        a, b, c, d = x.reshape(-1, 4).T
        p, q, r, s = v.reshape(4, -1)
        third, fourth = 2 * (b - 2 * c) * r, 2 * np.sqrt(10) * (a - d) * s
        return np.stack(
            [p + fourth, 10 * p + third, np.sqrt(5) * q - 2 * third, -np.sqrt(5) * q - fourth], axis=1
        ).ravel()

    return Family(name or f"ext_powell_singular_{n}", np.tile([3, -1, 0, 1], n // 4), residuals, pull)


def penalty1(n):
    root = np.sqrt(1e-5)
    return Family(
        f"penalty1_{n}",
        np.arange(1, n + 1),
        lambda x: np.append(root * (x - 1), x @ x - 0.25),
        lambda x, v: root * v[:n] + 2 * x * v[n],
    )


def penalty2(n):
    root, i, weights = np.sqrt(1e-5), np.arange(2, n + 1), np.arange(n, 0, -1)
    y = np.exp(i / 10) + np.exp((i - 1) / 10)

    def residuals(x):
        e = np.exp(x / 10)
        return np.concatenate(
            [[x[0] - 0.2], root * (e[1:] + e[:-1] - y), root * (e[1:] - np.exp(-0.1)), [weights @ x**2 - 1]]
        )

    def pull(x, v):
        e = root * np.exp(x / 10) / 10
        gradient = 2 * weights * x * v[-1]
        gradient[0] += v[0]
        gradient[1:] += e[1:] * (v[1:n] + v[n:-1])
        gradient[:-1] += e[:-1] * v[1:n]
        return gradient

    return Family(f"penalty2_{n}", np.full(n, 0.5), residuals, pull)


def variably_dimensioned(n):
    j = np.arange(1, n + 1)

    def residuals(x):
        sum_ = j @ (x - 1)
        return np.concatenate([x - 1, [sum_, sum_**2]])

    return Family(
        f"variably_dim_{n}",
        1 - j / n,
        residuals,
        lambda x, v: v[:n] + j * (v[n] + 2 * (j @ (x - 1)) * v[n + 1]),
    )


def trigonometric(n):
    i = np.arange(1, n + 1)
    return Family(
        f"trigonometric_{n}",
        np.full(n, 1 / n),
        lambda x: n - np.cos(x).sum() + i * (1 - np.cos(x)) - np.sin(x),
        lambda x, v: np.sin(x) * v.sum() + (i * np.sin(x) - np.cos(x)) * v,
    )


def brown_almost_linear(n):
    def pull(x, v):
        others = np.array([np.delete(x, j).prod() for j in range(n)])
        return np.append(v[:-1], 0) + v[:-1].sum() + others * v[-1]

    return Family(
        f"brown_almost_linear_{n}",
        np.full(n, 0.5),
        lambda x: np.append(x[:-1] + x.sum() - (n + 1), x.prod() - 1),
        pull,
    )


def discrete_boundary_value(n):
    h = 1 / (n + 1)
    t = h * np.arange(1, n + 1)

    def second_difference(x):
        padded = np.concatenate([[0], x, [0]])
        return 2 * x - padded[:-2] - padded[2:]

    return Family(
        f"discrete_bv_{n}",
        t * (t - 1),
        lambda x: second_difference(x) + h**2 * (x + t + 1) ** 3 / 2,
        lambda x, v: second_difference(v) + 3 * h**2 * (x + t + 1) ** 2 / 2 * v,
    )


def discrete_integral_equation(n):
    h = 1 / (n + 1)
    t = h * np.arange(1, n + 1)
    kernel = np.where(np.tri(n, dtype=bool), np.outer(1 - t, t), np.outer(t, 1 - t))
    return Family(
        f"discrete_ie_{n}",
        t * (t - 1),
        lambda x: x + h / 2 * (kernel @ (x + t + 1) ** 3),
        lambda x, v: v + h / 2 * 3 * (x + t + 1) ** 2 * (kernel.T @ v),
    )


def broyden_tridiagonal(n):
    def residuals(x):
        return (3 - 2 * x) * x - np.append(0, x[:-1]) - 2 * np.append(x[1:], 0) + 1

    return Family(
        f"broyden_tri_{n}",
        np.full(n, -1),
        residuals,
        lambda x, v: (3 - 4 * x) * v - np.append(v[1:], 0) - 2 * np.append(0, v[:-1]),
    )


def broyden_banded(n):
    i, j = np.indices((n, n))
    band = ((j != i) & (j >= i - 5) & (j <= i + 1)).astype(float)
    return Family(
        f"broyden_banded_{n}",
        np.full(n, -1),
        lambda x: x * (2 + 5 * x**2) + 1 - band @ (x * (1 + x)),
        lambda x, v: (2 + 15 * x**2) * v - (1 + 2 * x) * (band.T @ v),
    )


def linear(name, matrix):
    """r = A x - 1, from (1, ..., 1)."""
    return Family(name, np.ones(matrix.shape[1]), lambda x: matrix @ x - 1, lambda x, v: matrix.T @ v)


def linear_full_rank(n, m):
    return linear(f"linear_full_{n}", np.eye(m, n) - 2 / m)


def linear_rank_one(n, m):
    return linear(f"linear_rank1_{n}", np.outer(np.arange(1, m + 1), np.arange(1.0, n + 1)))


def linear_rank_one_zero(n, m):
    rows, columns = np.arange(m), np.arange(1.0, n + 1)
    rows[-1] = columns[0] = columns[-1] = 0
    return linear(f"linear_rank1_zero_{n}", np.outer(rows, columns))


def chebyquad(n):
    i = np.arange(1, n + 1)
    integrals = np.array([-1 / (k**2 - 1) if k % 2 == 0 else 0 for k in i])

    def polynomials(x):
        """T_0 to T_n, and their derivatives, by the recurrence in z = 2 x - 1."""
        z = 2 * x - 1
        values, slopes = [np.ones_like(z), z], [np.zeros_like(z), np.full_like(z, 2)]
        for _ in range(2, n + 1):
            slopes.append(4 * values[-1] + 2 * z * slopes[-1] - slopes[-2])
            values.append(2 * z * values[-1] - values[-2])
        return np.array(values[1 : n + 1]), np.array(slopes[1 : n + 1])

    return Family(
        f"chebyquad_{n}",
        i / (n + 1),
        lambda x: polynomials(x)[0].mean(axis=1) - integrals,
        lambda x, v: polynomials(x)[1].T @ v / n,
    )


FAMILIES = [
    rosenbrock(),
    freudenstein_roth(),
    powell_badly_scaled(),
    brown_badly_scaled(),
    beale(),
    jennrich_sampson(),
    helical_valley(),
    bard(),
    gaussian(),
    meyer(),
    gulf(),
    box3d(),
    powell_singular(),
    wood(),
    kowalik_osborne(),
    brown_dennis(),
    osborne1(),
    biggs_exp6(),
    osborne2(),
    watson(6),
    watson(9),
    extended_rosenbrock(10),
    extended_rosenbrock(100),
    extended_powell_singular(12),
    penalty1(4),
    penalty1(10),
    penalty2(4),
    penalty2(10),
    variably_dimensioned(10),
    trigonometric(10),
    brown_almost_linear(10),
    discrete_boundary_value(10),
    discrete_integral_equation(10),
    broyden_tridiagonal(10),
    broyden_tridiagonal(500),
    broyden_banded(10),
    linear_full_rank(10, 20),
    linear_rank_one(10, 20),
    linear_rank_one_zero(10, 20),
    chebyquad(8),
    chebyquad(9),
    chebyquad(10),
]
PROBLEMS = {family.name: (family.start, family.f_and_g) for family in FAMILIES}


def golden():
    """Each problem at its start and at three points near it, each coordinate moved by up to 5 % and 0.005."""
    random = np.random.default_rng(SEED)
    cases = []
    for family in FAMILIES:
        points = [family.start]
        for _ in range(3):
            relative, absolute = random.uniform(-1, 1, (2, len(family.start)))
            points.append(np.round(family.start * (1 + 0.05 * relative) + 0.005 * absolute, 6))
        values = [family.complex_step(x) for x in points]
        cases.append(
            {
                "name": family.name,
                "start": family.start.tolist(),
                "points": [x.tolist() for x in points[1:]],
                "f": [f for f, _ in values],
                "gradients": [[float(f"{gi:.14g}") for gi in g] for _, g in values],
            }
        )
    return cases


def main():
    head = {"tool": "numpy", "version": np.__version__, "seed": SEED, "command": "python3 test/golden/problems.py"}
    lines = ",\n".join(json.dumps(case) for case in golden())
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(head)[:-1] + ', "cases": [\n' + lines + "\n]}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
