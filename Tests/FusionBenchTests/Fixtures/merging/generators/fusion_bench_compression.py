"""The methods of fusion-bench that compress or prune one model."""

import os
from typing import Any, Dict

import torch

from .common import StateDict
from .fusion_bench_peer import Models, Peer, method_of, pool_of, quiet, state_dict
from .fusion_bench_pools import A, BASE, GRID, LLAMA, pool


def generate(peer: Peer) -> None:
    bitdelta(peer)
    difference_pruning(peer)
    llama_pruning(peer)


def bitdelta(peer: Peer) -> None:
    """The steps of BitDeltaAlgorithm.run before its training, which needs a data set from the network."""
    from fusion_bench.method.bitdelta.bitdelta_utils.binary_gemm_kernel import unpack
    from fusion_bench.method.bitdelta.bitdelta_utils.diff import compress_diff, load_diff, save_diff

    method = method_of(
        "bitdelta.BitDeltaAlgorithm",
        save_dir=None,
        save_full_model=False,
        lr=1e-4,
        batch_size=4,
        num_steps=0,
        dataset_name="c4",
        subset="en",
        split="train",
        max_length=128,
    )
    models = pool("llama_wide", "base", "a")
    path = "bitdelta.pt"

    def call(method: Dict[str, Any], models: Models, dtype: Any = None) -> Dict[str, Any]:
        with quiet(), torch.no_grad():
            pool = pool_of(models, dtype)
            base, fine_tuned, compressed = (
                pool.load_model(name) for name in ("_pretrained_", "a", "a")
            )
            compress_diff(base, fine_tuned, compressed)
            save_diff(compressed, path)
            load_diff(base, path)
            difference = torch.load(path)
            os.remove(path)
        return {"model": base, "difference": difference}

    def outputs(result: Dict[str, Any]) -> Dict[str, StateDict]:
        signs = {
            name.removesuffix(".mask") + ".weight": unpack(mask).T.to(torch.uint8)
            for name, mask in result["difference"].items()
            if name.endswith(".mask")
        }
        return {"merged": state_dict(result["model"]), "signs": signs}

    difference = call(method, models)["difference"]
    peer.case(
        "bitdelta/untrained",
        method,
        models,
        "num_steps 0: the scales stay the mean magnitudes that training starts from.",
        "Compressed are children named *proj* of modules named *mlp* or *self_attn*: base + scale·(±1).",
        "signs: 1 for a difference ≥ 0 (a zero difference counts as +1), shaped as the weight.",
        "All other weights (embedding, norms, lm_head) are those of the fine-tuned model, not of the base.",
        "The reference packs 32 signs to a word and asserts that the number of columns is a multiple of 32.",
        outputs=outputs,
        call=call,
        scales={
            name.removesuffix(".coeff") + ".weight": scale.item()
            for name, scale in difference.items()
            if name.endswith(".coeff")
        },
    )


def difference_pruning(peer: Peer) -> None:
    def pruning(ratio: float, rescale: Any, kind: str, names: Any = None) -> Dict[str, Any]:
        return method_of(
            "MagnitudeDiffPruningAlgorithm",
            prune_ratio=ratio,
            rescale=rescale,
            extract_names=names,
            prune_type=kind,
        )

    pair = (BASE, A)
    for kind in ("minor", "major"):
        for rescale in (None, False, True, 2.0):
            notes = {
                False: ["False counts as the factor 0: the result is _pretrained_."],
                True: ["The factor is 1/prune_ratio, not 1/(1 − prune_ratio)."],
            }.get(rescale if isinstance(rescale, bool) else None, [])
            text = {None: "null", False: "false", True: "true"}.get(
                rescale if not isinstance(rescale, float) else "", "2"
            )
            peer.case(
                f"magnitude_diff_pruning/{kind}_rescale_{text}",
                pruning(0.3, rescale, kind),
                pair,
                *notes,
            )
    peer.case("magnitude_diff_pruning/shipped_defaults", pruning(0.5, False, "minor"), pair)
    peer.case(
        "magnitude_diff_pruning/ratio_0.7",
        pruning(0.7, None, "minor"),
        pair,
        "int(12·0.7) = 8, int(20·0.7) = 14.",
    )
    peer.case(
        "magnitude_diff_pruning/names",
        pruning(
            0.5, None, "minor", ["encoder.layers.0.*fc1.weight", "embeddings.position", "q_proj"]
        ),
        pair,
        "Expressions match from the start of a name: the last one matches nothing. A dot matches any character.",
        "position_embedding is a matrix, so it may be pruned; a vector or a convolution raises an error.",
    )
    peer.case(
        "magnitude_diff_pruning/grid",
        pruning(0.5, None, "minor"),
        GRID[:2],
        "Many magnitudes are equal: of these, those in the first columns go first (stable sort).",
    )
    peer.case("magnitude_diff_pruning/grid_major", pruning(0.5, None, "major"), GRID[:2])


def llama_pruning(peer: Peer) -> None:
    def pruning(**parameters: Any) -> Dict[str, Any]:
        values = dict(
            prune_type="unstructured", device="cpu", dtype=None, sparsity_ratio=0.5, n=2, m=4
        )
        return method_of("MagnitudePruningForLlama", **{**values, **parameters})

    peer.case(
        "llama_magnitude_pruning/unstructured_0.5",
        pruning(),
        LLAMA,
        "_pretrained_ is pruned if there is one, otherwise the first model.",
        "Only linear layers inside model.layers: not the embedding, not lm_head. Per row.",
    )
    peer.case("llama_magnitude_pruning/unstructured_0.3", pruning(sparsity_ratio=0.3), LLAMA[1:])
    peer.case(
        "llama_magnitude_pruning/semistructured_2_4",
        pruning(prune_type="semistructured"),
        LLAMA,
        "n is the number of weights that are pruned in each group of m columns.",
    )
    peer.case(
        "llama_magnitude_pruning/semistructured_3_8",
        pruning(prune_type="semistructured", n=3, m=8),
        LLAMA,
        "12 and 20 columns are no multiples of 8: n weights of the last, shorter group are pruned, too.",
        "A last group of fewer than n columns raises an error.",
    )
    peer.case(
        "llama_magnitude_pruning/bfloat16",
        pruning(),
        pool("llama_bfloat16", "base"),
        "Of equal magnitudes, those in the first columns go first (stable sort).",
    )
