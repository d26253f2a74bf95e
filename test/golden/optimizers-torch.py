"""Golden trajectories of torch.optim, in double and in single precision.

    python3 test/golden/optimizers-torch.py

writes optimizers-torch.json. NAdam is not taken from here: PyTorch 1.13 multiplies mu_t twice into the next step's
product, which later versions mend; published.py has it.
"""

import sys
from pathlib import Path

import torch

sys.dont_write_bytecode = True
import optimizers_problem as problem  # noqa: E402

# Our name: the class of torch.optim, and what of its arguments the name itself says.
CLASSES = {
    "sgd": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "adagrad": (torch.optim.Adagrad, {}),
    "adadelta": (torch.optim.Adadelta, {}),
    "rmsprop": (torch.optim.RMSprop, {}),
    "adam": (torch.optim.Adam, {}),
    "adamw": (torch.optim.AdamW, {}),
    "amsgrad": (torch.optim.Adam, {"amsgrad": True}),
    "adamax": (torch.optim.Adamax, {}),
    "radam": (torch.optim.RAdam, {}),
    "rprop": (torch.optim.Rprop, {}),
    "asgd": (torch.optim.ASGD, {}),
}

# Our hyper-parameter: torch's argument.
ARGUMENTS = {
    "learningRate": "lr",
    "learningRateDecay": "lr_decay",
    "initialAccumulator": "initial_accumulator_value",
    "weightDecay": "weight_decay",
    "epsilon": "eps",
    "momentum": "momentum",
    "dampening": "dampening",
    "centered": "centered",
    "shrinkage": "lambd",
    "power": "alpha",
    "averageFrom": "t0",
}
PAIRS = {"betas": ("beta1", "beta2"), "etas": ("decrease", "increase"), "step_sizes": ("smallest", "largest")}

# Forms that only torch has, so that no convention is named.
WITHOUT_CONVENTION = ("rprop", "asgd")
# Forms that are meant when no convention is named.
UNNAMED = ("adamw", "amsgrad", "adamax", "radam")

