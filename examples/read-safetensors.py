"""Prints what a saved model holds: its name in the document, then of each tensor its name, dtype, shape and sum.

    python3 examples/read-safetensors.py model.safetensors
"""

import json
import sys

import numpy

file = open(sys.argv[1], "rb").read()
start = 8 + int.from_bytes(file[:8], "little")
header = json.loads(file[8:start])
document = json.loads(header.pop("__metadata__", {}).get("document", "{}"))
print("model:", document.get("model", {}).get("name"))
for name, tensor in header.items():
    begin, end = tensor["data_offsets"]
    dtype = {"F64": "<f8", "F32": "<f4", "I32": "<i4"}[tensor["dtype"]]
    values = numpy.frombuffer(file[start + begin : start + end], dtype).reshape(tensor["shape"])
    print(name, values.dtype, list(values.shape), "sum", float(values.sum(dtype="f8")))
