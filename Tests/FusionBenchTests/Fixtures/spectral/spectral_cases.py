"""The cases: methods by spectrum and by optimisation."""

from generators.fusion_bench_peer import method_of, run
from generators.fusion_bench_pools import A, ALL, BASE, LLAMA, pool

LLAMA_THREE = pool("llama", "base", "a", "b", "c")


def exact(method, models):
    """The reference in Float64, in which singular vectors are exact enough to compare with."""
    return run(method, models, dtype="float64")


def states(method, models):
    """The state dicts of several models."""
    return {name: model.state_dict() for name, model in exact(method, models).items()}


def generate(cases):
    isotropic(cases)
    task_singular_vectors(cases)
    wudi(cases)
    doge(cases)
    projections(cases)
    continual(cases)
    calibration(cases)
    dop(cases)


def isotropic(cases):
    def iso_c(factor, excluded=None):
        return method_of("ISO_C_Merge", scaling_factor=factor, exclude_keys=excluded)

    cases.add("iso_c/clip", iso_c(1.0), ALL, exact)
    cases.add("iso_c/factor_0.7", iso_c(0.7), ALL, exact)
    cases.add("iso_c/one_model", iso_c(1.0), (BASE, A), exact)
    cases.add("iso_c/excluded", iso_c(1.0, ["embeddings.position_embedding.weight"]), ALL, exact)
    cases.add("iso_c/llama", iso_c(1.0), LLAMA, exact)

    def iso_cts(fraction, excluded=None):
        return method_of(
            "ISO_CTS_Merge",
            scaling_factor=1.0,
            common_space_fraction=fraction,
            exclude_keys=excluded,
        )

    for fraction in (0.8, 0.5, 0.2, 1.0):
        cases.add(f"iso_cts/fraction_{fraction}", iso_cts(fraction), ALL, exact)
    cases.add(
        "iso_cts/excluded", iso_cts(0.5, ["embeddings.position_embedding.weight"]), ALL, exact
    )
    cases.add("iso_cts/llama", iso_cts(0.6), LLAMA_THREE, exact)


def task_singular_vectors(cases):
    def merging(alpha, single=False, excluded=None):
        return method_of(
            "TaskSingularVectorMerging",
            alpha=alpha,
            exclude_keys=excluded,
            return_single_task_models=single,
        )

    cases.add("task_singular_vector/clip", merging(1), ALL, exact)
    cases.add("task_singular_vector/alpha_0.6", merging(0.6), ALL, exact)
    cases.add("task_singular_vector/no_alpha", merging(None), LLAMA, exact)
    cases.add("task_singular_vector/one_model", merging(1), (BASE, A), exact)
    cases.add(
        "task_singular_vector/each_alpha",
        merging([0.5, 1.0, 1.5]),
        ALL,
        exact,
        "A list scales the task vectors before, and nothing after.",
    )
    cases.add(
        "task_singular_vector/task_models",
        merging(0.7, single=True, excluded=["embeddings.position_embedding.weight"]),
        ALL,
        states,
        "alpha scales the merged model only.",
    )


def wudi(cases):
    def merging(count, excluded=None):
        return method_of("WUDIMerging", iter_num=count, exclude_keys=excluded)

    cases.add("wudi/clip", merging(400), ALL, exact)
    cases.add("wudi/few_steps", merging(7), ALL, exact)
    cases.add("wudi/excluded", merging(30, ["embeddings.position_embedding.weight"]), ALL, exact)
    cases.add("wudi/one_model", merging(50), (BASE, A), exact)


def doge(cases):
    def merging(subspace, kept, factor):
        return method_of("DOGE_TA_Algorithm", subspace=subspace, K=kept, lamda=factor)

    cases.add("doge_ta/clip", merging(6, 30, 0.07), ALL, exact)
    cases.add("doge_ta/fraction", merging(3, 0.6, 0.2), ALL, exact)
    cases.add("doge_ta/all", merging(4, 100 - 1e-9, 0.07), pool("clip", "base", "a", "b"), exact)


def projections(cases):
    for rank in ("low", "high"):
        for k in (4, -1, 100):
            for full in (False, True):
                method = {
                    "name": "singular_projection_merging",
                    "device": "cpu",
                    "k": k,
                    "rank": rank,
                    "full_matrices": full,
                    "model_path": None,
                }
                id = f"singular_projection_merging/{rank}_{k}" + ("_full" if full else "")
                cases.add(id, method, ALL, project, "Only the first model takes part.")
    cases.add_table(
        "projected_energy/clip",
        method_of("smile_upscaling.projected_energy.ProjectedEnergyAnalysis"),
        ALL,
        energies,
    )


def project(method, models):
    """A method of the older kind takes the mapping itself."""
    from fusion_bench.method.smile_upscaling import SingularProjectionMergingAlgorithm
    from generators.fusion_bench_peer import pool_of
    from omegaconf import OmegaConf

    algorithm = SingularProjectionMergingAlgorithm(OmegaConf.create(method))
    return algorithm.run(pool_of(models, "float64"))


def energies(method, models):
    """The shares of each module and model, in Float32 as the reference computes them."""
    from fusion_bench.method.smile_upscaling.projected_energy import ProjectedEnergyAnalysis
    from generators.fusion_bench_peer import pool_of

    pool = pool_of(models, "float64")
    base = pool.load_pretrained_model()
    analysis = ProjectedEnergyAnalysis()
    analysis.device = "cpu"
    table = {}
    for name in pool.model_names:
        model = pool.load_model(name)
        for module, part in base.named_modules():
            if hasattr(part, "in_features"):
                numbers = analysis.analyze_weight(part.weight, model.get_submodule(module).weight)
                table[f"{name} {module}"] = list(numbers.values())
    return table


