"""Methods that fusion-bench ships but that cannot run: computed from their documentation, in NumPy."""

from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
import torch
from safetensors.torch import load_file

from .common import Recorder, StateDict, observe_error
from .fusion_bench_peer import Models, method_of, run
from .fusion_bench_pools import A, B, BASE, LLAMA


def weights_of(path: str) -> StateDict:
    return load_file(f"models/{path}/model.safetensors")


def combination(terms: Sequence[Tuple[float, StateDict]]) -> StateDict:
    """Σ factor·tensor in Float64, rounded once."""
    result = {}
    for name, tensor in terms[0][1].items():
        total = sum(factor * weights[name].double().numpy() for factor, weights in terms)
        result[name] = torch.from_numpy(np.asarray(total)).to(tensor.dtype)
    return result


def generate(recorder: Recorder) -> None:
    linear_interpolation(recorder)
    weighted_average_for_llama(recorder)


def add(
    recorder: Recorder,
    id: str,
    method: Dict[str, Any],
    models: Models,
    merged: StateDict,
    *notes: str,
) -> None:
    error = observe_error(lambda: run(method, models))
    if error is None:
        raise ValueError(f"{id}: the reference runs, so it should be asked")
    recorder.add(
        id,
        peer="formula",
        method=method,
        models=models,
        outputs={"merged": merged},
        notes=notes,
        reference_error=error,
    )


def linear_interpolation(recorder: Recorder) -> None:
    for id, t, models in (
        ("t_0", 0.0, (A, B)),
        ("t_0.3", 0.3, (A, B)),
        ("t_1", 1.0, (A, B)),
        ("with_pretrained", 0.3, (BASE, A)),
    ):
        first, second = (weights_of(path) for _, path in models)
        add(
            recorder,
            f"linear_interpolation/{id}",
            method_of("LinearInterpolationAlgorithm", t=t),
            models,
            combination([(1 - t, first), (t, second)]),
            "The reference compares a list of names with 2, so its assertion always fails.",
            "All models of the pool count, _pretrained_ included, in their order.",
        )


def weighted_average_for_llama(recorder: Recorder) -> None:
    base, a, b = LLAMA
    rows: List[Tuple[str, bool, bool, Models]] = [
        ("backbone_only", True, True, (base, a, b)),
        ("backbone_only_without_pretrained", True, True, (a, b)),
        ("all", True, False, (base, a, b)),
        ("as_given", False, False, (base, a, b)),
    ]
    for id, normalize, backbone_only, models in rows:
        weights = [0.5, 0.9]
        total = sum(weights) if normalize else 1.0
        merged = combination(
            [(weight / total, weights_of(f"llama/{name}")) for weight, name in zip(weights, "ab")]
        )
        if backbone_only:
            merged["lm_head.weight"] = weights_of(models[0][1])["lm_head.weight"]
        add(
            recorder,
            f"weighted_average_for_llama/{id}",
            method_of(
                "WeightedAverageForLLama",
                normalize=normalize,
                weights=weights,
                backbone_only=backbone_only,
                merged_model_save_path=None,
                save_tokenizer=True,
                push_to_hub=False,
            ),
            models,
            merged,
            "The reference hands backbone_only on to from_pretrained, which refuses it.",
            "backbone_only: everything under model. is averaged; the head is that of _pretrained_ or else of the first model.",
        )
