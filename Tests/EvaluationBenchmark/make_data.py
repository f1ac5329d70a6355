"""Makes a CLIP-ViT-B/32 of random weights and a data set of 320 JPEG files of 500 × 400 pixels.

Usage: python make_data.py DIRECTORY TOKENIZER
"""

import io
import pathlib
import shutil
import sys

import numpy
import torch
from datasets import ClassLabel, Dataset, Features, Image
from PIL import Image as Picture
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel

directory, tokenizer = map(pathlib.Path, sys.argv[1:])
if (directory / "done").exists():
    sys.exit()
torch.manual_seed(0)
model = CLIPModel(CLIPConfig())
model.save_pretrained(directory / "clip")
model.vision_model.save_pretrained(directory / "tower")
for file in tokenizer.iterdir():
    shutil.copy(file, directory / "clip")
CLIPImageProcessor().save_pretrained(directory / "clip")

numbers = numpy.random.default_rng(0)
rows = []
for index in range(320):
    # Smooth noise, whose files are as large as those of photographs.
    coarse = numbers.integers(0, 256, (50, 63, 3), dtype=numpy.uint8)
    picture = Picture.fromarray(coarse).resize((500, 400), Picture.BICUBIC)
    stream = io.BytesIO()
    picture.save(stream, format="JPEG", quality=90)
    rows.append({"image": {"bytes": stream.getvalue(), "path": None}, "label": index % 10})
features = Features({"image": Image(), "label": ClassLabel(num_classes=10)})
(directory / "data").mkdir(exist_ok=True)
Dataset.from_list(rows, features=features).to_parquet(directory / "data" / "test.parquet")
(directory / "done").touch()
