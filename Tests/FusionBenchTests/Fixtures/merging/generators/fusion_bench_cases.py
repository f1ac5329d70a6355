"""The methods of fusion-bench whose result is determined by their inputs."""

import shutil
from typing import Any, Dict

import torch

from . import formula_cases, fusion_bench_compression, fusion_bench_language_models
from . import fusion_bench_random
from .common import Recorder, StateDict
from .fusion_bench_peer import Models, Peer, method_of, run, state_dict
from .fusion_bench_pools import A, ALL, B, BASE, GRID, LLAMA, PLAIN, narrow, pool


def generate(recorder: Recorder) -> None:
    peer = Peer(recorder)
    averages(peer)
    task_vectors(peer)
    ties(peer)
    dare_without_chance(peer)
    slerp(peer)
    model_stock(peer)
    emr(peer)
    similarity(peer)
    fusion_bench_language_models.generate(peer)
    fusion_bench_compression.generate(peer)
    formula_cases.generate(recorder)
    fusion_bench_random.generate(recorder)


def averages(peer: Peer) -> None:
    simple = method_of("SimpleAverageAlgorithm")
    peer.case("simple_average/clip", simple, ALL, "_pretrained_ takes no part.")
    peer.case("simple_average/llama", simple, LLAMA)
    for dtype in ("bfloat16", "float16"):
        peer.case(
            f"simple_average/clip_{dtype}",
            simple,
            narrow(dtype),
            "The reference adds up in the type of the checkpoint; merged_in_float32 is what is wanted.",
        )
    peer.case(
        "simple_average/integer_buffer",
        simple,
        PLAIN,
    )
    peer.case(
        "simple_average/integer_buffers_that_differ",
        simple,
        PLAIN[1:2] + (("c", "plain/c"),),
        "The reference averages the counter num_batches_tracked, too: it cuts (10 + 17)/2 = 13.5 to 13.",
    )

    def weighted(weights: list, normalize: bool) -> Dict[str, Any]:
        return method_of("WeightedAverageAlgorithm", normalize=normalize, weights=weights)

    peer.case("weighted_average/normalized", weighted([1.0, 2.0, 3.0], True), ALL)
    peer.case("weighted_average/as_given", weighted([0.5, 0.3, 0.4], False), ALL)
    peer.case("weighted_average/negative", weighted([1.5, -0.5, 0.2], True), ALL)
    peer.case("weighted_average/clip_bfloat16", weighted([0.7, 0.4], True), narrow("bfloat16"))


def task_vectors(peer: Peer) -> None:
    def arithmetic(factor: float) -> Dict[str, Any]:
        return method_of("TaskArithmeticAlgorithm", scaling_factor=factor)

    for factor in (0.3, 1.0, 0.0, -0.5):
        peer.case(f"task_arithmetic/factor_{factor}", arithmetic(factor), ALL)
    for dtype in ("bfloat16", "float16"):
        peer.case(
            f"task_arithmetic/clip_{dtype}",
            arithmetic(0.3),
            narrow(dtype),
            "The reference rounds every step to the type of the checkpoint; merged_in_float32 is what is wanted.",
        )
    flat = pool("clip_small", "base", "a", "b")
    peer.case("task_arithmetic/flat_keys", arithmetic(0.3), flat)
    peer.case(
        "task_arithmetic/prefixed_keys",
        arithmetic(0.3),
        pool("clip_prefixed", "base", "a", "b"),
        "The keys of the files start with vision_model. and hold position_ids (I64); the result has neither.",
    )
    peer.case(
        "task_arithmetic/whole_clip",
        arithmetic(0.3),
        flat[:2] + (("b", "clip_whole/b"),),
        "b is a whole CLIPModel; its text tower and projections are left out.",
    )
    peer.case(
        "task_arithmetic/integer_buffer",
        arithmetic(0.3),
        PLAIN,
        "The reference raises an error where integer tensors differ: 0.3·τ is no integer.",
    )

    def magmax(factor: float) -> Dict[str, Any]:
        return method_of("MagMaxAlgorithm", scaling_factor=factor, inplace=True)

    for factor in (0.5, 1.0):
        peer.case(f"magmax/factor_{factor}", magmax(factor), ALL)
    peer.case("magmax/grid", magmax(0.5), GRID, "Of equal magnitudes, the later model wins.")
    peer.case(
        "magmax/integer_buffer",
        magmax(0.5),
        PLAIN[:2] + (("c", "plain/c"),),
        "Integer tensors are those of _pretrained_.",
    )
    peer.case("magmax/clip_bfloat16", magmax(0.5), narrow("bfloat16"))


