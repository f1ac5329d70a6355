"""Trains small tokenizers with the pipelines of CLIP and others, and says what Hugging Face makes of many texts with them.

    pip install tokenizers transformers
    python make_tokenizer_fixtures.py

Made with tokenizers 0.23.3 and transformers 5.23.0 on Python 3.11.
"""

import collections
import json
import pathlib
import pydoc_data.topics
import random
import unicodedata

import transformers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

FOLDER = pathlib.Path(__file__).parent / "tokenizers"
START, END = "<|startoftext|>", "<|endoftext|>"
CLIP_PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
GPT2_PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
CLIP_NORMALIZER = [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]

SENTENCES = """
a photo of a cat. a photo of the {}. a blurry photo of a big dog. a low contrast photo of the small automobile.
satellite imagery of a runway. a centered satellite photo of annual crop land. aerial view of the roundabout.
a zoomed in photo of a "red and white circle with a truck entering" traffic sign. a photo of the number: "7".
a photo of a bubbly texture. i love my 2012 Audi S4 Sedan! this is a photo of lymph node containing metastatic tumor tissue
look at how happy they are. a bad photo of a abbey. a photo of a pink primrose, a type of flower. it's, you're, we've, i'm,
they'll, he'd, don't; 1990s, 3.14159, 100%. Merging models by averaging their weights is called model soup. Task arithmetic
adds the vectors that lead from one set of parameters to another. The quick brown fox jumps over the lazy dog.
Straße, naïve, café, über, jalapeño, smörgåsbord, Ångström, œuvre, İstanbul, ΌΔΥΣΣΕΥΣ, ὈΔΥΣΣΕΎΣ, Москва, Київ, Ελλάδα,
שלום עולם, مرحبا بالعالم, नमस्ते दुनिया, สวัสดีชาวโลก, こんにちは世界, カタカナ, 你好世界, 안녕하세요 세계, Việt Nam.
😀 👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 ❤️ ½ ² Ⅷ ① ٣ ५ — “quotes” ‘single’ … • © ™ ﬁ ﬂ ﬃ № ℃ Å Ω K
"""


def alphabet():
    return sorted(pre_tokenizers.ByteLevel.alphabet(), key=ord)


def train(tokenizer, count, end=""):
    """The merges that a tokenizer learns from the sentences, and from much more English text.

    The trainer of the library breaks ties by chance; this one by the alphabet.
    """
    text = SENTENCES + "\n".join(pydoc_data.topics.topics.values())[:200_000]
    if tokenizer.normalizer:
        text = tokenizer.normalizer.normalize_str(text)
    frequencies = collections.Counter(word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text))
    words = [([*word[:-1], word[-1] + end], frequency) for word, frequency in frequencies.items()]
    pairs, places = collections.Counter(), collections.defaultdict(set)

    def add(number, sign):
        parts, frequency = words[number]
        for pair in zip(parts, parts[1:]):
            pairs[pair] += sign * frequency
            places[pair].add(number)

    for number in range(len(words)):
        add(number, 1)
    merges = []
    while len(merges) < count:
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for number in places.pop(best):
            add(number, -1)
            parts, joined = words[number][0], []
            for part in parts:
                if joined and (joined[-1], part) == best:
                    joined[-1] += part
                else:
                    joined.append(part)
            parts[:] = joined
            add(number, 1)
        pairs = collections.Counter({pair: number for pair, number in pairs.items() if number > 0})
    return merges


def vocabulary(merges, ends, left_out=()):
    """Single bytes, single bytes at the ends of words, and what the merges make."""
    tokens = [character + end for end in ends for character in alphabet() if character + end not in left_out]
    tokens += dict.fromkeys(left + right for left, right in merges if left + right not in tokens)
    return {token: number for number, token in enumerate(tokens)}


def write(name, tokenizer, files, **changes):
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    content = json.loads(tokenizer.to_str())
    for key, value in changes.items():
        content[key].update(value)
    if tokenizer:
        (folder / "tokenizer.json").write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")))
    for file, text in files.items():
        (folder / file).write_text(json.dumps(text, indent=1, ensure_ascii=False) + "\n")


def clip_model(merges, **arguments):
    tokens = vocabulary(merges, ["", "</w>"])
    tokens |= {START: len(tokens), END: len(tokens) + 1}
    return models.BPE(tokens, merges, unk_token=END, end_of_word_suffix="</w>", continuing_subword_prefix="", **arguments)


