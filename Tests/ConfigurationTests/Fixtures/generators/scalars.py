"""Scalars, flow snippets and keys as OmegaConf's YAML loader reads them."""
from typing import Any, Dict

import yaml
from omegaconf import OmegaConf
from omegaconf._utils import get_yaml_loader

from .common import observe, tagged, unique

INTEGERS = """
0|1|-1|+1|00|01|07|08|010|-010|+010|0_7|0777_1|019|0o7|0o10|0x0|0x1F|0xff_ff|-0x10|+0x10|0X10|0xg|0x|0x_
0b0|0b101|-0b11|0b1_0|0b2|0B1|0b|0b_|1_000|1__000|_1|1_|-1_0|12345678901234567890|-99999999999999999999999999
123456789012345678901234567890123456789012345678901234567890|9223372036854775807|9223372036854775808
1:30|12:30|12:30:45|1:60|-1:30|+1:30|190:20:30|01:30|0:1|0:0|1:2:3:4|99:59|1:5|1_0:30|12:30:60|--1|+-1|1-1|1+1
""".replace("\n", "|").strip("|").split("|")

FLOATS = """
1.0|0.0|-0.0|+0.5|1.|-1.|0.|.5|-.5|+.5|.5e3|.5e+3|.5E-3|.5e|1e3|1E3|1e+3|1E+3|1e-3|1E-3|-1e3|+1e3|1e|e3|1e3.5|1e5|1E5|1e05
1.5e3|1.5E+3|1.5e-3|1.e3|1._5|1_000.5|1_000.5e3|1_0.5_0|1._|1_.5|_1.5|._5|.5_0|.5_|1_0e3|1_e3|1e1_0|1e1000|-1e1000|1e-1000
1e16|1e15|123456789012345.0|1234567890123456.0|12345678901234567.0|0.0001|0.00001|1e22|1e23|5e-324|1.7976931348623157e308
.inf|.Inf|.INF|-.inf|+.inf|+.Inf|-.INF|.iNf|.nan|.NaN|.NAN|-.nan|+.nan|.Nan|inf|-inf|nan|NaN|Infinity|infinity
190:20:30.15|1:30.5|1:30.|1:60.5|-1:30.5|1:5.|+190:20:30.|0.1.2|1.2.3|1..2|...|.|..|1,5|0.1e1|00.5|01.5|08.5|010.5|0x1.8p3|0e0|-0|+0|00e1
""".replace("\n", "|").strip("|").split("|")

WORDS = """
true|True|TRUE|tRUE|false|False|FALSE|yes|Yes|YES|yEs|no|No|NO|on|On|ON|oN|off|Off|OFF|y|Y|n|N|t|f
null|Null|NULL|nULL|~|None|none|nil|NaN|''|""|- |~~|~a|undefined|true |  true  |"true"|'null'|yes # comment|null # nothing
2001-01-01|2001-01-01 12:00:00|2001-12-14t21:59:43.10-05:00|2001-12-14 21:59:43.10 -5|12-25|2001-1-1
""".replace("\n", "|").strip("|").split("|")

STRINGS = [
    "plain", "two words", "  padded  ", "a#b", "a #b", "#all", "a:b", "a: b", "a:", ":a", ": a", "::", "a::b",
    "-a", "- a", "-", "--", "---", "--- a", "...", "?a", "? a", "?", "??", "???", "!", "!!", "@a", "`a", "%a", "a%", "a@b",
    "a`b", "&", "*", "*a", "& a", "|", ">", "a|b", "a>b", "=", "a=b", "<<", "=a", "a,b", "a, b", ", a", "[", "]", "{", "}",
    "a]", "a}", "a[0]", "a{b}", "'", '"', "'a", '"a', "it's", 'a"b', "'it''s'", "'a' b", '"a" b', "'a'#b", "'a' #b", "'a'\t",
    "${a}", "${a:b}", "a${b}c", "a ${b}", "${a: b}", "\\", "\\n", "a\\tb", "/x/y", "C:\\x", "http://h:80/p?q=1#f", "~/x", "~x",
    "größe", "日本語", "😀 ok", "é", "a\u00a0b", "a\u2028b", "a\u2029b", "a\u0085b", "\ufeffa", "a\ufeff", "a\u200bb", "a\u007fb", "a\u0001b", "\u0080",
    "a\tb", "\ta", "a\t", "a\t#b", "a \t #b", "a\t: b", "a :\tb", "{a:\tb}", "{a\t: b}", "[a,\tb]", "[\ta]", "-\ta", "a\n b", "a\n\n b", "a\n  b\n c", "a\nb",
    "'a\n b'", "'a\n\n b'", '"a\n b"', '"a\\\n  b"', '"a \\\n   b"', "'a\n  \n\n b '", "\n a", "\n  a\n  b", "\n\n", "a\n # c", "a\n # c\n b",
    r'"\0\a\b\t\n\v\f\r\e\ \"\\"', r'"\/"', r'"\N\_\L\P"', r'"\x41\u00e9\U0001F600"', r'"\q"', r'"\x4"', r'"\u12"', r"'\n'", '"\\\n a"', r'"a\"b"', '"a\tb"', "\"'\"", "'\"'",
]

