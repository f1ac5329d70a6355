"""Runs the Python reference on all spectral cases, in Float64, and rewrites cases.json and expected/.

Usage: python generate.py [ID-PREFIX ...]

With prefixes, only cases whose ids start with one of them are computed; the others stay as they are.
The models are those of ../merging/models. In an environment as ../merging/README.md says.
"""

import json
import os
import sys

os.environ.setdefault("TQDM_DISABLE", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

HERE = os.path.dirname(os.path.abspath(__file__))
MERGING = os.path.join(os.path.dirname(HERE), "merging")
sys.path.insert(0, MERGING)
sys.path.insert(0, HERE)

from generators import common  # noqa: E402


class Cases:
    """The cases of this folder: those of the file, and those that are computed anew."""

    def __init__(self, prefixes, kept):
        """With prefixes all cases of the file stay that are not computed, otherwise those of the methods `kept`."""
        self.prefixes = prefixes
        with open(os.path.join(HERE, "cases.json"), encoding="utf-8") as file:
            cases = json.load(file)["cases"]
        self.cases = {
            case["id"]: case for case in cases if prefixes or case["id"].split("/")[0] in kept
        }

    def add(self, id, method, models, compute, *notes):
        """`compute` gives the state dicts by part, or one model."""
        if self.prefixes and not any(id.startswith(prefix) for prefix in self.prefixes):
            return
        parts = compute(method, models)
        if not isinstance(parts, dict):
            parts = {"merged": parts.state_dict()}
        case = {"id": id, "method": method}
        case["models"] = [{"name": name, "path": f"models/{path}"} for name, path in models]
        case["expected"] = {}
        for part, tensors in parts.items():
            name = id if part == "merged" else f"{id}.{part}"
            path = f"expected/{name}.safetensors"
            common.write_tensors(
                os.path.join(HERE, path),
                {
                    key: tensor.float() if tensor.is_floating_point() else tensor
                    for key, tensor in tensors.items()
                },
            )
            case["expected"][part] = path
        if notes:
            case["notes"] = list(notes)
        self.cases[id] = case
        print(id, flush=True)

    def add_table(self, id, method, models, compute):
        """`compute` gives lists of numbers by name."""
        if self.prefixes and not any(id.startswith(prefix) for prefix in self.prefixes):
            return
        self.cases[id] = {
            "id": id,
            "method": method,
            "models": [{"name": name, "path": f"models/{path}"} for name, path in models],
            "table": compute(method, models),
        }
        print(id, flush=True)

    def write(self):
        common.write_json(
            os.path.join(HERE, "cases.json"),
            {"versions": common.PEERS, "cases": [self.cases[id] for id in sorted(self.cases)]},
        )


def main():
    common.prepare_process(MERGING)
    common.PEERS.pop("mergekit")  # takes no part here
    common.check_versions()
    import public_code_cases
    import alignment_cases
    import spectral_cases

    kept = () if "PUBLIC_CODE" in os.environ else public_code_cases.METHODS
    cases = Cases(sys.argv[1:], kept)
    spectral_cases.generate(cases)
    public_code_cases.generate(cases)
    alignment_cases.generate(cases)
    cases.write()


if __name__ == "__main__":
    sys.exit(main())
