"""Runs hydra-core on all cases and rewrites the files in expected/.

Usage: python generate.py [name ...]     (without names: every file)
"""
import importlib
import json
import os
import sys

from generators import common

NAMES = [
    "compose",
    "scalars",
    "dump",
    "overrides",
    "interpolations",
    "sweeps",
    "command_line",
]


def main() -> None:
    names = sys.argv[1:] or NAMES
    common.prepare_process()
    for name in names:
        module = importlib.import_module(f"generators.{name}")
        document = common.hide_paths(module.generate())
        path = os.path.join(common.FIXTURES, "expected", f"{name}.json")
        text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        counts = ", ".join(
            f"{len(value)} {key}"
            for key, value in document.items()
            if isinstance(value, list)
        )
        print(f"{name}: {counts}")


if __name__ == "__main__":
    main()
