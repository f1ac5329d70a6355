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
