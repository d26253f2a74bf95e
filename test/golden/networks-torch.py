"""Losses of small networks in training, from PyTorch, in double and in single precision.

    python3 test/golden/networks-torch.py

writes networks-torch.json. No weights and no data are kept there: they come from `numbers` below, which any language
gives exactly. Shapes and their order are ours: samples in rows, images [rows, columns, channels], a dense weight
[inputs, units], that of a convolution [kernel rows, kernel columns, channels, filters]; `flatten` keeps that order.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as functional

BATCHES = 5
FORMULA = (
    "numbers(seed): s = 2654435761 * seed mod 2^32; then for each number s = 1664525 * s + 1013904223 mod 2^32 and the "
    "number is s / 2^32 - 0.5. A tensor: offset + scale * number. Features and regression targets: scale * number. "
    "A label: floor((number + 0.5) * classes). Soft targets: number + 0.55, each divided by the sum of its row from "
    "left to right. Arrays are filled in row-major order, all arithmetic is f64; f32 is rounded from it at the end."
)


def numbers(seed, count):
    """`count` numbers in [-0.5, 0.5), as FORMULA says."""
    state = 2654435761 * seed % 2**32
    for _ in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        yield state / 2**32 - 0.5


def dense(units):
    return {"name": "dense", "units": units}


def conv2d(filters, kernel, stride=1, padding=0):
    return {"name": "conv2d", "filters": filters, "kernel": kernel, "stride": stride, "padding": padding}


BATCH_NORM = {"name": "batchNorm", "momentum": 0.1, "epsilon": 1e-5}
LAYER_NORM = {"name": "layerNorm", "epsilon": 1e-5}
RELU, GELU, TANH, SIGMOID, FLATTEN = ({"name": name} for name in ("relu", "gelu", "tanh", "sigmoid", "flatten"))
LEAKY_RELU = {"name": "leakyRelu", "slope": 0.01}
MAX_POOL = {"name": "maxPool", "size": 2}
AVERAGE_POOL = {"name": "averagePool", "size": 2}


def residual(*layers):
    return {"name": "residual", "layers": list(layers)}


def sgd(rate):
    return {"name": "sgd", "convention": "torch", "learningRate": rate}


def momentum(rate):
    return {"name": "momentum", "convention": "torch", "learningRate": rate, "momentum": 0.9}


def adam(rate, epsilon):
    rest = {"beta1": 0.9, "beta2": 0.999, "epsilon": epsilon}
    return {"name": "adam", "convention": "torch", "learningRate": rate, **rest}


CROSS_ENTROPY = {"name": "softmaxCrossEntropy"}
DISTILLATION = {"name": "softmaxCrossEntropy", "temperature": 4, "hardWeight": 0.3}
SQUARED_ERROR = {"name": "meanSquaredError"}
HINGE = {"name": "hinge", "margin": 1}

# What a loss is, z the outputs [samples, outputs], y the labels, q the soft targets, t the regression targets.
LOSSES = {
    "softmaxCrossEntropy": "mean over samples of hardWeight * -log softmax(z)_y"
    " + (1 - hardWeight) * T^2 * sum_j -q_j log softmax(z / T)_j, T the temperature; hardWeight 1 by default",
    "meanSquaredError": "mean over samples and outputs of (z - t)^2",
    "hinge": "mean over samples of sum over j != y of max(0, z_j - z_y + margin)",
}

CASES = [
    {
        "id": "mlp",
        "input": [12],
        "layers": [dense(16), RELU, dense(16), RELU, dense(4)],
        "loss": CROSS_ENTROPY,
        "optimizer": momentum(0.05),
        "batchSize": 8,
        "steps": 100,
    },
    {
        "id": "convolution",
        "input": [8, 8, 3],
        "layers": [
            *(conv2d(8, 3, padding=1), BATCH_NORM, RELU, MAX_POOL),
            *(conv2d(12, 3), BATCH_NORM, RELU, AVERAGE_POOL),
            *(FLATTEN, dense(4)),
        ],
        "loss": CROSS_ENTROPY,
        # The gradient of a bias before batchNorm is 0 but for rounding, of which an epsilon of 1e-8 would make steps.
        "optimizer": adam(0.01, 1e-3),
        "batchSize": 6,
        "steps": 100,
    },
    {
        "id": "residual with soft targets",
        "input": [12],
        "layers": [
            *(dense(16), LAYER_NORM, GELU, dense(16), TANH),
            *(residual(dense(16), SIGMOID, dense(16)), LEAKY_RELU, dense(4)),
        ],
        "loss": DISTILLATION,
        "optimizer": sgd(0.1),
        "batchSize": 8,
        "steps": 100,
    },
    {
        "id": "regression",
        "input": [12],
        "layers": [dense(16), RELU, dense(3)],
        "loss": SQUARED_ERROR,
        "optimizer": sgd(0.05),
        "batchSize": 8,
        "steps": 20,
    },
    {
        "id": "hinge",
        "input": [12],
        "layers": [dense(16), RELU, dense(4)],
        "loss": HINGE,
        "optimizer": sgd(0.05),
        "batchSize": 8,
        "steps": 20,
    },
    # Rows and columns, kernel, stride and padding all differ, and what is flattened is still an image.
    {
        "id": "flattened image",
        "input": [7, 6, 2],
        "layers": [conv2d(5, [3, 2], [2, 1], [1, 0]), RELU, FLATTEN, dense(4)],
        "loss": CROSS_ENTROPY,
        "optimizer": sgd(0.05),
        "batchSize": 6,
        "steps": 20,
    },
]


def pair(size):
    return list(size) if isinstance(size, list) else [size, size]


def lay(layers, shape, prefix=""):
    """The tensors of layers fitted to samples of a shape, each (name, shape, offset, scale), and the output's shape."""
    tensors, counts = [], {}
    for layer in layers:
        kind = layer["name"]
        counts[kind] = counts.get(kind, 0) + 1
        name = f"{prefix}{kind}{counts[kind]}."
        if kind == "dense":
            [inputs] = shape
            shape = [layer["units"]]
            weight = (name + "weight", [inputs, *shape], 0, 1.4 if inputs < 16 else 1.2)
            tensors += [weight, (name + "bias", shape, 0, 0.2)]
        elif kind == "conv2d":
            kernel, channels = pair(layer["kernel"]), shape[2]
            sizes = zip(shape, kernel, pair(layer["stride"]), pair(layer["padding"]))
            places = [(size + 2 * padding - window) // stride + 1 for size, window, stride, padding in sizes]
            shape = [*places, layer["filters"]]
            weight = (name + "weight", [*kernel, channels, shape[2]], 0, 0.9 if channels < 8 else 0.6)
            tensors += [weight, (name + "bias", shape[2:], 0, 0.2)]
        elif kind in ("batchNorm", "layerNorm"):
            sizes = shape[-1:] if kind == "batchNorm" else shape
            tensors += [(name + "scale", sizes, 1, 0.4), (name + "shift", sizes, 0, 0.2)]
        elif kind in ("maxPool", "averagePool"):
            shape = [shape[0] // layer["size"], shape[1] // layer["size"], shape[2]]
        elif kind == "flatten":
            shape = [math.prod(shape)]
        elif kind == "residual":
            tensors += lay(layer["layers"], shape, name)[0]
    return tensors, shape


def forward(layers, x, tensors, statistics, training, prefix=""):
    """The layers' output. Images come and go as torch has them: [samples, channels, rows, columns]."""
    counts = {}
    for layer in layers:
        kind = layer["name"]
        counts[kind] = counts.get(kind, 0) + 1
        name = f"{prefix}{kind}{counts[kind]}."
        if kind == "dense":
            x = functional.linear(x, tensors[name + "weight"].t(), tensors[name + "bias"])
        elif kind == "conv2d":
            weight = tensors[name + "weight"].permute(3, 2, 0, 1).contiguous()
            x = functional.conv2d(x, weight, tensors[name + "bias"], layer["stride"], layer["padding"])
        elif kind == "batchNorm":
            channels = x.shape[1]
            mean = statistics.setdefault(name + "mean", torch.zeros(channels, dtype=x.dtype))
            variance = statistics.setdefault(name + "variance", torch.ones(channels, dtype=x.dtype))
            scale, shift = tensors[name + "scale"], tensors[name + "shift"]
            arguments = training, layer["momentum"], layer["epsilon"]
            x = functional.batch_norm(x, mean, variance, scale, shift, *arguments)
        elif kind == "layerNorm":
            scale, shift = tensors[name + "scale"], tensors[name + "shift"]
            x = functional.layer_norm(x, scale.shape, scale, shift, layer["epsilon"])
        elif kind == "residual":
            x = x + forward(layer["layers"], x, tensors, statistics, training, name)
        elif kind == "flatten":
            x = x.permute(0, 2, 3, 1).flatten(1)
        else:
            x = PLAIN[kind](x, layer)
    return x


PLAIN = {
    "relu": lambda x, layer: functional.relu(x),
    "leakyRelu": lambda x, layer: functional.leaky_relu(x, layer["slope"]),
    "gelu": lambda x, layer: functional.gelu(x),
    "tanh": lambda x, layer: torch.tanh(x),
    "sigmoid": lambda x, layer: torch.sigmoid(x),
    "maxPool": lambda x, layer: functional.max_pool2d(x, layer["size"]),
    "averagePool": lambda x, layer: functional.avg_pool2d(x, layer["size"]),
}


def loss_of(loss, z, labels, targets):
    if loss["name"] == "meanSquaredError":
        return functional.mse_loss(z, targets)
    if loss["name"] == "hinge":
        # torch divides the sum over classes by their number.
        return z.shape[1] * functional.multi_margin_loss(z, labels, p=1, margin=loss["margin"])
    hard = functional.cross_entropy(z, labels)
    if targets is None:
        return hard
    temperature, weight = loss["temperature"], loss["hardWeight"]
    soft = functional.cross_entropy(z / temperature, targets)
    return weight * hard + (1 - weight) * temperature**2 * soft


def optimizer_of(optimizer, tensors):
    rate = optimizer["learningRate"]
    if optimizer["name"] == "adam":
        betas = optimizer["beta1"], optimizer["beta2"]
        return torch.optim.Adam(tensors, lr=rate, betas=betas, eps=optimizer["epsilon"])
    return torch.optim.SGD(tensors, lr=rate, momentum=optimizer.get("momentum", 0))


def described(index, case):
    """The case with its tensors and batches: their shapes, seeds, offsets and scales."""
    tensors, [outputs] = lay(case["layers"], case["input"])
    seed = 1000 * (index + 1)
    rows, loss = case["batchSize"], case["loss"]["name"]
    seeds = {
        kind: [seed + first + batch for batch in range(BATCHES)]
        for kind, first in (("features", 500), ("labels", 600), ("targets", 700))
    }
    batches = {"features": {"shape": [rows, *case["input"]], "scale": 2, "seeds": seeds["features"]}}
    if loss == "meanSquaredError":
        batches["targets"] = {"shape": [rows, outputs], "scale": 2, "seeds": seeds["targets"]}
    else:
        batches["labels"] = {"shape": [rows], "classes": outputs, "seeds": seeds["labels"]}
    if "hardWeight" in case["loss"]:
        batches["softTargets"] = {"shape": [rows, outputs], "seeds": seeds["targets"]}
    return {
        **case,
        "tensors": [
            {"name": name, "shape": shape, "seed": seed + place, "offset": offset, "scale": scale}
            for place, (name, shape, offset, scale) in enumerate(tensors, start=1)
        ],
        "batches": batches,
    }


def tensor_of(values, shape, dtype):
    return torch.tensor(values, dtype=torch.float64).reshape(shape).to(dtype)


def initial(tensor, dtype):
    """A tensor as it starts."""
    values = [tensor["offset"] + tensor["scale"] * number for number in numbers(tensor["seed"], math.prod(tensor["shape"]))]
    return tensor_of(values, tensor["shape"], dtype)


def batch_of(batches, index, dtype):
    """The features, labels and targets of a batch; None for what the case has none of."""

    def values(kind):
        return list(numbers(batches[kind]["seeds"][index], math.prod(batches[kind]["shape"])))

    def scaled(kind):
        return tensor_of([batches[kind]["scale"] * number for number in values(kind)], batches[kind]["shape"], dtype)

    features = scaled("features")
    if features.dim() == 4:
        features = features.permute(0, 3, 1, 2).contiguous()
    labels = targets = None
    if "labels" in batches:
        labels = torch.tensor([int((number + 0.5) * batches["labels"]["classes"]) for number in values("labels")])
    if "targets" in batches:
        targets = scaled("targets")
    if "softTargets" in batches:
        shape = batches["softTargets"]["shape"]
        positive = [number + 0.55 for number in values("softTargets")]
        sums = [sum(positive[start : start + shape[1]]) for start in range(0, len(positive), shape[1])]
        targets = tensor_of([value / sums[i // shape[1]] for i, value in enumerate(positive)], shape, dtype)
    return features, labels, targets


def train(case, dtype, change=0.0):
    """What the case records. `change` moves every weight's start, by that share of it, to one side and the other."""
    tensors = {}
    for tensor in case["tensors"]:
        start = initial(tensor, dtype)
        signs = 1 - 2 * (torch.arange(start.numel()) % 2).reshape(start.shape).to(dtype)
        tensors[tensor["name"]] = (start + change * signs * start).requires_grad_()
    batches = [batch_of(case["batches"], index, dtype) for index in range(BATCHES)]
    optimizer = optimizer_of(case["optimizer"], list(tensors.values()))
    statistics, losses = {}, []
    for step in range(case["steps"]):
        features, labels, targets = batches[step % BATCHES]
        optimizer.zero_grad()
        loss = loss_of(case["loss"], forward(case["layers"], features, tensors, statistics, True), labels, targets)
        loss.backward()
        optimizer.step()
        losses.append(loss)
    recorded = {"losses": flat(torch.stack(losses))}
    if statistics:
        with torch.no_grad():
            logits = forward(case["layers"], batches[0][0], tensors, dict(statistics), False)
        recorded["statistics"] = {name: flat(values) for name, values in statistics.items()}
        recorded["evaluation"] = flat(logits)
    return recorded


def flat(tensor):
    """A tensor's values, each with as many digits as its precision needs to be read back exactly."""
    return [float(str(value)) for value in tensor.detach().numpy().reshape(-1)]


def spread(recorded, other):
    """The largest difference of what two trainings recorded, rounded up."""
    if isinstance(recorded, dict):
        return {key: spread(recorded[key], other[key]) for key in recorded}
    largest = max(abs(a - b) for a, b in zip(recorded, other))
    return float(f"{1.05 * largest:.1e}")


def main():
    torch.set_num_threads(1)
    # Its convolutions differ from processor to processor more than the plain ones do.
    torch.backends.mkldnn.enabled = False
    rows = []
    for index, case in enumerate(CASES):
        case = described(index, case)
        for name, dtype, epsilon in (("f64", torch.float64, 2.0**-52), ("f32", torch.float32, 2.0**-23)):
            recorded = train(case, dtype)
            case[name] = {**recorded, "spread": spread(recorded, train(case, dtype, epsilon))}
        fields = [f"      {json.dumps(key)}: {json.dumps(value, allow_nan=False)}" for key, value in case.items()]
        rows.append("    {\n" + ",\n".join(fields) + "\n    }")
    head = {
        "tool": "PyTorch",
        "version": torch.__version__,
        "command": "python3 test/golden/networks-torch.py",
        "formula": FORMULA,
        "numbers": {"seed": 1, "first": list(numbers(1, 4))},
        "training": f"step k, from 0, trains on batch k mod {BATCHES}; a loss is that of its batch before the step",
        "statistics": "of batchNorm after the last step: from 0 and 1, running = (1 - momentum) running + momentum batch, "
        "the variance in them unbiased",
        "evaluation": "the outputs for batch 0 after the last step, by the running statistics",
        "spread": "the largest change if every start of a weight moves by one part in 2^52 (f64) or 2^23 (f32): no "
        "comparison can be closer than some of these",
        "losses": LOSSES,
    }
    lines = [f"  {json.dumps(key)}: {json.dumps(value, allow_nan=False)}," for key, value in head.items()]
    text = "{\n" + "\n".join(lines) + '\n  "cases": [\n' + ",\n".join(rows) + "\n  ]\n}\n"
    Path(__file__).with_name("networks-torch.json").write_text(text)


if __name__ == "__main__":
    main()
