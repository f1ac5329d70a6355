"""Texts of the override grammar and what the parser makes of them."""
import itertools
import random
from typing import Any, Dict, List

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, RangeSweep, ValueType

from .common import observe, tagged, unique

MOST_STRINGS = 200

KEY_TEXTS = r"""
a=1|a.b=1|a.b.c=1|a_b=1|a-b=1|_a=1|a1=1|1a=1|1=1|a.0=1|a.0.b=1|0.a=1|a.01=1|a.10=1|a.1_0=1|a.-1=1|a.b-c=1|a..b=1|.a=1|a.=1|a b=1|a =1| a=1|a= 1|a=  1|a	=1|=1|=|$a=1|$=1|a$b=1|a.$b=1|$a.b=1|-a=1|a[0]=1|a[0].b=1|a['b']=1|"a"=1|a\=b=1|é=1|a.é=1|a:b=1|a/b=c|a/b/c=d|a/b.c=d|a.b/c=d|a/=b|/a=b|a//b=c|a/b-c=d|a/1=b|a/$b=c|a@b=c|a@b.c=d|a/b@c.d=e|a@=b|@a=b|@=a|a@b@c=d|a@b/c=d|a@b:c=d|a@_global_=b|a@_group_=b|a@_here_=b|a@b.0=c|a@$b=c|a @b=c|a@ b=c|hydra.run.dir=x|hydra/launcher=basic|hydra.job.env_set.A=1|a=b=c|a==b|a=\=|a==
+a=1|+a.b=1|++a=1|++a.b=1|+++a=1|+ a=1|+a|++a|+a=|++a=|+a@b=c|+a/b=c|++a/b=c|+=1|++=1|~a|~a=1|~a=|~a.b|~a.b=x|~a/b|~a/b=c|~a@b|~a@b=c|~a@b.c=d|~|~=1|~~a|~+a|+~a=1|-a|~a b|~a.b.c=[1,2]|~a=null|a|a.b|a@b|a/b|!a=1|*a=1|a*=1|a?=1|a+=1|a-=1|a~=1|%a=1|a%b=1|#a=1|a#b=1|null=1|true=1|inf=1|a.null=1|~null
""".strip("\n").replace("\n", "|").split("|")

VALUES = r"""
|1|0|-1|+1|-0|+0|00|01|010|1_000|1__000|1_|_1|0x10|0b1|0o7|123456789012345678901234567890|1.0|1.|.5|-.5|+.5|.|..|1.5.2|1e3|1E3|1e+3|1e-3|1e|e3|1.e3|.5e3|-1.5e-3|1_0.5|1.0_5|1_0e1_0|01.5|1e1000|1e-1000|-1e3|--1|+-1|1-1|1+1|1/2|1.0.0|1e3a|0.1|1e16|1e-05|123456789.123456789
|inf|-inf|+inf|Inf|INF|iNf|.inf|infinity|nan|NaN|-nan|+nan|.nan|nano|info|true|True|TRUE|tRuE|false|FALSE|fAlSe|truee|true1|yes|no|on|off|y|n|null|Null|NULL|nUlL|nulll|None|none|~|2001-01-01|12:30|1:2:3|a|abc|a1|a_b|a-b|_a|-a|a-|a.b|.a|a.|a/b|/a/b|//a|a//b|./a|../a|~/a|a b|a  b| a|a | a |a	b|  a  b  |1 2|1 a|a 1|true a|a true|null null|1.5 x|a:b|a: b|a :b|a : b|:a|a:|:|::|a::b|http://x:80/y|a+b|+a|+|-|--|-a-b|a\b|\a|a\\b|\\|\|\\\|\\\\|a\|a\\|a\\\b|\n|a\nb|a$b|$|$a|$$|a%b|%|50%|a*b|*|a*|*.txt|a@b|@|a?b|?|??|???|a|b
|#|a#b|!|a!|&|a&b|;|a;b|<|>|^|`|~a|a~b|é|größe|日本|😀|a é|'|"|=|a=b|a = b|a\=b|\=|(|)|a(b|a)b|(a)|a\(b\)|\(a\)|[|]|a[b|a]|a[0]|a\[0\]|{|}|a{b|a}|a\{b\}|,|a,|,a|,,|a,,b|a\,b|\,|a\, b|\ a|a\ |a\ b|\ \ a|a\  b|\:|a\:b|\	|a\	b|\#|\'|\"|\a\,|\\,|a\\\,b|\\\,b|\)\(|\.\,
""".strip("\n").replace("\n", "|").split("|")

