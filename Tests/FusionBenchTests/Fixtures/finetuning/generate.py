"""Fine-tunes the tiny model of ../evaluation for a few steps in PyTorch, as FusionBench in Python does.

Usage: PYTHONPATH=FUSION_BENCH python generate.py

FusionBench's own `clip_finetune` cannot be imported with recent versions of transformers, so its loop stands here. Each step
looks at all images, so that their order does not matter: vision tower alone trained, by Adam with CosineAnnealingLR, on the sum
of the tasks' mean cross-entropies. Written are the losses and the weights after the last step.
"""

import json
import pathlib

import torch
from datasets import load_dataset
from safetensors.torch import save_file
from transformers import CLIPImageProcessor, CLIPModel, CLIPProcessor, CLIPTokenizerFast

HERE = pathlib.Path(__file__).parent
EVALUATION = HERE.parent / "evaluation"
STEPS, RATE, DECAY = 4, 1e-3, 0.01


def main() -> None:
    from fusion_bench.models.hf_clip import HFCLIPClassifier
    from fusion_bench.tasks.clip_classification import get_classnames_and_templates

    clip = CLIPModel.from_pretrained(EVALUATION / "clip").eval()
    tools = CLIPProcessor(
        CLIPImageProcessor.from_pretrained(EVALUATION / "clip"),
        CLIPTokenizerFast.from_pretrained(EVALUATION / "clip"))
    classifier = HFCLIPClassifier(clip, tools)
    tasks = []
    for name in ["mnist", "eurosat"]:
        rows = load_dataset(str(EVALUATION / "data" / name), split="test", cache_dir="/tmp/evaluation-cache")
        pixels = tools(images=[row["image"].convert("RGB") for row in rows], return_tensors="pt")["pixel_values"]
        with torch.no_grad():
            classifier.set_classification_task(*get_classnames_and_templates(name))
        tasks.append((pixels, torch.tensor(rows["label"]), classifier.zeroshot_weights.clone()))
    parameters = list(clip.vision_model.parameters())
    optimizer = torch.optim.Adam(parameters, lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=STEPS)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = 0
        for pixels, labels, head in tasks:
            classifier.zeroshot_weights = head
            loss = loss + torch.nn.functional.cross_entropy(classifier(pixels), labels)
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    (HERE / "losses.json").write_text(json.dumps(losses) + "\n")
    weights = {k: v.detach().contiguous() for k, v in clip.vision_model.state_dict().items() if v.is_floating_point()}
    save_file(weights, HERE / "tuned.safetensors")


main()
