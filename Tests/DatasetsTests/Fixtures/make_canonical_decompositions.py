"""Writes the table of canonical decompositions that the room of data sets composes texts with.

    pip install tokenizers
    python make_canonical_decompositions.py

Made with tokenizers 0.23.3, which knows the characters of Unicode 9, and Python 3.11. The syllables of Hangul, which
decompose by arithmetic, are left out.
"""

import pathlib
import textwrap
import unicodedata

from tokenizers import normalizers

FORM_C, FORM_D = normalizers.NFC(), normalizers.NFD()
HANGUL = range(0xAC00, 0xD7A4)
PATH = "Sources/Datasets/Tokenizers/CanonicalDecompositions+Table.swift"


def items():
    expected = 0
    for value in range(0x110000):
        character = chr(value)
        if 0xD800 <= value < 0xE000 or value in HANGUL or FORM_D.normalize_str(character) == character:
            continue
        if value != expected:
            yield f"{value:X}:"
        expected = value + 1
        parts = unicodedata.decomposition(character).split()
        makes_one = FORM_C.normalize_str(character) == character
        yield ("+" if makes_one else "-").join(f"{int(part, 16):X}" for part in parts)


def main():
    lines = textwrap.wrap(" ".join(items()), 110, break_on_hyphens=False)
    text = "\n".join("        " + line for line in lines)
    root = pathlib.Path(__file__).parents[3]
    (root / PATH).write_text(
        f'''// Written by Tests/DatasetsTests/Fixtures/make_canonical_decompositions.py.
extension CanonicalDecompositions {{
    static let table = """
{text}
        """
}}
'''
    )


main()