QUOTED = [
    "''", '""', "'a'", '"a"', "'a b'", "' a '", '" a "', "'a' ", " 'a'", "'a'b", "b'a'", "'a' 'b'", "'a''b'", "'a,b'", "'a=b'", "'[a]'", "'{a:1}'", "'1'", "'true'", "'null'", "'1.5'", "'a\"b'", '"a\'b"', r"'a\'b'", r'"a\"b"', r"'a\\'", r"'a\\\'b'", r"'a\\\\'", r"'\\'", r'"\\"', r'"\\\\"', r"'\'", r"'a\'", r"'\''", r"'\'\''", r"'a\nb'", r"'a\\nb'", r"'a\,b'", r"'\\a'", r"'a\\b\'c'", r'"a\\\"b"', r"'a\"'", r'''"a\'"''', "'a", 'a"', "'a\"", "'${a}'", "'${a:b}'", "'${a:\"b\"}'", "\"${a:'b'}\"", "'é'", "'😀 #!&;<>^~'", "'a\tb'", "'a\nb'", "'\n'", "'%'", "'a'#", "''''", "''a''", '""""', "'a','b'", "'a', \"b\"", "'a',b,1", "'a' ,'b'", "['a','b']", "['a' , \"b\" ]", "{a:'b'}", "{'a':b}", '{"a":b}', "[\"it's\"]", r"['\'']", r"['a\\','b']", r"'a\\' ", r"'\\\''", r"'x\\\\\'y'", "'$'", "'a:b'", "'(a)'", "'}'", "\"}\"", "'\\t'", "'a  b'",
]

INTERPOLATIONS = [
    "${a}", "${a.b}", "${a[0]}", "${.a}", "${..a}", "${a}b", "b${a}", "${a}${b}", "${a} ${b}", "${a}/${b}", "a:${b}", "${oc.env:A}", "${oc.env:A,b}", "${oc.env:A, b}", "${oc.env:A,'b c'}", "${a:{b:c}}", "${a:[b,c]}", "${a:${b}}", "${a.${b}}", "'${a.${b}}'", "${}", "${a", "$ {a}", "${ a }", "${a b}", "${a=b}", "${a,b}", "${a}}", "{${a}}", "[${a}]", "[${a},${b}]", "[${a:b,c}]", "{a:${b}}", "{a:${b:c,d}}", "{${a}:b}", "${a},${b}", "${a:b,c},d", "\\${a}", "\\\\${a}", "$${a}", "${a}'b'", "'b'${a}", "${a: }", "${a}(b)", "${é}", "${#}", "${\n}", "${'a}", "1${a}", "true${a}", "${a}=b",
]

