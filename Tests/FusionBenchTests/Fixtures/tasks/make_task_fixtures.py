"""Says which class names and templates the Python tool has for each task, and what tokens its texts become.

    pip install fusion-bench tokenizers
    python make_task_fixtures.py

Made with fusion-bench 0.2.33 and tokenizers 0.23.3. Two slips of the Python tool are mended here: all 80 of ImageNet's
templates give the last one there, as the functions in their list are bound late, and the module of the mango leaves is
registered under a name that it does not have.
"""

import importlib
import json
import pathlib

from fusion_bench.tasks import clip_classification
from tokenizers import Tokenizer

FOLDER = pathlib.Path(__file__).parent
TOKENIZER = Tokenizer.from_file(str(FOLDER.parents[2] / "DatasetsTests/Fixtures/tokenizers/clip/tokenizer.json"))
TOKENIZER.enable_truncation(77)
# Of tasks with very many texts only some are looked at.
TEXT_LIMIT, STRIDE = 10_000, 19


class Hash:
    """FNV-1a of 64 bits."""

    def __init__(self):
        self.value = 0xCBF29CE484222325

    def combine(self, data):
        for byte in data:
            self.value = (self.value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF

    def number(self, number):
        self.combine(number.to_bytes(4, "little"))

    def text(self):
        return f"{self.value:016x}"


def texts_hash(texts):
    result = Hash()
    for text in texts:
        result.combine(text.encode() + b"\0")
    return result.text()


def tokens_hash(ids, class_count):
    result = Hash()
    result.number(class_count)
    for one in ids:
        result.number(len(one))
        for number in one:
            result.number(number)
    return result.text()


def module(entry):
    name = entry if isinstance(entry, str) else entry["module"]
    name = {".mango_leaf_disease": ".mongo_leaf_disease"}.get(name, name)
    return importlib.import_module(name, clip_classification.__name__)


def class_names(entry):
    return getattr(module(entry), "classnames" if isinstance(entry, str) else entry["classnames"])


def templates(entry):
    source, imagenet = module(entry), module(".imagenet")
    if source.templates is imagenet.templates:
        return imagenet.imagenet_templates
    return [template("{}") for template in source.templates]


def describe(names, entry):
    classes, texts = list(class_names(entry)), templates(entry)
    prompts = [[template.replace("{}", name) for template in texts] for name in classes]
    flat = [prompt for texts_of_class in prompts for prompt in texts_of_class]
    stride = STRIDE if len(flat) > TEXT_LIMIT else 1
    ids = [encoding.ids for encoding in TOKENIZER.encode_batch(flat[::stride])]
    return {
        "names": names, "classes": len(classes), "templates": len(texts), "first": classes[0], "last": classes[-1],
        "class_names": texts_hash(classes), "template_texts": texts_hash(texts), "prompts": texts_hash(flat[::stride]),
        "stride": stride, "tokens": tokens_hash(ids, len(classes)),
    }  # fmt: skip


def main():
    mapping = clip_classification.CLIPTemplateFactory._dataset_mapping
    names = {}
    for name, entry in mapping.items():
        names.setdefault(module(entry).__name__, []).append(name)
    tasks = [describe(of_task, mapping[of_task[0]]) for of_task in names.values()]
    (FOLDER / "tasks.json").write_text("[\n" + ",\n".join(json.dumps(task, ensure_ascii=False) for task in tasks) + "\n]\n")


main()
