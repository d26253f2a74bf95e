"""Golden trajectories from the published equations, in NumPy's float64.

    python3 test/golden/published.py

writes optimizers-published.json. Every rule below is written as its source has it, in the source's variables: slow,
plain, and apart from the TypeScript rules that it checks. A rule takes the parameters w, the gradient g, what it kept
in s, the step t from 1 on, and the hyper-parameters h; it gives the new w. `s` starts empty: moments start at 0.
"""

import math
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np

sys.dont_write_bytecode = True
import optimizers_problem as problem  # noqa: E402

# What was read, at which commit.
SOURCES = [
    "optax 006cebd (transform.py), and the defaults of its alias.py",
    "Keras 3: base_optimizer 001750d, sgd and lion 1937d48, adam, nadam, rmsprop and adadelta 13de96a, "
    "adagrad 40c7497, adamw 2608304, adamax 2e44203, lamb 1cbb88b",
    "PyTorch: _adafactor 051d6a0, _muon 098e03f, nadam 00c2d88",
    "schedule_free: adamw_schedulefree 76e631b, sgd_schedulefree_reference b3be06f",
    "the papers and lecture notes that the rules name",
]

# --- SGD, momentum, Nesterov ------------------------------------------------------------------------------------


def sgd_cs231n(w, g, s, t, h):
    # CS231n, "Vanilla update"; the penalty lambda/2 w^2 of the loss adds lambda w to the gradient.
    g = g + h.weight_decay * w
    return w - h.learning_rate * g


def sgd_optax(w, g, s, t, h):
    # optax.sgd
    return w - h.learning_rate * g


def decayed_as_keras(w, h):
    # Keras 3, BaseOptimizer._apply_weight_decay: before the step, whatever the optimizer.
    return w - w * h.weight_decay * h.learning_rate


def sgd_keras(w, g, s, t, h):
    # keras.optimizers.SGD, momentum 0
    w = decayed_as_keras(w, h)
    return w - h.learning_rate * g


def momentum_cs231n(w, g, s, t, h):
    # CS231n, "Momentum update": v = mu v - alpha g; x += v
    v = h.momentum * s.get("v", 0) - h.learning_rate * g
    s["v"] = v
    return w + v


def momentum_optax(w, g, s, t, h):
    # optax.sgd(momentum): trace = g + decay trace; update = -alpha trace
    trace = g + h.momentum * s.get("trace", 0)
    s["trace"] = trace
    return w - h.learning_rate * trace


def momentum_keras(w, g, s, t, h):
    # keras.optimizers.SGD(momentum)
    w = decayed_as_keras(w, h)
    m = s.get("m", 0) * h.momentum - g * h.learning_rate
    s["m"] = m
    return w + m


def nesterov_cs231n(w, g, s, t, h):
    # CS231n, "Nesterov Momentum": v_prev = v; v = mu v - alpha g; x += -mu v_prev + (1 + mu) v
    v_prev = s.get("v", 0)
    v = h.momentum * v_prev - h.learning_rate * g
    s["v"] = v
    return w - h.momentum * v_prev + (1 + h.momentum) * v


def nesterov_optax(w, g, s, t, h):
    # optax.sgd(momentum, nesterov=True): trace = g + decay trace; update = -alpha (g + decay trace)
    trace = g + h.momentum * s.get("trace", 0)
    s["trace"] = trace
    return w - h.learning_rate * (g + h.momentum * trace)


def nesterov_keras(w, g, s, t, h):
    # keras.optimizers.SGD(momentum, nesterov=True)
    w = decayed_as_keras(w, h)
    m = s.get("m", 0) * h.momentum - g * h.learning_rate
    s["m"] = m
    return w + m * h.momentum - g * h.learning_rate


# --- AdaGrad, Adadelta, RMSProp ---------------------------------------------------------------------------------


def adagrad_cs231n(w, g, s, t, h):
    # CS231n: cache += dx**2; x -= alpha dx / (sqrt(cache) + eps)
    cache = s.get("cache", h.initial_accumulator) + g**2
    s["cache"] = cache
    return w - h.learning_rate * g / (np.sqrt(cache) + h.epsilon)


def adagrad_optax(w, g, s, t, h):
    # optax.scale_by_rss: g / sqrt(sum + eps), 0 where the sum is 0
    total = s.get("total", h.initial_accumulator) + g**2
    s["total"] = total
    return w - h.learning_rate * np.where(total > 0, g / np.sqrt(total + h.epsilon), 0)


def adagrad_keras(w, g, s, t, h):
    # keras.optimizers.Adagrad
    w = decayed_as_keras(w, h)
    accumulator = s.get("accumulator", h.initial_accumulator) + g**2
    s["accumulator"] = accumulator
    return w - h.learning_rate * g / np.sqrt(accumulator + h.epsilon)