TAGS = [
    "!!str 1", "!!str", "!!str true", "!!str null", "!!str ''", "!!str [1]", "!!int 3", '!!int "3"', '!!int "0x1F"', '!!int "010"', "!!int a", "!!int 1.5", "!!int ''", "!!int 1_0", "!!int 1:30",
    "!!float 1", "!!float a", '!!float "1e3"', "!!float .inf", "!!float -.5", "!!float 1:30", "!!float ''", "!!bool yes", "!!bool true", "!!bool y", "!!bool 1", "!!bool ''", "!!null x", "!!null ''", "!!null", "!!null [1]",
    "!foo bar", "!foo", "!foo [1]", "! 12", "! true", "! a", "! [1]", "!<tag:yaml.org,2002:str> 1", "!<tag:yaml.org,2002:int> '7'", "!<x> 1", "!e!x 1", "!!x 1", "!!seq [1, 2]", "!!seq {a: 1}", "!!map {a: 1}", "!!map [1]", "!!map a", "!!seq a",
    "!!set {a, b}", "!!omap [a: 1, b: 2]", "!!pairs [a: 1, a: 2]", "!!timestamp 2001-01-01", "!!binary aGVsbG8=", "!!python/none", "!!python/tuple [1]", "!!python/object/apply:os.getcwd []",
    "!!merge <<", "!!value =", "[!!str 1, !!int '2']", "{!!str 1: !!float 2}", "!!str &a 1", "&a !!str 1",
]

BLOCKS = [
    "|\n a\n b\n", "|\n a\n b", "|-\n a\n b\n", "|+\n a\n b\n\n", "|\n a\n\n\n", "|+\n a\n\n\n", "|-\n a\n\n\n", "|\n  a\n   b\n  c\n", "|2\n    a\n  b\n", "|1\n  a\n b\n", "|1-\n  a\n", "|-1\n  a\n", "|+1\n  a\n\n", "|1+\n  a\n\n",
    "|0\n a\n", "|9\n a\n", "|10\n a\n", "|--\n a\n", "|-+\n a\n", "|x\n a\n", "| # c\n a\n", "|# c\n a\n", "|-  # c\n a\n", "|\n", "|", "|-", "|+\n\n", ">", "|\n\n a\n", "|\n\n\n  a\n", "|\n  \n a\n", "|\n   \n a\n", "|\n a\n# c\n", "|\n a\n # d\n", "|\n a\nm: 1\n", "|\n\ta\n", "|\n \ta\n",
    ">\n a\n b\n", ">\n a\n\n b\n", ">\n a\n\n\n b\n", ">-\n a\n b\n", ">+\n a\n b\n\n", ">\n a\n  b\n c\n", ">\n a\n\n  b\n\n c\n", ">\n\n a\n", ">2\n   a\n  b\n", ">1-\n  a\n b\n", ">\n a\n \tb\n c\n", ">\n  a\n  * x\n  * y\n\n  b\n", ">\n a \n b \n", ">-\n a\n\n", ">+\n a\n", ">\n   x\n    y\n   z\n\n\n\n", "|\n größe\n 😀\n", "|\n a: b\n - c\n", "|\r\n a\r\n b\r\n", "|\n a\u2028 b\n", "|\n a\u0085 b\n", ">\n a\u2028b\n c\n",
]

