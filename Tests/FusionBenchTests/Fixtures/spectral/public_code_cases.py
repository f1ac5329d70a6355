"""The cases of methods that no package has: they need the code that the authors of their papers have published.

The environment variable PUBLIC_CODE names a folder with checkouts of the repositories that README.md lists.
"""

import importlib.util
import os
import sys
import types

import torch
from generators.fusion_bench_pools import A, ALL, BASE, LLAMA, pool
from safetensors.torch import load_file

METHODS = ("swudi", "swudi_a", "ace_merging", "dc_merge", "cart", "nufilt", "nufilt_descent")

NEAR = pool("llama", "base", "a", "near")
EXCLUDED = "embeddings.position_embedding.weight"


def generate(cases):
    folder = os.environ.get("PUBLIC_CODE")
    if folder is None:
        return
    torch.set_default_dtype(torch.float64)
    swudi(cases, Wide(folder, "MLLMerging/LLaMA-Factory/swudi_aswudi.py"))
    ace(cases, module(folder, "ACE-Merging/src/merge/strategy.py"))
    dc_merge(
        cases,
        module(folder, "DC-Merge/vision_fft_merge/src/utils/DC_utils.py"),
        module(folder, "DC-Merge/vision_lora_merge/merging_functions.py"),
    )
    cart(cases)
    nufilt(cases, folder)
    torch.set_default_dtype(torch.float32)


def module(folder, path):
    """A file of a checkout, without the packages around it."""
    name = os.path.basename(path).removesuffix(".py")
    spec = importlib.util.spec_from_file_location(name, os.path.join(folder, path))
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def state_dicts(models):
    return [
        {name: tensor.double() for name, tensor in load_file(f"models/{path}/model.safetensors").items()}
        for _, path in models
    ]


def merged_matrices(models, merge, excluded=()):
    """θ0 + what `merge` makes of the task vectors of each matrix; everything else is averaged."""
    base, *others = state_dicts(models)
    result = {}
    for name, tensor in base.items():
        vectors = [other[name] - tensor for other in others]
        if tensor.ndim == 2 and name not in excluded:
            result[name] = tensor + merge(vectors)
        else:
            result[name] = tensor + sum(vectors) / len(vectors)
    return {"merged": result}


class Wide:
    """Code that computes in Float32, made to compute in Float64."""

    class Torch:
        float32 = torch.float64

        def __getattr__(self, name):
            return getattr(torch, name)

    def __init__(self, folder, path):
        self.code = module(folder, path)
        self.code.torch = Wide.Torch()


class Parameters:
    """A state dict that passes for a module."""

    def __init__(self, tensors):
        self.tensors = tensors

    def named_parameters(self):
        return self.tensors.items()


def swudi(cases, wide):
    def method(target, **parameters):
        return {"_target_": f"fusion_bench.method.{target}", **parameters}

    def compute(function):
        def run(method, models):
            names = set(method) - {"_target_", "exclude_keys"}
            base, *others = map(Parameters, state_dicts(models))
            return {
                "merged": function(
                    base,
                    others,
                    [],
                    merge_device=None,
                    progress=False,
                    **{name: method[name] for name in names},
                )
            }

        return run

    def soft(id, models, **parameters):
        excluded = {"exclude_keys": ["lm_head.weight"]} if models == LLAMA else {}
        cases.add(
            f"swudi/{id}",
            method("SWUDIMerging", **parameters, **excluded),
            models,
            compute(wide.code.swudi_merge),
        )

    soft("clip", ALL, exp_time=1300.0, truncate_rank_ratio=0.65)
    soft("short", ALL, exp_time=3.0, truncate_rank_ratio=None, init_mode="mean")
    soft("scaled", ALL, exp_time=300.0, truncate_rank_ratio=0.85, scaling_coefficient=0.4)
    soft("from_zero", ALL, exp_time=20.0, truncate_rank_ratio=0.3, init_mode="zero")
    soft("hard", ALL, exp_time=300.0, truncate_rank_ratio=0.5, filter_type="none")
    soft("llama", LLAMA, exp_time=300.0, truncate_rank_ratio=0.85)
    soft("one_model", (BASE, A), exp_time=50.0, truncate_rank_ratio=0.65)

    def adaptive(id, models, **parameters):
        excluded = {"exclude_keys": ["lm_head.weight"]} if models == LLAMA else {}
        cases.add(
            f"swudi_a/{id}",
            method("AdaptiveSWUDIMerging", **parameters, **excluded),
            models,
            compute(wide.code.aswudi_merge),
        )

    for rule in ("participation_sqrt", "participation", "entropy", "stable_rank"):
        adaptive(rule, ALL, auto_rank_method=rule)
    adaptive("llama", LLAMA, auto_rank_method="participation_sqrt", rank_scale=0.6)
    adaptive(
        "soft",
        ALL,
        auto_rank_method="entropy",
        filter_type="exponential",
        exp_time=30.0,
        init_mode="mean",
    )