def adadelta(w, g, s, t, h):
    # Zeiler 2012, Algorithm 1, with a rate before the update; optax and Keras 3 have the same lines.
    s["mean_g"] = h.decay * s.get("mean_g", 0) + (1 - h.decay) * g**2
    mean_delta = s.get("mean_delta", 0)
    delta = -np.sqrt(mean_delta + h.epsilon) / np.sqrt(s["mean_g"] + h.epsilon) * g
    s["mean_delta"] = h.decay * mean_delta + (1 - h.decay) * delta**2
    return w + h.learning_rate * delta


def adadelta_optax(w, g, s, t, h):
    # optax.adadelta: add_decayed_weights comes first in the chain, so the decay is coupled.
    return adadelta(w, g + h.weight_decay * w, s, t, h)


def adadelta_keras(w, g, s, t, h):
    return adadelta(decayed_as_keras(w, h), g, s, t, h)


def rmsprop_cs231n(w, g, s, t, h):
    # CS231n: cache = rho cache + (1 - rho) dx**2; x -= alpha dx / (sqrt(cache) + eps)
    cache = h.decay * s.get("cache", 0) + (1 - h.decay) * g**2
    s["cache"] = cache
    return w - h.learning_rate * g / (np.sqrt(cache) + h.epsilon)


def rmsprop_inside(w, g, s, t, h):
    # Keras 3 and optax (scale_by_rms, scale_by_stddev, trace): epsilon inside the root, the rate inside the momentum.
    second = h.decay * s.get("second", h.initial_accumulator) + (1 - h.decay) * g**2
    first = h.decay * s.get("first", 0) + (1 - h.decay) * g
    s["second"], s["first"] = second, first
    variance = second - first**2 if h.centered else second
    buffer = h.momentum * s.get("buffer", 0) + h.learning_rate * g / np.sqrt(variance + h.epsilon)
    s["buffer"] = buffer
    return w - buffer


def rmsprop_keras(w, g, s, t, h):
    return rmsprop_inside(decayed_as_keras(w, h), g, s, t, h)


# --- Adam and its relatives -------------------------------------------------------------------------------------


def moments(g, s, h):
    # m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2
    s["m"] = h.beta1 * s.get("m", 0) + (1 - h.beta1) * g
    s["v"] = h.beta2 * s.get("v", 0) + (1 - h.beta2) * g**2
    return s["m"], s["v"]


def corrected(m, v, t, h):
    return m / (1 - h.beta1**t), v / (1 - h.beta2**t)


def adam_direction(g, s, t, h):
    # Kingma & Ba 2015, Algorithm 1: mHat / (sqrt(vHat) + eps)
    m, v = moments(g, s, h)
    if h.bias_correction:
        m, v = corrected(m, v, t, h)
    return m / (np.sqrt(v) + h.epsilon)


def adam(w, g, s, t, h):
    return w - h.learning_rate * adam_direction(g, s, t, h)


def adam_coupled(w, g, s, t, h):
    # torch.optim.Adam: g = g + lambda w
    return adam(w, g + h.weight_decay * w, s, t, h)


def adam_keras(w, g, s, t, h):
    # keras.optimizers.Adam and AdamW: alpha_t = alpha sqrt(1 - beta2^t) / (1 - beta1^t), "epsilon hat" beside sqrt(v)
    w = decayed_as_keras(w, h)
    m, v = moments(g, s, h)
    alpha = h.learning_rate * math.sqrt(1 - h.beta2**t) / (1 - h.beta1**t)
    return w - alpha * m / (np.sqrt(v) + h.epsilon)


def adamw_optax(w, g, s, t, h):
    # Loshchilov & Hutter 2019, Algorithm 2, the decay times alpha: optax.adamw
    return w - h.learning_rate * (adam_direction(g, s, t, h) + h.weight_decay * w)


def amsgrad_paper(w, g, s, t, h):
    # Reddi, Kale & Kumar 2018, Algorithm 2: vHat = max(vHat, v); x -= alpha m / sqrt(vHat); here beside epsilon
    m, v = moments(g, s, h)
    s["v_hat"] = np.maximum(s.get("v_hat", 0), v)
    return w - h.learning_rate * m / (np.sqrt(s["v_hat"]) + h.epsilon)


def amsgrad_optax(w, g, s, t, h):
    # optax.scale_by_amsgrad: the maximum of the corrected second moments
    m, v = corrected(*moments(g, s, h), t, h)
    s["nu_max"] = np.maximum(s.get("nu_max", 0), v)
    return w - h.learning_rate * m / (np.sqrt(s["nu_max"]) + h.epsilon)


