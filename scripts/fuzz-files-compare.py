"""Reads what `fuzz-files.mjs --keep DIR` kept with PyTorch, safetensors and NumPy, and prints where values differ.

python scripts/fuzz-files-compare.py DIR
"""

import hashlib
import json
import sys

import numpy
import safetensors
import safetensors.torch
import torch

NAMES = {
    torch.bool: "BOOL", torch.float32: "F32", torch.float64: "F64", torch.int8: "I8", torch.int16: "I16", torch.int32: "I32",
    torch.int64: "I64", torch.uint8: "U8", torch.uint16: "U16", torch.uint32: "U32", torch.uint64: "U64",
}


def flat(value, path=()):
    if isinstance(value, torch.Tensor):
        yield ".".join(path), value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from flat(item, (*path, str(key)))
    elif isinstance(value, (list, tuple, set, frozenset)):
        for i, item in enumerate(value):
            yield from flat(item, (*path, str(i)))


def digest(tensor):
    if tensor.dtype not in NAMES and tensor.dtype.is_floating_point:
        tensor = tensor.float()
    if tensor.dtype not in NAMES or tensor.layout != torch.strided or tensor.is_quantized:
        return None
    tensor = tensor.detach().resolve_neg().contiguous()
    if tensor.dtype == torch.bool:  # any byte but 0 is true
        tensor = tensor.view(torch.uint8) != 0
    return [NAMES[tensor.dtype], list(tensor.shape), hashlib.sha256(tensor.numpy().tobytes()).hexdigest()]


def read(kind, file):
    if kind == "npz":
        with numpy.load(file) as archive:
            mu, sigma = (numpy.asarray(archive[name], dtype=numpy.float64) for name in ("mu", "sigma"))
        n = mu.size
        return {"mu": digest(torch.from_numpy(mu.reshape(n).copy())), "sigma": digest(torch.from_numpy(sigma.reshape(n, n).copy()))}
    if kind == "safetensors":
        with safetensors.safe_open(file, "pt") as opened:
            return {name: digest(opened.get_tensor(name)) for name in opened.keys()}
    return {name: digest(tensor) for name, tensor in flat(torch.load(file, weights_only=True))}


counts = {"compared": 0, "equal": 0, "differ": 0, "read here alone": 0}
with open(f"{sys.argv[1]}/read.jsonl", encoding="utf-8") as lines:
    for line in lines:
        case = json.loads(line)
        try:
            theirs = read(case["kind"], case["file"])
        except Exception as error:  # whatever another reader refuses for
            counts["read here alone"] += 1
            print("ONLY HERE", case["file"].rsplit("/", 1)[-1], type(error).__name__, str(error).replace("\n", " ")[:120])
            continue
        counts["compared"] += 1
        ours = {name: rest for name, *rest in case["read"]}
        wrong = [name for name, tensor in theirs.items() if tensor is not None and ours.get(name) != tensor] + [name for name in ours if name not in theirs]
        counts["differ" if wrong else "equal"] += 1
        if wrong:
            print("DIFFER", case["file"], wrong, {name: (ours.get(name), theirs.get(name)) for name in wrong[:1]})
print(counts)
