"""Golden values of combining and scoring, by NumPy from the definitions: tables of a seeded generator. Writes ensembles.json."""

import json
import pathlib

import numpy as np

COMMAND = "python3 test/golden/ensembles.py"
SEED = 20261123
MEMBERS, ROWS, CLASSES = 4, 40, 5

generator = np.random.default_rng(SEED)
labels = generator.integers(0, CLASSES, ROWS)
# Members know the label a little, each with noise of its own, and are too sure of themselves.
known = 1.5 * np.eye(CLASSES)[labels]
logits = 2.5 * (known + generator.normal(size=(MEMBERS, ROWS, CLASSES)))
weights = generator.uniform(0.1, 2, MEMBERS)


def softmax(z):
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


members = softmax(logits)
# One row that a member is sure of, so that zeros are seen, and one of equal classes.
members[0, 0] = np.eye(CLASSES)[1]
members[1, 1] = np.full(CLASSES, 1 / CLASSES)


def mean_log(tables, shares):
    with np.errstate(divide="ignore"):
        power = np.exp(np.tensordot(shares, np.log(tables), 1))
    return power / power.sum(axis=-1, keepdims=True)


def votes(tables, shares):
    return np.tensordot(shares, np.eye(CLASSES)[tables.argmax(axis=-1)], 1)


def mean_rank(tables, shares):
    less = (tables[..., None, :] < tables[..., :, None]).sum(axis=-1)
    equal = (tables[..., None, :] == tables[..., :, None]).sum(axis=-1) - 1
    return np.tensordot(shares, less + equal / 2, 1) / (CLASSES * (CLASSES - 1) / 2)


def calibration(p, bins):
    confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
    edges = np.arange(bins + 1) / bins
    error, largest, counts = 0.0, 0.0, []
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        counts.append(int(inside.sum()))
        if inside.any():
            distance = abs(right[inside].mean() - confidence[inside].mean())
            error += inside.mean() * distance
            largest = max(largest, distance)
    return {"bins": bins, "error": error, "maximumError": largest, "counts": counts}


def entropies(p):
    return -np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0).sum(axis=-1)


def scores(p):
    with np.errstate(divide="ignore"):
        nll = -np.log(p[np.arange(ROWS), labels]).mean()
    return {
        "accuracy": (p.argmax(axis=1) == labels).mean(),
        "negativeLogLikelihood": exact(nll),
        "brier": ((p - np.eye(CLASSES)[labels]) ** 2).sum(axis=1).mean(),
        "entropy": entropies(p).mean(),
        "calibration": [calibration(p, bins) for bins in (1, 10, 15)],
    }


def exact(number):
    """JSON has no infinities."""
    return "Infinity" if np.isinf(number) else number


def fitted_temperature(z):
    """Bisection on the slope of the mean negative log-likelihood in 1 / T, where it is convex."""

    def slope(inverse):
        return ((softmax(inverse * z) * z).sum(axis=1) - z[np.arange(ROWS), labels]).mean()

    low, high = 1e-6, 1e3
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return 2 / (low + high)


shares = weights / weights.sum()
uniform = np.full(MEMBERS, 1 / MEMBERS)
ways = {
    "meanProbabilities": lambda tables, w: np.tensordot(w, tables, 1),
    "meanLogProbabilities": mean_log,
    "majorityVote": votes,
    "meanRank": mean_rank,
}
combinations = [
    {
        "how": how,
        "weights": None if w is uniform else weights.tolist(),
        "predictions": combined.ravel().tolist(),
        "scores": scores(combined),
    }
    for how, way in ways.items()
    for w in (uniform, shares)
    for combined in [way(members, w)]
]

choices = members.argmax(axis=-1)
disagreement = (choices[:, None, :] != choices[None, :, :]).mean(axis=-1)
mean = np.tensordot(shares, members, 1)
with np.errstate(divide="ignore"):
    geometric = np.exp(np.tensordot(shares, np.log(members), 1))
diversity = {
    "divergence": entropies(mean).mean() - shares @ entropies(members).mean(axis=-1),
    "logGain": -np.log(geometric.sum(axis=-1)).mean(),
    "brierGain": shares @ ((members - mean) ** 2).sum(axis=-1).mean(axis=-1),
}

golden = {
    "tool": "NumPy",
    "version": np.__version__,
    "command": COMMAND,
    "seed": SEED,
    "rows": ROWS,
    "classes": CLASSES,
    "labels": labels.tolist(),
    "logits": [table.ravel().tolist() for table in logits],
    "members": [table.ravel().tolist() for table in members],
    "memberScores": [scores(table) for table in members],
    "temperatures": [fitted_temperature(table) for table in logits],
    "combinations": combinations,
    "disagreement": {
        "matrix": disagreement.ravel().tolist(),
        "mean": disagreement[np.triu_indices(MEMBERS, 1)].mean(),
    },
    "diversity": diversity,
    "diversityWeights": weights.tolist(),
}


def written(golden):
    """JSON with an item a line."""
    parts = []
    for key, value in golden.items():
        if isinstance(value, list) and not isinstance(value[0], (int, float)):
            lines = ",\n".join("    " + json.dumps(item) for item in value)
            parts.append(f'  "{key}": [\n{lines}\n  ]')
        else:
            parts.append(f'  "{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


pathlib.Path(__file__).with_suffix(".json").write_text(written(golden))
