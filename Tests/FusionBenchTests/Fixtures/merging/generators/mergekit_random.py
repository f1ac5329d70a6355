"""The methods of mergekit that draw random numbers: how they are distributed."""

from typing import Any, Dict, List, Tuple

import torch

from .common import Recorder
from .formula_cases import weights_of
from .mergekit_peer import inputs_of, run
from .statistics import estimate, significant

RUNS = 64
BASE, TUNED = "llama/base", "llama/b"


def generate(recorder: Recorder) -> None:
    for method, density, rescale in (
        ("dare_linear", 0.5, True),
        ("dare_linear", 0.5, False),
        ("dare_linear", 0.2, True),
        ("dare_ties", 0.5, True),
    ):
        recipe = recipe_of(method, rescale, density=density)
        suffix = f"density_{density:g}" + ("" if rescale else "_not_rescaled")
        add(recorder, f"mergekit_{method}/distribution_{suffix}", recipe, rescale, [])
    for method, rescale in (("della_linear", True), ("della_linear", False), ("della", True)):
        recipe = recipe_of(method, rescale, density=0.5, epsilon=0.3)
        suffix = "density_0.5" + ("" if rescale else "_not_rescaled")
        note = (
            "kept_by_rank: the share that is kept of the smallest, second smallest … largest magnitude of a row, over"
            " the rows of the matrices with 12 columns. It rises linearly from density − epsilon to density + epsilon;"
            " a vector counts as one row."
        )
        add(
            recorder,
            f"mergekit_{method}/distribution_{suffix}",
            recipe,
            rescale,
            [note],
            by_rank=(0.2, 0.8),
        )


def recipe_of(method: str, rescale: bool, **parameters: Any) -> Dict[str, Any]:
    return {
        "merge_method": method,
        "base_model": f"models/{BASE}",
        "models": [{"model": f"models/{TUNED}", "parameters": {"weight": 1.0, **parameters}}],
        "parameters": {"rescale": rescale},
    }


def add(
    recorder: Recorder,
    id: str,
    recipe: Dict[str, Any],
    rescale: bool,
    notes: List[str],
    by_rank: Tuple[float, ...] = (),
) -> None:
    base, tuned = weights_of(BASE), weights_of(TUNED)
    vectors = {name: tuned[name] - base[name] for name in base}
    density = recipe["models"][0]["parameters"]["density"]
    kept, sums = [], []
    width = base["model.embed_tokens.weight"].shape[1]
    ranks = torch.zeros(width, dtype=torch.float64)
    rows = 0
    for seed in range(RUNS):
        merged = run(recipe, seed=seed)
        survivors = drawn = 0
        for name, vector in vectors.items():
            if not vector.any():
                continue
            change = merged[name].double() - base[name].double()
            mask = change.abs() > vector.abs().double() / 2
            survivors += int(mask.sum())
            drawn += vector.numel()
            if mask.any():
                sums.append((change.abs().sum() / vector.abs().double().sum()).item())
            if by_rank and vector.dim() == 2 and vector.shape[1] == width:
                order = vector.abs().argsort(dim=1)
                ranks += mask.gather(1, order).double().sum(0)
                rows += len(mask)
        kept.append(survivors / drawn)
    distribution: Dict[str, Any] = {
        "elements": drawn,
        "statistics": [estimate("kept_fraction", kept, density)],
    }
    if rescale:
        low, high = min(sums), max(sums)
        distribution["sum_of_magnitudes_ratio"] = {
            "smallest": significant(low, 4),
            "largest": significant(high, 4),
        }
        notes = [
            "rescale scales the kept elements so that the sum of magnitudes of each tensor stays what it was (ratio 1,"
            " up to rounding), not by 1/density."
        ] + notes
    else:
        notes = ["The kept elements are as they were."] + notes
    if by_rank:
        distribution["kept_by_rank"] = [significant(value, 5) for value in (ranks / rows).tolist()]
        distribution["kept_by_rank_theory"] = list(by_rank)
        distribution["kept_by_rank_count"] = rows
    notes.append("Over tensors whose task vector is not zero throughout; one model with weight 1.")
    recorder.add(
        id,
        peer="mergekit",
        method=recipe,
        models=inputs_of(recipe),
        distribution=distribution,
        notes=notes,
    )
