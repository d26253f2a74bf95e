"""The problem that every golden trajectory of an optimizer walks, and the form in which trajectories are kept.

Gradients are fed, there is no loss: they come from sines, so they need no random numbers. Step 8 has an all-zero
gradient, step 12 one a thousand times larger, and from step 21 on (k >= 20) the learning rate is a tenth.
"""

import json
import math
from pathlib import Path

SHAPES = {"weight": [4, 3], "bias": [3]}
STEPS = 40
ZERO_STEP = 8
SPIKE_STEP = 12
SPIKE = 1000
DROP_AFTER = 20
RECORDED = [1, 2, 3, 4, 5, 8, 9, 12, 13, 20, 21, 22, 40]
RECORDED_OF_VARIANTS = [1, 3, 8, 12, 13, 21, 40]
# Enough where another case has the same equations: in single precision, or where no convention is named.
RECORDED_BRIEFLY = [1, 8, 12, 21, 40]


def start_value(i):
    return round(0.8 * math.sin(2.3 * i + 0.4), 6)


def gradient_value(step, i):
    """Coordinates differ in size (1, 0.3, 0.05) and in how often their sign changes."""
    if step == ZERO_STEP:
        return 0.0
    size = (1, 0.3, 0.05)[i % 3] * (SPIKE if step == SPIKE_STEP else 1)
    return round(size * (0.5 * math.sin(0.6 * step + 1.7 * i) + 0.4 * math.cos(2.1 * i + 0.3)), 6)


def split(values):
    return {"weight": values[:12], "bias": values[12:]}


def start():
    """Flat numbers by tensor name; the weight's rows one after the other."""
    return split([start_value(i) for i in range(15)])


def gradients():
    """The gradients of steps 1 to 40, each as flat numbers by tensor name."""
    return [split([gradient_value(step, i) for i in range(15)]) for step in range(1, STEPS + 1)]


def learning_rate(base, step):
    return base / 10 if step > DROP_AFTER else base


def write(path, about, cases):
    """One JSON file, one case a line; numbers in full."""
    ids = [case["id"] for case in cases]
    assert len(ids) == len(set(ids)), "ids of cases must differ"
    every = gradients()
    head = {
        **about,
        "shapes": SHAPES,
        "learningRate": "a tenth from k = 20 on, k counting from 0",
        "start": start(),
        "gradients": {name: [each[name] for each in every] for name in SHAPES},
    }
    lines = [f"  {json.dumps(key)}: {json.dumps(value, allow_nan=False)}," for key, value in head.items()]
    rows = ",\n".join("    " + json.dumps(case, allow_nan=False) for case in cases)
    Path(path).write_text("{\n" + "\n".join(lines) + '\n  "cases": [\n' + rows + "\n  ]\n}\n")
