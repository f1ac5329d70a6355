"""The methods of fusion-bench that draw random numbers: how they are distributed."""

from typing import Any, Dict, List

import torch

from .common import Recorder, StateDict
from .formula_cases import weights_of
from .fusion_bench_peer import method_of, run, state_dict
from .fusion_bench_pools import A, ALL, B, BASE, C, pool
from .statistics import estimate, flat, significant

RUNS = 64


def generate(recorder: Recorder) -> None:
    dare_task_arithmetic(recorder)
    dare_of_several(recorder)
    dare_ties(recorder)
    random_pruning(recorder)


def linear_weights(names: List[str]) -> List[str]:
    return [
        name
        for name in names
        if "_proj.weight" in name or ".fc" in name and name.endswith("weight")
    ]


def dare_task_arithmetic(recorder: Recorder) -> None:
    """One model: each element of the task vector is dropped or kept, so both can be counted."""
    base, tuned = weights_of("clip/base"), weights_of("clip/a")
    for ratio in (0.5, 0.9):
        for rescale in (True, False):
            for linear_only in (False, True):
                method = method_of(
                    "DareTaskArithmetic",
                    scaling_factor=1.0,
                    sparsity_ratio=ratio,
                    only_on_linear_weights=linear_only,
                    rescale=rescale,
                )
                names = sorted(base)
                touched = linear_weights(names) if linear_only else names
                untouched = [name for name in names if name not in touched]
                factor = 1 / (1 - ratio) if rescale else 1.0
                kept, scale, first, second = [], [], [], []
                for seed in range(RUNS):
                    merged = state_dict(run(method, (BASE, A), seed=seed))
                    vector = flat(tuned, touched) - flat(base, touched)
                    change = flat(merged, touched) - flat(base, touched)
                    drawn = vector != 0
                    survived = change[drawn] != 0
                    kept.append(survived.double().mean().item())
                    part, whole = change[drawn][survived], vector[drawn][survived]
                    scale.append((part @ whole / (whole @ whole)).item())
                    first.append((change @ vector / (vector @ vector)).item())
                    second.append((change @ change / (vector @ vector)).item())
                    if untouched and not torch.allclose(
                        flat(merged, untouched), flat(tuned, untouched), rtol=0, atol=2e-7
                    ):
                        raise ValueError("an untouched parameter was dropped or rescaled")
                parts = ["ratio", f"{ratio:g}", "rescaled" if rescale else "as_kept"]
                recorder.add(
                    "dare_task_arithmetic/distribution_"
                    + "_".join(parts + (["linear_weights"] if linear_only else [])),
                    peer="fusion_bench",
                    method=method,
                    models=(BASE, A),
                    distribution={
                        "elements": int(drawn.sum()),
                        "statistics": [
                            estimate("kept_fraction", kept, 1 - ratio),
                            estimate("factor_of_kept", scale, factor),
                            estimate("projection_on_task_vector", first, (1 - ratio) * factor),
                            estimate(
                                "squared_norm_over_task_vector", second, (1 - ratio) * factor**2
                            ),
                        ],
                    },
                    notes=(
                        "Over the dropped tensors, where the task vector is not zero. With δ = merged − base, τ = a − base:"
                        " kept: δ ≠ 0; factor of kept: ⟨δ,τ⟩/⟨τ,τ⟩ over the kept; projection: ⟨δ,τ⟩/⟨τ,τ⟩; norm: ⟨δ,δ⟩/⟨τ,τ⟩.",
                    )
                    + (
                        (
                            "All other tensors, biases included, are added whole and are not rescaled.",
                        )
                        if linear_only
                        else ()
                    ),
                )


def dare_of_several(recorder: Recorder) -> None:
    base = weights_of("clip/base")
    vectors = [flat(weights_of(path)) - flat(base) for _, path in (A, B, C)]
    for name, method, factor in (
        (
            "dare_task_arithmetic",
            method_of(
                "DareTaskArithmetic",
                scaling_factor=0.3,
                sparsity_ratio=0.5,
                only_on_linear_weights=False,
                rescale=True,
            ),
            0.3,
        ),
        (
            "dare_simple_average",
            method_of(
                "DareSimpleAverage", sparsity_ratio=0.5, only_on_linear_weights=False, rescale=True
            ),
            1 / 3,
        ),
    ):
        mean = factor * sum(vectors)
        spread = factor**2 * sum(vector @ vector for vector in vectors)
        first, second = [], []
        for seed in range(RUNS):
            change = flat(state_dict(run(method, ALL, seed=seed))) - flat(base)
            first.append((change @ mean / (mean @ mean)).item())
            second.append((((change - mean) @ (change - mean)) / spread).item())
        recorder.add(
            f"{name}/distribution_three_models",
            peer="fusion_bench",
            method=method,
            models=ALL,
            distribution={
                "elements": len(mean),
                "statistics": [
                    estimate("projection_on_mean", first, 1.0),
                    estimate("relative_variance", second, 1.0),
                ],
            },
            notes=(
                "With δ = merged − base and m = λΣτ: projection ⟨δ,m⟩/⟨m,m⟩; relative variance |δ − m|²/(λ²Σ|τ|²),"
                " which is p/(1 − p) if the masks of the models are independent.",
            ),
        )


