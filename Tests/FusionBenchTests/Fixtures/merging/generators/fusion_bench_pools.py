"""The pools that several files of cases merge."""

from .fusion_bench_peer import Models


def pool(folder: str, *names: str) -> Models:
    """The models of one folder of models/; `base` is `_pretrained_`."""
    return tuple(("_pretrained_" if name == "base" else name, f"{folder}/{name}") for name in names)


BASE, A, B, C = ALL = pool("clip", "base", "a", "b", "c")
GRID = pool("clip_grid", "base", "a", "b", "c")
PLAIN = pool("plain", "base", "a", "b")
LLAMA = pool("llama", "base", "a", "b")


def narrow(dtype: str) -> Models:
    return pool(f"clip_{dtype}", "base", "a", "b")