def amsgrad_keras(w, g, s, t, h):
    # keras.optimizers.Adam(amsgrad=True): the maximum of the raw second moments, then epsilon hat
    w = decayed_as_keras(w, h)
    m, v = moments(g, s, h)
    s["v_hat"] = np.maximum(s.get("v_hat", 0), v)
    alpha = h.learning_rate * math.sqrt(1 - h.beta2**t) / (1 - h.beta1**t)
    return w - alpha * m / (np.sqrt(s["v_hat"]) + h.epsilon)


def adamax_optax(w, g, s, t, h):
    # optax.scale_by_adamax: nu = max(|g| + eps, beta2 nu); mHat / nu
    s["m"] = h.beta1 * s.get("m", 0) + (1 - h.beta1) * g
    s["u"] = np.maximum(np.abs(g) + h.epsilon, h.beta2 * s.get("u", 0))
    return w - h.learning_rate * s["m"] / (1 - h.beta1**t) / s["u"]


def adamax_keras(w, g, s, t, h):
    # keras.optimizers.Adamax; Kingma & Ba 2015, Algorithm 2, epsilon added to u
    w = decayed_as_keras(w, h)
    s["m"] = h.beta1 * s.get("m", 0) + (1 - h.beta1) * g
    s["u"] = np.maximum(h.beta2 * s.get("u", 0), np.abs(g))
    return w - h.learning_rate * s["m"] / ((1 - h.beta1**t) * (s["u"] + h.epsilon))


def nadam_optax(w, g, s, t, h):
    # optax.scale_by_adam(nesterov=True): beta1 m / (1 - beta1^(t+1)) + (1 - beta1) g / (1 - beta1^t)
    m, v = moments(g, s, h)
    m_hat = h.beta1 * m / (1 - h.beta1 ** (t + 1)) + (1 - h.beta1) * g / (1 - h.beta1**t)
    v_hat = v / (1 - h.beta2**t)
    return w - h.learning_rate * m_hat / (np.sqrt(v_hat) + h.epsilon)


def nadam_mu(t, h):
    # mu_t = beta1 (1 - 0.96^(t psi) / 2)
    return h.beta1 * (1 - 0.5 * 0.96 ** (t * h.momentum_decay))


def nadam_dozat(w, g, s, t, h):
    # Dozat 2016 with the momentum schedule; torch.optim.NAdam as mended after 1.13; Keras with psi = 1:
    # mHat = mu_(t+1) m / (1 - mu_1 ... mu_(t+1)) + (1 - mu_t) g / (1 - mu_1 ... mu_t)
    product = math.prod(nadam_mu(step, h) for step in range(1, t + 1))
    mu, mu_next = nadam_mu(t, h), nadam_mu(t + 1, h)
    m, v = moments(g, s, h)
    m_hat = mu_next * m / (1 - product * mu_next) + (1 - mu) * g / (1 - product)
    v_hat = v / (1 - h.beta2**t)
    return w - h.learning_rate * m_hat / (np.sqrt(v_hat) + h.epsilon)


def nadam_torch(w, g, s, t, h):
    return nadam_dozat(w, g + h.weight_decay * w, s, t, h)


def nadam_keras(w, g, s, t, h):
    return nadam_dozat(decayed_as_keras(w, h), g, s, t, h)


def radam_optax(w, g, s, t, h):
    # Liu et al. 2020, Algorithm 2; optax.scale_by_radam: rectified from rho >= 5 on, epsilon beside the corrected root
    m_hat, v_hat = corrected(*moments(g, s, h), t, h)
    rho_inf = 2 / (1 - h.beta2) - 1
    rho = rho_inf - 2 * t * h.beta2**t / (1 - h.beta2**t)
    if rho < 5:
        return w - h.learning_rate * m_hat
    r = math.sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))
    return w - h.learning_rate * r * m_hat / (np.sqrt(v_hat) + h.epsilon)


def adabelief(w, g, s, t, h):
    # Zhuang et al. 2020, Algorithm 2: s = beta2 s + (1 - beta2) (g - m)^2 + eps; mHat / (sqrt(sHat) + eps).
    # optax has two epsilons there, eps_root and eps, both 1e-16.
    m = h.beta1 * s.get("m", 0) + (1 - h.beta1) * g
    belief = h.beta2 * s.get("belief", 0) + (1 - h.beta2) * (g - m) ** 2 + h.epsilon
    s["m"], s["belief"] = m, belief
    m_hat, s_hat = corrected(m, belief, t, h)
    return w - h.learning_rate * m_hat / (np.sqrt(s_hat) + h.epsilon)


