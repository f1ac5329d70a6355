"""Values and keys as OmegaConf.to_yaml writes them."""
import random
from typing import Any, Dict, List

from omegaconf import OmegaConf

from .common import tagged, unique

NUMBER_LIKE = (
    "0|1|-1|+1|00|01|08|010|0o7|0x1F|0xg|0b1|0b2|1_000|_1|1_|1__0|12345678901234567890123|1:30|12:30:45|1:60|-1:30|190:20:30.15|1.0|1.|.5|-.5|+.5|.|..|...|.5e3|.5e+3|-.5e3|1e3|1E3|1e+3|1e-3|+1e3|-1e-3|1e|e3|1_000.5|1_e3|1._5|._5"
    "|inf|-inf|+inf|Inf|INF|infinity|-infinity|Infinity|INFINITY|infinit|.inf|.Inf|-.inf|+.INF|nan|NaN|NAN|-nan|+nan|.nan|.NaN|-.nan| 12|12 | 12 |1 2|٣|¹|½|１２|Ⅷ|1,5|1.2.3|1e3.5|0x|-|+|--1|1-1|1j|0x1p3|1e1000|1d3|1f|0_0|0_1|00_1|1_0:30|\t12|12\n"
)
WORD_LIKE = (
    "true|True|TRUE|tRuE|false|False|yes|Yes|YES|yEs|no|No|on|ON|oN|off|Off|y|Y|n|N|t|null|Null|NULL|nULL|~|~~|none|None|=|==|<<|<|a=b|2001-01-01|2001-1-1|2001-01-01 12:00:00|2001-12-14t21:59:43.10-05:00|2001-13-45|12-25|???|??|"
)
SYMBOLS = [
    "", " ", "  ", "a", "a b", " a", "a ", " a ", "a  b", "-", "- a", "-a", "--", "---", "--- a", "---a", "...", "... a", "?", "? a", "?a", ":", ": a", ":a", "a:", "a: b", "a:b", "a :b", "a : b", "::", "#", "# a", "#a", "a#b", "a # b", "a #b", "a# b",
    "!", "!a", "!!str", "&", "&a", "*", "*a", "%", "%a", "@", "@a", "`", "`a", "|", "|a", ">", ">a", "'", "''", "'a'", "a'b", "it's", '"', '""', '"a"', 'a"b', "'\"", "a'b\"c", "[", "]", "[]", "[a]", "a[0]", "{", "}", "{}", "{a}", "{a: b}", "a{b", ",", ",a", "a,b", "a, b", "a,", "\\", "\\n", "a\\b", "a\\", "$", "$a", "$(a)", "/x/y", "a/b", "~a", "~/x", "a~", "^", "(a)", "a;b", "a?b", "a?", "a-b", "a-", "a*b", "a&b", "a%b", "a@b", "a|b", "a>b", "a!b", "a`b", "http://x:80/y?q#z", "http://x/ y", "a:\tb", "a\t#b", "key: [1, 2]", "- - a", "? - a", "a: - b",
    "\t", "\ta", "a\t", "a\tb", "a \tb", "a\t b", "\n", "\n\n", "\n\n\n", "a\n", "a\n\n", "a\n\n\n", "\na", "\n\na", "a\nb", "a\n\nb", "a\n\n\nb", "a\nb\n", "a\nb\n\n", " a\nb", "a\n b", "a \nb", "a\nb ", "a\n\tb", "\n a", "a\n ", " \n", "\n ", " \n ", "a\n#b", "a\n- b", "a\nb: c", "a\n---\nb", "a\n...\n", "# a\nb", "- a\nb", "'a'\nb", "a\r\nb", "a\rb", "\r", "\r\n", "a\r\n", "a\n\rb", "\ttab\nline", "1\n2", "true\n", "null\n", "1e3\n", "yes\n",
    "é", "größe", "日本語", "日本 語", "😀", "a😀b", "😀 😀", "👩‍👩‍👧", "🇩🇪", "e\u0301", "\u00a0", "a\u00a0b", "\u00a0a", "\u0085", "a\u0085b", "a\u0085", "\u2028", "a\u2028b", "a\u2028", "\u2029", "a\u2029b", "a\u2028 b", "a \u2028b", "a\n\u2028b", "\ufeff", "\ufeffa", "a\ufeffb", "a\ufeff", "\u200b", "a\u200bb", "\u200e", "\u00ad", "\u3000", "a\u3000b", "\ue000", "\ufffd", "\ufffe", "\uffff", "\U0001ffff", "\U00010000", "\U0010ffff", "\u0300", "؀", "שלום", "مرحبا", "µ", "ß", "ı", "√2 ≈ 1.41", "a→b", "«a»", "“a”", "’", "…",
    "\x00", "\x01", "a\x01b", "\x07\x08\x0b\x0c", "\x1b[0m", "\x1f", "\x7f", "\x80", "\x84", "\x86", "\x9f", "a\x0bb", "a\x0cb", "a\\\x01", "\"\x01\"", "é\x01", "\x01é", "😀\x01", "\x01 a", "a \x01", "\x01\n", "日本\x00",
]
WORDS = "the merged model keeps the weights of every expert and the scale of each task vector it was given".split()


