"""The methods of mergekit whose result is determined by their inputs."""

from typing import Any, Dict, List, Optional, Sequence, Union

from . import mergekit_random
from .common import Recorder
from .mergekit_peer import Peer

A, B, C = "llama/a", "llama/b", "llama/c"
BASE = "llama/base"
NEAR, FAR, EDGE = "llama/near", "llama/far", "llama/edge"
DEEP_BASE, DEEP = "llama_deep/base", "llama_deep/a"

# Values that depend on the tensor and the layer, as mergekit's users write them.
GRADIENT = [
    {"filter": "self_attn", "value": [0, 0.5, 0.3, 0.7, 1]},
    {"filter": "mlp", "value": [1, 0.5, 0.7, 0.3, 0]},
    {"value": 0.4},
]


def model(path: str, **parameters: Any) -> Dict[str, Any]:
    entry: Dict[str, Any] = {"model": f"models/{path}"}
    if parameters:
        entry["parameters"] = parameters
    return entry


def models(*paths: str, **columns: Sequence[Any]) -> List[Dict[str, Any]]:
    """One model for each path, with its values of the named parameters."""
    return [
        model(path, **{name: values[index] for name, values in columns.items()})
        for index, path in enumerate(paths)
    ]


def recipe(
    method: str,
    inputs: Union[List[Dict[str, Any]], None] = None,
    base: Optional[str] = None,
    slices: Optional[List[Dict[str, Any]]] = None,
    dtype: Optional[str] = None,
    out_dtype: Optional[str] = None,
    **parameters: Any,
) -> Dict[str, Any]:
    config: Dict[str, Any] = {"merge_method": method}
    if base is not None:
        config["base_model"] = f"models/{base}"
    if inputs is not None:
        config["models"] = inputs
    if slices is not None:
        config["slices"] = slices
    if parameters:
        config["parameters"] = parameters
    if dtype is not None:
        config["dtype"] = dtype
    if out_dtype is not None:
        config["out_dtype"] = out_dtype
    return config


def generate(recorder: Recorder) -> None:
    peer = Peer(recorder)
    linear(peer)
    task_vectors(peer)
    sparsified(peer)
    spheres(peer)
    selections(peer)
    passthrough(peer)
    mergekit_random.generate(recorder)


def linear(peer: Peer) -> None:
    three = models(A, B, C, weight=[1, 2, 3])
    peer.case("mergekit_linear/normalized", recipe("linear", three))
    peer.case(
        "mergekit_linear/as_given",
        recipe("linear", models(A, B, weight=[0.5, 0.3]), normalize=False),
    )
    peer.case("mergekit_linear/negative", recipe("linear", models(A, B, weight=[1.5, -0.5])))
    filtered = [
        {"filter": "self_attn", "value": 3},
        {"filter": "layers.1", "value": 0},
        {"value": 1},
    ]
    peer.case(
        "mergekit_linear/filters",
        recipe("linear", models(A, B, weight=[filtered, 1])),
        "A filter applies to each tensor whose name contains it, as plain text; the first that applies counts.",
    )
    peer.case(
        "mergekit_linear/gradient",
        recipe("linear", models(DEEP_BASE, DEEP, weight=[[0, 1], [1, 0.5, 0]])),
        "A list is interpolated over the layers, first to last; tensors outside the layers take its first value.",
    )
    peer.case(
        "mergekit_linear/out_dtype", recipe("linear", three, dtype="float32", out_dtype="bfloat16")
    )
    peer.case(
        "mergekit_linear/dtype",
        recipe("linear", three, dtype="bfloat16"),
        "dtype converts the inputs before the merge; linear then works in Float32 and rounds once.",
    )


