"""Collects hidden states by FusionBench in Python on the tiny pool of ../evaluation, and keeps some of them.

Usage: PYTHONPATH=FUSION_BENCH python generate.py

Images come in the order of the data sets. Kept are the states of the first ones of each task, and the mean relative errors over
all of them, as the notebook `error_accumulation_analysis.ipynb` of FusionBench computes them.
"""

import json
import pathlib
import tempfile

import lightning as L
import torch
from lightning.fabric.loggers import TensorBoardLogger
from omegaconf import OmegaConf
from torch.utils.data import DataLoader

from fusion_bench.dataset import CLIPDataset
from fusion_bench.method.smile_upscaling import error_accumulation
from fusion_bench.method.smile_upscaling.smile_upscaling import SmileUpscalingAlgorithm
from fusion_bench.modelpool import CLIPVisionModelPool

HERE = pathlib.Path(__file__).parent
POOL = HERE.parent / "evaluation"
TASKS = ["mnist", "eurosat"]
KEPT = 4


class TensorFeatureSaver(error_accumulation.LayerWiseFeatureSaver):
    """Newer layers of transformers give a tensor where the reference expects a tuple with one."""

    def __call__(self, module, input, output):
        super().__call__(module, input, output if isinstance(output, tuple) else (output,))


def pool():
    def dataset(name):
        return {"_target_": "datasets.load_dataset", "path": str(POOL / "data" / name), "split": "test"}

    return CLIPVisionModelPool(
        models=OmegaConf.create({"_pretrained_": str(POOL / "clip"), "mnist": str(POOL / "a"), "eurosat": str(POOL / "b")}),
        test_datasets=OmegaConf.create({name: dataset(name) for name in TASKS}),
        processor=str(POOL / "clip"),
    )


def run(gate_k, k, top_k):
    directory = tempfile.mkdtemp()

    class Analysis(error_accumulation.ErrorAccumulationAnalysisForCLIP):
        log_dir = directory

    error_accumulation.LayerWiseFeatureSaver = TensorFeatureSaver
    analysis = Analysis(gate_k=gate_k, k=k, top_k=top_k)
    analysis._fabric = analysis._fabric_instance = L.Fabric(
        accelerator="cpu", devices=1, loggers=TensorBoardLogger(tempfile.mkdtemp()))
    models = pool()
    smile = SmileUpscalingAlgorithm(gate_k=gate_k, k=k, top_k=top_k, device="cpu").run(models).eval()
    low_rank = error_accumulation.LowRankApproximation(rank=k, device="cpu").run(models)
    states, errors = {}, []
    for task in TASKS:
        dataset = CLIPDataset(models.load_test_dataset(task), models.load_processor())
        towers = {"finetuned": models.load_model(task).eval(), "smile": smile, "low-rank": low_rank[task].eval()}
        found = {}
        for name, tower in towers.items():
            if not hasattr(tower, "vision_model"):
                tower.vision_model = tower
            hooks = analysis.collect_hidden_states(tower, DataLoader(dataset, batch_size=16), f"{task}/{name}")
            found[name] = [
                torch.load(pathlib.Path(directory, task, name, f"layer_{layer}.pth"), weights_only=True) for layer in hooks
            ]
        states[task] = {name: [layer[:KEPT].tolist() for layer in layers] for name, layers in found.items()}
        for name in ["smile", "low-rank"]:
            for layer, (exact, other) in enumerate(zip(found["finetuned"], found[name])):
                error = torch.mean(torch.norm(exact - other, dim=1) / torch.norm(exact, dim=1)).item()
                errors.append([task, name, layer, error])
    return {"gate_k": gate_k, "k": k, "top_k": top_k, "errors": errors, "states": states}


def main():
    # With k as large as a matrix, low-rank models are the fine-tuned ones.
    cases = [run(gate_k=4, k=6, top_k=1), run(gate_k=16, k=24, top_k=2)]
    (HERE / "expected.json").write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    main()