def sentence(length: int, separator: str = " ") -> str:
    return separator.join(WORDS[i % len(WORDS)] for i in range(length))


LONG = (
    [sentence(n) for n in (12, 13, 14, 15, 16, 17, 18, 20, 25, 40, 80)]
    + ["x" * n for n in (70, 76, 77, 78, 79, 80, 81, 82, 100, 127, 128, 129, 300, 1500)]
    + ["x" * n + " y" for n in (70, 74, 75, 76, 77, 78, 79, 80, 81, 90)]
    + ["y " + "x" * n + " z" for n in (70, 73, 74, 75, 76, 77, 78, 79, 80, 90)]
    + [sentence(30).replace(" ", "  "), sentence(30, "   "), sentence(30, " a  b "), sentence(20) + " ", " " + sentence(20), sentence(20) + "  x", sentence(14) + " " * 30 + "end"]
    + [sentence(20, ": "), sentence(20, " #"), sentence(20, " - "), sentence(20, ", "), sentence(20, " 'x' "), sentence(20, ' "y" '), sentence(20, "\n"), sentence(20, " \n"), sentence(30) + "\n" + sentence(30), sentence(20, "\t"), sentence(20, " \t "), sentence(20, " \\ ")]
    + ["# " + sentence(20), "- " + sentence(20), "'" + sentence(20) + "'", '"' + sentence(20), sentence(20) + ":", "[" + sentence(20), "\x01" + sentence(20), sentence(20) + "\x01", "\x01" + sentence(20, "  "), "\x01 " + "x" * 75 + " y " + "z" * 90 + " w", "\ufeff" + sentence(30), "\x01" + sentence(40, " \\ "), sentence(18, " é "), sentence(18, " 😀 "), "日本語 " * 40, "日本語" * 40, "é " * 60 + "\x01", "😀 " * 50, "\t" + sentence(20), "\t" * 90, "\\" * 90, '"\x01' * 40, "é" * 100 + "\x01", "\x01" * 60, " " * 90, "  " + "x" * 80, "a\n" + "x " * 60, "a\n\n" + "x " * 60 + "\nb", "1 " * 60, ": " * 50, "a: " * 40]
)

SCALARS: List[Any] = [
    None, True, False, 0, 1, -1, 10, 255, -1000000, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63), 2**64, 10**30, -(10**40), 7**120,
    0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 1.5, -2.25, 3.14159, 1 / 3, 2 / 3, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1.5e-5, 1e-6, 1e-7, 1e-10, 2.5e-10, 1e-100, 5e-324, 2.2250738585072014e-308, 1e1, 1e2, 1e5, 1e10, 1e14, 1e15, 1e16, 1e17, 1.5e16, 123456789012345.0, 1234567890123456.0, 12345678901234567.0, 1.2345678901234567e18, 1e20, 1e21, 1e22, 1e23, 1e100, 1.7976931348623157e308, float("inf"), float("-inf"), float("nan"), 100.0, 99999.0, 0.30000000000000004, 1e-05, 9007199254740993.0, 4.35, 2.675, 1e300,
]