def clip():
    """As openai/clip-vit-base-patch32 is published: a description, merges as texts, one special token normalized."""
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Sequence(CLIP_NORMALIZER)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(CLIP_PATTERN), "removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    merges = train(tokenizer, 2000, "</w>")
    tokenizer.model = clip_model(merges)
    tokenizer.add_special_tokens([AddedToken(START, normalized=True, special=True), AddedToken(END, special=True)])
    ids = {token: tokenizer.token_to_id(token) for token in (START, END)}
    tokenizer.post_processor = processors.RobertaProcessing(
        (END, ids[END]), (START, ids[START]), trim_offsets=False, add_prefix_space=False
    )
    settings = {
        "bos_token": START, "eos_token": END, "pad_token": END, "unk_token": END,
        "model_max_length": 77, "tokenizer_class": "CLIPTokenizer",
    }  # fmt: skip
    write("clip", tokenizer, {"tokenizer_config.json": settings}, model={"merges": [" ".join(merge) for merge in merges]})

    # The same without a description, as CLIP's slow tokenizer is saved.
    folder = FOLDER / "clip_files"
    folder.mkdir(parents=True, exist_ok=True)
    tokens = dict(sorted(tokenizer.get_vocab().items(), key=lambda item: item[1]))
    (folder / "vocab.json").write_text(json.dumps(tokens, separators=(",", ":"), ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(" ".join(merge) + "\n" for merge in merges))
    flags = {"lstrip": False, "normalized": True, "rstrip": False, "single_word": False}
    special = {
        "bos_token": {"content": START} | flags, "eos_token": {"content": END} | flags,
        "pad_token": END, "unk_token": {"content": END} | flags,
    }  # fmt: skip
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=1) + "\n")
    settings = special | {"model_max_length": 77, "tokenizer_class": "CLIPTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=1) + "\n")


def gpt2():
    """As GPT-2: spaces belong to words, merges as pairs, no special tokens around a text."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    merges = train(tokenizer, 900)
    tokens = vocabulary(merges, [""])
    tokenizer.model = models.BPE(tokens | {END: len(tokens)}, merges)
    tokenizer.add_special_tokens([END])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    write("gpt2", tokenizer, {"tokenizer_config.json": {"tokenizer_class": "GPT2Tokenizer", "model_max_length": 10**30}})


def unusual():
    """What else may stand in a description: a space in front, unknown bytes, tokens that take blanks along, a template."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(GPT2_PATTERN), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    merges = train(tokenizer, 400)
    left_out = {"Ã", "ð", "Q", "z", "7"}
    merges = [merge for merge in merges if not left_out & set("".join(merge))]
    # A pair that is learned twice, and two ways to one token.
    merges += [merges[3], merges[3]]
    tokens = vocabulary(merges, [""], left_out)
    tokens |= {token: len(tokens) + number for number, token in enumerate(["<unk>", "<mask>", "<s>", "</s>"])}
    tokenizer.model = models.BPE(tokens, merges, unk_token="<unk>", fuse_unk=True)
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC()])
    tokenizer.add_special_tokens(
        [AddedToken("<unk>", special=True), AddedToken("<mask>", lstrip=True, special=True), "<s>", "</s>"]
    )
    tokenizer.add_tokens(
        [AddedToken("photo", normalized=True), AddedToken("photograph", rstrip=True), AddedToken("é", normalized=True)]
    )
    special = [(token, tokens[token]) for token in ("<s>", "</s>")]
    template = processors.TemplateProcessing(single="<s> <s> $A </s>", special_tokens=special)
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=True), template])
    write("unusual", tokenizer, {"tokenizer_config.json": {"pad_token": "<mask>"}})


