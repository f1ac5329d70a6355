"""Times transformers on the data of make_data.py: the vision tower alone, with image processing, and its gradients.

Usage: python peer.py DIRECTORY THREADS
"""

import io
import pathlib
import sys
import time

import torch
from datasets import load_dataset
from transformers import CLIPImageProcessor, CLIPModel

directory = pathlib.Path(sys.argv[1])
torch.set_num_threads(int(sys.argv[2]))
model = CLIPModel.from_pretrained(directory / "clip").eval()
processor = CLIPImageProcessor.from_pretrained(directory / "clip")
data = load_dataset(str(directory / "data"), split="test", cache_dir=str(directory / "cache"))


def pixels(start, count):
    images = [data[index]["image"].convert("RGB") for index in range(start, start + count)]
    return processor(images=images, return_tensors="pt")["pixel_values"]


batch = pixels(0, 64)
with torch.no_grad():
    model.get_image_features(pixel_values=batch[:8])
    times = []
    for _ in range(3):
        start = time.perf_counter()
        model.get_image_features(pixel_values=batch)
        times.append(time.perf_counter() - start)
    print(f"forward, batch 64: {64 / min(times):.1f} images/s")
    start = time.perf_counter()
    for first in range(0, 128, 64):
        model.get_image_features(pixel_values=pixels(first, 64))
    print(f"from JPEG files: {128 / (time.perf_counter() - start):.1f} images/s")
times = []
for _ in range(3):
    start = time.perf_counter()
    features = model.get_image_features(pixel_values=batch[:16])
    features = getattr(features, "pooler_output", features)
    features.square().mean().backward()
    times.append(time.perf_counter() - start)
print(f"forward and backward, batch 16: {min(times):.2f} s")