CONTAINERS = [
    "[]", "[ ]", "[a]", "[ a ]", "[a,b]", "[a, b]", "[ a , b ]", "[a ,b]", "[a,]", "[,a]", "[,]", "[a,,b]", "[[]]", "[[a],[b,c]]", "[[a],b]", "[1,2.0,true,null,a]", "[a b,c  d]", "[a:b]", "[a=b]", "[a]b", "a[b]", "[a] ", " [a]", "[a][b]", "[a],[b]", "[a],b", "[1],2,[3,4]", "[{a:1}]", "[{a:1},{b:2}]", "[{}]", "[[[]]]", "[a\\,b]", "[a\\]b]", "[a\\ ]", "[ ,a]", "[\ta\t]", "[a", "a]", "[a}", "[1_000]", "[.5,1.,1e3]", "[inf,-inf,nan]", "[yes,no]", "[?,*,/]", "[é]", "[']", "[choice(a,b)]", "[range(3)]", "[int(1.5)]", "[str(1),float(2)]", "[sort(b,a)]", "[a(b)]",
    "{}", "{ }", "{a:1}", "{a: 1}", "{a :1}", "{ a : 1 }", "{a:1,b:2}", "{a:1, b:2}", "{a:1,}", "{,}", "{a}", "{a,b}", "{a:}", "{:1}", "{a:b:c}", "{a: b : c}", "{a=1}", "{a:{b:{c:1}}}", "{a:[1,2],b:{c:d}}", "{a:1,a:2}", "{1:a}", "{1.5:a}", "{1e3:a}", "{true:a}", "{null:a}", "{inf:a}", "{a b:c}", "{a.b:c}", "{a/b:c}", "{a-b:c}", "{$a:b}", "{*:a}", "{?:a}", "{@a:b}", "{a\\:b:c}", "{a\\ :b}", "{\\ a:b}", "{ :b}", "{a\\,b:c}", "{a:b\\,c}", "{a:b c}", "{a: b c }", "{a:null}", "{a:true,b:1.0,c:x}", "{a:''}", "{a:'b,c'}", "{a:1}b", "a{a:1}", "{a:1},{b:2}", "{a:1},b", "{[a]:b}", "{{a:1}:b}", "{a:1", "a:1}", "{a:choice(1,2)}", "{a:int(3.7)}", "{1_0:a}", "{01:a}", "{a:b,1:c,1.0:d,true:e}", "{a:${b}}", "{\ta\t:\tb\t}", "{a:[{b:c}]}",
]