PIECES = [
    *"abcXYZ019 .,!?'\"-_/\\|<>()[]{}#@&%$*+=~^`;:", "  ", "   ", "\t", "\n", "\r\n", "\v\f", "\x00", "\x07", "\x1b[31m",
    "\x1c", "\x1f", "\x7f", "\x85", "\xa0", "\xad", "\u1680", "\u180e", "\u2003", "\u200b", "\u200c", "\u200d", "\u2028",
    "\u2029", "\u202e", "\u202f", "\u205f", "\u3000", "\ufeff", "\ufffd", "\uffff", "\U0010ffff", "'s", "'S", "'t", "'re",
    "'ve", "'m", "'ll", "'LL", "'d", "'x", "''s", "'r", "'v", "'l", "’s", START, END, START.upper(), "<|EndOfText|>",
    "<|start", "oftext|>", "<|startoftext|", "photo", "photograph", " photo ", "PHOTO", "<mask>", "  <mask>  ", "<s>", "<unk>",
    "café", "cafe\u0301", "e\u0301", "\u0301", "\u0327\u0301", "\u0301\u0327", "a\u0328\u0301", "a\u0301\u0328", "q\u0307\u0323",
    "\u1e9b\u0323", "\u0344", "\u0340", "\u212b", "\u2126", "\u212a", "\u0390", "\u03b9\u0308\u0301", "\u0915\u093c",
    "\u0958", "\u09c7\u09be", "\u0dd9\u0dcf\u0dca", "\u1100\u1161", "\u1100\u1161\u11a8", "\uac00\u11a7", "\uac00\u11a8",
    "\u1112\u1175\u11c2", "각", "힣", "\u304b\u3099", "が", "\u1025\u102e", "\u05d0\u05b8", "\ufb2e", "\uf900", "\ufa0e",
    "\U0002f800", "\U0001d15e", "\U00011938", "\U000110ba", "\U00011099\U000110ba", "\U00016d68\U00016d67", "\u0c3c", "\u07fd",
    "İ", "ı", "I\u0307", "ß", "ẞ", "Σ", "ΣΑΣ", "ΟΔΟΣ", "ς", "Ǆ", "ǅ", "ǆ", "Ω", "ﬁ", "ŉ", "ǰ", "Ա", "և", "Ა", "ა", "Ⴀ", "ꭰ", "Ꭰ",
    "𐐀", "𞤀", "Ɐ", "Ꟶ", "½", "²", "Ⅷ", "ⅷ", "①", "٣", "५", "〇", "一", "𝟘", "𒐕", "你好", "世界", "漢字", "こんにちは",
    "カタカナ", "ｶﾞ", "한국어", "สวัสดี", "नमस्ते", "مرحبا", "שָׁלוֹם", "Москва", "😀", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "❤️",
    "🇩🇪", "1️⃣", "…", "—", "“", "™", "©", "€", "\U00016ff4", "\U000323b0", "\u088f", "\ua7ce", "\U00010940", "\U0001fae9",
]  # fmt: skip

PLAIN = [
    "", " ", "  \n ", "a", "A", "a photo of a cat", "a photo of a cat.", "A Photo of a CAT!", "don't won't it's they're", "a" * 90,
    "1234567890", "3.14", "  leading and trailing  ", "tab\tand\nline", START, END, f"{START}a{END}", f"a {START} b",
    "photo of a photograph of a photo", "x <mask> y", "ab" * 100, "0" * 200, " " * 50, "!" * 80, "😀" * 40, "e\u0301" * 60,
    " ".join(["word"] * 100), "\u0301" * 70,
]  # fmt: skip


def texts():
    rng = random.Random(20260101)
    result = list(PLAIN) + [text for line in SENTENCES.strip().splitlines() for text in (line, line.upper())]
    result += PIECES
    for _ in range(700):
        result.append("".join(rng.choice(PIECES) for _ in range(rng.randint(2, 9))))
    for _ in range(300):
        words = rng.sample(SENTENCES.split(), 4)
        result.append(rng.choice([" ", "", "  ", "'"]).join(words + [rng.choice(PIECES)]))
    planes = [(0x20, 0x250), (0x300, 0x370), (0x370, 0x1200), (0x1200, 0x3000), (0x3000, 0xD800), (0xE000, 0x10000)]
    planes += [(0x10000, 0x12000), (0x1D000, 0x1F000), (0x20, 0x110000)]
    for _ in range(500):
        low, high = rng.choice(planes)
        scalars = [rng.randrange(low, high) for _ in range(rng.randint(1, 7))]
        result.append("".join(chr(c) for c in scalars if not 0xD800 <= c < 0xE000))
    marks = [chr(c) for c in range(0x300, 0x1E00) if unicodedata.combining(chr(c))]
    bases = [chr(c) for c in range(0x41, 0x3100) if unicodedata.decomposition(chr(c))]
    for _ in range(400):
        text = "".join(rng.choice("aeiouAEIOU") + "".join(rng.sample(marks, rng.randint(0, 3))) for _ in range(3))
        decomposed = unicodedata.normalize("NFD", "".join(rng.choice(bases) for _ in range(3)))
        result.append(text + rng.choice(["", " "]) + decomposed)
    return list(dict.fromkeys(result))


