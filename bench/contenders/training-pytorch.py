"""PyTorch training nets, as a process that `training-child.ts` drives: a request a line, an answer a line."""

import json
import math
import re
import sys
import time

try:
    import torch
except ImportError as error:
    print(json.dumps({"error": str(error)}), flush=True)
    sys.exit(0)


def uniform(stream, count):
    """The first numbers of a stream, in [-1, 1): the formula of `training-values.ts`."""
    bits = stream * 2**24 + torch.arange(count, dtype=torch.int64)
    bits = (bits ^ (bits >> 16)) * 0x7FEB352D & 0xFFFFFFFF
    bits = (bits ^ (bits >> 15)) * 0x846CA68B & 0xFFFFFFFF
    return (bits ^ (bits >> 16)).double() / 2**31 - 1


def weights(layer, shape):
    count = math.prod(shape)
    return (math.sqrt(6 * shape[-1] / count) * uniform(2 + layer, count)).float().reshape(shape)


def create_model(net):
    """The layers of `training-nets.ts`, whose images lie [rows, columns, channels]: here channels come first."""
    modules, shape, trained = [], net["input"], 0
    for layer in net["layers"]:
        kind = layer["kind"]
        if kind == "relu":
            modules.append(torch.nn.ReLU())
            continue
        if kind == "maxPool":
            modules.append(torch.nn.MaxPool2d(2))
            shape = [shape[0] // 2, shape[1] // 2, shape[2]]
            continue
        if kind == "conv2d":
            module = torch.nn.Conv2d(shape[2], layer["filters"], 3, padding=1)
            start = weights(trained, [3, 3, shape[2], layer["filters"]]).permute(3, 2, 0, 1)
            shape = [shape[0], shape[1], layer["filters"]]
        elif kind == "dense":
            start = weights(trained, [math.prod(shape), layer["units"]]).T
            if len(shape) == 3:
                modules.append(torch.nn.Flatten())
                start = start.reshape(-1, *shape).permute(0, 3, 1, 2).flatten(1)
            module = torch.nn.Linear(math.prod(shape), layer["units"])
            shape = [layer["units"]]
        else:
            return None, None
        with torch.no_grad():
            module.weight.copy_(start)
            module.bias.zero_()
        modules.append(module)
        trained += 1
    return torch.nn.Sequential(*modules), shape[0]


def create_batch(net, classes):
    features = uniform(0, net["batch"] * math.prod(net["input"])).float().reshape(net["batch"], *net["input"])
    if len(net["input"]) == 3:
        features = features.permute(0, 3, 1, 2).contiguous()
    return features, ((uniform(1, net["batch"]) + 1) / 2 * classes).long()


def create_step(net, name, rate):
    """A step as PyTorch's tutorial has it. `foreach`, tracing and channels last were tried and gained nothing."""
    model, classes = create_model(net)
    if model is None:
        return None
    features, labels = create_batch(net, classes)
    if name == "adam":
        constructor, options = torch.optim.Adam, {"lr": rate}
    else:
        constructor, options = torch.optim.SGD, {"lr": rate, "momentum": 0.9}
    try:
        optimizer = constructor(model.parameters(), fused=True, **options)
    except (TypeError, RuntimeError):
        optimizer = constructor(model.parameters(), **options)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(model(features), labels)
        loss.backward()
        optimizer.step()
        return loss

    return step


def timed(calls, work):
    start = time.perf_counter()
    for _ in range(calls):
        work()
    return {"microseconds": (time.perf_counter() - start) * 1e6}


def blas():
    """The name of the library that multiplies matrices, from its file."""
    with open("/proc/self/maps") as maps:
        names = re.findall(r"/(lib(?:open)?blas[^/\s]*|libmkl_core[^/\s]*)\n", maps.read())
    return ", ".join(sorted(set(names)))


current, matrices = None, {}


def answer(request):
    global current
    ask = request["ask"]
    if ask == "version":
        torch.ones(64, 64) @ torch.ones(64, 64)
        return {"version": f"{torch.__version__} ({blas() or 'MKL or a BLAS of its own'})"}
    if ask == "setUp":
        current = None
        current = create_step(request["net"], request["optimizer"], request["learningRate"])
        return {"known": current is not None}
    if ask == "losses":
        return {"values": [current().item() for _ in range(request["count"])]}
    if ask == "product":
        size = request["size"]
        if size not in matrices:
            matrices[size] = [torch.rand(size, size), torch.rand(size, size), torch.empty(size, size)]
        left, right, out = matrices[size]
        return timed(request["calls"], lambda: torch.mm(left, right, out=out))
    return timed(request["calls"], current)


for line in sys.stdin:
    try:
        print(json.dumps(answer(json.loads(line))), flush=True)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