SWEEPS = [
    "a,b", "a, b", "a ,b", " a , b ", "a,b,c", "1,2,3", "1,2.5,x", "true,false", "null,1", "a,null", "a b,c d", "a,[b,c]", "{a:1},{a:2}", "[],[]", "a\\,b,c", "'a,b',c", "a:b,c:d", "a/b,c/d", "a,", ",a", "a,,b", "a, ,b", "${a},b", "1,1,1", "-1,+1", ".5,1.", "yes,no", "a=b,c", "a,b=c", "a,(b)", "inf,nan", "\\ a,b\\ ", "a\\=b,c", "?,*", "a\\[0\\],b", "1e3,1e-5,1e16,1e22", "x,choice(a,b)", "x,range(3)", "x,int(1.5)", "a,b # c",
    "choice(a)", "choice(a,b)", "choice(a, b)", "choice( a , b )", "choice (a,b)", "choice  (a,b)", "choice(a,b) ", " choice(a,b)", "choice()", "choice( )", "choice(a,b)c", "c choice(a,b)", "choice(a,)", "choice(,a)", "choice(1,2.0,true,null)", "choice('a','b c')", "choice([a,b],[c])", "choice({a:1},{b:2})", "choice(a,b", "choice a,b)", "choice(choice(a,b))", "choice(choice(a,b),c)", "choice(range(3))", "choice(interval(0,1))", "choice(glob(*))", "choice(x=1)", "choice(a,x=1)", "choice(x=1,a)", "choice(a),choice(b)", "choice(a b,c)", "choice(a:b)", "choice(${a},${b})", "choice(\\,)", "choice(a)(b)", "Choice(a,b)", "choices(a,b)", "foo(a)", "foo()", "foo", "foo ()", "foo-bar(a)", "_f(a)", "1(a)", "true(a)", "null(1)", "a.b(c)", "foo(a=)", "foo(=a)", "foo(a==b)", "foo(a=b=c)", "foo(1=2)", "json_str(a)", "extend_list(a)",
    "range(3)", "range(0)", "range(-3)", "range(1,5)", "range(5,1)", "range(1,5,2)", "range(5,1,-1)", "range(5,1,-2)", "range(0,10,3)", "range(0,10,0)", "range(0.0,1.0,0.0)", "range(0,1,0.1)", "range(0,1,0.25)", "range(1,0,-0.1)", "range(1.0)", "range(2.5)", "range(1.0,3)", "range(1,3.0)", "range(0,3,1.0)", "range(0.1,0.5,0.1)", "range(0,0.3,0.1)", "range(0.3,0,-0.1)", "range(-1,1,0.3)", "range(1e-3,5e-3,1e-3)", "range(1e10,1.0000000003e10,1)", "range(1e16,10000000000000010.0,2)", "range(0,1e-5,3e-6)", "range(-0.5)", "range(10,13)", "range(1_000,1_003)", "range(start=1,stop=3)", "range(start=1,stop=10,step=3)", "range(stop=3)", "range(1,stop=3)", "range(1,step=2,stop=5)", "range(3,step=2)", "range(10,step=3)", "range(1,start=2)", "range(start=1,stop=3,foo=1)", "range(1,2,3,4)", "range()", "range(a)", "range('1')", "range(1,a)", "range(null)", "range(1,null)", "range(true)", "range(true,3)", "range(0,true)", "range([1])", "range(1,5,'2')", "range(inf)", "range(nan)", "range(0,inf)", "range(0,nan)", "range(0,1,nan)", "range(0,5,inf)", "range(inf,0)", "range(-inf,0)", "range (1,3)", "range( 1 , 3 )", "range(1,3),range(4,5)", "range(1,3),7", "range(99999999999999999999,100000000000000000002)", "range(0,1,0.3333333333333333)", "range(0.7,1.0,0.1)", "range(3,0,-1.0)", "range(0,-1,-0.25)", "range(0,2,0.7)", "range(1,2,0.05)", "range(0,0.001,0.0001)", "range(5e-324,2e-323,5e-324)", "range(1.1,2.2,0.1)",
    "interval(0,1)", "interval(1,0)", "interval(0.5,1e3)", "interval(-inf,inf)", "interval(0)", "interval()", "interval(0,1,2)", "interval(start=0,end=1)", "interval(start=0,stop=1)", "interval(0,end=1)", "interval(end=1)", "interval(a,b)", "interval(true,2)", "interval('0',1)", "interval(0,null)", "interval( 0 , 1 )", "interval(0,1),2", "interval(1_0,2_0)",
    "glob(*)", "glob(a*)", "glob('*')", "glob([a*,b*])", "glob(*,exclude=a*)", "glob(*,a*)", "glob(include=*)", "glob(include=[a,b],exclude=[c])", "glob(*,exclude=[a,b])", "glob()", "glob(a,b,c)", "glob(1)", "glob([1])", "glob(null)", "glob(*,null)", "glob(*,exclude=null)", "glob(true)", "glob(*, exclude='a b')", "glob([])", "glob(a?c)", "glob(\\[ab\\]*)", "glob(['a b',\"c\"])", "glob(*.yaml)", "glob(exclude=*)",
]