def every_character(tokenizer, limit):
    """For each 4096 characters, a hash (FNV-1a, 64 bits) of the ids of texts that have them all."""
    hashes = []
    for block in range(0, limit, 0x1000):
        value = 0xCBF29CE484222325
        for first in range(block, block + 0x1000, 0x40):
            text = "x".join(chr(c) for c in range(first, first + 0x40) if not 0xD800 <= c < 0xE000)
            for number in tokenizer.encode(text).ids:
                for byte in number.to_bytes(4, "little"):
                    value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
        hashes.append(f"{value:016x}")
    return hashes


def main():
    clip()
    gpt2()
    unusual()
    rust = {name: Tokenizer.from_file(f"{FOLDER}/{name}/tokenizer.json") for name in ("clip", "gpt2", "unusual")}
    python = {
        "clip_files": transformers.CLIPTokenizer.from_pretrained(FOLDER / "clip_files"),
        "gpt2": transformers.GPT2Tokenizer.from_pretrained(FOLDER / "gpt2"),
        "clip": transformers.CLIPTokenizer.from_pretrained(FOLDER / "clip"),
    }
    # The last of white space is U+3000; the last of what is normalized U+2FA1D.
    hashes = {name: every_character(rust[name], limit) for name, limit in (("clip", 0x30000), ("gpt2", 0x4000))}
    (FOLDER / "every_character.json").write_text(json.dumps(hashes, indent=1) + "\n")
    lines = []
    for index, text in enumerate(texts()):
        some = {name: tokenizer for name, tokenizer in rust.items() if name == "clip" or index % 3 == 0 or index < 300}
        entry = {name: tokenizer.encode(text).ids for name, tokenizer in some.items()}
        for name, tokenizer in python.items():
            if name not in some and name != "clip_files":
                continue
            ids = tokenizer(text).input_ids
            if entry.setdefault(name, ids) != ids:
                entry[name + "_transformers"] = ids
        # Most often the same.
        if entry["clip_files"] == entry["clip"]:
            del entry["clip_files"]
        lines.append({"text": text} | entry)
    (FOLDER / "encoded.json").write_text("[\n" + ",\n".join(json.dumps(line, separators=(",", ":")) for line in lines) + "\n]\n")
    odd = [line for line in lines if any(name.endswith("transformers") for name in line)]
    print(len(lines), "texts; Transformers differs for", len(odd), [(l["text"], [k for k in l if k.endswith("transformers")]) for l in odd][:20])
    print(sum("clip_files" in line for line in lines), [l["text"] for l in lines if "clip_files" in l][:20])

    rng = random.Random(7)
    decoded = []
    for name, tokenizer in python.items():
        ids = [line[name] for line in lines[:40] if name in line]
        ids += [[rng.randrange(-1, len(tokenizer) + 3) for _ in range(rng.randint(0, 12))] for _ in range(150)]
        for one in ids:
            one = [max(0, number) for number in one]
            both = [tokenizer.decode(one, skip_special_tokens=skips) for skips in (False, True)]
            decoded.append({"tokenizer": name, "ids": one, "text": both[0], "plain": both[1]})
    (FOLDER / "decoded.json").write_text("[\n" + ",\n".join(json.dumps(line, separators=(",", ":")) for line in decoded) + "\n]\n")

    batches = []
    for length in (2, 3, 5, 16, 77):
        for padding in (True, "max_length"):
            some = ["a photo of a cat.", "", "a low contrast photo of the small automobile", "ab" * 100]
            batch = python["clip"](some, truncation=True, max_length=length, padding=padding)
            batches.append({"texts": some, "length": length, "pads_to_longest": padding is True, "ids": batch.input_ids, "mask": batch.attention_mask})
    (FOLDER / "batches.json").write_text("[\n" + ",\n".join(json.dumps(line, separators=(",", ":")) for line in batches) + "\n]\n")


main()
