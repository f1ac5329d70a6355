"""The parameters of each method: what the peers ship, with its order and defaults."""

import importlib
import importlib.metadata
import inspect
import os
from typing import Any, Dict, List

import yaml

from .common import PEERS, write_json

CONFIGS = [
    "simple_average",
    "linear/weighted_average",
    "linear/weighted_average_for_llama",
    "task_arithmetic",
    "ties_merging",
    "dare/simple_average",
    "dare/task_arithmetic",
    "dare/ties_merging",
    "linear/linear_interpolation",
    "linear/expo",
    "linear/llama_expo",
    "linear/llama_expo_with_dare",
    "linear/simple_average_for_causallm",
    "linear/task_arithmetic_for_causallm",
    "linear/ties_merging_for_causallm",
    "slerp/slerp",
    "slerp/slerp_lm",
    "magmax/magmax",
    "model_stock/model_stock",
    "emr_merging/emr_merging",
    "bitdelta/bitdelta",
    "pruning/magnitude_diff_pruning",
    "pruning/llama_magnitude_pruning",
    "pruning/llama_random_pruning",
    "depth_upscaling",
    "dummy",
    "analysis/task_vector_cos_similarity",
    "analysis/task_vector_violin_plot",
]

# Classes that the shipped YAML files name in a way that cannot be resolved.
UNRESOLVED = {
    "DepthUpscalingAlgorithm": "fusion_bench.method.depth_upscaling.DepthUpscalingAlgorithm"
}

MERGEKIT = [
    "linear",
    "task_arithmetic",
    "ties",
    "dare_ties",
    "dare_linear",
    "breadcrumbs",
    "breadcrumbs_ties",
    "della",
    "della_linear",
    "nuslerp",
    "multislerp",
    "karcher",
    "slerp",
    "sce",
    "nearswap",
    "passthrough",
]


class Loader(yaml.SafeLoader):
    """As OmegaConf reads YAML: 1e-8 is a number."""


Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    __import__("re").compile(r"^[-+]?(\d[\d_]*)(\.[\d_]*)?[eE][-+]?\d+$"),
    list("-+0123456789"),
)


def generate() -> None:
    write_json(
        "parameters.json",
        {
            "versions": {name: PEERS[name] for name in ("fusion-bench", "mergekit")},
            "fusion_bench": [shipped(config) for config in CONFIGS],
            "mergekit": [registered(name) for name in MERGEKIT],
        },
    )


def shipped(config: str) -> Dict[str, Any]:
    package = importlib.import_module("fusion_bench_config")
    path = os.path.join(list(package.__path__)[0], "method", f"{config}.yaml")
    with open(path, encoding="utf-8") as file:
        values = yaml.load(file, Loader)
    target = values.pop("_target_")
    module, _, name = UNRESOLVED.get(target, target).rpartition(".")
    return {
        "config": f"method/{config}.yaml",
        "_target_": target,
        "parameters": [{"name": key, "default": value} for key, value in values.items()],
        "constructor": constructor(getattr(importlib.import_module(module), name)),
    }


def constructor(type_: type) -> List[Dict[str, Any]]:
    """Its own parameters, in order; those without a default are required."""
    entries = []
    for parameter in inspect.signature(type_.__init__).parameters.values():
        if parameter.name == "self" or parameter.kind in (
            inspect.Parameter.VAR_KEYWORD,
            inspect.Parameter.VAR_POSITIONAL,
        ):
            continue
        entry: Dict[str, Any] = {"name": parameter.name}
        if parameter.default is inspect.Parameter.empty:
            entry["required"] = True
        else:
            entry["default"] = parameter.default
        entries.append(entry)
    return entries


def registered(name: str) -> Dict[str, Any]:
    from mergekit import merge_methods

    spec = merge_methods.get(name).spec
    contract = spec.contract
    return {
        "merge_method": name,
        "reference": spec.reference_url,
        "base_model": contract.base.value,
        "inputs": [contract.min_inputs, contract.max_inputs],
        "non_base_inputs": [contract.min_non_base, contract.max_non_base],
        "parameters": [
            {
                "name": parameter.name,
                "type": getattr(parameter.value_type, "__name__", str(parameter.value_type)),
                "scope": parameter.scope.value,
                **({"required": True} if parameter.required else {"default": parameter.default}),
            }
            for parameter in spec.parameters
        ],
    }
