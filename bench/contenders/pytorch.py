"""PyTorch as a process that `child.ts` drives: a request a line, an answer a line."""

import json
import sys
import time

try:
    import torch
except ImportError as error:
    print(json.dumps({"error": str(error)}), flush=True)
    sys.exit(0)

torch.set_num_threads(1)

OPTIMIZERS = {
    "sgd": (torch.optim.SGD, {"lr": 1e-2}),
    "momentum": (torch.optim.SGD, {"lr": 1e-2, "momentum": 0.9}),
    "nesterov": (torch.optim.SGD, {"lr": 1e-2, "momentum": 0.9, "nesterov": True}),
    "adagrad": (torch.optim.Adagrad, {"lr": 1e-2, "eps": 1e-8}),
    "rmsprop": (torch.optim.RMSprop, {"lr": 1e-3, "alpha": 0.99, "eps": 1e-8}),
    "adam": (torch.optim.Adam, {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8}),
    "adamw": (torch.optim.AdamW, {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01}),
}


def gradient_of(length):
    index = torch.arange(length, dtype=torch.float64)
    sign = 1 - 2 * torch.remainder(index, 2)
    return (sign * (0.01 + 0.0001 * torch.remainder(index, 97))).float()


def create(name, parameters):
    """The fused form where this version has one for the CPU: it is the fastest."""
    constructor, options = OPTIMIZERS[name]
    try:
        return constructor([parameters], fused=True, **options)
    except (TypeError, RuntimeError):
        return constructor([parameters], **options)


parameters, optimizer = None, None


def answer(request):
    global parameters, optimizer
    ask = request["ask"]
    if ask == "version":
        return {"version": f"{torch.__version__}, {torch.get_num_threads()} thread"}
    if ask == "setUp":
        parameters, optimizer = None, None
        if request["optimizer"] not in OPTIMIZERS:
            return {"known": False}
        parameters = torch.full((request["length"],), 0.1, requires_grad=True)
        parameters.grad = gradient_of(request["length"])
        optimizer = create(request["optimizer"], parameters)
        return {"known": True}
    if ask == "first":
        return {"values": parameters.detach()[: request["count"]].tolist()}
    calls, step = request["calls"], optimizer.step
    start = time.perf_counter()
    for _ in range(calls):
        step()
    return {"microseconds": (time.perf_counter() - start) * 1e6}


for line in sys.stdin:
    try:
        print(json.dumps(answer(json.loads(line))), flush=True)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
