"""Makes tiny CLIP models and what transformers computes with them.

Usage: python generate.py

Needs torch, transformers and safetensors. Every parameter is drawn at random, biases and norms too, so that none can be
forgotten or taken for another. The models:

- quick: QuickGELU, the end of a text found as its largest token (eos_token_id 2, as in OpenAI's checkpoints)
- gelu: GELU, the end of a text found by its number, other sizes in the two towers

Each directory holds the model as transformers writes it, and `expected.safetensors`: inputs, embeddings, hidden states,
logits, the loss of some targets, and that loss' gradients. `quick` also has `open_clip_pytorch_model.bin` and
`open_clip_config.json`: the same numbers in OpenCLIP's form.
"""

import json
import math
import pathlib

import torch
from safetensors.torch import save_file
from transformers import CLIPConfig, CLIPModel

HERE = pathlib.Path(__file__).parent


def model(name, activation, end, text_width, vision_width, patch):
    config = CLIPConfig(
        projection_dim=12,
        text_config=dict(
            vocab_size=50, hidden_size=text_width, intermediate_size=2 * text_width + 4, num_hidden_layers=2,
            num_attention_heads=2, max_position_embeddings=9, hidden_act=activation, projection_dim=12,
            bos_token_id=48, eos_token_id=end, pad_token_id=1, layer_norm_eps=1e-5,
        ),
        vision_config=dict(
            hidden_size=vision_width, intermediate_size=3 * vision_width, num_hidden_layers=3, num_attention_heads=4,
            image_size=3 * patch + 1, patch_size=patch, hidden_act=activation, projection_dim=12, layer_norm_eps=1e-5,
        ),
    )
    torch.manual_seed(len(name))
    clip = CLIPModel._from_config(config, attn_implementation="eager").eval()
    with torch.no_grad():
        for key, parameter in clip.named_parameters():
            if key == "logit_scale":
                parameter.fill_(1.7)
            elif "norm" in key and key.endswith("weight"):
                parameter.copy_(1 + 0.3 * torch.randn_like(parameter))
            elif parameter.ndim < 2:
                parameter.copy_(0.3 * torch.randn_like(parameter))
            else:
                fan = parameter[0].numel()
                parameter.copy_(1.2 / math.sqrt(fan) * torch.randn_like(parameter))
    directory = HERE / name
    clip.save_pretrained(directory)
    (directory / "generation_config.json").unlink(missing_ok=True)
    return directory, clip


def expected(directory, clip, end):
    size = clip.config.vision_config.image_size
    generator = torch.Generator().manual_seed(5)
    pixels = torch.randn(5, 3, size, size, generator=generator)
    end_token = 49 if end == 2 else end
    tokens = torch.randint(3, 45, (4, 9), generator=generator)
    for row, length in enumerate([9, 3, 6, 4]):
        tokens[row, 0] = 48
        tokens[row, length - 1] = end_token
        tokens[row, length:] = end_token if end != 2 else 1
    vision = clip.vision_model(pixels, output_hidden_states=True)
    text = clip.text_model(tokens)
    image_features = clip.visual_projection(vision.pooler_output)
    text_features = clip.text_projection(text.pooler_output)
    images = image_features / image_features.norm(dim=-1, keepdim=True)
    texts = text_features / text_features.norm(dim=-1, keepdim=True)
    logits = clip.logit_scale.exp() * images @ texts.t()
    targets = torch.tensor([0, 3, 1, 2, 3])
    loss = torch.nn.functional.cross_entropy(logits, targets)
    loss.backward()
    tensors = {
        "pixels": pixels, "tokens": tokens, "targets": targets, "vision_pooled": vision.pooler_output,
        "text_pooled": text.pooler_output, "image_features": image_features, "text_features": text_features,
        "logits": logits, "loss": loss,
    }
    for index, state in enumerate(vision.hidden_states):
        tensors[f"vision_hidden.{index}"] = state
    for key, parameter in clip.named_parameters():
        tensors[f"gradient.{key}"] = parameter.grad
    save_file(
        {key: value.detach().contiguous().clone() for key, value in tensors.items()},
        directory / "expected.safetensors")


def open_clip(directory, clip):
    state = clip.state_dict()
    result = {
        "logit_scale": state["logit_scale"],
        "visual.proj": state["visual_projection.weight"].t(),
        "text_projection": state["text_projection.weight"].t(),
    }

    def tower(source, target, layers):
        for layer in range(layers):
            old = f"{source}encoder.layers.{layer}."
            new = f"{target}transformer.resblocks.{layer}."
            for kind in ["weight", "bias"]:
                parts = [state[f"{old}self_attn.{part}_proj.{kind}"] for part in "qkv"]
                result[f"{new}attn.in_proj_{kind}"] = torch.cat(parts)
                names = {
                    "self_attn.out_proj": "attn.out_proj", "layer_norm1": "ln_1", "layer_norm2": "ln_2",
                    "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj",
                }
                for a, b in names.items():
                    result[f"{new}{b}.{kind}"] = state[f"{old}{a}.{kind}"]

    tower("vision_model.", "visual.", clip.config.vision_config.num_hidden_layers)
    tower("text_model.", "", clip.config.text_config.num_hidden_layers)
    for kind in ["weight", "bias"]:
        result[f"visual.ln_pre.{kind}"] = state[f"vision_model.pre_layrnorm.{kind}"]
        result[f"visual.ln_post.{kind}"] = state[f"vision_model.post_layernorm.{kind}"]
        result[f"ln_final.{kind}"] = state[f"text_model.final_layer_norm.{kind}"]
    result["visual.class_embedding"] = state["vision_model.embeddings.class_embedding"]
    result["visual.conv1.weight"] = state["vision_model.embeddings.patch_embedding.weight"]
    result["visual.positional_embedding"] = state["vision_model.embeddings.position_embedding.weight"]
    result["token_embedding.weight"] = state["text_model.embeddings.token_embedding.weight"]
    result["positional_embedding"] = state["text_model.embeddings.position_embedding.weight"]
    (HERE / "open_clip").mkdir(exist_ok=True)
    torch.save(
        {key: value.contiguous().clone() for key, value in result.items()},
        HERE / "open_clip" / "open_clip_pytorch_model.bin")
    vision, text = clip.config.vision_config, clip.config.text_config
    configuration = {
        "model_cfg": {
            "embed_dim": clip.config.projection_dim,
            "quick_gelu": True,
            "vision_cfg": {
                "image_size": vision.image_size, "layers": vision.num_hidden_layers, "width": vision.hidden_size,
                "head_width": vision.hidden_size // vision.num_attention_heads,
                "mlp_ratio": vision.intermediate_size / vision.hidden_size, "patch_size": vision.patch_size,
            },
            "text_cfg": {
                "context_length": text.max_position_embeddings, "vocab_size": text.vocab_size,
                "width": text.hidden_size, "heads": text.num_attention_heads, "layers": text.num_hidden_layers,
                "mlp_ratio": text.intermediate_size / text.hidden_size,
            },
        },
        "preprocess_cfg": {"mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.25]},
    }
    (HERE / "open_clip" / "open_clip_config.json").write_text(json.dumps(configuration, indent=2) + "\n")


for name, activation, end, text_width, vision_width, patch in [
    ("quick", "quick_gelu", 2, 16, 24, 4), ("gelu", "gelu", 47, 20, 16, 5),
]:
    directory, clip = model(name, activation, end, text_width, vision_width, patch)
    expected(directory, clip, end)
    if name == "quick":
        open_clip(directory, clip)