def task_vectors(peer: Peer) -> None:
    three = models(A, B, C, weight=[0.3, 0.5, 0.7])
    peer.case("mergekit_task_arithmetic/weights", recipe("task_arithmetic", three, BASE))
    peer.case(
        "mergekit_task_arithmetic/normalize", recipe("task_arithmetic", three, BASE, normalize=True)
    )
    peer.case(
        "mergekit_task_arithmetic/lambda", recipe("task_arithmetic", three, BASE, **{"lambda": 0.5})
    )
    opposite = models(A, B, weight=[0.5, -0.5])
    peer.case(
        "mergekit_task_arithmetic/normalize_sum_0",
        recipe("task_arithmetic", opposite, BASE, normalize=True),
        "Weights whose sum is (nearly) zero are not normalised.",
    )
    filtered = [{"filter": "mlp", "value": 0.9}, {"filter": "*", "value": 0.1}]
    peer.case(
        "mergekit_task_arithmetic/filters",
        recipe("task_arithmetic", models(A, B, weight=[filtered, 0.2]), BASE),
    )


def sparsified(peer: Peer) -> None:
    def three(**columns: Sequence[Any]) -> List[Dict[str, Any]]:
        return models(A, B, C, weight=[0.5, 0.3, 0.4], **columns)

    density = dict(density=[0.5, 0.2, 0.7])
    per_tensor = "The cut is made for each tensor by itself, not for the whole model as in ties_merging of fusion-bench."
    peer.case("mergekit_ties/density", recipe("ties", three(**density), BASE), per_tensor)
    peer.case("mergekit_ties/density_1", recipe("ties", three(), BASE), "density is 1 by default.")
    peer.case(
        "mergekit_ties/not_normalized", recipe("ties", three(**density), BASE, normalize=False)
    )
    peer.case("mergekit_ties/lambda", recipe("ties", three(**density), BASE, **{"lambda": 0.6}))
    peer.case(
        "mergekit_ties/rescale",
        recipe("ties", three(**density), BASE, rescale=True),
        "rescale makes the sum of magnitudes of each sparse task vector what it was before, tensor by tensor.",
    )
    peer.case(
        "mergekit_ties/density_tiny",
        recipe("ties", three(density=[0.01, 0.01, 0.0]), BASE),
        "At least one element of a tensor is kept where the density is above zero.",
    )
    peer.case(
        "mergekit_ties/negative_weight",
        recipe("ties", models(A, B, weight=[0.5, -0.4], density=[0.5, 0.5]), BASE),
    )
    peer.case(
        "mergekit_dare_linear/density_1",
        recipe("dare_linear", three(), BASE),
        "Nothing is dropped: the same as task arithmetic.",
    )
    peer.case("mergekit_dare_ties/density_1", recipe("dare_ties", three(), BASE))

    outliers = dict(density=[0.5, 0.6, 0.7], gamma=[0.1, 0.05, 0.2])
    for name in ("breadcrumbs", "breadcrumbs_ties"):
        peer.case(f"mergekit_{name}/density", recipe(name, three(**outliers), BASE))
        peer.case(f"mergekit_{name}/rescale", recipe(name, three(**outliers), BASE, rescale=True))
    peer.case(
        "mergekit_breadcrumbs_ties/normalize",
        recipe("breadcrumbs_ties", three(**outliers), BASE, normalize=True),
    )
    peer.case(
        "mergekit_breadcrumbs/gamma_default",
        recipe("breadcrumbs", three(density=[0.5, 0.5, 0.5]), BASE),
        "gamma is 0.01 by default, and int(gamma·elements) are removed: none of a tensor with fewer than 100 elements.",
    )
    peer.case(
        "mergekit_breadcrumbs/gamma_without_density",
        recipe("breadcrumbs", three(gamma=[0.1, 0.1, 0.1]), BASE),
        "At density 1 nothing is removed, the outliers neither, whatever gamma says.",
    )
    peer.case(
        "mergekit_breadcrumbs/gamma_above_rest",
        recipe("breadcrumbs", three(density=[0.9, 0.9, 0.9], gamma=[0.3, 0.3, 0.3]), BASE),
        "The density wins: where density + gamma exceeds 1, fewer outliers are removed.",
    )
    peer.case(
        "mergekit_della/density_1",
        recipe("della", three(), BASE),
        "The same as ties without a cut: normalised.",
    )
    peer.case("mergekit_della_linear/density_1", recipe("della_linear", three(), BASE))