FUNCTIONS = [
    "int(1)", "int(1.9)", "int(-1.9)", "int('10')", "int(10)", "int('1_000')", "int(1_000)", "int(' 7 ')", "int(a)", "int('1.5')", "int('0x10')", "int(true)", "int(false)", "int(null)", "int('')", "int()", "int(1,2)", "int(1.5,'2',true)", "int([1.5,'2'])", "int([])", "int([[1.5],2.5])", "int({a:1.5})", "int({a:{b:'2'}})", "int({})", "int(inf)", "int(nan)", "int(1e30)", "int(value=1.5)", "int(value='a')", "int(x=1)", "int(1,value=2)", "int(value=null)", "int(choice(1.5,2.5))", "int(choice('a'))", "int(choice([1.5],{a:2.5}))", "int(range(1.5,3.5))", "int(range(0,5,1.5))", "int(interval(0.5,1.5))", "int(glob(*))", "int(int(1.5))", "int(float('1.5'))", "int(str(5))", "int(${a})", "int('${a}')", "int(1.5),2", "int(choice(1.5,null))", "int([1,null])", "int(0.1,0.2)", "int(sort(2.5,1.5))", "int(shuffle(1.5,2.5))", "int(tag(t,choice(1.5,2.5)))", "int(tag(t,range(1.0,2.0)))", "int(tag(t,interval(0,1)))", "int(１２)", "int('١٢')",
    "float(1)", "float('1')", "float('1e3')", "float(1_000)", "float('1_000.5')", "float(' 1 ')", "float(a)", "float(inf)", "float('inf')", "float('-Infinity')", "float('nan')", "float(true)", "float(null)", "float()", "float(1,2)", "float([1,2])", "float({a:1,b:'2'})", "float(choice(1,2))", "float(range(1,3))", "float(range(1,3,1))", "float(interval(0,1))", "float(value=1)", "float(99999999999999999999)", "float(1,[2],{a:3})", "float(1e400)",
    "str(1)", "str(1.0)", "str(1e3)", "str(1e16)", "str(1e-5)", "str(true)", "str(FALSE)", "str(null)", "str(inf)", "str(nan)", "str(a)", "str('a')", "str(\"a b\")", "str()", "str(1,2)", "str(1,a,true)", "str([1,2])", "str([1,true,[2.0]])", "str({a:1})", "str({a:true,b:{c:1.0}})", "str(choice(1,2))", "str(range(1,3))", "str(interval(0,1))", "str(value=1)", "str(a b)", "str(a:b)", "str(1_000)", "str(01)", "str('1,2')", "str(${a})", "str([])", "str({})", "str(''),b", "str(int(1.5))",
    "bool(1)", "bool(0)", "bool(0.0)", "bool(0.1)", "bool(-1)", "bool(nan)", "bool(true)", "bool('true')", "bool('TRUE')", "bool(False)", "bool('fAlse')", "bool(yes)", "bool(a)", "bool('')", "bool(null)", "bool()", "bool(1,0)", "bool([1,0,'true'])", "bool({a:1})", "bool([])", "bool({})", "bool(choice(1,0,true))", "bool(choice(a))", "bool(choice(null,1))", "bool(range(1,3))", "bool(interval(0,1))", "bool(value=0)", "bool('1')", "bool([null])",
    "sort(3,1,2)", "sort(c,a,b)", "sort(b)", "sort(1)", "sort()", "sort([3,1,2])", "sort([])", "sort([c,'a',b])", "sort([b,a])", "sort(choice(3,1,2))", "sort(choice(c,a,b))", "sort(choice(c,'a'))", "sort(3,1,2,reverse=true)", "sort([3,1],reverse=true)", "sort([1,2,1.5],reverse=false)", "sort(choice(1,3,2),reverse=True)", "sort(range(1,5))", "sort(range(5,1,-1))", "sort(range(1,5),reverse=true)", "sort(range(5,1,-1),reverse=true)", "sort(range(10,1,-3))", "sort(range(1,10,3),reverse=true)", "sort(range(1.0,0.0,-0.25))", "sort(range(0,1,0.3),reverse=true)", "sort(range(5,1))", "sort(range(1,5,-1))", "sort(range(1,5,-1),reverse=true)", "sort(1,a)", "sort([1,a])", "sort(choice(1,a))", "sort(1,2.5,true)", "sort(true,false)", "sort(1,[2])", "sort([[2],[1]])", "sort([{a:1},{b:1}])", "sort(null)", "sort(null,1)", "sort({a:1})", "sort(list=[2,1])", "sort(sweep=choice(2,1))", "sort(list=[2,1],reverse=true)", "sort(sweep=range(5,1,-1))", "sort(reverse=true)", "sort(a,reverse=1)", "sort(b,a,reverse=yes)", "sort(B,a,C)", "sort(é,'z')", "sort('é','z')", "sort(10,9,'8')", "sort('10','9','8')", "sort(1.0,1,true)", "sort(true,1.0,1)", "sort(nan,1,2)", "sort(interval(0,1))", "sort(glob(*))", "sort(sort(2,1))", "sort(2,1,foo=1)", "sort(tag(t,choice(2,1)))", "sort(shuffle(2,1))", "sort(int(2.5,1.5))", "sort([2,1]),3", "sort(2,1),3", "sort(${b},${a})", "sort([null,1])", "sort(2,1,2,1)",
    "shuffle(a,b,c)", "shuffle(a)", "shuffle(1)", "shuffle([a])", "shuffle([])", "shuffle(choice(a,b))", "shuffle(range(1,5))", "shuffle(sweep=choice(1,2))", "shuffle(list=[1])", "shuffle(sweep=range(3))", "shuffle(interval(0,1))", "shuffle(glob(*))", "shuffle({a:1})", "shuffle(null)", "shuffle('a')", "shuffle()", "shuffle(a,choice(b,c))", "shuffle(1,null)", "shuffle(shuffle(1,2))", "shuffle(sort(2,1))", "shuffle(sort(range(5,1,-1)))", "shuffle([1,2],foo=1)", "shuffle(tag(x,choice(1,2)))", "shuffle(tag(x,range(1,3)))",
    "tag(a,choice(1,2))", "tag(a,b,choice(1,2))", "tag(b,a,b,range(1,3))", "tag(a,interval(0,1))", "tag(choice(1,2))", "tag(range(1,3))", "tag(a)", "tag()", "tag(a,b)", "tag(1,choice(1,2))", "tag('a b',choice(1,2))", "tag(null,choice(1))", "tag(true,choice(1))", "tag(a,sweep=choice(1,2))", "tag(sweep=choice(1,2))", "tag(a,b,sweep=range(1,2))", "tag(a,tag(b,choice(1)))", "tag(a,1,2)", "tag(a,[1,2])", "tag(a,glob(*))", "tag(a,shuffle(1,2))", "tag(a,sort(2,1))", "tag(a,int(1.5,2.5))", "tag(choice(1),a)", "tag(a:b,choice(1))", "tag([a],choice(1))", "float(tag(a,choice(1,2)))", "float(tag(a,range(1,3)))", "str(tag(a,choice(1,2)))", "choice(tag(a,choice(1,2)))", "choice(sort(2,1))", "choice(int(1.5,2.5))", "choice(shuffle(1,2))", "choice(str(1),2)", "tag(a,choice(sort(2,1)))", "a,tag(b,choice(1))", "float(shuffle(1,2))", "float(shuffle(range(1,3)))", "float(sort(range(3,1,-1)))",
]