FLOWS = [
    "[]", "{}", "[ ]", "{ }", "[1, 2]", "[1,2]", "[1,2,]", "[,]", "[1,,2]", "[a b, c d]", "[a: 1]", "[a: 1, b]", "[{a: 1}, b]", "[[1], [2, [3]]]", "[? a : 1]", "[a, b", "[a", "[a]]", "[a] b", "[a]b", "['a', \"b\"]",
    "{a: 1}", "{a: 1, b: 2}", "{a: 1,}", "{a}", "{a, b: 1}", "{a:1}", "{a: }", "{a: , b: 1}", "{'a':1}", '{"a":1, b: 2}', "{a: 1", "{a: 1}}", "{a: {b: {c: 1}}}", "{a: [1, {b: 2}]}", "{? a : 1}", "{? a}", "{: 1}", "{[1]: 2}", "{{a: 1}: 2}", "{? [1, 2] : 3}",
    "{a: 1, a: 2}", "{1: a, 1: b}", "{true: a, True: b}", "{yes: a, on: b}", "{null: 1}", "{~: 1}", "{'': 1}", "{1: a, 2: b}", "{1.5: a}", "{1e3: a}", "{'1': a, 1: b}", "{a: 1, 'a': 2}", "{=: 1}", "{a: =}", "[=]", "['=']", "{<<: {a: 1}}", "{<<: {a: 1}, a: 2}", "{a: 2, <<: {a: 1, b: 3}}", "{<<: [{a: 1, b: 1}, {a: 2, c: 2}]}", "{b: 0, <<: [{a: 1}, {a: 2, c: 2}], d: 4}", "{<<: 1}", "{<<: [1]}", "{<<: []}", "{<<: {}}", "{<<: {a: 1}, <<: {b: 2}}", "{'<<': {a: 1}}", "[<<]", "{a: <<}",
    "[yes, no, ~, 010, 1e3, 1:30]", "{a: yes, b: 0x1F}", "[a#b, c]", "[a #b\n , c]", "[a\n , b]", "{a:\n  1}", "[\n a,\n b\n ]", "{\n a: 1,\n b: 2\n }", "[\na]", "[a:b]", "[a::b]", "[:a]", "[a:]", "{a:b: c}", "[http://x/y, b]", "{a: http://x:80/y}", "[-1, - 1]", "[-]", "[?a]", "[?]", "[a?]", "[%a]", "[@a]", "[!!str 1]", "[*a]", "[&a 1, *a]", "{a: ${b}}", "[${a}]", "['${a}', \"${b}\"]", "{a: '${b}', c: ${d}}", "[a b: c]", "[\"a\": b]", "[[a]: b]", "[a, b]: c",
]

