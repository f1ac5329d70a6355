"""Writes encoder.json: what PyTorch computes for two encoder layers, with gradients, in float64.

Usage: python generate.py
"""

import json
import os

import torch
from torch import nn

torch.manual_seed(7)
WIDTH, HEADS, HIDDEN, LAYERS = 12, 3, 20, 2


def numbers(tensor):
    return {"shape": list(tensor.shape), "values": tensor.detach().flatten().tolist()}


def main() -> None:
    layers = [
        nn.TransformerEncoderLayer(WIDTH, HEADS, HIDDEN, 0.0, "gelu", batch_first=True, norm_first=True).double()
        for _ in range(LAYERS)
    ]
    parameters, gradients = {}, {}
    for layer in layers:
        for parameter in layer.parameters():
            nn.init.normal_(parameter, 0.1, 0.4)
    x = torch.randn(2, 5, WIDTH, dtype=torch.float64)
    y = x
    for layer in layers:
        y = layer(y)
    projection = torch.randn_like(y)
    (y * projection).sum().backward()
    names = {
        "norm1": "layer_norm1", "norm2": "layer_norm2", "linear1": "mlp.fc1", "linear2": "mlp.fc2",
        "self_attn.out_proj": "self_attn.out_proj",
    }
    for number, layer in enumerate(layers):
        for name, parameter in layer.named_parameters():
            if "in_proj" in name:
                kind = name.rsplit("_", 1)[1]
                for part, chunk, gradient in zip("qkv", parameter.chunk(3), parameter.grad.chunk(3)):
                    key = f"layers.{number}.self_attn.{part}_proj.{kind}"
                    parameters[key], gradients[key] = numbers(chunk), numbers(gradient)
            else:
                stem, kind = name.rsplit(".", 1)
                key = f"layers.{number}.{names[stem]}.{kind}"
                parameters[key], gradients[key] = numbers(parameter), numbers(parameter.grad)
    result = {
        "torch": torch.__version__.split("+")[0], "input": numbers(x), "projection": numbers(projection),
        "output": numbers(y), "parameters": parameters, "gradients": gradients,
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "encoder.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(result, file)
        file.write("\n")


if __name__ == "__main__":
    main()