def ties(peer: Peer) -> None:
    def ties_merging(merge_func: str, threshold: float, factor: float = 0.3) -> Dict[str, Any]:
        return method_of(
            "TiesMergingAlgorithm",
            scaling_factor=factor,
            threshold=threshold,
            remove_keys=[],
            merge_func=merge_func,
        )

    for function in ("sum", "mean", "max"):
        peer.case(f"ties_merging/{function}", ties_merging(function, 20), ALL)
        peer.case(
            f"ties_merging/grid_{function}",
            ties_merging(function, 20),
            GRID,
            "Many magnitudes are equal: all that equal the cut survive. Many sums of signs are zero.",
        )
    peer.case("ties_merging/prefixed_name", ties_merging("dis-mean", 20), ALL, "The same as mean.")
    peer.case("ties_merging/fraction_0.5", ties_merging("sum", 0.5), ALL, "At most 1: a fraction.")
    peer.case("ties_merging/percent_50", ties_merging("sum", 50), ALL, "The same as 0.5.")
    peer.case("ties_merging/percent_99.9", ties_merging("sum", 99.9, 1.0), ALL)
    peer.case(
        "ties_merging/threshold_0",
        ties_merging("sum", 0),
        ALL,
        "The largest magnitude of each model survives even here.",
    )
    peer.case("ties_merging/one_model", ties_merging("sum", 20, 1.0), (BASE, B))
    for dtype in ("bfloat16", "float16"):
        peer.case(
            f"ties_merging/clip_{dtype}",
            ties_merging("sum", 20),
            narrow(dtype),
            "The reference forms task vectors in the type of the checkpoint, which moves the cut;"
            " merged_in_float32 is what is wanted.",
        )
    peer.case(
        "ties_merging/integer_buffer",
        ties_merging("mean", 20, 1.0),
        PLAIN,
        "The reference puts the counter num_batches_tracked into the flat vector, too, so the number of elements"
        " from which the cut is counted includes it.",
    )


def dare_without_chance(peer: Peer) -> None:
    """Nothing is dropped at 0, everything at 1."""
    for ratio, rescale in ((0.0, True), (1.0, False)):
        for linear_only in (False, True):
            drop = dict(sparsity_ratio=ratio, only_on_linear_weights=linear_only, rescale=rescale)
            name = f"ratio_{ratio:g}" + ("_linear_weights" if linear_only else "")
            notes = ["Only the weights of linear layers are dropped."] if linear_only else []
            peer.case(
                f"dare_task_arithmetic/{name}",
                method_of("DareTaskArithmetic", scaling_factor=0.3, **drop),
                ALL,
                *notes,
            )
            peer.case(
                f"dare_simple_average/{name}", method_of("DareSimpleAverage", **drop), ALL, *notes
            )
            peer.case(
                f"dare_ties_merging/{name}",
                method_of(
                    "dare.DareTiesMerging",
                    **drop,
                    scaling_factor=0.5,
                    threshold=20,
                    remove_keys=[],
                    merge_func="sum",
                ),
                ALL,
                *notes,
            )