VARIANTS = [
    ("sgd", {"learningRate": 0.1}),
    ("sgd", {"learningRate": 0.1, "weightDecay": 0.05}),
    ("momentum", {"learningRate": 0.02}),
    ("momentum", {"learningRate": 0.02, "momentum": 0.8, "dampening": 0.5}),
    ("momentum", {"learningRate": 0.02, "momentum": 0.95, "weightDecay": 0.05}),
    ("nesterov", {"learningRate": 0.02}),
    ("nesterov", {"learningRate": 0.02, "momentum": 0.8, "weightDecay": 0.05}),
    ("adagrad", {"learningRate": 0.1}),
    ("adagrad", {"learningRate": 0.1, "learningRateDecay": 0.05, "initialAccumulator": 0.1, "epsilon": 1e-3}),
    ("adagrad", {"learningRate": 0.1, "epsilon": 1e-10, "weightDecay": 0.05}),
    ("adadelta", {"learningRate": 1.0}),
    ("adadelta", {"learningRate": 0.5, "decay": 0.8, "epsilon": 1e-4, "weightDecay": 0.05}),
    ("rmsprop", {"learningRate": 0.02}),
    ("rmsprop", {"learningRate": 0.02, "decay": 0.9, "epsilon": 1e-3, "weightDecay": 0.05}),
    ("rmsprop", {"learningRate": 0.02, "decay": 0.95, "epsilon": 1e-8, "momentum": 0.8}),
    ("rmsprop", {"learningRate": 0.02, "decay": 0.9, "epsilon": 1e-8, "centered": True}),
    (
        "rmsprop",
        {"learningRate": 0.02, "decay": 0.9, "epsilon": 1e-6, "momentum": 0.9, "centered": True, "weightDecay": 0.01},
    ),
    ("adam", {"learningRate": 0.05}),
    ("adam", {"learningRate": 0.05, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3}),
    ("adam", {"learningRate": 0.05, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": 0.1}),
    ("adamw", {"learningRate": 0.05}),
    ("adamw", {"learningRate": 0.05, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6, "weightDecay": 0.2}),
    ("amsgrad", {"learningRate": 0.05}),
    ("amsgrad", {"learningRate": 0.05, "beta1": 0.8, "beta2": 0.9, "epsilon": 1e-4, "weightDecay": 0.05}),
    ("adamax", {"learningRate": 0.05}),
    ("adamax", {"learningRate": 0.05, "beta1": 0.8, "beta2": 0.9, "epsilon": 1e-3, "weightDecay": 0.05}),
    ("radam", {"learningRate": 0.05}),
    ("radam", {"learningRate": 0.05, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3, "weightDecay": 0.05}),
    ("rprop", {"learningRate": 0.01}),
    (
        "rprop",
        {"learningRate": 0.05, "decrease": 0.25, "increase": 1.5, "smallest": 0.01, "largest": 0.2},
    ),
    ("asgd", {"learningRate": 0.1}),
    (
        "asgd",
        {"learningRate": 0.1, "shrinkage": 0.05, "power": 0.6, "averageFrom": 6, "weightDecay": 0.02},
    ),
]


def torch_arguments(name, hyperparameters):
    """torch's keyword arguments for ours; `decay` is rho in Adadelta and alpha in RMSprop."""
    arguments = {}
    for ours, value in hyperparameters.items():
        if ours == "decay":
            arguments["rho" if name == "adadelta" else "alpha"] = value
        elif ours in ARGUMENTS:
            arguments[ARGUMENTS[ours]] = value
    for theirs, (first, second) in PAIRS.items():
        if first in hyperparameters:
            arguments[theirs] = (hyperparameters[first], hyperparameters[second])
    return arguments


def trajectory(name, hyperparameters, dtype, steps):
    """The recorded steps of one optimizer: its parameters, and for ASGD the averages `ax`."""
    # ASGD keeps its rate in a tensor of the default precision.
    torch.set_default_dtype(dtype)
    build, said_by_name = CLASSES[name]
    tensors = {
        key: torch.tensor(values, dtype=dtype).reshape(problem.SHAPES[key]).requires_grad_()
        for key, values in problem.start().items()
    }
    optimizer = build(list(tensors.values()), **{**said_by_name, **torch_arguments(name, hyperparameters)})
    recorded = {"weight": [], "bias": []}
    averages = {"weight": [], "bias": []}
    for step, gradients in enumerate(problem.gradients(), start=1):
        for group in optimizer.param_groups:
            group["lr"] = problem.learning_rate(hyperparameters["learningRate"], step)
        for key, tensor in tensors.items():
            tensor.grad = torch.tensor(gradients[key], dtype=dtype).reshape(tensor.shape)
        optimizer.step()
        if step in steps:
            for key, tensor in tensors.items():
                recorded[key].append(numbers(tensor))
                averages[key].append(numbers(optimizer.state[tensor].get("ax", tensor)))
    return {**recorded, **({"evaluation": averages} if name == "asgd" else {})}


def numbers(tensor):
    """A tensor's values, flat, each with as many digits as its precision needs."""
    values = tensor.detach().numpy().reshape(-1)
    return [float(str(value)) for value in values]


def case(name, hyperparameters, precision, convention="torch"):
    """One case; `convention` None leaves it to the default."""
    if precision == "f32" or convention is None:
        steps = problem.RECORDED_BRIEFLY
    else:
        steps = problem.RECORDED if len(hyperparameters) == 1 else problem.RECORDED_OF_VARIANTS
    variant = [f"{key} {value}" for key, value in hyperparameters.items() if key != "learningRate"]
    named = {} if convention is None or name in WITHOUT_CONVENTION else {"convention": convention}
    return {
        "id": " ".join(["/".join(filter(None, [name, convention])), *variant, precision]),
        "optimizer": {"name": name, **named, **hyperparameters},
        "precision": precision,
        "steps": steps,
        **trajectory(name, hyperparameters, torch.float64 if precision == "f64" else torch.float32, steps),
    }


def main():
    doubles = [case(name, values, "f64") for name, values in VARIANTS]
    singles = [case(name, values, "f32") for name, values in VARIANTS]
    unnamed = [case(name, {"learningRate": 0.05}, "f64", None) for name in UNNAMED]
    cases = [*doubles, *unnamed, *singles]
    about = {
        "tool": "PyTorch",
        "version": torch.__version__,
        "command": "python3 test/golden/optimizers-torch.py",
    }
    problem.write(Path(__file__).with_name("optimizers-torch.json"), about, cases)


if __name__ == "__main__":
    main()