CONTAINERS: List[Any] = [
    {}, [], [[]], [{}], {"a": {}}, {"a": []}, [[], []], [{}, {}], [1, 2], [[1, 2], [3]], [[[1]]], [[[[]]]], [{"a": 1}], [{"a": 1, "b": 2}, {"c": 3}], [{"a": [1, 2]}], [{"a": {"b": 1}}], [[{"a": 1}]], [[1, {"a": [2, {"b": []}]}]], {"a": 1, "b": [1, 2], "c": {"d": 3}}, {"a": [[1], [2]]}, {"a": [{"b": 1}, {"c": []}]}, {"a": None, "b": None}, [None, True, 1.0, "x"], ["", " ", "- a", "a: b", "# a"], ["a\nb", "a\n"], [{"k": "a\nb"}], ["it's", "1", "null", "1e3"], {"b": 1, "a": 2}, {1: "a", 2: "b"}, {True: 1, False: 2}, {1.5: "x"}, {"1": 1, 1: 2}, {"": 1}, {" ": 1}, {"a b": {"c d": 1}}, {"a: b": 1}, {"a\nb": 1}, {"é": "ü"}, {"😀": ["😀"]}, {"y": 1, "n": 2}, {"1e3": 1}, {"???": 1}, ["???"], {"a": "???"}, [sentence(20), [sentence(20)]], {"a": {"b": {"c": {"d": {"e": sentence(20)}}}}}, [[[[[sentence(20)]]]]], {"a": {"b": {"c": "\x01" + sentence(20)}}}, [["# " + sentence(20)]], {"x" * 130: 1}, {"x" * 130: {"y": 1}}, {"x" * 130: [1]}, [{"x" * 130: 1}], {"x" * 60: sentence(10)}, {"x" * 90: sentence(10)}, {"x y " * 30: "a b"}, {"a" * 128: 1}, {"a" * 129: 1}, {"a": "'" + "x" * 80}, [" "], [[""]], {"a": {"": {}}}, [2**70, -0.0, 1e16], {"list": [{"name": "clip", "paths": ["a", "b"], "options": {}}, {"name": "flan", "paths": [], "options": {"x": None}}]},
]

LINKS = ["${a}", "${a}${b}", "x ${a} y", "${oc.env:A,b}", "${a.b[0].c}", "${oc.env:A, 'x y'}", "# ${a}", "${a}: ${b}", "\\${a}", "${oc.select:a,null}", "${.a}", "${..a}", "${a:{b: c}}", "outputs/${now:%Y-%m-%d}/${now:%H-%M-%S}", "'${a}'", '"${a}"', "${a} ", " ${a}", "[${a}]", "${a}\n${b}", sentence(15) + " ${a} " + sentence(6)]

ALPHABET = ["a", "b", "Z", "0", "1", "9", " ", " ", "  ", "\n", "\n\n", "\t", "'", '"', "#", " #", ":", ": ", "-", "- ", "?", "? ", ",", "[", "]", "{", "}", "&", "*", "!", "|", ">", "%", "@", "`", "\\", "=", "<<", "~", ".", "e", "_", "+", "\r", "\u0085", "\u2028", "\u00a0", "\ufeff", "\x01", "\x7f", "é", "日", "😀", "null", "true", "word", "longerword", "inf"]

KEYS = unique(
    SYMBOLS[:160:2]
    + NUMBER_LIKE.split("|")[::3]
    + WORD_LIKE.split("|")[::2]
    + ["x" * n for n in (79, 80, 81, 120, 126, 127, 128, 129, 130, 200)]
    + ["x" * 120 + end for end in (" y", ": y", "\n", "'", "é", "😀", "\x01")]
    + ["é" * n for n in (120, 127, 128, 129)]
    + ["a\nb", "a\n", "\n", "\x01", "\x01b", "\ufeff", "é", "😀", "a\u2028b", "\u0085", "a b", "a: b", "a #b", "- a", "? a", "a.b", "a[0]", "${a}", "a@b", "/a", "_self_", "'a'", '"a"', "it's", "\ta", "a\t", " a", "a ", sentence(12), sentence(15), sentence(18), sentence(25), sentence(25) + "\n", "# " + sentence(14), "x " * 40 + "\x01"]
)
TYPED_KEYS: List[Any] = [0, 1, -5, 10**25, 1.0, 1e-5, 1e16, float("inf"), float("nan"), True, False]


def random_texts(count: int) -> List[str]:
    source = random.Random(20240607)
    texts = []
    while len(texts) < count:
        length = source.choice([1, 2, 2, 3, 3, 4, 5, 6, 8, 12, 20, 45])
        text = "".join(source.choice(ALPHABET) for _ in range(length))
        if "${" not in text:
            texts.append(text)
    return texts


def value_entry(value: Any) -> Dict[str, Any]:
    return {"value": tagged(value), "yaml": OmegaConf.to_yaml(OmegaConf.create({"k": value}))}


def key_entry(key: Any, value: Any) -> Dict[str, Any]:
    return {
        "key": tagged(key),
        "value": tagged(value),
        "yaml": OmegaConf.to_yaml(OmegaConf.create({key: value})),
    }


def generate() -> Dict[str, Any]:
    texts = unique(
        SYMBOLS + NUMBER_LIKE.split("|") + WORD_LIKE.split("|") + LONG + LINKS + random_texts(260)
    )
    keys: List[Any] = [*KEYS, *unique(random_texts(60)), *TYPED_KEYS]
    return {
        "values": [value_entry(value) for value in [*texts, *SCALARS, *CONTAINERS]],
        "keys": [key_entry(key, value) for key in keys for value in (1, {"a": [1]})],
    }
