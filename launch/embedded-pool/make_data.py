"""Makes the images of the embedded pool: test splits for config/embedded/data, others for directories of work.

Pretraining images are the training images, turned: the pretrained model knows all that is on them, but not how the tasks
show it.

Five tasks: clothes of Fashion-MNIST, hand-written digits, and Latin letters, Greek letters and hiragana in many fonts.
The same versions of packages give the same bytes.
"""

import argparse
import dataclasses
import functools
import gzip
import importlib.metadata
import io
import itertools
import json
import pathlib
import string
import sys
import zlib

import numpy
import pyarrow
import pyarrow.parquet
from PIL import Image

import glyphs

HERE = pathlib.Path(__file__).resolve().parent
FASHION_MNIST = pathlib.Path("/usr/share/datasets/fashion-mnist")

# In degrees, clockwise.
PRETRAINING_ANGLE = 20

CLOTHES = [
    "T - shirt / top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
]
# For each class, the characters that belong to it.
LETTERS = {capital: capital + capital.lower() for capital in string.ascii_uppercase}
GREEK = dict(
    zip(
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi"
        " chi psi omega".split(),
        map("".join, zip("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", "αβγδεζηθικλμνξοπρστυφχψω")),
    )
)
HIRAGANA = dict(
    zip(
        "a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha hi fu he ho ma mi mu me mo ya yu yo"
        " ra ri ru re ro wa wo n".split(),
        "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
    )
)


@dataclasses.dataclass(frozen=True)
class Sample:
    """One row."""

    image: Image.Image
    label: int
    # What characters are drawn of: the character, and the family of the font.
    details: tuple = ()


class FashionMNIST:
    """The first images of each class in the files of Debian's package, in the order of the files."""

    name = "fashion_mnist"
    classes = CLOTHES
    details = ()
    files = {"train": "train", "test": "t10k"}
    counts = {"train": 1000, "test": 100}

    def samples(self, split):
        images = self.array(split, "images-idx3-ubyte", header=16).reshape(-1, 28, 28)
        labels = self.array(split, "labels-idx1-ubyte", header=8)
        met = [0] * len(self.classes)
        for image, label in zip(images, labels):
            if met[label] < self.counts[split]:
                met[label] += 1
                yield Sample(Image.fromarray(image), int(label))

    def array(self, split, kind, header):
        path = FASHION_MNIST / f"{self.files[split]}-{kind}.gz"
        if not path.is_file():
            sys.exit(f"error: There is no {path}: is the Debian package dataset-fashion-mnist installed?")
        return numpy.frombuffer(gzip.decompress(path.read_bytes()), dtype=numpy.uint8, offset=header)


class Digits:
    """The UCI digits of scikit-learn: the first 1,000 for training, the other 797 for testing.

    Persons follow each other in the file, so that most of those of one part are not in the other.
    """

    name = "digits"
    classes = list(string.digits)
    details = ()
    training_count = 1000

    def samples(self, split):
        # The whole library is not needed to find its file.
        distribution = importlib.metadata.distribution("scikit-learn")
        path = distribution.locate_file("sklearn/datasets/data/digits.csv.gz")
        with gzip.open(path, "rt", encoding="ascii") as file:
            rows = [[int(float(number)) for number in line.split(",")] for line in file]
        part = slice(None, self.training_count) if split == "train" else slice(self.training_count, None)
        for *levels, label in rows[part]:
            # 0 to 16, black to white.
            samples = (numpy.array(levels).reshape(8, 8) * 255 + 8) // 16
            yield Sample(Image.fromarray(samples.astype(numpy.uint8)), label)


class Characters:
    """Characters in fonts; no font, nor a relative of it, stands on both sides of the split."""

    details = ("character", "font")

    def __init__(self, name, characters, training_count, test_count):
        self.name = name
        self.classes = list(characters)
        self.characters = list(characters.values())
        # Images of each class.
        self.counts = {"train": training_count, "test": test_count}

    def samples(self, split):
        faces = [face for face in fonts() if face.split == split and self.name in face.tasks]
        for face in faces:
            face.check("".join(self.characters))
        choices = []
        for label, characters in enumerate(self.characters):
            random = generator(self.name, split, label)
            pairs = list(itertools.product(range(len(faces)), characters))
            # Each pair of a font and a character once, in a random order, before any comes again.
            rounds = -(-self.counts[split] // len(pairs))
            order = numpy.concatenate([random.permutation(len(pairs)) for _ in range(rounds)])
            choices += [(label, *pairs[index], number) for number, index in enumerate(order[: self.counts[split]])]
        for index in generator(self.name, split, "order").permutation(len(choices)):
            label, face, character, number = choices[index]
            image = glyphs.picture(faces[face], character, generator(self.name, split, label, number))
            yield Sample(image, label, (character, faces[face].family))


@functools.cache
def fonts():
    return glyphs.read_faces(HERE / "fonts.tsv")


def generator(*words):
    """Random numbers that follow from words."""
    return numpy.random.RandomState(zlib.crc32("/".join(map(str, words)).encode()))


TASKS = [
    FashionMNIST(),
    Digits(),
    Characters("letters", LETTERS, training_count=400, test_count=39),
    Characters("greek", GREEK, training_count=400, test_count=42),
    Characters("hiragana", HIRAGANA, training_count=200, test_count=22),
]


def write(task, split, samples, directory):
    """Writes a split as Parquet, described as `datasets` does it."""
    features = {"image": {"_type": "Image"}, "label": {"names": task.classes, "_type": "ClassLabel"}}
    features |= {name: {"dtype": "string", "_type": "Value"} for name in task.details}
    columns = {
        "image": pyarrow.array(
            [{"bytes": png(sample.image), "path": None} for sample in samples],
            pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())]),
        ),
        "label": pyarrow.array([sample.label for sample in samples], pyarrow.int64()),
    }
    for place, name in enumerate(task.details):
        columns[name] = pyarrow.array([sample.details[place] for sample in samples], pyarrow.string())
    table = pyarrow.table(columns)
    table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    path = directory / task.name / "data" / f"{split}-00000-of-00001.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pyarrow.parquet.write_table(
        # PNG is compressed already.
        table, path, compression="none", use_dictionary=["label", *task.details], write_page_index=True
    )
    print(f"{path}: {len(samples)} images, {path.stat().st_size} bytes")


def turned(image):
    """An image of 32 × 32 pixels, turned about its middle; what comes in from outside is like the nearest edge."""
    image = image.resize((glyphs.SIZE, glyphs.SIZE), Image.Resampling.BICUBIC)
    margin = glyphs.SIZE // 2
    wider = Image.fromarray(numpy.pad(numpy.asarray(image), margin, mode="edge"))
    edges = (margin, margin, margin + glyphs.SIZE, margin + glyphs.SIZE)
    return wider.rotate(-PRETRAINING_ANGLE, Image.Resampling.BICUBIC).crop(edges)


def png(image):
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=pathlib.Path, required=True, help="the directory of the training splits")
    parser.add_argument("--pretraining", type=pathlib.Path, required=True, help="the directory of the same, turned")
    parser.add_argument("--test", type=pathlib.Path, required=True, help="the directory of the test splits")
    arguments = parser.parse_args()
    for task in TASKS:
        samples = list(task.samples("train"))
        write(task, "train", samples, arguments.train)
        samples = [dataclasses.replace(sample, image=turned(sample.image)) for sample in samples]
        write(task, "train", samples, arguments.pretraining)
        write(task, "test", list(task.samples("test")), arguments.test)


if __name__ == "__main__":
    main()