def slerp(peer: Peer) -> None:
    def interpolation(t: float, threshold: float = 0.9995, epsilon: float = 1e-8) -> Dict[str, Any]:
        return method_of("SlerpMergeAlgorithm", t=t, DOT_THRESHOLD=threshold, epsilon=epsilon)

    pair = (A, B)
    for t in (0.0, 0.3, 1.0):
        peer.case(f"slerp/t_{t}", interpolation(t), pair)
    peer.case(
        "slerp/with_pretrained",
        interpolation(0.3),
        (BASE, B),
        "_pretrained_ counts as a model, in its place.",
    )
    special = "Parallel, antiparallel, zero, nearly parallel (just above and just below the threshold), orthogonal"
    special += " and vanishing tensors; post_layernorm.bias is zero in both models."
    peer.case("slerp/edge", interpolation(0.3), (BASE, ("edge", "clip/edge")), special)
    peer.case("slerp/threshold_0.9", interpolation(0.3, 0.9), pair)
    peer.case(
        "slerp/large_epsilon",
        interpolation(0.3, 0.9995, 0.3),
        (BASE, B),
        "Tensors whose norm is at most epsilon are not normalised before the cosine, so it is smaller.",
    )
    peer.case(
        "slerp/clip_bfloat16",
        interpolation(0.3),
        narrow("bfloat16")[1:],
        "The reference converts to Float32.",
    )
    peer.case(
        "slerp_lm/t_0.3",
        method_of("SlerpForCausalLM", t=0.3, model_save_path=None, show_pbar=False),
        (("base", "llama/base"), ("edge", "llama/edge")),
        special.split(";")[0] + ".",
    )


def model_stock(peer: Peer) -> None:
    def stock(ignore_keys: Any = None) -> Dict[str, Any]:
        return method_of(
            "model_stock.ModelStock",
            ignore_keys=ignore_keys,
            model_save_path=None,
            model_save_kwargs=None,
        )

    peer.case(
        "model_stock/two_models",
        stock(),
        (BASE, A, B),
        "class_embedding has zero task vectors: cosine 0, so it is that of _pretrained_.",
    )
    peer.case("model_stock/three_models", stock(), ALL)
    peer.case(
        "model_stock/ignore_keys",
        stock(["pre_layrnorm.weight", "encoder.layers.1.mlp.fc1.weight", "unknown"]),
        ALL,
        "Ignored keys are the plain mean. Names that no tensor has do no harm.",
    )
    peer.case("model_stock/clip_bfloat16", stock(), narrow("bfloat16"))


def emr(peer: Peer) -> None:
    method = method_of("emr_merging.EMRMerging")

    def call(method: Dict[str, Any], models: Models, dtype: Any = None) -> Dict[str, Any]:
        """One modulated model for each task: taking a task back leaves rounding errors behind."""
        names = [name for name, _ in models if name != "_pretrained_"]
        modulated = {name: run(method, models, dtype) for name in names}
        for name, model in modulated.items():
            model.set_task(name)
        return modulated

    def outputs(modulated: Dict[str, Any]) -> Dict[str, StateDict]:
        model = next(iter(modulated.values()))
        unified = {
            name: model.unified_task_vector[name].detach() for name in model.unified_task_vector
        }
        parts = {"unified": unified}
        for task, modulator in model.modulators.items():
            parts[f"mask_{task}"] = {name: modulator.mask[name].to(torch.uint8) for name in unified}
        for task, model in modulated.items():
            parts[task] = state_dict(model.backbone)
        return parts

    for id, models in (
        ("emr_merging/clip", ALL),
        ("emr_merging/grid", GRID),
        ("emr_merging/one_model", (BASE, A)),
    ):
        first = run(method, models)
        rescalers = {
            task: modulator.rescaler.item() for task, modulator in first.modulators.items()
        }
        peer.case(
            id,
            method,
            models,
            "unified: the task vector; mask_<task>: U8; <task>: weights with that task set.",
            outputs=outputs,
            call=call,
            rescalers=rescalers,
        )


def similarity(peer: Peer) -> None:
    method = method_of(
        "TaskVectorCosSimilarity",
        plot_heatmap=False,
        trainable_only=True,
        max_points_per_model=None,
        output_path="similarity",
    )
    for id, models in (
        ("clip", ALL),
        ("grid", GRID),
        ("clip_bfloat16", narrow("bfloat16")),
    ):
        run(method, models)
        with open("similarity/task_vector_cos_similarity.csv", encoding="utf-8") as file:
            rows = [line.split(",") for line in file.read().splitlines()]
        shutil.rmtree("similarity")
        peer.recorder.add(
            f"task_vector_cos_similarity/{id}",
            peer="fusion_bench",
            method=method,
            models=models,
            matrix={row[0]: [float(value) for value in row[1:]] for row in rows[1:]},
            notes=(
                "matrix: a row for each model, columns in the same order. Task vectors of all parameters, formed in"
                " the type of the checkpoint, then Float64.",
            ),
        )
