"""Measures Pillow and NumPy, and Transformers on them, on the images that DatasetBenchmark made.

    python peer.py DIRECTORY ROUNDS
"""

import io
import pathlib
import sys
import time

import numpy as np
from PIL import Image

MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)[:, None, None]
DEVIATION = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)[:, None, None]
FILES = [path.read_bytes() for path in sorted(pathlib.Path(sys.argv[1], "all").glob("*.jpg"))]
ROUNDS = int(sys.argv[2])


def decode(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image.convert("RGB")


def resize(image):
    return image.resize((280, 224), Image.Resampling.BICUBIC)


def process(image):
    pixels = np.asarray(resize(image).crop((28, 0, 252, 224))).transpose(2, 0, 1)
    return (pixels.astype(np.float32) * np.float32(1 / 255) - MEAN) / DEVIATION


def report(name, body, inputs):
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for one in inputs:
            body(one)
        best = min(best, time.perf_counter() - start)
    print(f"| {name} | {best / len(inputs) * 1000:.3f} |", flush=True)


def main():
    images = [decode(data) for data in FILES]
    print("| Step | ms an image, Pillow and NumPy, one core |\n|---|---|")
    report("decode", decode, FILES)
    report("resize to 280 × 224", resize, images)
    report("processor (resize, crop, rescale, normalise)", process, images)
    report("all", lambda data: process(decode(data)), FILES)
    try:
        from transformers import CLIPImageProcessorPil as Processor
    except ImportError:
        from transformers import CLIPImageProcessor as Processor
    processor = Processor()
    report(
        "all, with the processor of Transformers",
        lambda data: processor(images=[decode(data)], return_tensors="np")["pixel_values"],
        FILES,
    )


main()