def yogi(w, g, s, t, h):
    # Zaheer et al. 2018, Algorithm 2: v = v - (1 - beta2) sign(v - g^2) g^2; as optax.scale_by_yogi has it: both
    # moments start at the initial accumulator, and both are corrected.
    m = h.beta1 * s.get("m", h.initial_accumulator) + (1 - h.beta1) * g
    v = s.get("v", h.initial_accumulator)
    v = v - (1 - h.beta2) * np.sign(v - g**2) * g**2
    s["m"], s["v"] = m, v
    m_hat, v_hat = corrected(m, v, t, h)
    return w - h.learning_rate * m_hat / (np.sqrt(v_hat) + h.epsilon)


def adan_optax(w, g, s, t, h):
    # Xie et al. 2022, Algorithm 1, as optax.adan has it: all moments corrected, the decay added to the update, and
    # epsilon both inside and outside the root (eps and eps_root, both 1e-8).
    diff = g - s.get("g", g)
    m = h.beta1 * s.get("m", 0) + (1 - h.beta1) * g
    v = h.beta2 * s.get("v", 0) + (1 - h.beta2) * diff
    n = h.beta3 * s.get("n", 0) + (1 - h.beta3) * (g + (1 - h.beta2) * diff) ** 2
    s["g"], s["m"], s["v"], s["n"] = g, m, v, n
    m_hat, v_hat, n_hat = m / (1 - h.beta1**t), v / (1 - h.beta2**t), n / (1 - h.beta3**t)
    update = (m_hat + (1 - h.beta2) * v_hat) / (np.sqrt(n_hat + h.epsilon) + h.epsilon)
    return w - h.learning_rate * (update + h.weight_decay * w)


def adan(w, g, s, t, h):
    # Xie et al. 2022, Algorithm 1 and the authors' PyTorch code, whose betas are 1 minus the paper's: the difference
    # counts by beta2, epsilon stands outside the root, and the decay divides by 1 + alpha lambda.
    diff = g - s.get("g", g)
    m = h.beta1 * s.get("m", 0) + (1 - h.beta1) * g
    v = h.beta2 * s.get("v", 0) + (1 - h.beta2) * diff
    n = h.beta3 * s.get("n", 0) + (1 - h.beta3) * (g + h.beta2 * diff) ** 2
    s["g"], s["m"], s["v"], s["n"] = g, m, v, n
    m_hat, v_hat, n_hat = m / (1 - h.beta1**t), v / (1 - h.beta2**t), n / (1 - h.beta3**t)
    step = (m_hat + h.beta2 * v_hat) / (np.sqrt(n_hat) + h.epsilon)
    return (w - h.learning_rate * step) / (1 + h.learning_rate * h.weight_decay)


# --- Signs ------------------------------------------------------------------------------------------------------


def clear_sign(values):
    """The sign, of values so far from 0 that rounding elsewhere cannot turn it."""
    assert np.all(np.abs(values) > 1e-7), "a sign hangs on rounding"
    return np.sign(values)


def lion(w, g, s, t, h):
    # Chen et al. 2023, Algorithm 2: u = sign(beta1 m + (1 - beta1) g); w -= alpha (u + lambda w); then m with beta2
    u = clear_sign(h.beta1 * s.get("m", 0) + (1 - h.beta1) * g)
    s["m"] = h.beta2 * s.get("m", 0) + (1 - h.beta2) * g
    return w - h.learning_rate * (u + h.weight_decay * w)


def signum(w, g, s, t, h):
    # Bernstein et al. 2018, Algorithm 2: m = beta m + (1 - beta) g; x -= delta (sign(m) + lambda x)
    s["m"] = h.momentum * s.get("m", 0) + (1 - h.momentum) * g
    return w - h.learning_rate * (clear_sign(s["m"]) + h.weight_decay * w)


# --- Layer-wise rates -------------------------------------------------------------------------------------------


def norm(x):
    return math.sqrt(np.sum(x**2))


def trust_ratio(w, u, epsilon=0):
    # optax.scale_by_trust_ratio: 1 if a norm is 0
    return 1 if norm(w) == 0 or norm(u) == 0 else norm(w) / (norm(u) + epsilon)


def lamb_optax(w, g, s, t, h):
    # You et al. 2020, Algorithm 2: u = Adam's direction + lambda w; x -= alpha |x| / |u| u
    u = adam_direction(g, s, t, h) + h.weight_decay * w
    return w - h.learning_rate * trust_ratio(w, u) * u


def lamb_keras(w, g, s, t, h):
    # keras.optimizers.Lamb: the decay before the step, and not in the ratio
    w = decayed_as_keras(w, h)
    u = adam_direction(g, s, t, h)
    return w - h.learning_rate * trust_ratio(w, u) * u


def lars(w, g, s, t, h):
    # You, Gitman & Ginsburg 2017, Algorithm 1, as optax.lars has it: the rate inside the velocity
    u = g + h.weight_decay * w
    if norm(w) > 0 and norm(u) > 0:
        u = u * h.trust_coefficient * norm(w) / (norm(u) + h.epsilon)
    s["v"] = h.momentum * s.get("v", 0) + h.learning_rate * u
    return w - s["v"]


