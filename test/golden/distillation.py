"""Writes distillation.json: losses of distillation and of hints in double precision, from PyTorch, gradients by autograd.

    python3 test/golden/distillation.py

The student's logits, the teachers' and the labels are in the file. Of two teachers the first gives logits and the second
its probabilities at the temperature; they count 3 to 1.
"""

import itertools
import json
import pathlib

import torch
import torch.nn.functional as functional

COMMAND = "python3 test/golden/distillation.py"
SEED = 20150309
ROWS, CLASSES = 4, 5
WIDTH, TEACHER_WIDTH = 3, 2
TEMPERATURES = [1, 2, 4, 20]
HARD_WEIGHTS = [0, 0.5, 1]
SMOOTHINGS = [0, 0.1]
SHARES = [0.75, 0.25]

torch.manual_seed(SEED)
torch.set_default_dtype(torch.float64)
STUDENT = 2 * torch.randn(ROWS, CLASSES)
TEACHERS = [3 * torch.randn(ROWS, CLASSES), 3 * torch.randn(ROWS, CLASSES)]
LABELS = torch.randint(CLASSES, (ROWS,))


def soft_targets(teachers, temperature):
    given = [torch.softmax(logits / temperature, 1) for logits in TEACHERS]
    return given[0] if teachers == 1 else SHARES[0] * given[0] + SHARES[1] * given[1]


def distillation_case(temperature, hard_weight, smoothing, teachers, scaled=True):
    logits = STUDENT.clone().requires_grad_()
    targets = soft_targets(teachers, temperature)
    hard = functional.cross_entropy(logits, LABELS, label_smoothing=smoothing)
    soft = functional.cross_entropy(logits / temperature, targets)
    divergence = functional.kl_div(
        functional.log_softmax(logits / temperature, 1), targets, reduction="batchmean"
    )
    squared = temperature**2 if scaled else 1
    loss = hard_weight * hard + (1 - hard_weight) * squared * soft
    loss.backward()
    return {
        "temperature": temperature,
        "hardWeight": hard_weight,
        "labelSmoothing": smoothing,
        "teachers": teachers,
        "scaleBySquaredTemperature": scaled,
        "loss": loss.item(),
        "hard": hard.item(),
        "soft": soft.item(),
        "divergence": divergence.item(),
        "gradient": flat(logits.grad),
    }


def hint_case(bias):
    features = torch.randn(ROWS, WIDTH, requires_grad=True)
    teacher = torch.randn(ROWS, TEACHER_WIDTH)
    regressor = torch.nn.Linear(WIDTH, TEACHER_WIDTH, bias=bias)
    loss = functional.mse_loss(regressor(features), teacher, reduction="sum") / (2 * ROWS)
    loss.backward()
    case = {
        "rows": ROWS,
        "features": flat(features),
        "teacher": flat(teacher),
        "weights": flat(regressor.weight.T),
        "loss": loss.item(),
        "gradient": flat(features.grad),
        "weightsGradient": flat(regressor.weight.grad.T),
    }
    if bias:
        case |= {"bias": flat(regressor.bias), "biasGradient": flat(regressor.bias.grad)}
    return case


def flat(tensor):
    """A tensor's values, row-major."""
    return tensor.detach().reshape(-1).tolist()


def written(golden):
    """JSON with a case a line, so that a change shows as the cases that changed."""
    parts = []
    for key, value in golden.items():
        if isinstance(value, list) and isinstance(value[0], dict):
            lines = ",\n".join("    " + json.dumps(case) for case in value)
            parts.append(f'  "{key}": [\n{lines}\n  ]')
        else:
            parts.append(f'  "{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


golden = {
    "tool": "PyTorch",
    "version": torch.__version__,
    "command": COMMAND,
    "seed": SEED,
    "classes": CLASSES,
    "logits": flat(STUDENT),
    "labels": flat(LABELS),
    "teacherLogits": [flat(logits) for logits in TEACHERS],
    "softened": [
        {"temperature": temperature, "probabilities": flat(torch.softmax(TEACHERS[1] / temperature, 1))}
        for temperature in TEMPERATURES
    ],
    "cases": [
        distillation_case(*options)
        for options in itertools.product(TEMPERATURES, HARD_WEIGHTS, SMOOTHINGS, [1, 2])
    ]
    + [distillation_case(temperature, 0.5, 0, 1, scaled=False) for temperature in TEMPERATURES],
    "hints": [hint_case(True), hint_case(False)],
}

pathlib.Path(__file__).with_suffix(".json").write_text(written(golden))
