"""The tiny models that are merged: a few thousand parameters each, from fixed seeds."""

import hashlib
import json
import os
import shutil
from typing import Dict, Iterable, Optional

import numpy as np
import torch
import transformers
from torch import nn

from .common import StateDict, write_json, write_tensors

CLIP = dict(
    hidden_size=12,
    intermediate_size=20,
    num_hidden_layers=2,
    num_attention_heads=2,
    image_size=8,
    patch_size=4,
    projection_dim=8,
)
SMALL_CLIP = {**CLIP, "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 1}
LLAMA = dict(
    vocab_size=16,
    hidden_size=12,
    intermediate_size=20,
    num_hidden_layers=2,
    num_attention_heads=2,
    num_key_value_heads=1,
    max_position_embeddings=32,
)
DEEP_LLAMA = {**LLAMA, "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 4}
WIDE_LLAMA = {**LLAMA, "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1}

# How far each fine-tuned model is from its base.
SIZES = {"a": 0.01, "b": 0.02, "c": 0.005}

# Tensors that some fine-tuned models leave as they are, so that zero task vectors occur.
FROZEN = {
    "a": ("embeddings.class_embedding", "model.layers.0.input_layernorm.weight"),
    "b": ("embeddings.class_embedding", "model.layers.0.input_layernorm.weight"),
    "c": ("embeddings.class_embedding", "pre_layrnorm.bias"),
}


def normal(key: str, shape: Iterable[int]) -> np.ndarray:
    """Standard normal numbers that depend on `key` alone."""
    seed = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "little")
    return np.random.Generator(np.random.PCG64(seed)).standard_normal(tuple(shape))


def base_weights(pool: str, template: StateDict) -> StateDict:
    weights = {}
    for name, tensor in template.items():
        noise = normal(f"{pool}/base/{name}", tensor.shape) * 0.05
        if "norm" in name and name.endswith("weight"):
            noise += 1.0
        weights[name] = torch.tensor(noise, dtype=torch.float32)
    return weights


def fine_tuned(pool: str, model: str, base: StateDict, size: Optional[float] = None) -> StateDict:
    """Base plus a part that all models share and a part of its own."""
    size = SIZES[model] if size is None else size
    weights = {}
    for name, tensor in base.items():
        shared = normal(f"{pool}/shared/{name}", tensor.shape)
        own = normal(f"{pool}/{model}/{name}", tensor.shape)
        delta = 0.0 if name in FROZEN.get(model, ()) else size * (0.6 * shared + 0.8 * own)
        weights[name] = torch.tensor(tensor.double().numpy() + delta, dtype=torch.float32)
    return weights


def on_a_grid(pool: str, model: str, template: StateDict) -> StateDict:
    """Values that are small multiples of 1/256: differences are exact, and many are equal or 0."""
    weights = {}
    for name, tensor in template.items():
        base = np.round(normal(f"{pool}/base/{name}", tensor.shape) * 16) / 256
        if model != "base":
            base = base + np.round(normal(f"{pool}/{model}/{name}", tensor.shape) * 1.5) / 256
        weights[name] = torch.tensor(base, dtype=torch.float32)
    return weights


def edge(base: StateDict) -> StateDict:
    """A partner for `base` whose tensors lie in every special direction, one after another."""
    weights = {}
    for index, (name, tensor) in enumerate(base.items()):
        flat = tensor.double().reshape(-1)
        sideways = torch.tensor(normal(f"edge/{name}", flat.shape))
        sideways -= flat * (sideways @ flat) / (flat @ flat)
        sideways *= flat.norm() / sideways.norm()
        other = [
            lambda: 2.0 * flat,  # parallel
            lambda: -0.5 * flat,  # antiparallel
            lambda: torch.zeros_like(flat),  # no direction
            lambda: flat + 0.03 * sideways,  # cosine 0.99955, just parallel enough
            lambda: flat + 0.04 * sideways,  # cosine 0.99920, just not
            lambda: -flat + 0.03 * sideways,  # the same, opposite
            lambda: sideways,  # orthogonal
            lambda: -flat + 0.5 * sideways,  # obtuse
            lambda: 1e-10 * sideways,  # shorter than epsilon
        ][index % 9]()
        weights[name] = other.reshape(tensor.shape).float()
    return weights


def without_direction(weights: StateDict, name: str) -> StateDict:
    return {**weights, name: torch.zeros_like(weights[name])}


def converted(weights: StateDict, dtype: torch.dtype) -> StateDict:
    return {
        name: tensor.to(dtype) if tensor.is_floating_point() else tensor
        for name, tensor in weights.items()
    }


def clip_template(config: Dict) -> StateDict:
    return transformers.CLIPVisionModel(transformers.CLIPVisionConfig(**config)).state_dict()


def llama_template(config: Dict) -> StateDict:
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**config)).state_dict()


