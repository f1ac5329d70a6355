"""Times the steps of layer-wise AdaMerging in Python's fusion_bench on the models of make_models.py.

Usage: python peer.py DIRECTORY TASKS BATCH STEPS THREADS
"""

import pathlib
import resource
import sys
import tempfile
import time

import lightning as L
import torch
from lightning.fabric.loggers import TensorBoardLogger
from omegaconf import OmegaConf

from fusion_bench.method import CLIPLayerWiseAdaMergingAlgorithm
from fusion_bench.modelpool import CLIPVisionModelPool

TASKS = ["mnist", "eurosat", "svhn", "cifar10", "stl10", "fashion_mnist", "kmnist", "emnist_mnist"]

directory = pathlib.Path(sys.argv[1])
count, batch, steps, threads = map(int, sys.argv[2:])
torch.set_num_threads(threads)
names = TASKS[:count]
dataset = {"_target_": "datasets.load_dataset", "path": str(directory / "data"), "split": "test"}
models = {"_pretrained_": str(directory / "clip")} | {name: str(directory / "tuned" / name) for name in names}
pool = CLIPVisionModelPool(
    models=OmegaConf.create(models),
    test_datasets=OmegaConf.create({name: dataset for name in names}),
    processor=str(directory / "clip"),
)
settings = dict(
    weights=None, optimizer="adam", lr=1e-3, init_values=0.3, clamp_weights=False, tie_weights=True, strict=False,
    devices=1, batch_size=batch, num_workers=0, max_steps=steps, fast_dev_run=False, save_merging_weights=None,
    cache_dir=tempfile.mkdtemp(),
)
method = CLIPLayerWiseAdaMergingAlgorithm(OmegaConf.create(settings))
fabric = L.Fabric(accelerator="cpu", devices=1, loggers=TensorBoardLogger(tempfile.mkdtemp()))
method._fabric = method._fabric_instance = fabric
moments = []
log = fabric.log_dict


def log_step(metrics, step=None):
    moments.append(time.perf_counter())
    log(metrics, step=step)


fabric.log_dict = log_step
method.run(pool)
times = [after - before for before, after in zip(moments, moments[1:])]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
median = sorted(times)[len(times) // 2]
print(f"fusion-bench in Python, {count} task vectors, {threads} threads: {median:.2f} s a step, {peak:.2f} GiB")
