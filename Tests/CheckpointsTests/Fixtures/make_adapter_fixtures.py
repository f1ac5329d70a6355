"""Writes LoRA adapters, their base models, and what PEFT merges them to, into `adapters/`.

Needs PEFT 0.15 or newer with PyTorch and Transformers:

    python make_adapter_fixtures.py

Each folder has `base.pt`, `adapter_config.json`, `adapter_model.bin` and `merged.pt`, the result of `merge_and_unload`.
`exact.pt` is the same sum computed in 64 bits and rounded once; it is there for the adapted weights only.
"""

import copy
import json
import re
import shutil
import warnings
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import nn
from transformers.pytorch_utils import Conv1D

warnings.filterwarnings("ignore")
HERE = Path(__file__).parent / "adapters"


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Linear(6, 6)
        self.value = nn.Linear(6, 10, bias=False)
        self.output = nn.Linear(10, 6)
        self.norm = nn.LayerNorm(6)


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(11, 6)
        self.layers = nn.ModuleList([Block(), Block()])
        self.classifier = nn.Linear(6, 3)
        self.register_buffer("positions", torch.arange(4))

    def forward(self, tokens):
        return self.classifier(self.embed(tokens))


class OldTransformer(nn.Module):
    """With GPT-2's linear layers, whose weights are transposed."""

    def __init__(self):
        super().__init__()
        self.wide = Conv1D(12, 4)
        self.square = Conv1D(4, 4)

    def forward(self, value):
        return self.square(value)


class Convolutional(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3)
        self.second = nn.Conv2d(8, 5, 1)
        self.third = nn.Conv1d(5, 4, 2)

    def forward(self, value):
        return self.first(value)


def write(name, model, dtype=torch.float32, adapter_dtype=None, **options):
    folder = HERE / name
    folder.mkdir(parents=True)
    torch.manual_seed(sum(name.encode()))
    model = model.to(dtype)
    for parameter in model.parameters():
        nn.init.normal_(parameter)
    torch.save(model.state_dict(), folder / "base.pt")
    base = copy.deepcopy(model)
    config = LoraConfig(init_lora_weights=False, **options)
    adapted = get_peft_model(model, config, autocast_adapter_dtype=False)
    for parameter_name, parameter in adapted.named_parameters():
        if parameter.requires_grad or ".bias" in parameter_name and options.get("bias", "none") != "none":
            parameter.data += 0.5 * torch.randn_like(parameter)
        if "lora_" in parameter_name and adapter_dtype is not None:
            parameter.data = parameter.data.to(adapter_dtype)
    adapted.save_pretrained(folder, safe_serialization=False)
    saved = torch.load(folder / "adapter_model.bin")
    merge(folder, base, saved)
    (folder / "README.md").unlink()


def merge(folder, base, saved):
    """Loads what was saved, as users do, and merges it."""
    exact = exact_sums(base.state_dict(), saved, json.loads((folder / "adapter_config.json").read_text()))
    torch.save(exact, folder / "exact.pt")
    loaded = PeftModel.from_pretrained(base, folder, autocast_adapter_dtype=False)
    merged = loaded.merge_and_unload().state_dict()
    torch.save(merged, folder / "merged.pt")
    for key, value in exact.items():
        scale = max(1.0, value.double().abs().max().item())
        difference = (merged[key].double() - value.double()).abs().max().item() / scale
        assert difference < {torch.float32: 1e-5, torch.float64: 1e-5}.get(value.dtype, 0.1), (folder.name, key, difference)


def exact_sums(base, saved, settings):
    result = {}
    for key, first in saved.items():
        if "lora_A" in key or "lora_embedding_A" in key:
            is_embedding = "lora_embedding_A" in key
            path = key.split(".lora_")[0].removeprefix("base_model.model.")
            second = saved[key.replace("_A", "_B")].double()
            first = first.double()
            rank = first.shape[0]
            alpha = settings["lora_alpha"]
            for pattern, value in settings["alpha_pattern"].items():
                if re.match(rf"(.*\.)?({pattern})$", path):
                    alpha = value
                    break
            scale = alpha / rank**0.5 if settings["use_rslora"] else alpha / rank
            weight = saved.get(f"base_model.model.{path}.base_layer.weight", base[f"{path}.weight"])
            delta = (second.flatten(1) @ first.flatten(1)) * scale
            if is_embedding or settings["fan_in_fan_out"]:
                delta = delta.T
            total = weight.double() + delta.reshape(weight.shape)
            result[f"{path}.weight"] = round_once(total, weight.dtype)
    return result


def round_once(value, dtype):
    """PyTorch rounds from 64 to 16 bits by way of 32 bits."""
    if dtype in (torch.float64, torch.float32):
        return value.to(dtype)
    bits = {torch.float16: 11, torch.bfloat16: 8}[dtype]
    mantissa, exponent = torch.frexp(value)
    # No number here is subnormal; halves are rounded to even.
    return torch.ldexp(torch.round(torch.ldexp(mantissa, torch.tensor(bits))), exponent - bits).to(dtype)


def main():
    shutil.rmtree(HERE, ignore_errors=True)
    everything = ["query", "value", "output", "embed"]
    write("linear", Transformer(), r=4, lora_alpha=8, target_modules=["query", "value", "output"])
    write("rank_stabilized", Transformer(), r=3, lora_alpha=5, use_rslora=True, target_modules=["query", "value"])
    write(
        "mixed_ranks", Transformer(), r=4, lora_alpha=6, target_modules=everything,
        rank_pattern={"layers.0.query": 2, "^layers\\.1\\.(query|value)": 5, "embed": 3},
        alpha_pattern={"value": 7, "layers\\.\\d+\\.output": 2, "query": 11},
    )
    write("embedding", Transformer(), r=2, lora_alpha=3, target_modules=["embed"], modules_to_save=["classifier", "norm"])
    write("all_biases", Transformer(), r=2, lora_alpha=3, bias="all", target_modules=["query", "value"])
    write("lora_biases", Transformer(), r=2, lora_alpha=3, bias="lora_only", target_modules=["query", "output"])
    write("transposed", OldTransformer(), r=3, lora_alpha=4, fan_in_fan_out=True, target_modules=["wide", "square"])
    write("convolutions", Convolutional(), r=2, lora_alpha=3, target_modules=["first", "second", "third"])
    for name, dtype in [("float16", torch.float16), ("bfloat16", torch.bfloat16), ("float64", torch.float64)]:
        write(name, Transformer(), dtype, r=4, lora_alpha=8, target_modules=everything)
        write(f"{name}_base", Transformer(), dtype, torch.float32, r=4, lora_alpha=8, target_modules=everything)
    write("bfloat16_adapter", Transformer(), torch.float32, torch.bfloat16, r=4, lora_alpha=8, target_modules=everything)


main()