def dare_ties(recorder: Recorder) -> None:
    base, tuned = weights_of("clip/base"), weights_of("clip/b")
    vector = flat(tuned) - flat(base)
    for ratio, threshold in ((0.5, 20), (0.5, 80)):
        method = method_of(
            "dare.DareTiesMerging",
            sparsity_ratio=ratio,
            only_on_linear_weights=False,
            rescale=True,
            scaling_factor=1.0,
            threshold=threshold,
            remove_keys=[],
            merge_func="sum",
        )
        kept, scale, norm = [], [], []
        for seed in range(RUNS):
            change = flat(state_dict(run(method, (BASE, B), seed=seed))) - flat(base)
            survived = change != 0
            kept.append(survived.double().mean().item())
            part, whole = change[survived], vector[survived]
            scale.append((part @ whole / (whole @ whole)).item())
            norm.append((whole @ whole / (vector @ vector)).item())
        theory = min(threshold / 100, 1 - ratio)
        recorder.add(
            f"dare_ties_merging/distribution_threshold_{threshold}",
            peer="fusion_bench",
            method=method,
            models=(BASE, B),
            distribution={
                "elements": len(vector),
                "statistics": [
                    estimate("kept_fraction", kept),
                    estimate("factor_of_kept", scale, 1 / (1 - ratio)),
                    estimate("kept_squared_norm", norm),
                ],
            },
            notes=(
                "One model. Random dropping comes first, then the cut over the whole model: it keeps the largest"
                f" {threshold} % of all elements, dropped ones included, so at most {theory:.0%} survive.",
                "kept: δ ≠ 0; factor: ⟨δ,τ⟩/⟨τ,τ⟩ over the kept; kept squared norm: ⟨τ,τ⟩ over the kept / over all.",
            ),
        )


def random_pruning(recorder: Recorder) -> None:
    models = pool("llama", "base")
    base = weights_of("llama/base")
    pruned = [name for name in sorted(base) if "proj" in name]
    for prune_type, ratio, n, m in (
        ("unstructured", 0.5, 2, 4),
        ("unstructured", 0.3, 2, 4),
        ("semistructured", 0.5, 2, 4),
        ("semistructured", 0.5, 1, 4),
    ):
        method = method_of(
            "RandomPruningForLlama", prune_type=prune_type, sparsity_ratio=ratio, n=n, m=m
        )
        counts: StateDict = {name: torch.zeros_like(base[name]) for name in pruned}
        group_sizes: Dict[str, Any] = {}
        for seed in range(RUNS):
            merged = state_dict(run(method, models, seed=seed))
            for name, tensor in merged.items():
                if name not in counts:
                    if not torch.equal(tensor, base[name]):
                        raise ValueError(f"{name} was pruned")
                    continue
                zero = tensor == 0
                if not torch.equal(tensor[~zero], base[name][~zero]):
                    raise ValueError(f"{name} was changed")
                width = tensor.shape[1] if prune_type == "unstructured" else m
                found = set(zero.reshape(zero.shape[0], -1, width).sum(-1).reshape(-1).tolist())
                group_sizes.setdefault(str(width), set()).update(found)
                counts[name] += zero
        frequency = flat(counts) / RUNS
        share = int(frequency.numel())
        name = (
            f"{prune_type}_{ratio:g}" if prune_type == "unstructured" else f"{prune_type}_{n}_{m}"
        )
        recorder.add(
            f"llama_random_pruning/distribution_{name}",
            peer="fusion_bench",
            method=method,
            models=models,
            distribution={
                "elements": share,
                "runs": RUNS,
                "zeros_in_group": {
                    width: sorted(found) for width, found in sorted(group_sizes.items())
                },
                "mean_frequency": significant(frequency.mean().item()),
                "variance_of_frequency": significant(frequency.var().item(), 4),
            },
            notes=(
                "Each group (a row, or m columns of one) has exactly this many zeros; which ones is random."
                " frequency: how often an element is pruned, over all runs.",
                "Pruned are the linear layers inside model.layers; all other tensors, lm_head included, stay.",
            ),
        )