DOCUMENTS = [
    "&a 1\nm: *a", "&a {x: 1}\nm: *a", "&a {x: 1, y: 2}\nm:\n  <<: *a\n  y: 3", "&a {x: 1, y: 2}\nm:\n  y: 3\n  <<: *a", "&a {x: 1}\nb: &b {x: 2, z: 3}\nm:\n  <<: [*a, *b]", "&a {x: 1}\nb: &b {x: 2, z: 3}\nm:\n  <<: [*b, *a]\n  w: 0", "&a {x: 1}\nm:\n  <<: *a\n  <<: {q: 1}", "&a [1]\nm: {<<: *a}", "*none", "&a\n  x: 1\nm: *a", "&a\nm: *a", "&a-b_1 1\nm: *a-b_1", "&a 1\nb: &a 2\nm: *a", "&a {x: 1}\nb: &b\n  <<: *a\n  y: 1\nm:\n  <<: *b\n  z: 1", "&a.b 1\nm: *a.b", "&a: 1", "&ü 1\nm: *ü",
    "1\nm: 2", "1\nk: 2", "\n  a: 1\n  b: 2", "\n- a\n- b", "\n  - a\n  - b", "\n  - a: 1\n    b: 2\n  - c", "\n- - a\n  - b\n- - c", "\n  a:\n  - 1\n  b: 2", "\n a: 1\n  b: 2", "\n  a: 1\n b: 2", "\n  a: 1\n a", "\n\ta: 1", "\n  a: 1\n\tb: 2", "a\n- b", "- a\n- b", "- a", "\n  ? a\n  : 1", "\n  ? a\n  : - 1\n    - 2", "\n  ? [1, 2]\n  : x", "\n  ? |\n    a\n  : 1", "\n  a: 1\n  a: 2", "\n  1: a\n  1: b", "\n  01: a\n  1: b", "\n  : 1", "\n  null: 1", "\n  ~: 1", "\n  on: 1\n  off: 2", "\n  a: &x\n    b: 1\n  c: *x", "\n  'a b': 1\n  \"c\\td\": 2", "\n  a b c: 1", "\n  a: b: c", "\n  a: 'b': c", "\n  -a: 1", "\n  - a: 1\n  b: 2", "\n  -\n    a\n  -\n    - b", "\n  -\n  - a", "\n  a:\n  b:\n    - \n    - x", "\n  # c\n  a: 1 # d\n  # e\n  b: 2", "1\n---\nk: 2", "1\n...\n", "1\n...\n---\nk: 2", "1\n# end", "\n", "", " ", "\t", "\t1", "1\t", "1 \t# c", "\n  - [a\n    , b]\n  - {c: d}", "\r\n  a: 1\r\n  b: 2\r\n", "\n  a: |\n    x\n  b: >-\n    y\n    z\n", "\n  - |\n    x\n  - >\n    y\n", "\n  - |\n   x\n   y", "\n  a: 'x\n    y'\n  b: \"x\\\n    y\"", "%a", "\n%YAML 1.1\n---\nk: 1", "\n  " + "x" * 1100 + ": 1", "\n  ? " + "x" * 1100 + "\n  : 1", "{" + "x" * 1100 + ": 1}", "\n  @a: 1", "\n  `a: 1", "\n  a,b: 1", "\n  a]: 1", "\n  [a]: 1", "\n  a: ]", "\n  <<: {x: 1}\n  y: 2", "\n  y: 2\n  <<: {x: 1, y: 3}\n  z: 4",
]

KEYS = unique(
    "a|a b|a.b|a/b|a-b|_a|a_b|1|01|010|0x1F|1.5|1e3|-1|+1|1_000|1:30|.inf|.nan|.5|-.5|true|false|yes|no|on|off|y|n|True|ON|null|Null|~|None|''|\"\"|'1'|\"true\"|'null'"
    "|2001-01-01|=|<<|'<<'|'='|???|a=b|@a|a@b|a@b.c|override a|optional a/b|override /a@b: c|/a|_self_|_group_|$a|${a}|'${a}'|a${b}|größe|😀|日本|a#b|a #b|a:b|a::b|-a|- a|?a|? a|&x a|*x|!!str 1|!!int '1'|!!float 1|!!bool yes|!!null x|!foo a|! 1|[a]|[a, b]|{a: 1}|[]|{}|'a b'|\"a\\tb\"|'it''s'|a'b|a\"b|,a|a,b|a]|]a|%a|`a|\\a|a\\b|a | a|a\t|\ta|1.|1_|_1|0o7|12345678901234567890|inf|nan|1e1000|{a: 1}: {b"
    .split("|")
)


def read(text: str) -> Any:
    return yaml.load(text, Loader=get_yaml_loader())


def entry(text: str, document_text: str, name: str) -> Dict[str, Any]:
    outcome = observe(lambda: read(document_text))
    result: Dict[str, Any] = {"text": text}
    if outcome.exception is not None:
        result["error"] = str(outcome.exception)
        return result
    document = outcome.value
    try:
        if name == "value" and isinstance(document, dict) and list(document) == ["k"]:
            result["value"] = tagged(document["k"])
        elif name == "key" and isinstance(document, dict) and len(document) == 1:
            result["key"] = tagged(next(iter(document)))
        else:
            result["document"] = tagged(document)
    except (TypeError, RecursionError):
        result["document"] = {"t": "other"}
    creation = observe(lambda: OmegaConf.create(read(document_text)))
    if creation.exception is not None:
        result["create_error"] = (
            f"{type(creation.exception).__name__}: {creation.exception}"
        )
    return result


def generate() -> Dict[str, Any]:
    texts = unique(INTEGERS + FLOATS + WORDS + STRINGS + TAGS + BLOCKS + FLOWS + DOCUMENTS)
    return {
        "values": [entry(text, "k: " + text, "value") for text in texts],
        "keys": [entry(text, text + ": 1", "key") for text in KEYS],
    }
