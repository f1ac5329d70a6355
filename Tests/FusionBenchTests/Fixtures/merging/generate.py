"""Runs the Python peers on all cases and rewrites models/, expected/ and the JSON files.

Usage: python generate.py
"""

import os
import shutil
import sys

os.environ.setdefault("TQDM_DISABLE", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

from generators import common  # noqa: E402


def main() -> None:
    common.prepare_process(os.path.dirname(os.path.abspath(__file__)))
    common.check_versions()
    from generators import fusion_bench_cases, mergekit_cases, models, parameters

    models.generate()
    shutil.rmtree("expected", ignore_errors=True)
    recorder = common.Recorder()
    recorder.read_models()
    fusion_bench_cases.generate(recorder)
    mergekit_cases.generate(recorder)
    recorder.write()
    parameters.generate()
    print(f"{len(recorder.cases)} cases")


if __name__ == "__main__":
    sys.exit(main())
