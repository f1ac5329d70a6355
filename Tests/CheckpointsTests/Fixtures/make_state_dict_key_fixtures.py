"""Says what Transformers calls the tensors of small models, which of them are tied, and how it renames those of others.

    pip install torch transformers
    python make_state_dict_key_fixtures.py

Made with transformers 5.23.0.
"""

import json
import pathlib
import tempfile

import torch
import transformers
from safetensors import safe_open
from transformers.core_model_loading import rename_source_key
from transformers.conversion_mapping import get_model_conversion_mapping

transformers.logging.set_verbosity_error()
TEXT = dict(vocab_size=11, hidden_size=4, num_hidden_layers=1, num_attention_heads=2, intermediate_size=4)
VISION = dict(hidden_size=4, num_hidden_layers=1, num_attention_heads=2, intermediate_size=4, image_size=4, patch_size=2)
LLAMA = TEXT | dict(num_key_value_heads=1)
GPT = dict(vocab_size=11, n_embd=4, n_layer=1, n_head=2, n_positions=8)

# Model type, arguments of its configuration, the base model, and models with heads.
FAMILIES = [
    ("llama", LLAMA | dict(tie_word_embeddings=True), "LlamaModel", ["LlamaForCausalLM"]),
    ("llama", LLAMA | dict(tie_word_embeddings=False), "LlamaModel", ["LlamaForCausalLM", "LlamaForSequenceClassification"]),
    ("mistral", LLAMA, "MistralModel", ["MistralForCausalLM"]),
    ("qwen2", LLAMA | dict(tie_word_embeddings=True), "Qwen2Model", ["Qwen2ForCausalLM"]),
    ("qwen3", LLAMA | dict(head_dim=2, tie_word_embeddings=True), "Qwen3Model", ["Qwen3ForCausalLM"]),
    ("gemma2", LLAMA | dict(head_dim=2), "Gemma2Model", ["Gemma2ForCausalLM"]),
    ("phi3", LLAMA | dict(pad_token_id=0), "Phi3Model", ["Phi3ForCausalLM"]),
    ("gpt2", GPT, "GPT2Model", ["GPT2LMHeadModel", "GPT2ForSequenceClassification"]),
    ("gptj", GPT | dict(rotary_dim=2), "GPTJModel", ["GPTJForCausalLM"]),
    ("gpt_neo", dict(vocab_size=11, hidden_size=4, num_layers=1, num_heads=2, attention_types=[[["global"], 1]]), "GPTNeoModel", ["GPTNeoForCausalLM"]),
    ("gpt_neox", TEXT | dict(tie_word_embeddings=True), "GPTNeoXModel", ["GPTNeoXForCausalLM"]),
    ("gpt_bigcode", GPT, "GPTBigCodeModel", ["GPTBigCodeForCausalLM"]),
    ("bloom", dict(vocab_size=11, hidden_size=4, n_layer=1, n_head=2), "BloomModel", ["BloomForCausalLM"]),
    ("falcon", TEXT, "FalconModel", ["FalconForCausalLM"]),
    ("opt", TEXT | dict(ffn_dim=4, word_embed_proj_dim=4), "OPTModel", ["OPTForCausalLM"]),
    ("mamba", TEXT | dict(state_size=2, expand=1), "MambaModel", ["MambaForCausalLM"]),
    ("t5", dict(vocab_size=11, d_model=4, d_kv=2, d_ff=4, num_layers=1, num_heads=2), "T5Model", ["T5ForConditionalGeneration", "T5EncoderModel"]),
    ("mt5", dict(vocab_size=11, d_model=4, d_kv=2, d_ff=4, num_layers=1, num_heads=2), "MT5Model", ["MT5ForConditionalGeneration"]),
    ("bart", dict(vocab_size=11, d_model=4, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=4, decoder_ffn_dim=4), "BartModel", ["BartForConditionalGeneration"]),
    ("bert", TEXT, "BertModel", ["BertForMaskedLM", "BertForSequenceClassification"]),
    ("roberta", TEXT, "RobertaModel", ["RobertaForMaskedLM", "RobertaForSequenceClassification"]),
    ("xlm-roberta", TEXT, "XLMRobertaModel", ["XLMRobertaForMaskedLM"]),
    ("camembert", TEXT, "CamembertModel", ["CamembertForSequenceClassification"]),
    ("electra", TEXT, "ElectraModel", ["ElectraForMaskedLM", "ElectraForSequenceClassification"]),
    ("albert", TEXT | dict(embedding_size=4), "AlbertModel", ["AlbertForMaskedLM"]),
    ("distilbert", dict(vocab_size=11, dim=4, n_layers=1, n_heads=2, hidden_dim=4), "DistilBertModel", ["DistilBertForMaskedLM", "DistilBertForSequenceClassification"]),
    ("deberta", TEXT, "DebertaModel", ["DebertaForSequenceClassification"]),
    ("deberta-v2", TEXT, "DebertaV2Model", ["DebertaV2ForMaskedLM", "DebertaV2ForSequenceClassification"]),
    ("vit", VISION, "ViTModel", ["ViTForImageClassification"]),
    ("deit", VISION, "DeiTModel", ["DeiTForImageClassification"]),
    ("dinov2", VISION, "Dinov2Model", ["Dinov2ForImageClassification"]),
    ("beit", VISION, "BeitModel", ["BeitForImageClassification"]),
    ("swin", dict(image_size=8, patch_size=2, embed_dim=4, depths=[1], num_heads=[2], window_size=2), "SwinModel", ["SwinForImageClassification"]),
    ("convnext", dict(hidden_sizes=[4, 4, 4, 4], depths=[1, 1, 1, 1]), "ConvNextModel", ["ConvNextForImageClassification"]),
    ("resnet", dict(embedding_size=4, hidden_sizes=[4, 4, 4, 4], depths=[1, 1, 1, 1]), "ResNetModel", ["ResNetForImageClassification"]),
]  # fmt: skip

