"""Writes the networks beside this file, their inputs, and their outputs computed in doubles.

python3 generate.py, with NumPy. The tensors have the names and shapes of the PyTorch modules in
docs/formats.md; the reference below is written from these, not from Kindred's code.
"""

import json
import struct

import numpy as np

rng = np.random.default_rng(20)


def linear(name, inputs, outputs):
    bound = np.sqrt(6 / inputs)
    return {
        name + ".weight": rng.uniform(-bound, bound, (outputs, inputs)).astype("<f4"),
        name + ".bias": rng.uniform(-0.5, 0.5, outputs).astype("<f4"),
    }


def sequential(name, *widths):
    tensors = {}
    for i in range(len(widths) - 1):
        tensors |= linear(f"{name}.{2 * i}", widths[i], widths[i + 1])
    return tensors


def save(name, description, tensors):
    header = {"__metadata__": {"format": "pt", "kindred": json.dumps(description)}}
    data = b""
    for key, value in tensors.items():
        raw = value.tobytes()
        header[key] = {
            "dtype": "F32",
            "shape": list(value.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(name + ".safetensors", "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def run_linear(tensors, name, x):
    weight = tensors[name + ".weight"].astype("f8")
    return x @ weight.T + tensors[name + ".bias"].astype("f8")


def run_sequential(tensors, name, x, last_relu):
    numbers = sorted(
        int(key.split(".")[-2])
        for key in tensors
        if key.startswith(name + ".") and key.endswith(".weight")
    )
    for number in numbers:
        x = run_linear(tensors, f"{name}.{number}", x)
        if last_relu or number != numbers[-1]:
            x = np.maximum(x, 0)
    return x


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def inputs(name, columns):
    x = rng.uniform(-1, 1, (60, columns)).astype("<f4")
    np.save(name + ".npy", x)
    return x.astype("f8")


def outputs(name, y):
    np.save(name + ".npy", y.astype("<f4"))


mlp = sequential("layers", 12, 40, 21, 7)
save("mlp", {"kind": "mlp", "output": "relu", "normalized": False}, mlp)
outputs("mlp-output", run_sequential(mlp, "layers", inputs("mlp-input", 12), True))

towers = sequential("user", 10, 32, 16) | sequential("item", 9, 24, 20, 16)
save("two-tower", {"kind": "two-tower", "output": "none", "normalized": True}, towers)
user = unit(run_sequential(towers, "user", inputs("user-input", 10), False))
item = unit(run_sequential(towers, "item", inputs("item-input", 9), False))
outputs("cosines", user @ item.T)

tasks = [
    {"name": "click", "probability": True},
    {"name": "watch", "probability": False},
]
mmoe = {}
for e in range(3):
    mmoe |= sequential(f"experts.{e}", 24, 20, 12)
for t in range(2):
    mmoe |= linear(f"gates.{t}", 24, 3)
    mmoe |= sequential(f"towers.{t}", 12, 6, 1)
save("mmoe", {"kind": "mmoe", "output": "relu", "tasks": tasks}, mmoe)
x = inputs("mmoe-input", 24)
experts = np.stack([run_sequential(mmoe, f"experts.{e}", x, True) for e in range(3)], axis=1)
columns = []
for t, task in enumerate(tasks):
    scores = np.exp(run_linear(mmoe, f"gates.{t}", x))
    shares = scores / scores.sum(axis=1, keepdims=True)
    mixed = (shares[:, :, None] * experts).sum(axis=1)
    y = run_sequential(mmoe, f"towers.{t}", mixed, False)
    columns.append(1 / (1 + np.exp(-y)) if task["probability"] else y)
outputs("mmoe-output", np.concatenate(columns, axis=1))
