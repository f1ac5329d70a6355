"""Writes `locating.json`: what `datasets` makes of folders, cards and splits.

Needs datasets 4 or newer:

    python make_locating_fixtures.py
"""

import json
import os
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import datasets
from datasets.arrow_reader import ReadInstruction

HERE = Path(__file__).parent
datasets.utils.logging.set_verbosity_error()


def card(text):
    return f"---\nlicense: mit\n{text}\n---\n# A data set\n"


CONFIGS = card(
    """configs:
- config_name: small
  data_files:
  - split: train
    path: small/train-*
  - split: test
    path:
    - small/test-0.parquet
    - small/more/*.parquet
- config_name: large
  default: true
  data_files: large/*.parquet
- config_name: listed
  data_files:
  - large/b.parquet
  - small/**
- config_name: folder
  data_dir: named"""
)
CONFIG_FILES = [
    "small/train-0.parquet",
    "small/train-1.parquet",
    "small/test-0.parquet",
    "small/more/x.parquet",
    "large/a.parquet",
    "large/b.parquet",
    "named/test.parquet",
    "named/train.parquet",
]
SHARDED = [f"data/{s}-{i:05}-of-00002.parquet" for s in ("train", "test", "extra", "validation") for i in range(2)]

# Name, files, card, arguments.
CASES = [
    ("sharded", SHARDED, None, {}),
    ("sharded and others", SHARDED + ["other/train.parquet", "data/x.parquet"], None, {}),
    ("sharded with a dot", ["data/en.train-00000-of-00001.parquet", "data/a-00000-of-00001-abc.parquet"], None, {}),
    ("sharded with a bad name", ["data/no-dash-00000-of-00001.parquet"], None, {}),
    ("sharded below something else", ["default/train-00000-of-00001.parquet", "default/test-00000-of-00001.parquet"], None, {}),
    ("files", ["test.parquet", "train.parquet"], None, {}),
    ("files of all words", [f"{w}.parquet" for w in ("training", "dev", "evaluation")], None, {}),
    ("files with numbers", ["train_0.parquet", "train_1.parquet", "train_10.parquet", "train_2.parquet", "my_test.parquet", "val1.parquet"], None, {}),
    ("words within words", ["trainer.parquet", "contest.parquet", "retrain.parquet"], None, {}),
    ("capital letters", ["Train.parquet", "TEST.parquet"], None, {}),
    ("folders", ["a/train/0.parquet", "a/train/1.parquet", "a/test/0.parquet", "a/test/deep/er.parquet"], None, {}),
    ("folders with signs", ["train-v1/0.parquet", "my test/0.parquet", "x-valid-y/0.parquet"], None, {}),
    ("folders before files", ["train/test.parquet", "val/train.parquet"], None, {}),
    ("one file", ["things.parquet"], None, {}),
    ("files without words", ["b.parquet", "a.parquet", "c/a.parquet", "B.parquet"], None, {}),
    ("hidden and special", [".hidden.parquet", ".git/a.parquet", "__pycache__/b.parquet", "__d.parquet", "a.parquet"], None, {}),
    ("other formats beside", ["train.parquet", "train.csv", "test.parquet", "notes-test.txt", "x.unknown"], None, {}),
    ("most are csv", ["train1.csv", "train2.csv", "train.parquet"], None, {}),
    ("different formats", ["train.parquet", "test.csv"], None, {}),
    ("images", ["train/cat/1.png", "train/dog/2.jpg", "test/cat/3.png"], None, {}),
    ("nothing", ["notes.unknown"], None, {}),
    ("only ignored", ["config.json", "dataset_infos.json"], None, {}),
    ("data folder", ["x/train.parquet", "y/test.parquet"], None, {"data_dir": "y"}),
    ("data folder, sharded", ["x/data/train-00000-of-00001.parquet", "y.parquet"], None, {"data_dir": "x"}),
    ("named file", ["a.parquet", "b.parquet"], None, {"data_files": "b.parquet"}),
    ("named files", ["a.parquet", "b.parquet", "c.parquet"], None, {"data_files": ["c.parquet", "a*"]}),
    ("named splits", ["a.parquet", "b.parquet", "d/c.parquet"], None, {"data_files": {"odd": ["b.parquet"], "test": "d/*"}}),
    ("named and not there", ["a.parquet"], None, {"data_files": "x.parquet"}),
    ("no match", ["a.parquet"], None, {"data_files": "x*.parquet"}),
    ("one of two without match", ["a.parquet"], None, {"data_files": ["x*.parquet", "a.parquet"]}),
    ("two stars", ["a.parquet", "x/b.parquet", "x/y/c.parquet"], None, {"data_files": "**/*.parquet"}),
    ("two stars in the middle", ["a.parquet", "x/b.parquet", "x/y/b.parquet"], None, {"data_files": "x/**/b.parquet"}),
    ("two stars in a name", ["a.parquet"], None, {"data_files": "**.parquet"}),
    ("sets", ["a1.parquet", "a2.parquet", "b1.parquet", "a-.parquet"], None, {"data_files": "[!b][1-2]*"}),
    ("sets with a dash", ["a1.parquet", "a-.parquet", "a].parquet"], None, {"data_files": "a[]-]*"}),
    ("question marks", ["a1.parquet", "a12.parquet", "a.parquet"], None, {"data_files": "a?.parquet"}),
    ("hidden on demand", [".h/a.parquet", "a.parquet", ".b.parquet"], None, {"data_files": ".*/*"}),
    ("special on demand", ["__s/a.parquet", "a.parquet"], None, {"data_files": "__*/*"}),
    ("card without files", ["train.parquet", "x.parquet"], card("tags:\n- x"), {}),
    ("card, default", CONFIG_FILES, CONFIGS, {}),
    ("card, small", CONFIG_FILES, CONFIGS, {"name": "small"}),
    ("card, listed", CONFIG_FILES, CONFIGS, {"name": "listed"}),
    ("card, folder", CONFIG_FILES, CONFIGS, {"name": "folder"}),
    ("card, unknown", CONFIG_FILES, CONFIGS, {"name": "smal"}),
    ("card, other files", CONFIG_FILES, CONFIGS, {"data_files": "small/test-0.parquet"}),
    ("card, several without default", ["a.parquet", "b.parquet"],
     card("configs:\n- config_name: a\n  data_files: a.parquet\n- config_name: b\n  data_files: b.parquet"), {}),
    ("card, several defaults", ["a.parquet", "b.parquet"],
     card("configs:\n- config_name: a\n  default: true\n  data_files: a.parquet\n- config_name: default\n  data_files: b.parquet"), {}),
    ("card, one configuration", ["a.parquet", "b.parquet"], card("configs:\n- config_name: x\n  data_files: b.parquet"), {}),
    ("card, no name", ["a.parquet"], card("configs:\n- data_files: a.parquet"), {}),
    ("card, bad files", ["a.parquet"], card("configs:\n- config_name: x\n  data_files: {a: b}"), {}),
    ("card, bad split", ["a.parquet"], card("configs:\n- config_name: x\n  data_files:\n  - split: a-b\n    path: a.parquet"), {}),
    ("card, odd texts", ["a.parquet"], card("pretty_name: ${x ???\nother: ???\nconfigs:\n- config_name: x\n  data_files: a.parquet"), {}),
    ("name without card", ["a.parquet"], None, {"name": "x"}),
]