CLIP = ["CLIPModel", "CLIPVisionModel", "CLIPVisionModelWithProjection", "CLIPForImageClassification", "CLIPTextModel"]


def saved_names(model):
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        with safe_open(f"{folder}/model.safetensors", framework="pt") as file:
            return sorted(file.keys())


def place(name, model):
    """Where a tensor of a file goes when Transformers loads it into a model; None if it has no place for it."""
    known = model.state_dict()
    renamings = get_model_conversion_mapping(model)
    new, _ = rename_source_key(name, renamings, [], model.base_model_prefix, known)
    return new if new in known else None


def counterparts(names, other_names, other):
    """For each tensor of a file the number of the one that goes to the same place in a file of another model; or null."""
    places = {place(name, other): number for number, name in enumerate(other_names)}
    return [places.get(place(name, other)) if place(name, other) else None for name in names]


def family(model_type, arguments, base, heads):
    configuration = transformers.AutoConfig.for_model(model_type, **arguments)
    models = {name: getattr(transformers, name)(configuration) for name in [base, *heads]}
    saved = {name: saved_names(model) for name, model in models.items()}
    return {
        "model_type": model_type,
        "prefix": models[base].base_model_prefix,
        "models": {
            name: {
                "saved": saved[name],
                "tied": model.all_tied_weights_keys,
                "counterparts": {
                    other: counterparts(saved[name], saved[other], models[other]) for other in models if other != name
                },
            }
            for name, model in models.items()
        },
    }


def clip():
    vision, text = VISION, TEXT
    both = transformers.CLIPConfig(vision_config=vision, text_config=text, projection_dim=3)
    configurations = {"CLIPModel": both, "CLIPForImageClassification": both, "CLIPTextModel": both.text_config}
    models = {name: getattr(transformers, name)(configurations.get(name, both.vision_config)) for name in CLIP}
    vision_tower = models["CLIPVisionModel"]
    # The part of a text model that looks like one of a vision model is none.
    return {
        name: {"saved": saved_names(model), "vision": [place(n, vision_tower) for n in saved_names(model)]}
        for name, model in models.items()
    }


def main():
    torch.manual_seed(0)
    path = pathlib.Path(__file__).parent / "state_dict_keys.json"
    families = ",\n".join(json.dumps(family(*arguments), sort_keys=True) for arguments in FAMILIES)
    path.write_text(f'{{"clip":\n{json.dumps(clip(), sort_keys=True)},\n"families": [\n{families}\n]}}\n')


main()