def spheres(peer: Peer) -> None:
    pair = models(A, B, weight=[1, 3])
    for base in (None, BASE):
        suffix = "_with_base" if base else ""
        for name, parameters in (
            ("flatten", {}),
            ("rows", {"nuslerp_flatten": False}),
            ("columns", {"nuslerp_flatten": False, "nuslerp_row_wise": True}),
        ):
            notes = {
                "flatten": ["The whole tensor is one vector (the default)."],
                "rows": [
                    "Each row is a vector: nuslerp_row_wise false works along the last dimension."
                ],
                "columns": [
                    "Each column is a vector: nuslerp_row_wise true works along the first dimension."
                ],
            }[name]
            peer.case(
                f"mergekit_nuslerp/{name}{suffix}",
                recipe("nuslerp", pair, base, **parameters),
                *notes,
            )
    peer.case(
        "mergekit_nuslerp/weights_sum_0",
        recipe("nuslerp", models(A, B, weight=[1, -1])),
        "Where the sum of the weights is (nearly) zero, t is 0.5.",
    )
    peer.case("mergekit_nuslerp/weight_0", recipe("nuslerp", models(A, B, weight=[1, 0])))

    three = models(A, B, C, weight=[1, 2, 1])
    peer.case("mergekit_multislerp/three", recipe("multislerp", three))
    peer.case("mergekit_multislerp/with_base", recipe("multislerp", three, BASE))
    peer.case(
        "mergekit_multislerp/as_given",
        recipe("multislerp", models(A, B, C, weight=[0.5, 0.2, 0.6]), normalize_weights=False),
    )
    peer.case(
        "mergekit_multislerp/no_direction",
        recipe("multislerp", models(A, B, weight=[1, 2]), BASE),
        "model.layers.0.input_layernorm.weight has two zero task vectors: then two models are averaged linearly.",
    )
    peer.case(
        "mergekit_multislerp/one_model",
        recipe("multislerp", models(A, weight=[2]), BASE),
        "One model: returned as it is.",
    )

    peer.case("mergekit_karcher/two", recipe("karcher", models(A, B)))
    peer.case("mergekit_karcher/three", recipe("karcher", models(A, B, C)))
    peer.case("mergekit_karcher/one_iteration", recipe("karcher", models(A, BASE, B), max_iter=1))
    peer.case("mergekit_karcher/no_iteration", recipe("karcher", models(A, BASE, B), max_iter=0))
    peer.case("mergekit_karcher/tolerance", recipe("karcher", models(A, BASE, B), tol=0.05))
    peer.case(
        "mergekit_karcher/base_counts",
        recipe("karcher", models(A, B), BASE),
        "A base model is an input like the others: it comes last unless it is listed.",
    )

    for t in (0.0, 0.3, 1.0):
        peer.case(f"mergekit_slerp/t_{t}", recipe("slerp", models(A, B), A, t=t))
    peer.case(
        "mergekit_slerp/base_is_second",
        recipe("slerp", models(A, B), B, t=0.3),
        "t runs from the base model to the other, whatever their order.",
    )
    peer.case("mergekit_slerp/edge", recipe("slerp", models(BASE, EDGE), BASE, t=0.3))
    peer.case(
        "mergekit_slerp/gradient",
        recipe(
            "slerp",
            base=DEEP_BASE,
            slices=[
                {
                    "sources": [
                        {"model": f"models/{path}", "layer_range": [0, 4]}
                        for path in (DEEP_BASE, DEEP)
                    ]
                }
            ],
            t=GRADIENT,
        ),
        "Values of a list are interpolated over the layers; 4 layers lie at 0, 1/3, 2/3 and 1.",
    )