PREFIXES_FOR_KINDS = ["+a=[1,2]", "++a={b:1}", "+a=choice(1,2)", "++a=1,2", "~a=1,2", "~a=choice(1)", "+g/h=x,y", "g@p=x,y", "g=[a,b]", "g=[]", "g=null", "+g@p=x", "a.0=range(3)", "a.b=glob(*)", "+a='x y'", "a=", "+a=", "a= ", "a=  ", "a=\t", "", " ", "a\n=1", "a=1\n", "a=\n", "a=a\nb", "a=[1,\n2]", "a=a\\\nb", "a=\r", "a=\u00a0b", "a=a\u2028b", "a=\x00", "a='\x01'", "a=" + "x" * 300, "a=[" * 20, "a=" + "[" * 12 + "]" * 12, "a=" + "{a:" * 8 + "1" + "}" * 8, "a." * 30 + "b=1"]

TOKENS = ["a", "b", "foo", "x1", "_y", "a-b", "1", "0", "10", "-3", "+2", "007", "1_000", "1.5", ".5", "2.", "1e3", "-1e-2", "inf", "nan", "true", "False", "null", "'", '"', "'a'", '"b c"', "'x\\'y'", "''", "\\", "\\\\", "\\'", "\\,", "\\ ", "\\:", "\\=", "\\[", "\\]", "\\{", "\\}", "\\(", "\\)", "[", "]", "{", "}", "(", ")", ",", ",", ",", ":", "=", " ", " ", "  ", "\t", "${a}", "${b.c}", "${d:1,2}", "$", "${", "/", "-", "+", ".", "%", "*", "@", "?", "|", "#", "~", "é", "int(", "str(", "float(", "bool(", "choice(", "range(", "sort(", "tag(", "glob(", "interval(", "[a,", "{k:", "value=", "reverse=true"]