SPLITS = [
    ("train", 10), ("test", 10), ("train[:3]", 10), ("train[3:]", 10), ("train[-3:]", 10), ("train[:-3]", 10),
    ("train[2:5]", 10), ("train[5:2]", 10), ("train[:100]", 10), ("train[-100:3]", 10), ("train[20:]", 10),
    ("train[:]", 10), ("train[:10%]", 15), ("train[10%:20%]", 15), ("train[50%:]", 7), ("train[-25%:]", 10),
    ("train[:50%]", 5), ("train[:50%]", 7), ("train[10%:90]", 20), ("train[:1_0]", 20), ("train[:33%](closest)", 200),
    ("train[:33%](pct1_dropremainder)", 250), ("train[66%:](pct1_dropremainder)", 250),
    ("train[:33%](pct1_dropremainder)", 50), ("train[:3](closest)", 10), ("train[:3%](other)", 10),
    ("train[:101%]", 10), ("train[-101%:]", 10), ("train+test", 10), ("train[:2] + test[5:]", 10),
    ("test+train+test[:1]", 10), ("other", 10), ("train[1]", 10), ("train[1:2:3]", 10), ("train[a:]", 10),
    ("train[", 10), ("", 10), ("train+", 10), ("train[:5]x", 10), ("en.train", 10), ("train[%:]", 10),
    ("train[1.5:]", 10), ("tr-ain", 10), ("train[:1__0]", 20), ("train [:1]", 10), ("train[--1:]", 10),
]


def located(files, text, arguments):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "dataset"
        for file in files:
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).touch()
        if text is not None:
            (root / "README.md").write_text(text)
        try:
            builder = datasets.load_dataset_builder(str(root), cache_dir=folder + "/cache", **arguments)
        except Exception as error:
            return {"error": type(error).__name__}
        splits = {
            str(split): [str(Path(file).relative_to(root)) for file in found]
            for split, found in builder.config.data_files.items()
        }
        return {"splits": splits, "configuration": builder.config.name.split("-")[0], "module": builder.name}


def absolute(text, count):
    try:
        found = ReadInstruction.from_spec(text).to_absolute({"train": count, "test": count, "en.train": count})
    except Exception as error:
        return {"error": type(error).__name__}
    return {"parts": [[part.splitname, part.from_, part.to] for part in found]}


def main():
    cases = [
        {"name": name, "files": files, "card": text, "arguments": arguments, "expected": located(files, text, arguments)}
        for name, files, text, arguments in CASES
    ]
    splits = [{"split": text, "count": count, "expected": absolute(text, count)} for text, count in SPLITS]
    result = json.dumps({"locations": cases, "splits": splits}, indent=1, ensure_ascii=False)
    (HERE / "locating.json").write_text(result + "\n")


main()