class Pools:
    """Writes pools into models/."""

    def __init__(self) -> None:
        shutil.rmtree("models", ignore_errors=True)

    def write(self, path: str, weights: StateDict, config: Optional[Dict] = None) -> None:
        folder = os.path.join("models", path)
        os.makedirs(folder, exist_ok=True)
        write_tensors(os.path.join(folder, "model.safetensors"), weights)
        if config is not None:
            write_json(os.path.join(folder, "config.json"), config)

    def config(
        self,
        configuration: transformers.PretrainedConfig,
        architecture: str,
        dtype: str = "float32",
    ) -> Dict:
        document = json.loads(configuration.to_json_string())
        document["architectures"] = [architecture]
        document["dtype"] = dtype
        return {key: document[key] for key in sorted(document)}


def generate() -> None:
    pools = Pools()
    write_clip(pools)
    write_small_clip(pools)
    write_llama(pools)
    write_plain(pools)


def write_clip(pools: Pools) -> None:
    configuration = transformers.CLIPVisionConfig(**CLIP)
    config = pools.config(configuration, "CLIPVisionModel")
    # Both ends of a slerp may lack a direction.
    base = without_direction(base_weights("clip", clip_template(CLIP)), "post_layernorm.bias")
    models = {"base": base}
    models.update({name: fine_tuned("clip", name, base) for name in SIZES})
    models["edge"] = without_direction(
        edge({**base, "post_layernorm.bias": base["pre_layrnorm.bias"]}), "post_layernorm.bias"
    )
    for name, weights in models.items():
        pools.write(f"clip/{name}", weights, config)
    for dtype in (torch.bfloat16, torch.float16):
        text = str(dtype).removeprefix("torch.")
        for name in ("base", "a", "b"):
            config = pools.config(configuration, "CLIPVisionModel", text)
            pools.write(f"clip_{text}/{name}", converted(models[name], dtype), config)


def write_small_clip(pools: Pools) -> None:
    configuration = transformers.CLIPVisionConfig(**SMALL_CLIP)
    config = pools.config(configuration, "CLIPVisionModel")
    template = clip_template(SMALL_CLIP)
    for name in ("base", "a", "b", "c"):
        pools.write(f"clip_grid/{name}", on_a_grid("clip_grid", name, template), config)

    # Files of older Transformers: every key has a prefix, and position_ids is stored.
    base = base_weights("clip_small", template)
    positions = (SMALL_CLIP["image_size"] // SMALL_CLIP["patch_size"]) ** 2 + 1
    for name in ("base", "a", "b"):
        weights = base if name == "base" else fine_tuned("clip_small", name, base)
        pools.write(f"clip_small/{name}", weights, config)
        prefixed = {f"vision_model.{key}": tensor for key, tensor in weights.items()}
        prefixed["vision_model.embeddings.position_ids"] = torch.arange(positions).reshape(1, -1)
        pools.write(f"clip_prefixed/{name}", prefixed, config)

    # A whole CLIP checkpoint: the text tower and the projections are there, too.
    text = dict(
        hidden_size=8,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        vocab_size=10,
        max_position_embeddings=6,
    )
    whole = transformers.CLIPConfig(text_config=text, vision_config=SMALL_CLIP, projection_dim=8)
    template = transformers.CLIPModel(whole).state_dict()
    weights = base_weights("clip_whole", template)
    weights.update(
        {
            f"vision_model.{key}": tensor
            for key, tensor in fine_tuned("clip_small", "b", base).items()
        }
    )
    weights = {key: tensor.reshape(template[key].shape) for key, tensor in weights.items()}
    pools.write("clip_whole/b", weights, pools.config(whole, "CLIPModel"))


def write_llama(pools: Pools) -> None:
    for pool, settings, names in (
        ("llama", LLAMA, ("a", "b", "c")),
        ("llama_deep", DEEP_LLAMA, ("a",)),
        ("llama_wide", WIDE_LLAMA, ("a",)),
    ):
        configuration = transformers.LlamaConfig(**settings)
        config = pools.config(configuration, "LlamaForCausalLM")
        base = base_weights(pool, llama_template(settings))
        models = {"base": base}
        models.update({name: fine_tuned(pool, name, base) for name in names})
        if pool == "llama":
            # Steps as small as those of real fine-tuning, against absolute epsilons.
            models["near"] = fine_tuned(pool, "near", base, size=2e-4)
            models["far"] = fine_tuned(pool, "far", base, size=3e-4)
            models["edge"] = edge(base)
        for name, weights in models.items():
            pools.write(f"{pool}/{name}", weights, config)
        if pool == "llama":
            config = pools.config(configuration, "LlamaForCausalLM", "bfloat16")
            pools.write("llama_bfloat16/base", converted(base, torch.bfloat16), config)


class PlainModel(nn.Module):
    """A linear layer and a batch normalisation, whose counter is an integer."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(6, 4)
        self.norm = nn.BatchNorm1d(4)


def write_plain(pools: Pools) -> None:
    template = PlainModel().state_dict()
    floating = {name: tensor for name, tensor in template.items() if tensor.is_floating_point()}
    base = base_weights("plain", floating)
    for name, counter in (("base", 10), ("a", 10), ("b", 10), ("c", 17)):
        weights = base if name == "base" else fine_tuned("plain", name, base)
        weights = {key: weights.get(key, torch.tensor(counter)) for key in template}
        pools.write(f"plain/{name}", weights)
