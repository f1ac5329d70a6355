"""The cases that the reference has no whole method for, or whose random numbers must not matter."""

from generators.fusion_bench_peer import method_of, pool_of
from generators.fusion_bench_pools import A, ALL, BASE, LLAMA, pool

LLAMA_THREE = pool("llama", "base", "a", "b", "c")


def generate(cases):
    knots(cases)
    randes(cases)


def knots(cases):
    def ties(factor, threshold, function):
        return method_of(
            "TiesMergingAlgorithm",
            scaling_factor=factor,
            threshold=threshold,
            remove_keys=[],
            merge_func=function,
        )

    def method(base, **more):
        return method_of("knots.KnOTSMerging", base_method=base, **more)

    note = "The reference has the alignment alone; TIES is the reference's, too."
    cases.add("knots/mean", method(ties(0.6, 20, "mean")), ALL, aligned, note)
    cases.add("knots/sum", method(ties(0.4, 50, "sum")), ALL, aligned, note)
    cases.add("knots/max", method(ties(1.0, 30, "max")), (BASE, A), aligned, note)
    cases.add(
        "knots/few_directions",
        method(ties(0.6, 20, "mean"), min_singular_value=0.08, merge_other_params=False),
        ALL,
        aligned,
        note,
    )
    cases.add("knots/llama", method(ties(0.6, 20, "mean")), LLAMA_THREE, aligned, note)


def aligned(method, models):
    """KnOTS in Float64: the reference's alignment and the reference's TIES."""
    import torch
    from fusion_bench.method.knots.knots_utils import subspace_alignment
    from fusion_bench.method.ties_merging.ties_merging_utils import ties_merging

    settings = method["base_method"]

    def merged(vectors):
        keys = sorted(vectors[0])
        if not keys:
            return {}
        flat = torch.stack([torch.cat([v[key].flatten() for key in keys]) for v in vectors])
        result = settings["scaling_factor"] * ties_merging(
            flat, reset_thresh=settings["threshold"], merge_func=settings["merge_func"]
        )
        parts = torch.split(result, [vectors[0][key].numel() for key in keys])
        return {key: part.view(vectors[0][key].shape) for key, part in zip(keys, parts)}

    models = pool_of(models, "float64")
    base = models.load_pretrained_model()
    linear = {
        f"{name}.weight"
        for name, module in base.named_modules()
        if isinstance(module, torch.nn.Linear)
    }
    states = [models.load_model(name).state_dict() for name in models.model_names]
    start = base.state_dict()
    vectors = [{key: (state[key] - start[key]) for key in start} for state in states]
    bases, components = {}, [{} for _ in vectors]
    for key in sorted(linear):
        limit = method.get("min_singular_value", 1e-5)
        u, s, parts = subspace_alignment([v[key] for v in vectors], eps=limit)
        if len(s) == 0:
            continue
        bases[key] = u
        for task, part in zip(components, parts):
            task[key] = s[:, None] * part
    result = {key: tensor.clone() for key, tensor in start.items()}
    for key, component in merged(components).items():
        result[key] += bases[key] @ component
    if method.get("merge_other_params", True):
        others = [{k: t for k, t in v.items() if k not in linear} for v in vectors]
        for key, tensor in merged(others).items():
            result[key] += tensor
    return {"merged": result}


def randes(cases):
    def method(target, mode="identity_matrix", **changes):
        settings = dict(
            mode=mode,
            target_layer=["mlp_w", "attn_w"],
            random_seed=42,
            different_across_layers=True,
            joint_matrix_mode="flatten_hstack",
            rank=1,
            random_components=False,
            shift_layers=0,
            absorber="None",
            debug=0,
            ms_mode="average",
            verbose=0,
            dropout_rate=1,
        )
        if "Soup" not in target:
            settings.update(scaling_factor=0.5, model_path=None)
        return method_of(f"randes.{target}", **{**settings, **changes})

    arithmetic, soup = "SuperposedTaskArithmeticAlgorithm", "SuperposedModelSoupAlgorithm"
    one = (BASE, A)
    cases.add("randes/identity", method(arithmetic), ALL, superposed)
    for layers in (["mlp", "attn"], ["attn_w"], ["all"]):
        cases.add(
            "randes/identity_" + "_".join(layers), method(arithmetic, target_layer=layers), ALL, superposed
        )
    cases.add("randes/shifted", method(arithmetic, shift_layers=1), ALL, superposed)
    cases.add(
        "randes/shifted_some", method(arithmetic, shift_layers=1, dropout_rate=2), ALL, superposed
    )
    cases.add("randes/soup", method(soup), ALL, superposed)
    cases.add(
        "randes/soup_original", method(soup, ms_mode="original", shift_layers=1), ALL, superposed
    )
    for absorber in ("average", "pretrained"):
        cases.add(f"randes/soup_{absorber}", method(soup, absorber=absorber), ALL, superposed)
    # Alone, a model comes back as it was, whatever the matrices are.
    for mode in ("random_binary_diagonal_matrix", "random_diagonal_matrix"):
        cases.add(f"randes/{mode}", method(arithmetic, mode), one, superposed)


def superposed(method, models):
    """The models that come out of the superposition, without what keeps the reference from running."""
    import random

    import torch
    from fusion_bench.method.randes import base_algorithm, modelsoup, task_arithmetic
    from fusion_bench.utils import instantiate
    from generators.common import quiet
    from omegaconf import OmegaConf

    # The reference refuses parameters beside tensors.
    def add(left, right, **more):
        return {key: left[key].detach() + right[key].detach() for key in left}

    def subtract(left, right, **more):
        return {key: left[key].detach() - right[key].detach() for key in left}

    def multiply(left, factor):
        return {key: tensor.detach() * factor for key, tensor in left.items()}

    def average(states):
        return {
            key: sum(state[key].detach() for state in states) / len(states) for key in states[0]
        }

    task_arithmetic.state_dict_add, task_arithmetic.state_dict_sub = add, subtract
    task_arithmetic.state_dict_mul = modelsoup.state_dict_mul = multiply
    base_algorithm.state_dict_avg = average
    random.seed(0)
    more = dict(absorber="None", ms_mode="average") if "absorber" not in method else {}
    with quiet():
        algorithm = instantiate(OmegaConf.create({**method, **more}))
        # What the class reads through a property that only configurations of the older kind have.
        if not hasattr(algorithm, "config"):
            algorithm.config = OmegaConf.create(method)
        pool = pool_of(models, "float64")
        # State dicts of parameters are views of models; what is summed up must not change these.
        original = algorithm._compress_and_retrieve

        def detached(states, mode):
            return original(
                {
                    name: {key: tensor.detach().clone() for key, tensor in state.items()}
                    for name, state in states.items()
                },
                mode=mode,
            )

        algorithm._compress_and_retrieve = detached
        # Matrices are to be in Float64, too.
        torch.set_default_dtype(torch.float64)
        with torch.no_grad():
            result = algorithm.run(pool)
        torch.set_default_dtype(torch.float32)
    return {name: model.state_dict() for name, model in result["models"].items()}