def selections(peer: Peer) -> None:
    peer.case("mergekit_sce/topk_1", recipe("sce", models(A, B, C), BASE))
    peer.case("mergekit_sce/topk_0.5", recipe("sce", models(A, B, C), BASE, select_topk=0.5))
    peer.case(
        "mergekit_sce/topk_0.01",
        recipe("sce", models(A, B, C), BASE, select_topk=0.01),
        "int(n·0.01) may be 0: then the tensor is the base's.",
    )
    peer.case(
        "mergekit_sce/small_steps",
        recipe("sce", models(NEAR, FAR), BASE, select_topk=0.5),
        "Where the mean squares of the task vectors sum up to less than 1e-6, all weights are equal:"
        " an absolute bound, which the small steps of real fine-tuning often fall below.",
    )
    peer.case("mergekit_nearswap/t_0.001", recipe("nearswap", models(A), BASE, t=0.001))
    peer.case("mergekit_nearswap/t_0.02", recipe("nearswap", models(B), BASE, t=0.02))
    peer.case(
        "mergekit_nearswap/t_1e-07",
        recipe("nearswap", models(NEAR), BASE, t=1e-7),
        "A difference counts as at least 1e-6, so equal elements weigh t/1e-6 at most.",
    )
    peer.case("mergekit_ram/default", recipe("ram", models(A, B, C), BASE))
    for least in (0.005, 0.02):
        peer.case(f"mergekit_ram/epsilon_{least}", recipe("ram", models(A, B, C), BASE, epsilon=least))
    peer.case("mergekit_ram/one_model", recipe("ram", models(A), BASE, epsilon=0.01))
    peer.case("mergekit_ramplus_tl/default", recipe("ramplus_tl", models(A, B, C), BASE))
    for least, limit in ((0.01, 0.2), (0.02, 3.0), (0.03, 1e9)):
        peer.case(
            f"mergekit_ramplus_tl/epsilon_{least}",
            recipe("ramplus_tl", models(A, B, C), BASE, r=0.3, alpha=limit, epsilon=least),
        )


def passthrough(peer: Peer) -> None:
    def part(path: str, first: int, last: int, **parameters: Any) -> Dict[str, Any]:
        source: Dict[str, Any] = {"model": f"models/{path}", "layer_range": [first, last]}
        if parameters:
            source["parameters"] = parameters
        return {"sources": [source]}

    stack = [part(DEEP_BASE, 0, 3), part(DEEP, 1, 4)]
    peer.case(
        "mergekit_passthrough/stack",
        recipe("passthrough", slices=stack),
        "The embedding comes from the first slice's model, the last norm and the head from the last slice's.",
        layer_count=6,
    )
    peer.case(
        "mergekit_passthrough/repeat",
        recipe("passthrough", slices=[part(DEEP, 0, 4), part(DEEP, 2, 4)]),
        layer_count=6,
    )
    peer.case(
        "mergekit_passthrough/prune",
        recipe("passthrough", slices=[part(DEEP, 0, 1), part(DEEP, 3, 4)]),
        layer_count=2,
    )
    scale = [
        {"filter": "o_proj", "value": 0.5},
        {"filter": "down_proj", "value": 0.0},
        {"value": 1.0},
    ]
    peer.case(
        "mergekit_passthrough/scaled_slice",
        recipe(
            "passthrough",
            slices=[part(DEEP, 0, 2), part(DEEP, 1, 3, scale=scale), part(DEEP, 3, 4)],
        ),
        layer_count=5,
    )
    peer.case("mergekit_passthrough/scaled", recipe("passthrough", models(A), scale=0.5))
    peer.case("mergekit_passthrough/copy", recipe("passthrough", models(A)), "The same bytes.")
    averaged = {
        "sources": [
            {"model": f"models/{DEEP_BASE}", "layer_range": [0, 2], "parameters": {"weight": 0.25}},
            {"model": f"models/{DEEP}", "layer_range": [2, 4], "parameters": {"weight": 0.75}},
        ]
    }
    peer.case(
        "mergekit_linear/slices",
        recipe("linear", slices=[averaged]),
        "Layers 0 and 1 of one model with layers 2 and 3 of the other.",
        layer_count=2,
    )