def random_element(source: random.Random, depth: int) -> str:
    """A text that mostly follows the grammar."""
    kind = source.randrange(10 if depth < 3 else 5)
    space = source.choice(["", "", "", " "])
    if kind < 5:
        return space + source.choice(["a", "b c", "1", "2.5", "true", "null", "'q r'", '"s"', "${a}", "x:y", "a/b", "\\,z", "-1", "1e3", "_", "a\\ b", "w.x", "", "7"]) + space
    items = [random_element(source, depth + 1) for _ in range(source.randrange(4))]
    if kind < 7:
        return "[" + ",".join(items) + "]"
    if kind < 8:
        keys = ["k", "1", "a b", "true", "x.y", "null"]
        return "{" + ",".join(source.choice(keys) + ":" + item for item in items) + "}"
    name = source.choice(["int", "float", "str", "bool", "choice", "sort", "tag", "range", "foo"])
    return name + "(" + ",".join(items) + ")"


def random_texts() -> List[str]:
    source = random.Random(1103)
    texts = []
    for _ in range(190):
        length = source.choice([1, 2, 2, 3, 3, 4, 5, 6, 8])
        texts.append("k=" + "".join(source.choice(TOKENS) for _ in range(length)))
    for _ in range(130):
        elements = [random_element(source, 0) for _ in range(source.choice([1, 1, 1, 2, 3]))]
        texts.append("k=" + ",".join(elements))
    key_parts = ["a", "b1", "_c", "$d", "0", "12", ".", ".", "/", "@", "+", "~", "-", "[0]", ":", "é", " ", "group", "pkg"]
    for _ in range(60):
        parts = [source.choice(key_parts) for _ in range(source.choice([2, 3, 4, 5]))]
        texts.append("".join(parts) + source.choice(["=v", "=v", "=v", "", "="]))
    return texts


def value_type_entry(override: Any) -> Any:
    return None if override.value_type is None else override.value_type.name


def sweep_strings(override: Any) -> Dict[str, Any]:
    """The texts a sweep goes through, unless shuffled or too many."""
    outcome = observe(
        lambda: list(itertools.islice(override.sweep_string_iterator(), MOST_STRINGS + 1))
    )
    if outcome.exception is not None:
        return {"strings_error": str(outcome.exception)}
    if len(outcome.value) > MOST_STRINGS:
        return {}
    return {"strings": outcome.value}


def entry(text: str) -> Dict[str, Any]:
    outcome = observe(lambda: OverridesParser.create().parse_overrides([text])[0])
    if outcome.exception is not None:
        return {"text": text, "error": str(outcome.exception)}
    override = outcome.value
    result: Dict[str, Any] = {
        "text": text,
        "type": override.type.name,
        "key": override.key_or_group,
        "package": override.package,
        "value_type": value_type_entry(override),
        "value": tagged(override._value),
    }
    if override.value_type == ValueType.ELEMENT:
        as_string = observe(override.get_value_element_as_str)
        if as_string.exception is not None:
            result["as_string_error"] = str(as_string.exception)
        else:
            result["as_string"] = as_string.value
    sweep = override._value
    if isinstance(sweep, (ChoiceSweep, RangeSweep)) and not sweep.shuffle:
        result.update(sweep_strings(override))
    return result


def generate() -> Dict[str, Any]:
    values = VALUES + QUOTED + INTERPOLATIONS + CONTAINERS + SWEEPS + FUNCTIONS
    texts = KEY_TEXTS + ["k=" + value for value in values] + PREFIXES_FOR_KINDS + random_texts()
    return {"cases": [entry(text) for text in unique(texts)]}