# --- Matrices ---------------------------------------------------------------------------------------------------


def rms(x):
    return norm(x) / math.sqrt(x.size)


def adafactor(w, g, s, t, h):
    # torch.optim.Adafactor (2.5 and later), after Shazeer & Stern 2018: one_minus_beta2 = t^-decay;
    # rho = min(alpha, 1 / sqrt(t)); a step of max(eps2, RMS(w)) rho along U / max(1, RMS(U) / d)
    one_minus_beta2 = t**-h.decay_power
    step = max(h.epsilon2, rms(w)) * min(h.learning_rate, 1 / math.sqrt(t))
    w = w - h.learning_rate * h.weight_decay * w
    u = g / np.sqrt(np.maximum(adafactor_variance(g, s, one_minus_beta2, h), h.epsilon1**2))
    return w - step * u / max(1, rms(u) / h.clipping_threshold)


def adafactor_variance(g, s, one_minus_beta2, h):
    # R and C are means of squares over rows and columns; V = R C / mean(R)
    beta2 = 1 - one_minus_beta2
    if g.ndim == 1:
        s["v"] = beta2 * s.get("v", 0) + one_minus_beta2 * g**2
        return s["v"]
    s["r"] = beta2 * s.get("r", 0) + one_minus_beta2 * np.mean(g**2, axis=1, keepdims=True)
    s["c"] = beta2 * s.get("c", 0) + one_minus_beta2 * np.mean(g**2, axis=0, keepdims=True)
    return s["r"] @ s["c"] / max(np.mean(s["r"]), h.epsilon1)


def newton_schulz(x, steps):
    # Jordan et al. 2024: X = a X + (b X X^T + c (X X^T)^2) X, from X / max(|X|, eps), the wide way round
    a, b, c = 3.4445, -4.7750, 2.0315
    wide = x if x.shape[0] <= x.shape[1] else x.T
    wide = wide / max(norm(wide), 1e-7)
    for _ in range(steps):
        gram = wide @ wide.T
        wide = a * wide + (b * gram + c * gram @ gram) @ wide
    return wide if x.shape[0] <= x.shape[1] else wide.T


def muon(w, g, s, t, h):
    # torch.optim.Muon (2.9 and later), adjust_lr "original": B = mu B + g; O = NS(g + mu B);
    # w -= alpha lambda w; w -= alpha sqrt(max(1, rows / columns)) O. Tensors that are no matrices get AdamW.
    if w.ndim != 2:
        aside = SimpleNamespace(**{**vars(h), "beta1": 0.9, "beta2": 0.95, "epsilon": 1e-8, "bias_correction": True})
        return adamw_optax(w, g, s, t, aside)
    b = h.momentum * s.get("b", 0) + g
    s["b"] = b
    o = newton_schulz(g + h.momentum * b if h.nesterov else b, h.steps)
    rows, columns = w.shape
    return w - h.learning_rate * h.weight_decay * w - h.learning_rate * math.sqrt(max(1, rows / columns)) * o


# --- Schedule-free ----------------------------------------------------------------------------------------------


def warmed_up(t, h):
    return h.learning_rate * (min(1, t / h.warmup_steps) if h.warmup_steps > 0 else 1)


def schedule_free_average(s, z, gamma, t, h):
    # c = w_t / sum of w, w_t = t^r (largest gamma so far)^p; x = (1 - c) x + c z
    s["gamma_max"] = max(gamma, s.get("gamma_max", -1))
    weight = t**h.weight_power * s["gamma_max"] ** h.rate_weight_power
    s["weight_sum"] = s.get("weight_sum", 0) + weight
    c = weight / s["weight_sum"]
    s["z"] = z
    s["x"] = (1 - c) * s["x"] + c * z


def schedule_free_sgd(w, g, s, t, h):
    # Defazio et al. 2024; schedule_free, SGDScheduleFreeReference: z -= gamma (g + lambda y); y = (1 - beta) z + beta x
    y = w
    s.setdefault("x", y)
    gamma = warmed_up(t, h)
    z = s.get("z", y) - gamma * (g + h.weight_decay * y)
    schedule_free_average(s, z, gamma, t, h)
    return (1 - h.momentum) * s["z"] + h.momentum * s["x"]


