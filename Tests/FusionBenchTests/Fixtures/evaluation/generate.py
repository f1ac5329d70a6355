"""Makes a tiny pool of CLIP models and tasks, and what FusionBench in Python says about them.

Usage: PYTHONPATH=FUSION_BENCH python generate.py

Needs torch, transformers, datasets, pillow and a fusion_bench whose CLIP task pool can be imported. Everything is random but
for the tokenizer, which is that of DatasetsTests. Expected are the reports on the pretrained model and on the simple average of
the others, with batches that divide the data sets, so that the mean over batches is that over images.
"""

import io
import json
import math
import pathlib
import shutil

import torch
from datasets import ClassLabel, Dataset, Features, Image, load_dataset
from PIL import Image as Picture, ImageDraw
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor, CLIPTokenizerFast, CLIPVisionModel

HERE = pathlib.Path(__file__).parent
TOKENIZER = HERE.parents[2] / "DatasetsTests/Fixtures/tokenizers/clip"
TASKS = {"mnist": 48, "eurosat": 32}


def processor():
    directory = HERE / "clip"
    directory.mkdir(parents=True, exist_ok=True)
    for file in TOKENIZER.iterdir():
        shutil.copy(file, directory)
    images = CLIPImageProcessor(size={"shortest_edge": 20}, crop_size={"height": 20, "width": 20})
    images.save_pretrained(directory)
    return CLIPProcessor(images, CLIPTokenizerFast.from_pretrained(directory))


def models(tokenizer):
    config = CLIPConfig(
        projection_dim=12,
        text_config=dict(
            vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=2,
            num_attention_heads=2, max_position_embeddings=77, eos_token_id=tokenizer.eos_token_id,
            bos_token_id=tokenizer.bos_token_id, pad_token_id=tokenizer.pad_token_id,
        ),
        vision_config=dict(
            hidden_size=24, intermediate_size=48, num_hidden_layers=2, num_attention_heads=3, image_size=20,
            patch_size=5,
        ),
    )
    torch.manual_seed(1)
    clip = CLIPModel(config).eval()

    def perturb(module, scale):
        with torch.no_grad():
            for parameter in module.parameters():
                fan = parameter[0].numel() if parameter.ndim > 1 else 9
                parameter.add_(scale / math.sqrt(fan) * torch.randn_like(parameter))

    perturb(clip, 1)
    clip.save_pretrained(HERE / "clip")
    visions = {"base": clip.vision_model}
    for name in ["a", "b"]:
        vision = CLIPVisionModel(config.vision_config).eval()
        vision.load_state_dict(clip.vision_model.state_dict())
        perturb(vision, 0.3)
        visions[name] = vision
    for name, vision in visions.items():
        vision.save_pretrained(HERE / name)
    return clip, visions


def predictions(name, pictures, clip, tools):
    """The classes that a model sees in pictures."""
    from fusion_bench.models.hf_clip import HFCLIPClassifier
    from fusion_bench.tasks.clip_classification import get_classnames_and_templates

    classifier = HFCLIPClassifier(clip, tools)
    classifier.set_classification_task(*get_classnames_and_templates(name))
    pixels = tools(images=[picture.convert("RGB") for picture in pictures], return_tensors="pt")["pixel_values"]
    with torch.no_grad():
        return classifier(pixels).argmax(dim=-1).tolist()


def data(name, count, clip, tools):
    generator = torch.Generator().manual_seed(len(name))

    def number(limit):
        return int(torch.randint(limit, (), generator=generator))

    rows = []
    for index in range(count):
        mode = "L" if index % 5 == 4 else "RGB"
        picture = Picture.new(mode, (18 + number(12), 18 + number(12)), 0)
        draw = ImageDraw.Draw(picture)
        for _ in range(3):
            colour = number(256) if mode == "L" else (number(256), number(256), number(256))
            x, y = number(20), number(20)
            draw.ellipse((x - 6, y - 4, x + number(9), y + number(9)), fill=colour)
        stream = io.BytesIO()
        picture.save(stream, format="JPEG" if index % 3 == 2 else "PNG")
        rows.append({"image": {"bytes": stream.getvalue(), "path": None}, "label": number(10)})
    # Labels at random are rarely what a random model sees; some are made so.
    seen = predictions(name, [Picture.open(io.BytesIO(row["image"]["bytes"])) for row in rows], clip, tools)
    for index, row in enumerate(rows):
        if index % 5 < 3:
            row["label"] = seen[index]
    features = Features({"image": Image(), "label": ClassLabel(num_classes=10)})
    directory = HERE / "data" / name
    directory.mkdir(parents=True, exist_ok=True)
    Dataset.from_list(rows, features=features).to_parquet(directory / "test.parquet")
    return load_dataset(str(directory), split="test", cache_dir="/tmp/evaluation-cache")


def main():
    from fusion_bench.taskpool import CLIPVisionModelTaskPool

    tools = processor()
    clip, visions = models(tools.tokenizer)
    tasks = {name: data(name, count, clip, tools) for name, count in TASKS.items()}
    average = CLIPVisionModel(visions["a"].config).eval()
    states = [visions[name].state_dict() for name in ["a", "b"]]
    average.load_state_dict({key: sum(state[key] for state in states) / 2 for key in states[0]})
    expected = {}
    for name, model in {"base": visions["base"], "simple_average": average}.items():
        pool = CLIPVisionModelTaskPool(
            tasks, processor=tools, clip_model=CLIPModel.from_pretrained(HERE / "clip"), fast_dev_run=False,
            dataloader_kwargs=dict(batch_size=16))
        expected[name] = pool.evaluate(model)
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


main()
