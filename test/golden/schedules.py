"""Writes schedules.json: the values of PyTorch's schedulers, for the same schedules described as ours.

    python3 test/golden/schedules.py

Each case has a description, the steps, and PyTorch's values: the state of the optimizer before each update.
"""

import json
import pathlib
import warnings

import torch
from torch.optim import lr_scheduler as schedulers

warnings.filterwarnings("ignore")
COMMAND = "python3 test/golden/schedules.py"


def sgd(rate):
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate, momentum=0.9)


def run(make, rate, steps, key="lr"):
    """The value of `key` at k = 0 ... steps - 1; the scheduler steps once after each update."""
    optimizer = sgd(rate)
    scheduler = make(optimizer)
    values = []
    for k in range(steps):
        values.append(optimizer.param_groups[0][key])
        if k + 1 < steps:
            optimizer.step()
            scheduler.step()
    return values


def case(spec, make, rate, steps, at=None, key="lr"):
    values = run(make, rate, steps, key)
    at = list(range(steps)) if at is None else at
    return {"spec": spec, "steps": at, "values": [values[k] for k in at]}


def sequential(milestones, *makes):
    return lambda o: schedulers.SequentialLR(o, [make(o) for make in makes], milestones)


def step_lr(every, factor):
    return lambda o: schedulers.StepLR(o, every, gamma=factor)


def cosine_lr(steps, final):
    return lambda o: schedulers.CosineAnnealingLR(o, steps, eta_min=final)


def linear_lr(start, end, steps):
    return lambda o: schedulers.LinearLR(o, start_factor=start, end_factor=end, total_iters=steps)


def restarts_lr(period, factor, final):
    return lambda o: schedulers.CosineAnnealingWarmRestarts(o, period, T_mult=factor, eta_min=final)


def one_cycle_lr(peak, steps, fraction, divide, final_divide):
    return lambda o: schedulers.OneCycleLR(
        o, peak, total_steps=steps, pct_start=fraction, div_factor=divide, final_div_factor=final_divide
    )


def cyclic_lr(low, high, up, down):
    return lambda o: schedulers.CyclicLR(
        o, low, high, step_size_up=up, step_size_down=down, base_momentum=0.85, max_momentum=0.95
    )


def around(*places):
    return [place + offset for place in places for offset in (-1, 0, 1)]


def one_cycle(peak, steps, fraction, divide=25.0, final_divide=1e4):
    spec = {"name": "oneCycle", "peak": peak, "steps": steps, "warmupFraction": fraction}
    spec |= {"divide": divide, "finalDivide": final_divide}
    return case(spec, one_cycle_lr(peak, steps, fraction, divide, final_divide), peak, steps)


def restarts(period, factor, final, steps, at):
    spec = {"name": "cosineRestarts", "initial": 0.1, "final": final, "period": period, "periodFactor": factor}
    return case(spec, restarts_lr(period, factor, final), 0.1, steps, at)