def ace(cases, code):
    def run(method, models):
        def merge(vectors):
            parts = [types.SimpleNamespace(task_vector_param_dict={"w": vector}) for vector in vectors]
            strategy = code.MergeStrategy(["w"], parts, "cpu")
            return strategy.ace_merging(eps=method["eps"], k_frac=method["k_frac"])["w"]

        return merged_matrices(models, merge, method["exclude_keys"] or ())

    def add(id, models, eps=1e-2, share=0.3, excluded=None, *notes):
        method = {"_target_": "fusion_bench.method.ACEMerging", "eps": eps, "k_frac": share}
        cases.add(f"ace_merging/{id}", {**method, "exclude_keys": excluded}, models, run, *notes)

    add("clip", ALL)
    add("small_eps", ALL, 1e-5, 0.3, [EXCLUDED])
    add("one_model", (BASE, A))
    add("varied", NEAR, 1e-2, 0.3, None, "The norms of the task vectors differ much.")
    add("varied_half", NEAR, 1e-6, 0.5)


def changed(function, constants):
    """A function with other numbers in place of some in its code."""
    code = function.__code__
    assert all(value in code.co_consts for value in constants), f"{function.__name__}: {constants}"

    def replaced(value):
        return constants.get(value, value) if type(value) in (int, float) else value

    return types.FunctionType(
        code.replace(co_consts=tuple(map(replaced, code.co_consts))),
        function.__globals__,
        function.__name__,
        function.__defaults__,
    )


def dc_merge(cases, whole, adapters):
    def method(**parameters):
        return {"_target_": "fusion_bench.method.DCMerging", **parameters}

    def run_whole(method, models):
        function = changed(whole.dc_merge, {1e-3: method["density"]})

        def merge(vectors):
            config = types.SimpleNamespace(DATASETS=[""] * len(vectors), device="cpu")
            return function([types.SimpleNamespace(vector={"w": one}) for one in vectors], config)["w"]

        return merged_matrices(models, merge)

    def run_adapters(method, models):
        function = changed(adapters.dc_merge, {1e-3: method["density"], 16: method["rank_per_task"]})

        def merge(vectors):
            return function({"w": vectors}, method["smoothing_strategy"], method["rho"])["w"]

        return merged_matrices(models, merge, method["exclude_keys"])

    cases.add("dc_merge/clip", method(density=1e-3), ALL, run_whole)
    cases.add("dc_merge/dense", method(density=0.3), ALL, run_whole)
    cases.add("dc_merge/llama", method(density=0.1), LLAMA, run_whole)
    for smoothing in ("avg", "linear"):
        cases.add(
            f"dc_merge/{smoothing}",
            method(
                density=0.2,
                smoothing_strategy=smoothing,
                rho=3.0,
                rank_per_task=3,
                exclude_keys=[EXCLUDED],
            ),
            ALL,
            run_adapters,
        )


