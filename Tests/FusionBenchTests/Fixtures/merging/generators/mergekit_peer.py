"""Runs recipes of mergekit on the pools in models/."""

import copy
import glob
import os
import shutil
from typing import Any, Dict, List, Optional, Tuple

import torch
from mergekit.config import MergeConfiguration
from mergekit.merge import run_merge
from mergekit.options import MergeOptions
from safetensors.torch import load_file

from .common import Recorder, StateDict, quiet, rounded, deviation, elementwise_deviation

OUTPUT = "mergekit_output"


def run(config: Dict[str, Any], seed: Optional[int] = None) -> StateDict:
    options = MergeOptions(
        copy_tokenizer=False, write_model_card=False, quiet=True, random_seed=seed
    )
    try:
        with quiet():
            run_merge(MergeConfiguration.model_validate(copy.deepcopy(config)), OUTPUT, options)
        merged: StateDict = {}
        for path in sorted(glob.glob(os.path.join(OUTPUT, "*.safetensors"))):
            merged.update({name: tensor.clone() for name, tensor in load_file(path).items()})
        return merged
    finally:
        shutil.rmtree(OUTPUT, ignore_errors=True)


def inputs_of(config: Dict[str, Any]) -> List[Tuple[str, str]]:
    """The models of a recipe in the order in which mergekit sees them, the base as `_pretrained_`.

    A base that is not listed comes last.
    """
    sources = list(config.get("models", []))
    for part in config.get("slices", []):
        sources.extend(part["sources"])
    paths = [source["model"] for source in sources]
    base = config.get("base_model")
    if base is not None and base not in paths:
        paths.append(base)
    pairs = []
    for path in dict.fromkeys(paths):
        pool, name = path.removeprefix("models/").split("/")
        pairs.append(("_pretrained_" if path == base else name, f"{pool}/{name}"))
    return pairs


class Peer:
    """Adds cases that mergekit computes."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def case(self, id: str, config: Dict[str, Any], *notes: str, **more: Any) -> None:
        merged = run(config)
        error = None
        if all(tensor.dtype == torch.float32 for tensor in merged.values()):
            wide = run({**config, "dtype": "float64", "out_dtype": "float64"})
            error = {
                "of_tensor_maximum": rounded(deviation(merged, wide)),
                "of_element": rounded(elementwise_deviation(merged, wide)),
            }
        self.recorder.add(
            id,
            peer="mergekit",
            method=config,
            models=inputs_of(config),
            outputs={"merged": merged},
            notes=notes,
            error=error,
            **more,
        )
