"""Checks with PyTorch itself what `stargan export --format pytorch` wrote.

    python3 -m venv venv && venv/bin/pip install torch==2.13.0
    stargan export --run RUN --format pytorch --out EXPORTED
    venv/bin/python packages/exchange/scripts/check_pytorch.py EXPORTED RUN/checkpoints/0100000

Loads every file with `weights_only=True`, compares each tensor with the safetensors files of the checkpoint, byte for byte, loads
the states into `torch.optim.Adam` and takes a step. Prints a line for each file, and exits with 1 at the first difference.
Nothing here is a part of the product.
"""

import json
import struct
import sys
from pathlib import Path

import torch


def safetensors(path):
    """Tensors of a file as (shape, bytes) by name, and its metadata; read without a library, to depend on none of them."""
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    data = content[8 + length :]
    return {name: (entry["shape"], data[slice(*entry["data_offsets"])]) for name, entry in header.items()}, metadata


def require_equal(name, tensor, stored):
    shape, content = stored
    if list(tensor.shape) != shape or tensor.dtype != torch.float32 or tensor.numpy().tobytes() != content:
        sys.exit(f"{name} differs: {list(tensor.shape)} {tensor.dtype} in PyTorch, {shape} in the checkpoint")


def check_weights(path, checkpoint, suffix):
    count = 0
    for network, state in torch.load(path, weights_only=True).items():
        if network == "fan":
            continue
        stored, _ = safetensors(checkpoint / f"{network}{suffix}.safetensors")
        if list(state) != list(stored):
            sys.exit(f"{path}: the keys of {network} differ")
        for key, tensor in state.items():
            require_equal(f"{network}.{key}", tensor, stored[key])
            count += 1
    print(f"{path.name}: {count} tensors are equal")


def check_optimizers(path, nets, checkpoint):
    weights = torch.load(nets, weights_only=True)
    for network, state in torch.load(path, weights_only=True).items():
        stored, metadata = safetensors(checkpoint / f"{network}_optimizer.safetensors")
        # hpf.filter is a buffer and no parameter.
        names = [key for key in weights[network] if key != "hpf.filter"]
        parameters = [torch.nn.Parameter(weights[network][key]) for key in names]
        # As the reference makes it, with other values: those of the file must take their place.
        adam = torch.optim.Adam(parameters, lr=1, betas=[0.5, 0.5], weight_decay=1)
        adam.load_state_dict(state)
        for key, parameter in zip(names, parameters):
            moments = adam.state[parameter]
            require_equal(f"first.{key}", moments["exp_avg"], stored[f"first.{key}"])
            require_equal(f"second.{key}", moments["exp_avg_sq"], stored[f"second.{key}"])
            if float(moments["step"]) != float(metadata["step"]):
                sys.exit(f"{network}.{key}: {moments['step']} steps, {metadata['step']} in the checkpoint")
            parameter.grad = torch.zeros_like(parameter)
        adam.step()
        if not all(torch.isfinite(parameter).all() for parameter in parameters):
            sys.exit(f"{network}: a step gave values that are not finite")
        group = {key: value for key, value in adam.param_groups[0].items() if key != "params"}
        print(f"{path.name}: Adam of {network} loaded, {len(names)} parameters at step {metadata['step']}, and took another; {group}")


def main():
    exported, checkpoint = map(Path, sys.argv[1:3])
    for path in sorted(exported.glob("*_nets_ema.ckpt")):
        check_weights(path, checkpoint, "_ema")
    for path in sorted(exported.glob("*_nets.ckpt")):
        check_weights(path, checkpoint, "")
        check_optimizers(path.with_name(path.name.replace("_nets", "_optims")), path, checkpoint)


main()
