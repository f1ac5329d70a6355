"""Makes eight fine-tuned vision towers beside the CLIP-ViT-B/32 that ../EvaluationBenchmark/make_data.py makes.

Usage: python make_models.py DIRECTORY
"""

import pathlib
import shutil
import sys

import torch
from safetensors.torch import load_file, save_file

directory = pathlib.Path(sys.argv[1])
TASKS = ["mnist", "eurosat", "svhn", "cifar10", "stl10", "fashion_mnist", "kmnist", "emnist_mnist"]
base = load_file(directory / "tower" / "model.safetensors")
for number, task in enumerate(TASKS):
    target = directory / "tuned" / task
    if (target / "config.json").exists():
        continue
    target.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(number + 1)
    tuned = {
        name: tensor + 1e-3 * torch.randn_like(tensor) if tensor.is_floating_point() else tensor
        for name, tensor in base.items()
    }
    save_file(tuned, target / "model.safetensors", metadata={"format": "pt"})
    shutil.copy(directory / "tower" / "config.json", target / "config.json")
