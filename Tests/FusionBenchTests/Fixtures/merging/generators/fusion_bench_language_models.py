"""The methods of fusion-bench for causal language models, and those that choose layers or models."""

from typing import Any, Dict

from .fusion_bench_peer import Models, Peer, method_of, pool_of, quiet
from .fusion_bench_pools import A, ALL, B, BASE, LLAMA, narrow, pool


def generate(peer: Peer) -> None:
    expo(peer)
    causal_language_models(peer)
    layers(peer)


def expo(peer: Peer) -> None:
    def extrapolation(factor: float) -> Dict[str, Any]:
        return method_of("ExPOAlgorithm", extrapolation_factor=factor)

    peer.case("expo/one_model", extrapolation(0.1), (BASE, B))
    peer.case("expo/three_models", extrapolation(0.3), ALL, "Their simple average comes first.")
    peer.case("expo/factor_0", extrapolation(0.0), (BASE, B))
    peer.case("expo/clip_bfloat16", extrapolation(0.3), narrow("bfloat16"))

    defaults = dict(
        extrapolation_factor=0.1,
        attention_scaling_factor=1.0,
        only_on_backbone=True,
        on_linear_weights=True,
        on_linear_bias=False,
        on_embedding=False,
        fix_last_n_layers=0,
        fix_first_n_layers=0,
        magnitude_sparsity_ratio=None,
    )

    def llama(**changes: Any) -> Dict[str, Any]:
        return method_of("ExPOAlgorithmForLlama", **{**defaults, **changes})

    one = LLAMA[:2]
    peer.case(
        "llama_expo/defaults",
        llama(),
        one,
        "Only linear layers of the attention and the MLP are extrapolated; everything else is the fine-tuned model's.",
    )
    peer.case(
        "llama_expo/two_models",
        llama(extrapolation_factor=0.3),
        LLAMA,
        "Their simple average comes first.",
    )
    peer.case("llama_expo/attention_half", llama(attention_scaling_factor=0.5), one)
    peer.case("llama_expo/with_head", llama(only_on_backbone=False), one, "lm_head, too.")
    peer.case(
        "llama_expo/not_on_linear_weights",
        llama(on_linear_weights=False, only_on_backbone=False, on_embedding=True),
        one,
        "With on_linear_weights false, lm_head stays, too, although only_on_backbone is false.",
    )
    peer.case("llama_expo/with_embedding", llama(on_embedding=True), one)
    peer.case("llama_expo/fix_first_layer", llama(fix_first_n_layers=1), one)
    peer.case(
        "llama_expo/fix_last_half",
        llama(fix_last_n_layers="half"),
        one,
        "half: number of layers // 2.",
    )
    peer.case(
        "llama_expo/sparse",
        llama(magnitude_sparsity_ratio=0.5, only_on_backbone=False),
        one,
        "The smallest int(columns·ratio) differences of each row are left out before the extrapolation;"
        " not for lm_head.",
    )
    peer.case(
        "llama_expo_with_dare/ratio_0",
        method_of(
            "linear.llama_expo.ExPOWithDareForLLama",
            **{**defaults, "extrapolation_factor": 0.3},
            dare_sparsity_ratio=0.0,
            dare_only_on_linear_weights=True,
            dare_rescale=True,
        ),
        LLAMA,
    )


def causal_language_models(peer: Peer) -> None:
    backbone = "merge_backbone: only model.layers is merged; embedding, last norm and head are those of _pretrained_."
    for merge_backbone in (False, True):
        suffix, notes = ("backbone", (backbone,)) if merge_backbone else ("all", ())
        shared = dict(merge_backbone=merge_backbone, model_save_path=None)
        peer.case(
            f"simple_average_for_causallm/{suffix}",
            method_of("SimpleAverageForCausalLM", **shared, show_pbar=False),
            LLAMA,
            *notes,
        )
        peer.case(
            f"task_arithmetic_for_causallm/{suffix}",
            method_of("TaskArithmeticForCausalLM", scaling_factor=0.3, **shared),
            LLAMA,
            *notes,
        )
        peer.case(
            f"ties_merging_for_causallm/{suffix}",
            method_of(
                "TiesMergingForCausalLM",
                scaling_factor=0.3,
                threshold=20,
                remove_keys=[],
                merge_func="sum",
                **shared,
            ),
            LLAMA,
            *notes,
        )


def layers(peer: Peer) -> None:
    deep = pool("llama_deep", "base", "a")
    indices = [0, 1, "range(1,4)", 3]
    peer.case(
        "depth_upscaling/llama",
        method_of(
            "depth_upscaling.DepthUpscalingForLlama", layer_indices=indices, model_save_path=None
        ),
        deep,
        "_pretrained_ if there is one, otherwise the first model. num_hidden_layers becomes 6.",
        layer_count=6,
    )

    def call(method: Dict[str, Any], models: Models, dtype: Any = None) -> Any:
        from fusion_bench.method import DepthUpscalingAlgorithm

        with quiet():
            model = pool_of(models, dtype).load_model("_pretrained_")
            return DepthUpscalingAlgorithm(layer_indices=indices).run(model.model.layers)

    peer.case(
        "depth_upscaling/module_list",
        {"_target_": "DepthUpscalingAlgorithm", "layer_indices": indices},
        deep[:1],
        "Given an nn.ModuleList (here model.layers), the result is one, too: its keys start with the index.",
        "The shipped _target_ has no package and cannot be instantiated; the class was called directly.",
        call=call,
    )
    peer.case(
        "dummy/with_pretrained",
        method_of("DummyAlgorithm"),
        (A, BASE),
        "_pretrained_, wherever it stands.",
    )
    peer.case("dummy/without_pretrained", method_of("DummyAlgorithm"), (B, A), "The first model.")
