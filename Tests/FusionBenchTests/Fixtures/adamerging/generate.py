"""Runs AdaMerging of FusionBench in Python on the tiny pool of ../evaluation, and keeps the coefficients.

Usage: PYTHONPATH=FUSION_BENCH python generate.py

A batch is as large as the larger data set, so that each step sees all images and their order does not matter.
"""

import json
import pathlib
import tempfile

import lightning as L
import torch
from lightning.fabric.loggers import TensorBoardLogger
from omegaconf import OmegaConf

from fusion_bench.method import CLIPLayerWiseAdaMergingAlgorithm, CLIPTaskWiseAdaMergingAlgorithm
from fusion_bench.modelpool import CLIPVisionModelPool

HERE = pathlib.Path(__file__).parent
POOL = HERE.parent / "evaluation"


def pool():
    def dataset(name):
        return {"_target_": "datasets.load_dataset", "path": str(POOL / "data" / name), "split": "test"}

    return CLIPVisionModelPool(
        models=OmegaConf.create({"_pretrained_": str(POOL / "clip"), "mnist": str(POOL / "a"), "eurosat": str(POOL / "b")}),
        test_datasets=OmegaConf.create({name: dataset(name) for name in ["mnist", "eurosat"]}),
        processor=str(POOL / "clip"),
    )


def run(algorithm, **changes):
    settings = dict(
        weights=None, optimizer="adam", lr=1e-2, init_values=0.3, clamp_weights=False, tie_weights=True, strict=False,
        devices=1, batch_size=48, num_workers=0, max_steps=8, fast_dev_run=False, save_merging_weights=None,
        cache_dir=tempfile.mkdtemp(),
    )
    settings.update(changes)
    method = algorithm(OmegaConf.create(settings))
    kept = {}
    from fusion_bench.models.wrappers import layer_wise_fusion, task_wise_fusion

    for wrapper in (layer_wise_fusion.LayerWiseMergedModel, task_wise_fusion.TaskWiseMergedModel):
        original = wrapper.merge_and_unload

        def keeping(self, *args, original=original, **kwargs):
            kept["weights"] = self.merge_weight.detach().clone()
            return original(self, *args, **kwargs)

        wrapper.merge_and_unload = keeping
    method._fabric = method._fabric_instance = L.Fabric(accelerator="cpu", devices=1, loggers=TensorBoardLogger(tempfile.mkdtemp()))
    method.run(pool())
    return kept["weights"].tolist()


def main():
    from transformers import CLIPVisionModel

    names = [name for name, _ in CLIPVisionModel.from_pretrained(POOL / "base").named_parameters()]
    expected = {
        "parameters": [name.removeprefix("vision_model.") for name in names],
        "layer_wise": run(CLIPLayerWiseAdaMergingAlgorithm),
        "layer_wise_clamped": run(CLIPLayerWiseAdaMergingAlgorithm, clamp_weights=True, init_values=0.02),
        "task_wise": run(CLIPTaskWiseAdaMergingAlgorithm),
        "task_wise_default": run(CLIPTaskWiseAdaMergingAlgorithm, init_values=None, max_steps=3),
    }
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