def cart(cases):
    def run(method, models):
        def merge(vectors):
            mean = sum(vectors) / len(vectors)
            parts = [torch.linalg.svd(vector - mean, full_matrices=False) for vector in vectors]
            count = max(1, int(method["rank_ratio"] * min(mean.shape)))
            low = sum((u[:, :count] * s[:count]) @ v[:count] for u, s, v in parts)
            return mean + method["scaling_factor"] * low

        return merged_matrices(models, merge, [EXCLUDED, "model.embed_tokens.weight"])

    for id, ratio, factor, models in (
        ("clip", 0.08, 1.0, ALL),
        ("third", 0.34, 0.7, ALL),
        ("llama", 0.2, 1.3, LLAMA),
    ):
        method = {
            "_target_": "fusion_bench.method.CARTMerging",
            "scaling_factor": factor,
            "rank_ratio": ratio,
        }
        cases.add(f"cart/{id}", method, models, run, "By the formula.")


def nufilt(cases, folder):
    def svd(matrix, full_matrices):
        u, s, v = torch.linalg.svd(matrix, full_matrices=full_matrices)
        return u, s, v.T

    package = types.ModuleType("fusion_bench.method.nufilt.utils")
    package.svd = svd
    sys.modules[package.__name__] = package
    code = module(folder, "NUFILT/fusion_bench/models/filter_lora.py")

    def linear(weight):
        layer = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=False)
        layer.weight.data = weight.clone()
        return layer

    def steps(method, models):
        base, *others = state_dicts(models)
        names = [name for name in base if is_merged(name, base[name], method["lora_layer"])]
        state = {name: others[0][name] if name in names else tensor for name, tensor in base.items()}
        states = {"step_0": dict(state)}
        for step, other in enumerate(others[1:], 1):
            for name in names:
                layer = code.FilterLoRA(
                    linear(state[name]),
                    other[name] - base[name],
                    method["null_space"],
                    state[name] - base[name],
                    method["lora_r"],
                    method["null_r"],
                    method["grad_r"],
                    "cpu",
                )
                state[name] = layer.merge_to_base()
            states[f"step_{step}"] = dict(state)
        return states

    def is_merged(name, tensor, layers):
        return tensor.ndim == 2 and "embedding" not in name and any(part in name for part in layers)

    for id, rank, layers in (("four", 4, ["attn", "fc1"]), ("all", 12, ["self_attn", "mlp"])):
        method = {
            "_target_": "fusion_bench.method.NUFILT",
            "lora_r": 0,
            "null_r": rank,
            "grad_r": 8,
            "null_space": True,
            "lora_layer": layers,
            "shuffle_order": False,
        }
        cases.add(f"nufilt/{id}", method, ALL, steps, "The first model is taken over as it is.")

    def descent(method, models):
        torch.manual_seed(method["seed"])
        merged, vector = 0.05 * torch.randn(2, 9, 7)
        layer = code.FilterLoRA(
            linear(merged), vector, method["null_space"], merged, method["lora_r"], method["null_r"],
            method["grad_r"], "cpu",
        )
        start = layer.gate.A.detach().clone()
        optimizer = torch.optim.Adam([layer.gate.A, layer.gate.B], lr=method["lr"])
        for _ in range(method["max_steps"]):
            layer.solve_lora().backward()
            optimizer.step()
            optimizer.zero_grad()
        table = {"merged": merged, "vector": vector, "start": start, "result": layer.merge_to_base()}
        return {name: tensor.flatten().tolist() for name, tensor in table.items()}

    for id, null_space, rate, count in (
        ("default", True, 1e-3, 50),
        ("long", True, 1e-2, 300),
        ("unfiltered", False, 1e-2, 40),
    ):
        method = {
            "seed": 1, "lora_r": 2, "null_r": 3, "grad_r": 2,
            "null_space": null_space, "lr": rate, "max_steps": count,
        }
        cases.add_table(f"nufilt_descent/{id}", method, (), descent)
