"""Makes the vocabulary of the embedded pool's model: byte-level byte pairs with marked ends of words, as CLIP has them.

It is made of the texts of all tasks that the program knows; those of the embedded pool count more.
"""

import argparse
import collections
import json
import pathlib
import re

TASKS = pathlib.Path(__file__).resolve().parents[2] / "Sources/FusionBench/Tasks"
EMBEDDED = ["fashion_mnist", "digits", "letters", "greek", "hiragana"]
EMBEDDED_WEIGHT = 100
VOCABULARY_SIZE = 1024
MAXIMUM_LENGTH = 32
START, END = "<|startoftext|>", "<|endoftext|>"
WORD_END = "</w>"
# The classes L and N of Unicode, for the texts of the tasks.
WORDS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|[^\s\w]+|_")


def task_texts():
    """For each task, its templates and the names of its classes, as the sources of the program have them."""
    for path in sorted(TASKS.glob("*.swift")):
        text = path.read_text(encoding="utf-8")
        name = re.search(r'^ +name: "(.+)",$', text, re.MULTILINE)
        blocks = re.findall(r'^ +(templates|classNames): """\n(.*?)\n +"""', text, re.MULTILINE | re.DOTALL)
        if name and len(blocks) == 2:
            lines = {kind: [line.strip() for line in block.split("\n")] for kind, block in blocks}
            yield name[1], lines["templates"], lines["classNames"]


def word_counts():
    """How often each word stands in the texts."""
    counts = collections.Counter()
    found = set()
    for name, templates, classes in task_texts():
        found.add(name)
        weight = EMBEDDED_WEIGHT if name in EMBEDDED else 1
        for text in templates + classes:
            for word in WORDS.findall(text.replace("{}", " ").lower()):
                counts[word] += weight
    missing = set(EMBEDDED) - found
    if missing:
        raise SystemExit(f"error: {TASKS} has no task {', '.join(sorted(missing))}.")
    return counts


def byte_characters():
    """A printable character for each byte, in the order of GPT-2's vocabulary."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + place) for place, byte in enumerate(others)}


def learn(counts, alphabet, merge_count):
    """The most frequent pair becomes one, again and again; of equally frequent ones, the first in order of text."""
    words = {}
    for word, count in counts.items():
        parts = [alphabet[byte] for byte in word.encode()]
        parts[-1] += WORD_END
        words[tuple(parts)] = count
    merges = []
    while len(merges) < merge_count:
        pairs = collections.Counter()
        for parts, count in words.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += count
        if not pairs:
            raise SystemExit(f"error: The texts give {len(merges)} pairs only.")
        pair = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(pair)
        words = {merged(parts, pair): count for parts, count in words.items()}
    return merges


def merged(parts, pair):
    result = []
    for part in parts:
        if result and (result[-1], part) == pair:
            result[-1] += part
        else:
            result.append(part)
    return tuple(result)


def tokenizer(vocabulary, merges):
    """The content of tokenizer.json, as Transformers writes it for CLIP."""
    ids = {token: number for number, token in enumerate(vocabulary)}
    special = {"single_word": False, "lstrip": False, "rstrip": False, "special": True}
    words = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": ids[START], "content": START, "normalized": True} | special,
            {"id": ids[END], "content": END, "normalized": False} | special,
        ],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "NFC"},
                {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "},
                {"type": "Lowercase"},
            ],
        },
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": words}, "behavior": "Removed", "invert": True},
                {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
            ],
        },
        "post_processor": {
            "type": "RobertaProcessing",
            "sep": [END, ids[END]],
            "cls": [START, ids[START]],
            "trim_offsets": False,
            "add_prefix_space": False,
        },
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": END,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": WORD_END,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": ids,
            "merges": [" ".join(pair) for pair in merges],
        },
    }


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{path}: {path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=pathlib.Path, help="the directory of the model")
    directory = parser.parse_args().directory
    alphabet = byte_characters()
    letters = list(alphabet.values())
    bytes_and_ends = letters + [letter + WORD_END for letter in letters]
    merges = learn(word_counts(), alphabet, VOCABULARY_SIZE - len(bytes_and_ends) - 2)
    vocabulary = bytes_and_ends + ["".join(pair) for pair in merges] + [START, END]
    if len(set(vocabulary)) != VOCABULARY_SIZE:
        raise SystemExit("error: A token stands twice in the vocabulary.")
    directory.mkdir(parents=True, exist_ok=True)
    write(directory / "tokenizer.json", tokenizer(vocabulary, merges))
    write(
        directory / "tokenizer_config.json",
        {
            "bos_token": START,
            "eos_token": END,
            "pad_token": END,
            "unk_token": END,
            "model_max_length": MAXIMUM_LENGTH,
            "tokenizer_class": "CLIPTokenizer",
        },
    )


if __name__ == "__main__":
    main()