def schedule_free_adamw(w, g, s, t, h):
    # Defazio et al. 2024; schedule_free, AdamWScheduleFree: v corrected as in Adam, gamma = alpha warm-up;
    # z -= gamma g / (sqrt(v_hat) + eps) + gamma lambda y; y = (1 - beta1) z + beta1 x
    y = w
    s.setdefault("x", y)
    gamma = warmed_up(t, h)
    s["v"] = h.beta2 * s.get("v", 0) + (1 - h.beta2) * g**2
    v_hat = s["v"] / (1 - h.beta2**t)
    z = s.get("z", y) - gamma * g / (np.sqrt(v_hat) + h.epsilon) - gamma * h.weight_decay * y
    schedule_free_average(s, z, gamma, t, h)
    return (1 - h.beta1) * s["z"] + h.beta1 * s["x"]


# --- What is run ------------------------------------------------------------------------------------------------

ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "biasCorrection": True, "weightDecay": 0}
KERAS_ADAM = {**ADAM, "epsilon": 1e-7}
RMSPROP = {"decay": 0.9, "epsilon": 1e-8, "momentum": 0, "centered": False, "initialAccumulator": 0, "weightDecay": 0}
SCHEDULE_FREE = {"weightDecay": 0, "warmupSteps": 0, "weightPower": 0, "rateWeightPower": 2}
BETAS = {"beta1": 0.8, "beta2": 0.95}

