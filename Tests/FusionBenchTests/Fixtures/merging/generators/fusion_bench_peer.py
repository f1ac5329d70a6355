"""Runs methods of fusion-bench on the pools in models/."""

from typing import Any, Callable, Dict, Optional, Sequence, Tuple

import torch
from fusion_bench.modelpool import BaseModelPool
from fusion_bench.utils import instantiate
from omegaconf import OmegaConf
from safetensors.torch import load_file

from .common import Recorder, StateDict, deviation, elementwise_deviation, quiet, rounded
from .models import PlainModel

Models = Sequence[Tuple[str, str]]
Outputs = Callable[[Any], Dict[str, StateDict]]

METHOD = "fusion_bench.method."


def clip_pool(models: Models, dtype: Optional[str]) -> BaseModelPool:
    entries: Dict[str, Any] = {name: f"models/{path}" for name, path in models}
    if dtype is not None:
        entries = {
            name: {
                "_target_": "transformers.CLIPVisionModel.from_pretrained",
                "pretrained_model_name_or_path": path,
                "torch_dtype": dtype,
            }
            for name, path in entries.items()
        }
    config = {"_target_": "fusion_bench.modelpool.CLIPVisionModelPool", "models": entries}
    return instantiate(OmegaConf.create(config))


def llama_pool(models: Models, dtype: Optional[str]) -> BaseModelPool:
    config: Dict[str, Any] = {
        "_target_": "fusion_bench.modelpool.CausalLMPool",
        "models": {name: f"models/{path}" for name, path in models},
        "tokenizer": None,
    }
    if dtype is not None:
        config["model_kwargs"] = {"torch_dtype": dtype}
    return instantiate(OmegaConf.create(config))


def plain_pool(models: Models, dtype: Optional[str]) -> BaseModelPool:
    loaded = {}
    for name, path in models:
        loaded[name] = PlainModel()
        loaded[name].load_state_dict(load_file(f"models/{path}/model.safetensors"))
        if dtype is not None:
            loaded[name].to(getattr(torch, dtype))
    return BaseModelPool(loaded)


def pool_of(models: Models, dtype: Optional[str] = None) -> BaseModelPool:
    family = models[0][1].split("/")[0].split("_")[0]
    return {"clip": clip_pool, "llama": llama_pool, "plain": plain_pool}[family](models, dtype)


def state_dict(model: torch.nn.Module) -> StateDict:
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def merged(model: torch.nn.Module) -> Dict[str, StateDict]:
    return {"merged": state_dict(model)}


def run(
    method: Dict[str, Any],
    models: Models,
    dtype: Optional[str] = None,
    seed: int = 0,
) -> Any:
    """What the method makes of the pool. `dtype` loads the models in another type."""
    torch.manual_seed(seed)
    with quiet():
        algorithm = instantiate(OmegaConf.create(method))
        return algorithm.run(pool_of(models, dtype))


def method_of(target: str, **parameters: Any) -> Dict[str, Any]:
    return {"_target_": METHOD + target, **parameters}


class Peer:
    """Adds cases that fusion-bench computes."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def case(
        self,
        id: str,
        method: Dict[str, Any],
        models: Models,
        *notes: str,
        outputs: Outputs = merged,
        call: Callable[..., Any] = run,
        **more: Any,
    ) -> None:
        """Runs the method as it is, and in Float64 to see how exact that was.

        A pool of a narrow type is merged in Float32 instead, and rounded once at the end: the part
        `merged_in_float32` of the expectations.
        """
        parts = outputs(call(method, models))
        dtypes = {
            tensor.dtype
            for part in parts.values()
            for tensor in part.values()
            if tensor.is_floating_point()
        }
        if dtypes & {torch.bfloat16, torch.float16}:
            wide = outputs(call(method, models, dtype="float32"))["merged"]
            narrow = parts["merged"]
            parts["merged_in_float32"] = {
                name: tensor.to(narrow[name].dtype) for name, tensor in wide.items()
            }
        elif torch.float32 in dtypes:
            more = {
                **more,
                "error": self.error(parts, outputs(call(method, models, dtype="float64"))),
            }
        self.recorder.add(
            id,
            peer="fusion_bench",
            method=method,
            models=models,
            outputs=parts,
            notes=notes,
            **more,
        )

    @staticmethod
    def error(narrow: Dict[str, StateDict], wide: Dict[str, StateDict]) -> Dict[str, float]:
        return {
            "of_tensor_maximum": rounded(
                max(deviation(narrow[part], wide[part]) for part in narrow)
            ),
            "of_element": rounded(
                max(elementwise_deviation(narrow[part], wide[part]) for part in narrow)
            ),
        }
