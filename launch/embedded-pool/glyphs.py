"""Pictures of characters, each in a font, at a place, in tones and with flaws that follow from a seed."""

import csv
import dataclasses
import functools
import logging
import math
import pathlib
import subprocess

import numpy
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFilter, ImageFont

# It warns of names of glyphs, which nobody asks for here.
logging.getLogger("fontTools").setLevel(logging.ERROR)

SIZE = 32
# Characters are drawn larger, and then made smaller by means over areas.
OVERSAMPLING = 4


@dataclasses.dataclass(frozen=True)
class Face:
    """One line of fonts.tsv: a file of a Debian package, and what it serves for."""

    package: str
    file: str
    family: str
    split: str
    tasks: tuple

    @functools.cached_property
    def path(self):
        matches = sorted(path for path in package_files(self.package) if path.name == self.file)
        if not matches:
            raise SystemExit(f"error: The package {self.package} has no file {self.file}.")
        return matches[0]

    def check(self, characters):
        """Ends the program if the font lacks a character, or draws nothing or its empty box for it."""
        covered = TTFont(self.path, fontNumber=0, lazy=True).getBestCmap()
        # No font has this one, so that its box is drawn.
        box = self.drawn("\uffff")
        for character in characters:
            if ord(character) not in covered or max(self.extent(character)) == 0 or self.drawn(character) == box:
                raise SystemExit(f"error: {self.path} has no glyph for '{character}'.")

    def drawn(self, character):
        mask = self.sized(100).getmask(character)
        return mask.size, bytes(mask)

    @functools.lru_cache(maxsize=4)
    def sized(self, size):
        return ImageFont.truetype(self.path, size, layout_engine=ImageFont.Layout.BASIC)

    def extent(self, character):
        """The width and height of the inked part at a size of 100."""
        left, top, right, bottom = self.sized(100).getmask(character).getbbox() or (0, 0, 0, 0)
        return right - left, bottom - top


@functools.cache
def package_files(package):
    listed = subprocess.run(["dpkg-query", "--listfiles", package], capture_output=True, text=True)
    if listed.returncode:
        raise SystemExit(f"error: The Debian package {package} is not installed.")
    paths = map(pathlib.Path, listed.stdout.splitlines())
    return [path for path in paths if path.suffix.lower() in (".ttf", ".otf", ".ttc") and path.is_file()]


def read_faces(path):
    """The lines of fonts.tsv."""
    with open(path, encoding="utf-8", newline="") as file:
        return [
            Face(row["package"], row["file"], row["family"], row["split"], tuple(row["tasks"].split()))
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def picture(face, character, random):
    """A grey image of 32 × 32 pixels; `random` is a RandomState, whose numbers NumPy promises never to change."""
    cover = coverage(face, character, random)
    paper, ink = tones(random)
    angle, slope = random.uniform(0, 2 * math.pi), random.uniform(0, 30)
    places = (numpy.arange(SIZE) + 0.5) / SIZE - 0.5
    light = slope * (math.cos(angle) * places[None, :] + math.sin(angle) * places[:, None])
    noise = random.standard_normal((SIZE, SIZE)) * random.uniform(0, 8)
    samples = paper + light + cover * (ink - paper) + noise
    return Image.fromarray(numpy.clip(numpy.rint(samples), 0, 255).astype(numpy.uint8))


def coverage(face, character, random):
    """How much of each pixel is inked, from 0 to 1."""
    side = SIZE * OVERSAMPLING
    share = random.uniform(0.6, 0.9)
    size = max(8, round(100 * share * side / max(face.extent(character))))
    canvas = Image.new("L", (side, side))
    drawing = ImageDraw.Draw(canvas)
    font = face.sized(size)
    left, top, right, bottom = font.getbbox(character)
    place = (side / 2 - (left + right) / 2, side / 2 - (top + bottom) / 2)
    drawing.text(place, character, fill=255, font=font)

    angle, shear = math.radians(random.uniform(-8, 8)), random.uniform(-0.1, 0.1)
    free = (1 - share) / 2 * side
    shift = random.uniform(-free, free, size=2)
    cosine, sine = math.cos(angle), math.sin(angle)
    # From places of the result to places of the canvas, both seen from the middle.
    rows = [(cosine + shear * sine, sine - shear * cosine), (-sine, cosine)]
    middle = side / 2
    factors = []
    for (across, down), offset in zip(rows, shift):
        factors += [across, down, middle - across * middle - down * middle - offset]
    canvas = canvas.transform((side, side), Image.Transform.AFFINE, factors, Image.Resampling.BICUBIC)
    canvas = canvas.resize((SIZE, SIZE), Image.Resampling.BOX)
    blur = random.uniform(-0.8, 0.8)
    if blur > 0:
        canvas = canvas.filter(ImageFilter.GaussianBlur(blur))
    return numpy.asarray(canvas, dtype=numpy.float64) / 255


def tones(random):
    """Those of paper and ink: dark and light, as in the other tasks, at least 90 levels apart."""
    distance = random.uniform(90, 255)
    paper = random.uniform(0, min(80, 255 - distance))
    return paper, paper + distance