# (optimizer, convention or None where there is one form): rule, defaults, learning rate, further variants.
METHODS = {
    ("sgd", "cs231n"): (sgd_cs231n, {"weightDecay": 0}, 0.1, [{"weightDecay": 0.05}]),
    ("sgd", "optax"): (sgd_optax, {}, 0.1, []),
    ("sgd", "keras"): (sgd_keras, {"weightDecay": 0}, 0.1, [{"weightDecay": 0.05}]),
    ("momentum", "cs231n"): (momentum_cs231n, {"momentum": 0.9}, 0.02, [{"momentum": 0.5}]),
    ("momentum", "optax"): (momentum_optax, {"momentum": 0.9}, 0.02, []),
    ("momentum", "keras"): (momentum_keras, {"momentum": 0.9, "weightDecay": 0}, 0.02, [{"weightDecay": 0.05}]),
    ("nesterov", "cs231n"): (nesterov_cs231n, {"momentum": 0.9}, 0.02, [{"momentum": 0.5}]),
    ("nesterov", "optax"): (nesterov_optax, {"momentum": 0.9}, 0.02, []),
    ("nesterov", "keras"): (nesterov_keras, {"momentum": 0.9, "weightDecay": 0}, 0.02, [{"weightDecay": 0.05}]),
    ("adagrad", "cs231n"): (
        adagrad_cs231n,
        {"epsilon": 1e-8, "initialAccumulator": 0},
        0.1,
        [{"epsilon": 1e-4}, {"initialAccumulator": 0.1}],
    ),
    ("adagrad", "optax"): (
        adagrad_optax,
        {"epsilon": 1e-7, "initialAccumulator": 0.1},
        0.1,
        [{"epsilon": 1e-3, "initialAccumulator": 0.01}],
    ),
    ("adagrad", "keras"): (
        adagrad_keras,
        {"epsilon": 1e-7, "initialAccumulator": 0.1, "weightDecay": 0},
        0.1,
        [{"epsilon": 1e-3, "weightDecay": 0.05}],
    ),
    ("adadelta", "cs231n"): (adadelta, {"decay": 0.95, "epsilon": 1e-6}, 1.0, [{"decay": 0.8, "epsilon": 1e-3}]),
    ("adadelta", "optax"): (
        adadelta_optax,
        {"decay": 0.9, "epsilon": 1e-6, "weightDecay": 0},
        1.0,
        [{"weightDecay": 0.05}],
    ),
    ("adadelta", "keras"): (
        adadelta_keras,
        {"decay": 0.95, "epsilon": 1e-7, "weightDecay": 0},
        1.0,
        [{"weightDecay": 0.05}],
    ),
    ("rmsprop", "cs231n"): (
        rmsprop_cs231n,
        {"decay": 0.99, "epsilon": 1e-8},
        0.02,
        [{"decay": 0.9, "epsilon": 1e-2}],
    ),
    ("rmsprop", "optax"): (
        rmsprop_inside,
        RMSPROP,
        0.02,
        [{"epsilon": 1e-2, "momentum": 0.8}, {"centered": True}, {"momentum": 0.9, "initialAccumulator": 1}],
    ),
    ("rmsprop", "keras"): (
        rmsprop_keras,
        {**RMSPROP, "epsilon": 1e-7},
        0.02,
        [{"momentum": 0.8, "weightDecay": 0.05}, {"centered": True, "momentum": 0.9}],
    ),
    ("adam", "cs231n"): (adam, ADAM, 0.05, [BETAS, {"biasCorrection": False}]),
    ("adam", "torch"): (adam_coupled, ADAM, 0.05, [{"biasCorrection": False, "weightDecay": 0.05}]),
    ("adam", "optax"): (adam, ADAM, 0.05, [{**BETAS, "epsilon": 1e-3}]),
    ("adam", "keras"): (adam_keras, KERAS_ADAM, 0.05, [{**BETAS, "epsilon": 1e-3}, {"weightDecay": 0.05}]),
    ("adamw", "optax"): (adamw_optax, {**ADAM, "weightDecay": 1e-4}, 0.05, [{**BETAS, "weightDecay": 0.2}]),
    ("adamw", "keras"): (adam_keras, {**KERAS_ADAM, "weightDecay": 4e-3}, 0.05, [{**BETAS, "weightDecay": 0.2}]),
    ("amsgrad", "torch"): (amsgrad_paper, ADAM, 0.05, [{"beta2": 0.9, "biasCorrection": False}]),
    ("amsgrad", "optax"): (amsgrad_optax, ADAM, 0.05, [{**BETAS, "epsilon": 1e-3}, {"beta2": 0.9}]),
    ("amsgrad", "keras"): (amsgrad_keras, KERAS_ADAM, 0.05, [{"beta2": 0.9}]),
    ("adamax", "optax"): (adamax_optax, ADAM, 0.05, [{**BETAS, "epsilon": 1e-3}]),
    ("adamax", "keras"): (adamax_keras, KERAS_ADAM, 0.05, [{**BETAS, "epsilon": 1e-3, "weightDecay": 0.05}]),
    ("nadam", "torch"): (
        nadam_torch,
        {**ADAM, "momentumDecay": 4e-3},
        0.05,
        [{**BETAS, "momentumDecay": 0.1, "weightDecay": 0.05}],
    ),
    ("nadam", "optax"): (nadam_optax, ADAM, 0.05, [{**BETAS, "epsilon": 1e-3}]),
    ("nadam", "keras"): (nadam_keras, {**KERAS_ADAM, "momentumDecay": 1}, 0.05, [{**BETAS, "weightDecay": 0.05}]),
    ("radam", "optax"): (radam_optax, ADAM, 0.05, [{**BETAS, "epsilon": 1e-3}]),
    ("adabelief", None): (adabelief, {**ADAM, "epsilon": 1e-16}, 0.05, [{**BETAS, "epsilon": 1e-4}]),
    ("yogi", None): (
        yogi,
        {**ADAM, "epsilon": 1e-3, "initialAccumulator": 1e-6},
        0.05,
        [{**BETAS, "initialAccumulator": 0.1}],
    ),
    ("adan", None): (
        adan,
        {"beta1": 0.98, "beta2": 0.92, "beta3": 0.99, "epsilon": 1e-8, "weightDecay": 0},
        0.05,
        [{"beta1": 0.9, "beta2": 0.8, "beta3": 0.95, "epsilon": 1e-4, "weightDecay": 0.05}],
    ),
    ("adan", "optax"): (
        adan_optax,
        {"beta1": 0.98, "beta2": 0.92, "beta3": 0.99, "epsilon": 1e-8, "weightDecay": 0},
        0.05,
        [{"beta1": 0.9, "beta2": 0.8, "beta3": 0.95, "epsilon": 1e-4, "weightDecay": 0.05}],
    ),
    ("lion", "optax"): (
        lion,
        {"beta1": 0.9, "beta2": 0.99, "weightDecay": 1e-3},
        0.01,
        [{**BETAS, "weightDecay": 0.1}],
    ),
    ("lion", "keras"): (lion, {"beta1": 0.9, "beta2": 0.99, "weightDecay": 0}, 0.01, [{"weightDecay": 0.1}]),
    ("signum", None): (signum, {"momentum": 0.9, "weightDecay": 0}, 0.01, [{"momentum": 0.5, "weightDecay": 0.1}]),
    ("lamb", "optax"): (lamb_optax, {**ADAM, "epsilon": 1e-6}, 0.05, [{**BETAS, "weightDecay": 0.1}]),
    ("lamb", "keras"): (lamb_keras, KERAS_ADAM, 0.05, [{**BETAS, "weightDecay": 0.1}]),
    ("lars", None): (
        lars,
        {"momentum": 0.9, "weightDecay": 0, "trustCoefficient": 0.001, "epsilon": 0},
        5.0,
        [{"momentum": 0.8, "weightDecay": 0.1, "trustCoefficient": 0.02, "epsilon": 0.01}],
    ),
    ("adafactor", None): (
        adafactor,
        {"decayPower": 0.8, "clippingThreshold": 1, "epsilon1": 1e-30, "epsilon2": 1e-3, "weightDecay": 0},
        0.05,
        [{"decayPower": 0.6, "clippingThreshold": 1.5, "epsilon2": 0.9, "weightDecay": 0.05, "learningRate": 0.4}],
    ),
    ("scheduleFreeSgd", None): (
        schedule_free_sgd,
        {"momentum": 0.9, **SCHEDULE_FREE},
        0.2,
        [{"momentum": 0.8, "weightDecay": 0.05, "warmupSteps": 6, "weightPower": 1, "rateWeightPower": 1}],
    ),
    ("scheduleFreeAdamw", None): (
        schedule_free_adamw,
        {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, **SCHEDULE_FREE},
        0.05,
        [{**BETAS, "weightDecay": 0.05, "warmupSteps": 6, "weightPower": 0.5, "rateWeightPower": 1.5}],
    ),
    ("muon", None): (
        muon,
        {"momentum": 0.95, "weightDecay": 0.1, "nesterov": True, "steps": 5},
        0.02,
        [{"momentum": 0.8, "nesterov": False}, {"weightDecay": 0.01, "steps": 3}],
    ),
}