def continual(cases):
    def method(target, **parameters):
        return method_of(
            target,
            **parameters,
            shuffle_order=False,
            seed=None,
            save_on_every_step=True,
            evaluate_on_every_step=False,
        )

    def opcm(alpha, target="opcm.opcm.OPCMForCLIP"):
        return method(target, alpha=alpha)

    for alpha in (0.5, 0.0, 0.9):
        cases.add(f"opcm/alpha_{alpha}", opcm(alpha), ALL, steps)
    cases.add("opcm/general", opcm(0.4, "opcm.opcm_general.OPCM"), ALL, steps)
    cases.add("opcm/one_model", opcm(0.5), (BASE, A), steps)
    cases.add(
        "continual/task_arithmetic",
        method("opcm.task_arithmetic.ContinualTaskArithmeticForCLIP", scaling_factor=0.3),
        ALL,
        steps,
    )
    cases.add(
        "continual/weight_average",
        method("opcm.weight_average.ContinualWeightAverageForCLIP"),
        ALL,
        steps,
    )
    for function in ("sum", "mean"):
        cases.add(
            f"continual/ties_{function}",
            method(
                "opcm.ties_merging.ContinualTiesMergingForCLIP",
                scaling_factor=0.5,
                threshold=20,
                remove_keys=[],
                merge_func=function,
            ),
            ALL,
            steps,
            "Later steps add to the merged model.",
        )


def steps(method, models):
    """The state after each model, by the number of the step."""
    import types

    import torch
    import transformers.models.clip.modeling_clip as clip

    # The task pool, which takes no part, imports a class that Transformers 5 has no more.
    if not hasattr(clip, "CLIPVisionTransformer"):
        clip.CLIPVisionTransformer = clip.CLIPVisionModel
    from fusion_bench.utils import instantiate
    from generators.common import quiet
    from generators.fusion_bench_peer import pool_of
    from omegaconf import OmegaConf

    states = {}

    def keep(model, step):
        states[f"step_{step}"] = {
            name: tensor.detach().clone() for name, tensor in model.state_dict().items()
        }

    with quiet():
        algorithm = instantiate(OmegaConf.create(method))
        algorithm._program = types.SimpleNamespace(
            taskpool=types.SimpleNamespace(_test_datasets={}), log_dir=None
        )
        algorithm.save_merged_model = keep
        type(algorithm).log_dir = None
        result = algorithm.run(pool_of(models, "float64"))
    last = states[f"step_{len(states) - 1}"]
    assert all(torch.equal(tensor, last[name]) for name, tensor in result.state_dict().items())
    return states


def calibration(cases):
    def calibrated(least, target, **parameters):
        return method_of(
            "singular_value_calibration.generic.SingularValueCalibrationWithBaseMethod",
            alpha=least,
            accelerator=None,
            base_method=method_of(target, **parameters),
        )

    ties = dict(scaling_factor=0.3, threshold=20, remove_keys=[], merge_func="sum")
    for alpha in (0.1, 1.0):
        cases.add(
            f"calibration/task_arithmetic_{alpha}",
            method_of(
                "singular_value_calibration.task_arithmetic.SingularValueCalibrationArithmeticTask",
                scaling_factor=0.3,
                alpha=alpha,
                accelerator=None,
            ),
            ALL,
            fresh,
        )
    cases.add("calibration/average", calibrated(0.1, "SimpleAverageAlgorithm"), ALL, fresh)
    cases.add("calibration/ties", calibrated(0.2, "TiesMergingAlgorithm", **ties), ALL, fresh)
    cases.add(
        "calibration/task_singular_vector",
        calibrated(1.0, "TaskSingularVectorMerging", alpha=1, exclude_keys=None),
        ALL,
        fresh,
        "After Iso-C and Iso-CTS, singular values are equal, and so vectors and results are not determined.",
    )


def dop(cases):
    def merging(target="dop.dop.ContinualDOPForCLIP", **changes):
        return method_of(
            target,
            seed=0,
            shuffle_order=False,
            save_on_every_step=True,
            evaluate_on_every_step=False,
            **{
                **dict(lr=1e-4, num_steps=200, mgda=True, alpha=0.8, ema=True, ema_beta=0.999),
                **dict(svd_epsilon=0.99999, svd_proj_space="uv"),
                **changes,
            },
        )

    cases.add("dop/default", merging(), ALL, steps)
    cases.add("dop/fixed_weights", merging(mgda=False), ALL, steps)
    cases.add("dop/without_smoothing", merging(ema=False, num_steps=20), ALL, steps)
    cases.add("dop/left", merging(svd_proj_space="u", svd_epsilon=0.7), ALL, steps)
    cases.add("dop/right", merging(svd_proj_space="v", ema_beta=0.9), ALL, steps)


def fresh(method, models):
    """Loads each model anew, as from a file: base methods overwrite those that a pool holds."""
    from copy import deepcopy

    from fusion_bench.utils import instantiate
    from generators.common import quiet
    from generators.fusion_bench_peer import pool_of
    from omegaconf import OmegaConf

    with quiet():
        pool = pool_of(models, "float64")
        load = pool.load_model
        pool.load_model = lambda *arguments, **more: deepcopy(load(*arguments, **more))
        return instantiate(OmegaConf.create(method)).run(pool)