def schedule_cases():
    constant = {"name": "constant", "initial": 0.1}
    cosine = {"name": "cosine", "initial": 0.1, "final": 0.01, "steps": 8}
    step_decay = {"name": "stepDecay", "initial": 0.1, "factor": 0.5, "every": 3}
    cyclic = {"name": "cyclic", "low": 0.01, "high": 0.1, "up": 3, "down": 5}
    momentum = {"name": "cyclic", "low": 0.85, "high": 0.95, "up": 3, "down": 5}
    doubled = around(*(5 * (2**i - 1) for i in range(1, 8)))
    tripled = around(*(7 * (3**i - 1) // 2 for i in range(1, 6)))
    return [
        case(step_decay, step_lr(3, 0.5), 0.1, 12),
        case(
            {"name": "multiStep", "initial": 0.1, "factor": 0.3, "milestones": [2, 5, 5, 9]},
            lambda o: schedulers.MultiStepLR(o, [2, 5, 5, 9], gamma=0.3),
            0.1,
            12,
        ),
        case(
            {"name": "exponentialDecay", "initial": 0.1, "factor": 0.9},
            lambda o: schedulers.ExponentialLR(o, 0.9),
            0.1,
            50,
            [0, 1, 2, 10, 49],
        ),
        case(cosine, cosine_lr(8, 0.01), 0.1, 9),
        case({"name": "cosine", "initial": 1, "steps": 100}, cosine_lr(100, 0), 1, 101, around(1, 50, 99)),
        restarts(5, 1, 0.01, 60, around(5, 10, 15, 50)),
        restarts(5, 2, 0.0, 700, doubled),
        restarts(7, 3, 0.01, 900, tripled),
        case(
            {"name": "linear", "initial": 0.025, "final": 0.1, "steps": 6}, linear_lr(0.25, 1.0, 6), 0.1, 9
        ),
        case({"name": "linear", "initial": 0.1, "final": 0.02, "steps": 5}, linear_lr(1.0, 0.2, 5), 0.1, 8),
        case(
            {"name": "polynomial", "initial": 0.1, "steps": 7, "power": 2},
            lambda o: schedulers.PolynomialLR(o, total_iters=7, power=2),
            0.1,
            10,
        ),
        one_cycle(1, 10, 0.3),
        one_cycle(0.1, 20, 0.25, 10.0, 100.0),
        one_cycle(0.1, 11, 0.0),
        one_cycle(0.1, 7, 1.0),
        one_cycle(0.1, 2, 0.3),
        case(
            {"name": "oneCycleMomentum", "steps": 10},
            one_cycle_lr(1, 10, 0.3, 25.0, 1e4),
            1,
            10,
            key="momentum",
        ),
        case(cyclic, cyclic_lr(0.01, 0.1, 3, 5), 0.01, 26),
        case(
            {"name": "cyclic", "low": 0, "high": 1, "up": 4}, cyclic_lr(0.0, 1.0, 4, None), 0.0, 100, around(4, 8, 96)
        ),
        case(
            {"name": "invert", "schedule": momentum, "low": 0.85, "high": 0.95},
            cyclic_lr(0.01, 0.1, 3, 5),
            0.01,
            18,
            key="momentum",
        ),
        case(
            {"name": "warmup", "steps": 4, "from": 0.2, "then": cosine},
            sequential([4], linear_lr(0.2, 1.0, 4), cosine_lr(8, 0.01)),
            0.1,
            13,
        ),
        case(
            {"name": "warmup", "steps": 3, "from": 1 / 3, "then": step_decay},
            sequential([3], linear_lr(1 / 3, 1.0, 3), step_lr(3, 0.5)),
            0.1,
            12,
        ),
        case(
            {"name": "join", "schedules": [constant, cosine, step_decay], "boundaries": [3, 9]},
            sequential([3, 9], linear_lr(1.0, 1.0, 1), cosine_lr(8, 0.01), step_lr(3, 0.5)),
            0.1,
            16,
        ),
        case(
            {"name": "scale", "schedule": cosine, "factor": 0.5},
            cosine_lr(8, 0.005),
            0.05,
            9,
        ),
    ]


def plateau_case(options, metrics):
    """`options` as ours; the value, the best and the counts after each metric, under PyTorch's rules."""
    names = {"thresholdMode": "threshold_mode", "minimum": "min_lr", "epsilon": "eps"}
    values = {"relative": "rel", "absolute": "abs"}
    theirs = {names.get(k, k): values.get(v, v) for k, v in options.items() if k != "initial"}
    optimizer = sgd(options["initial"])
    scheduler = schedulers.ReduceLROnPlateau(optimizer, **theirs)
    states = []
    for metric in metrics:
        scheduler.step(metric)
        rate = optimizer.param_groups[0]["lr"]
        states.append([rate, exact(scheduler.best), scheduler.num_bad_epochs, scheduler.cooldown_counter])
    return {"options": options, "metrics": [exact(metric) for metric in metrics], "states": states}


def exact(number):
    """JSON has no infinities and no NaN."""
    if number != number:
        return "NaN"
    return {float("inf"): "Infinity", float("-inf"): "-Infinity"}.get(number, number)


def plateau_cases():
    nan, inf = float("nan"), float("inf")
    falling = [3.0, 2.0, 2.0, 2.0, 1.9999, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    wave = [5, 4, 4, 3.99, 4, 5, 3, 3, 3, 3, 3, 2.5, 2.6, 2.6, 2.6, 2.6, 2.6]
    return [
        plateau_case({"initial": 0.1, "factor": 0.5, "patience": 1}, falling),
        plateau_case({"initial": 0.1, "factor": 0.5, "patience": 0, "cooldown": 2}, wave),
        plateau_case({"initial": 1, "factor": 0.1, "patience": 1, "threshold": 0.3, "thresholdMode": "absolute"}, wave),
        plateau_case({"initial": 1, "mode": "max", "factor": 0.5, "patience": 1}, [-x for x in wave] + wave),
        plateau_case(
            {"initial": 1, "mode": "max", "patience": 0, "threshold": 0.5, "thresholdMode": "absolute", "minimum": 0.05},
            [0.1, 0.5, 0.7, 1.2, 1.2, 1.2, 1.2],
        ),
        plateau_case({"initial": 1e-7, "factor": 0.9, "patience": 0, "epsilon": 1e-8}, [1, 1, 1, 1]),
        plateau_case({"initial": 0.1, "factor": 0.5, "patience": 1}, [nan, 2, nan, nan, inf, 1, -inf, -inf, -inf]),
        plateau_case({"initial": 0.1}, [1.0] * 24),
    ]


path = pathlib.Path(__file__).with_suffix(".json")
golden = {
    "tool": "PyTorch torch.optim.lr_scheduler",
    "version": torch.__version__,
    "command": COMMAND,
    "cases": schedule_cases(),
    "plateau": plateau_cases(),
}


def written(golden):
    """JSON with a case a line, so that a change shows as the cases that changed."""
    parts = []
    for key, value in golden.items():
        if isinstance(value, list):
            lines = ",\n".join("    " + json.dumps(case) for case in value)
            parts.append(f'  "{key}": [\n{lines}\n  ]')
        else:
            parts.append(f'  "{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


path.write_text(written(golden))