# What is meant when no convention is named, where an optimizer has several.
UNNAMED = {
    **dict.fromkeys(["sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam"], "cs231n"),
    "nadam": "torch",
    "lion": "optax",
    "lamb": "optax",
}

LOOSER = {
    "muon": {
        "tolerance": 1e-10,
        "why": "five Newton-Schulz steps enlarge a rounding by up to 3.4445^5 = 485; torch itself takes them in "
        "bfloat16, some 1e-2 away from these numbers",
    },
}

# Forms whose plain trajectory torch.optim itself gives.
VARIANTS_ONLY = {("adam", "torch"), ("amsgrad", "torch")}
# Forms that differ from CS231n's or torch's in nothing, or in where the rate stands; recorded at fewer steps.
ALIKE = {
    *[(name, convention) for name in ("sgd", "momentum", "nesterov") for convention in ("optax", "keras")],
    ("adam", "optax"),
}


def snake(name):
    return re.sub("[A-Z]", lambda match: "_" + match[0].lower(), name)


def trajectory(rule, hyperparameters, steps):
    """The recorded steps of one rule: its parameters, and for schedule-free methods x."""
    tensors = {name: np.reshape(values, problem.SHAPES[name]) for name, values in problem.start().items()}
    states = {name: {} for name in tensors}
    recorded = {name: [] for name in tensors}
    evaluation = {name: [] for name in tensors}
    for t, gradients in enumerate(problem.gradients(), start=1):
        rate = problem.learning_rate(hyperparameters["learningRate"], t)
        h = SimpleNamespace(**{snake(key): value for key, value in {**hyperparameters, "learningRate": rate}.items()})
        for name, w in tensors.items():
            g = np.reshape(gradients[name], w.shape)
            tensors[name] = rule(w, g, states[name], t, h)
            if t in steps:
                recorded[name].append(tensors[name].reshape(-1).tolist())
                evaluation[name].append(states[name].get("x", tensors[name]).reshape(-1).tolist())
    return {**recorded, **({"evaluation": evaluation} if "x" in states["weight"] else {})}


def explicit(defaults, variant):
    """All values that matter: those given, and the defaults that are not simply off."""
    on = {key: value for key, value in defaults.items() if value != 0 and key != "biasCorrection"}
    return {**on, **variant}


def case(name, convention, shown, given, hyperparameters, rule, steps):
    variant = [f"{key} {value}" for key, value in shown.items()]
    named = {} if convention is None else {"convention": convention}
    return {
        "id": " ".join(["/".join(filter(None, [name, convention])), *variant]),
        "optimizer": {"name": name, **named, **given},
        "precision": "f64",
        **LOOSER.get(name, {}),
        "steps": steps,
        **trajectory(rule, hyperparameters, steps),
    }


def cases():
    for (name, convention), (rule, defaults, rate, variants) in METHODS.items():
        alone = {"learningRate": rate}
        if (name, convention) not in VARIANTS_ONLY:
            steps = problem.RECORDED_BRIEFLY if (name, convention) in ALIKE else problem.RECORDED
            yield case(name, convention, {}, alone, {**defaults, **alone}, rule, steps)
        for variant in variants:
            given = {**alone, **explicit(defaults, variant)}
            steps = problem.RECORDED_OF_VARIANTS
            yield case(name, convention, variant, given, {**defaults, **given}, rule, steps)
        if UNNAMED.get(name) == convention and convention is not None:
            yield case(name, None, {}, alone, {**defaults, **alone}, rule, problem.RECORDED_BRIEFLY)


def main():
    about = {
        "tool": "NumPy",
        "version": np.__version__,
        "command": "python3 test/golden/published.py",
        "sources": SOURCES,
    }
    problem.write(Path(__file__).with_name("optimizers-published.json"), about, list(cases()))


if __name__ == "__main__":
    main()
