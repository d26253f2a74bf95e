"""Writes dcsrch.json: every trial of MINPACK-2's dcsrch, as SciPy ships it, on many functions of one step.

    /usr/bin/python3 test/golden/dcsrch.py

Needs a SciPy that still has `scipy.optimize.minpack2` (1.10.1). A trial is [step, value, slope]: whoever replays them
needs no function. Where dcsrch ends with a warning by asking for its best step again, that repetition is left out.
"""

import json
import math
import pathlib
import random
import warnings

import numpy
import scipy

warnings.filterwarnings("ignore")
from scipy.optimize import minpack2  # noqa: E402

COMMAND = "/usr/bin/python3 test/golden/dcsrch.py"
SEED = 1994
RANDOM_CASES = 96
MAX_TRIALS = 100


def more_thuente(number):
    """Functions 1-6 of More & Thuente 1994, section 5, as a -> (value, slope)."""

    def yanai(beta1, beta2):
        gamma1 = math.sqrt(1 + beta1**2) - beta1
        gamma2 = math.sqrt(1 + beta2**2) - beta2

        def phi(a):
            right = math.sqrt((1 - a) ** 2 + beta2**2)
            left = math.sqrt(a**2 + beta1**2)
            return gamma1 * right + gamma2 * left, gamma2 * a / left - gamma1 * (1 - a) / right

        return phi

    def third(a, beta=0.01, waves=39):
        wave = waves * math.pi / 2
        ripple = (1 - beta) / wave * math.sin(wave * a)
        slope = (1 - beta) * math.cos(wave * a)
        if a <= 1 - beta:
            return 1 - a + ripple, slope - 1
        if a >= 1 + beta:
            return a - 1 + ripple, slope + 1
        return (a - 1) ** 2 / (2 * beta) + beta / 2 + ripple, (a - 1) / beta + slope

    return [
        lambda a: (-a / (a**2 + 2), (a**2 - 2) / (a**2 + 2) ** 2),
        lambda a: ((a + 0.004) ** 5 - 2 * (a + 0.004) ** 4, 5 * (a + 0.004) ** 4 - 8 * (a + 0.004) ** 3),
        third,
        yanai(0.001, 0.001),
        yanai(0.01, 0.001),
        yanai(0.001, 0.01),
    ][number - 1]


def ripples(source):
    """A random parabola or slope under random waves and spikes, falling at 0."""
    while True:
        curvature = source.choice([0, 10 ** source.uniform(-4, 2)])
        linear = source.gauss(0, 1)
        waves = [(source.gauss(0, 1), 10 ** source.uniform(-1, 1.5), source.uniform(0, 7)) for _ in range(3)]
        spikes = [(source.gauss(0, 1), source.uniform(0, 5), 10 ** source.uniform(-3, 0)) for _ in range(2)]

        def phi(a, curvature=curvature, linear=linear, waves=waves, spikes=spikes):
            value = curvature * a * a / 2 + linear * a
            slope = curvature * a + linear
            for height, rate, phase in waves:
                value += height * math.sin(rate * a + phase)
                slope += height * rate * math.cos(rate * a + phase)
            for height, place, width in spikes:
                distance = math.sqrt((a - place) ** 2 + width**2)
                value += height * distance
                slope += height * (a - place) / distance
            return value, slope

        if phi(0.0)[1] < 0:
            return phi


def search(phi, c1, c2, xtol, step, step_min, step_max):
    isave, dsave = numpy.zeros(2, numpy.intc), numpy.zeros(13)
    value, slope = phi(0.0)
    first = [value, slope]
    trials, task, start = [], b"START", step
    while len(trials) <= MAX_TRIALS:
        step, value, slope, task = minpack2.dcsrch(
            step, value, slope, c1, c2, xtol, task, step_min, step_max, isave, dsave
        )
        if task[:2] != b"FG":
            break
        value, slope = phi(step)
        trials.append([step, value, slope])
    task = task.decode().strip()
    if trials[-1][0] in [trial[0] for trial in trials[:-1]] + [0.0]:
        trials.pop()
    return {
        "c1": c1,
        "c2": c2,
        "xtol": xtol,
        "step": start,
        "stepMin": step_min,
        "stepMax": step_max,
        "value": first[0],
        "slope": first[1],
        "trials": trials,
        "task": task,
    }


def main():
    constants = [(0.001, 0.1), (0.1, 0.1), (0.1, 0.1), (0.001, 0.001), (0.001, 0.001), (0.001, 0.001)]
    cases = [
        search(more_thuente(number), *constants[number - 1], 1e-10, step, 0.0, 4 * max(1.0, step))
        for number in range(1, 7)
        for step in (1e-3, 0.1, 10.0, 1e3)
    ]
    source = random.Random(SEED)
    for _ in range(RANDOM_CASES):
        c1 = source.choice([1e-4, 1e-3, 0.1])
        c2 = source.choice([0.9, 0.1, 0.01, c1])
        xtol = source.choice([0.1, 1e-10, 1e-16])
        step = source.choice([1.0, 10 ** source.uniform(-3, 2)])
        step_min = source.choice([0.0, 0.0, step / 10])
        step_max = step * source.choice([1.0, 5.0, 1e10])
        cases.append(search(ripples(source), c1, max(c1, c2), xtol, step, step_min, step_max))
    document = {
        "tool": "MINPACK-2 dcsrch in SciPy",
        "version": scipy.__version__,
        "command": COMMAND,
        "seed": SEED,
        "cases": cases,
    }
    path = pathlib.Path(__file__).with_name("dcsrch.json")
    lines = ",\n".join(json.dumps(case) for case in cases)
    head = json.dumps({key: value for key, value in document.items() if key != "cases"})
    path.write_text(f'{head[:-1]}, "cases": [\n{lines}\n]}}\n')


main()
