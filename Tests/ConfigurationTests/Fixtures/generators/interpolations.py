"""Small configurations that are loaded and resolved, and path selections."""
import random
from typing import Any, Dict, List, Tuple

from omegaconf import OmegaConf

from .common import ENVIRONMENT, error_entry, observe, tagged, unique

CONTEXT = """\
text: merlin
number: 42
zero: 0
real: 1.5
small: 1.0e-05
large: 1.0e+16
yes_flag: true
no_flag: false
nothing: null
absent: ???
empty: ''
padded: ' p '
key: text
index: 1
list: [1, two, null, true, 1.5]
dict: {a: 1, b: two, c: null}
nested: {dict: {x: 1, list: [a, {b: c}]}, name: inner}
models: [{name: clip, size: 3}, {name: flan, size: 7}]
link: ${text}
link_list: ${list}
link_dict: ${nested.dict}
link_absent: ${absent}
scheme: oc.env
variable: FB_TEST_WORD
quote: "it's"
1: one
"a.b": dotted
"""

# Each of these becomes the value of `x` next to the context above.
EXPRESSIONS = r"""
${text}
${number}
${real}
${yes_flag}
${nothing}
${absent}
${empty}
${list}
${dict}
${nested}
${nested.dict.x}
${nested.dict.list}
${nested.dict.list[0]}
${nested.dict.list[1].b}
${nested.dict.list[1][b]}
${nested.dict.list.0}
${nested.dict.list.1.b}
${nested[dict][x]}
${nested[dict].x}
${[nested].dict.x}
${[nested][dict][x]}
${list[0]}
${list[4]}
${list[5]}
${list[-1]}
${list[-6]}
${list.-1}
${list[a]}
${list.a}
${list[]}
${list[0][0]}
${list[1].a}
${models[0].name}
${models[1].size}
${models[1]}
${link}
${link_list}
${link_list[1]}
${link_dict.x}
${link_dict.list[1].b}
${link_absent}
${unknown}
${unknown.a}
${text.a}
${nothing.a}
${absent.a}
${nested.unknown}
${nested.dict.x.y}
${.text}
${.nested.name}
${..text}
${...text}
${.}
${..}
${x}
${.x}
${1}
${true}
${[1]}
${a.b}
${[a.b]}
${number}5
a${number}
${text} ${number}
${text}${text}
v=${real}
v=${small}
v=${large}
v=${yes_flag},${no_flag}
v=${nothing}
v=${absent}
${absent}v
v=${link_absent}
v=${empty}.
v=${padded}.
v=${list}
v=${dict}
v=${nested}
v=${models}
v=${zero}
v=${unknown}
v=${link_dict}
v=${link_list}!
${nested.${key}}
${${key}}
${dict.${nested.dict.list[0]}}
${list[${index}]}
${list.${index}}
${models[${index}].name}
${models[${zero}].name}
${${nested.name}}
${${unknown}}
${${nothing}}
${${absent}}
${dict.${absent}}
${${key}.x}
${dict[${nested.dict.list[0]}]}
${dic${nested.dict.list[0]}}
${nested.${nested.dict.list[0]}b}
\${text}
\\${text}
\\\${text}
\\\\${text}
\\\\\${text}
a\${text}
a\\${text}b
\${text}${text}
${text}\${text}
${text}\\${text}
${text}\
${text}\\
\a${text}
\\a${text}
\ ${text}
a\b
a\\b
\\
\
$
$$
$${text}
$$${text}
$text
{text}
${
$ {text}
a ${ b
${text
${text} ${
${}
${ }
${ text }
${ text}
${text }
${te xt}
${text.}
${text..a}
${text.[0]}
${text[0}
${text]}
${text[}
${[text}
${text}}
{${text}}
${{text}}
${text,number}
${text=1}
${text+}
${te-xt}
${te/xt}
${te$xt}
${$text}
${@text}
${"text"}
${'text'}
${text'}
${a:b:c}
${#text}
${é}
${text!}
${text?}
${text*}
${oc.env:FB_TEST_WORD}
${oc.env: FB_TEST_WORD}
${oc.env:FB_TEST_WORD }
${oc.env : FB_TEST_WORD}
${ oc.env:FB_TEST_WORD}
${oc.env:FB_TEST_NUMBER}
${oc.env:FB_TEST_EMPTY}
${oc.env:FB_TEST_BOOLEAN}
${oc.env:FB_TEST_SPACES}
${oc.env:FB_TEST_UNICODE}
${oc.env:FB_TEST_LINK}
${oc.env:FB_TEST_UNSET}
${oc.env:FB_TEST_UNSET,}
${oc.env:FB_TEST_UNSET,default}
${oc.env:FB_TEST_UNSET, default }
${oc.env:FB_TEST_UNSET,two words}
${oc.env:FB_TEST_UNSET,''}
${oc.env:FB_TEST_UNSET,'a, b'}
${oc.env:FB_TEST_UNSET,"a: b"}
${oc.env:FB_TEST_UNSET,null}
${oc.env:FB_TEST_UNSET,'null'}
${oc.env:FB_TEST_UNSET,true}
${oc.env:FB_TEST_UNSET,TRUE}
${oc.env:FB_TEST_UNSET,1}
${oc.env:FB_TEST_UNSET,01}
${oc.env:FB_TEST_UNSET,1e3}
${oc.env:FB_TEST_UNSET,1_000}
${oc.env:FB_TEST_UNSET,.5}
${oc.env:FB_TEST_UNSET,-0}
${oc.env:FB_TEST_UNSET,inf}
${oc.env:FB_TEST_UNSET,[1, a, null]}
${oc.env:FB_TEST_UNSET,{a: 1, b: [x]}}
${oc.env:FB_TEST_UNSET,[]}
${oc.env:FB_TEST_UNSET,{}}
${oc.env:FB_TEST_UNSET,${text}}
${oc.env:FB_TEST_UNSET,${number}}
${oc.env:FB_TEST_UNSET,${nothing}}
${oc.env:FB_TEST_UNSET,${absent}}
${oc.env:FB_TEST_UNSET,${list}}
${oc.env:FB_TEST_UNSET,${unknown}}
${oc.env:FB_TEST_WORD,${unknown}}
${oc.env:FB_TEST_UNSET,${oc.env:FB_TEST_WORD}}
${oc.env:FB_TEST_UNSET,a${number}b}
${oc.env:${variable}}
${oc.env:FB_TEST_${key}}
${oc.env:'FB_TEST_WORD'}
${${scheme}:FB_TEST_WORD}
${${variable}:a}
${oc.${key}:a}
${oc.env:}
${oc.env:1}
${oc.env:null}
${oc.env:FB_TEST_WORD,a,b}
${oc.env:[a]}
${oc.env:a,b,c,d}
x${oc.env:FB_TEST_WORD}x${oc.env:FB_TEST_UNSET,7}
${oc.env:FB_TEST_UNSET,http://a.b:80/c}
${oc.env:FB_TEST_UNSET,/a/b-c_d.e}
${oc.env:FB_TEST_UNSET,~/a}
${oc.env:FB_TEST_UNSET,a=b}
${oc.env:FB_TEST_UNSET,#}
${oc.env:FB_TEST_UNSET,é}
${oc.env:FB_TEST_UNSET,'é'}
${oc.env:FB_TEST_UNSET,a b  c}
${oc.env:FB_TEST_UNSET,a\, b}
${oc.env:FB_TEST_UNSET,\ a\ }
${oc.env:FB_TEST_UNSET,\{a\}}
${oc.env:FB_TEST_UNSET,a\b}
${oc.env:FB_TEST_UNSET,a\\b}
${oc.env:FB_TEST_UNSET,'a\b'}
${oc.env:FB_TEST_UNSET,'a\\b'}
${oc.env:FB_TEST_UNSET,'it\'s'}
${oc.env:FB_TEST_UNSET,"it's"}
${oc.env:FB_TEST_UNSET,'a\\'}
${oc.env:FB_TEST_UNSET,'${text}'}
${oc.env:FB_TEST_UNSET,'x ${text} y'}
${oc.env:FB_TEST_UNSET,'\${text}'}
${oc.env:FB_TEST_UNSET,'\\${text}'}
${oc.env:FB_TEST_UNSET,'\\\${text}'}
${oc.env:FB_TEST_UNSET,"${oc.env:FB_TEST_WORD,"b"}"}
${oc.env:FB_TEST_UNSET,'a'b}
${oc.env:FB_TEST_UNSET,'a' 'b'}
${oc.env:FB_TEST_UNSET,'a' }
${oc.env:FB_TEST_UNSET, 'a'}
${oc.env:FB_TEST_UNSET,'a}
${oc.env:FB_TEST_UNSET,a'b}
${oc.env:FB_TEST_UNSET,a"b}
${oc.env:FB_TEST_UNSET,(a)}
${oc.env:FB_TEST_UNSET,a:b}
${oc.env:FB_TEST_UNSET,:}
${oc.env:FB_TEST_UNSET,?}
${oc.env:FB_TEST_UNSET,a|b}
${oc.env:FB_TEST_UNSET,50%}
${oc.env:FB_TEST_UNSET,$}
${oc.env:FB_TEST_UNSET,a$b}
${oc.env:FB_TEST_UNSET,a;b}
${oc.env:FB_TEST_UNSET,a&b}
${oc.env:FB_TEST_UNSET,a!}
${oc.env:FB_TEST_UNSET,-}
${oc.env:FB_TEST_UNSET,a,}
${oc.env:FB_TEST_UNSET,[a,b}
${oc.env:FB_TEST_UNSET,{a:b}
${oc.env:FB_TEST_UNSET,{a}}
${oc.env:FB_TEST_UNSET,{a:1,a:2}}
${oc.env:FB_TEST_UNSET,{1:a,true:b,null:c,1.5:d}}
${oc.env:FB_TEST_UNSET,{'a':b}}
${oc.env:FB_TEST_UNSET,{a b: c}}
${oc.env:FB_TEST_UNSET,[ a , b ]}
${oc.env:FB_TEST_UNSET,[a,]}
${oc.env:FB_TEST_UNSET,[,a]}
${oc.env:FB_TEST_UNSET,[a,,b]}
${oc.env:FB_TEST_UNSET,['a b',"c"]}
${oc.env:FB_TEST_UNSET,{a:${number},b:'${text}'}}
${oc.select:text}
${oc.select:number}
${oc.select:unknown}
${oc.select:unknown,default}
${oc.select:unknown,1}
${oc.select:unknown,1.5}
${oc.select:unknown,null}
${oc.select:unknown,true}
${oc.select:unknown,'1'}
${oc.select:unknown,[1,2]}
${oc.select:unknown,{a:1}}
${oc.select:unknown,${list}}
${oc.select:unknown,${number}}
${oc.select:unknown,${absent}}
${oc.select:absent}
${oc.select:absent,default}
${oc.select:link_absent,default}
${oc.select:nothing}
${oc.select:nothing,default}
${oc.select:nested.dict.list[1].b}
${oc.select:nested.unknown.x,default}
${oc.select:text.a,default}
${oc.select:list[9],default}
${oc.select:list[a],default}
${oc.select:nothing.a,default}
${oc.select:link_dict.x}
${oc.select:list}
${oc.select:.text}
${oc.select:..text,default}
${oc.select:''}
${oc.select:${key}}
${oc.select:text,a,b}
${oc.select:}
${oc.select:1}
${oc.select:null}
${oc.select:[text]}
v ${oc.select:unknown,7} w
v ${oc.select:unknown} w
v ${oc.select:unknown,[a,null]} w
${oc.select:x}
${oc.decode:null}
${oc.decode:1}
${oc.decode:'1'}
${oc.decode:'1.5'}
${oc.decode:'1e3'}
${oc.decode:'.5'}
${oc.decode:'-5'}
${oc.decode:'010'}
${oc.decode:'0x1F'}
${oc.decode:'1_000'}
${oc.decode:'true'}
${oc.decode:'yes'}
${oc.decode:'null'}
${oc.decode:'NULL'}
${oc.decode:'~'}
${oc.decode:'None'}
${oc.decode:'inf'}
${oc.decode:'nan'}
${oc.decode:''}
${oc.decode:' '}
${oc.decode:a}
${oc.decode:'a b'}
${oc.decode:' a '}
${oc.decode:'a, b'}
${oc.decode:'[a, b]'}
${oc.decode:'{a: 1, b: [c]}'}
${oc.decode:'[a'}
${oc.decode:'"a"'}
${oc.decode:"'a b'"}
${oc.decode:"'a"}
${oc.decode:'\${text}'}
${oc.decode:'\${number}'}
${oc.decode:'[\${number}, \${text}]'}
${oc.decode:'\${unknown}'}
${oc.decode:'\${list}'}
${oc.decode:'\${.text}'}
${oc.decode:'\${oc.env:FB_TEST_NUMBER}'}
${oc.decode:'x\${number}'}
${oc.decode:'a=b'}
${oc.decode:'#'}
${oc.decode:'2001-01-01'}
${oc.decode:'12:30'}
${oc.decode:'http://x/y'}
${oc.decode:true}
${oc.decode:[a]}
${oc.decode:${number}}
${oc.decode:${nothing}}
${oc.decode:${text}}
${oc.decode:${list}}
${oc.decode:${absent}}
${oc.decode:${oc.env:FB_TEST_NUMBER}}
${oc.decode:${oc.env:FB_TEST_BOOLEAN}}
${oc.decode:${oc.env:FB_TEST_LIST}}
${oc.decode:${oc.env:FB_TEST_DICT}}
${oc.decode:${oc.env:FB_TEST_EMPTY}}
${oc.decode:${oc.env:FB_TEST_SPACES}}
${oc.decode:${oc.env:FB_TEST_UNICODE}}
${oc.decode:${oc.env:FB_TEST_LINK}}
${oc.decode:${oc.env:FB_TEST_UNSET,null}}
${oc.decode:${oc.env:FB_TEST_UNSET,3}}
${oc.decode:}
${oc.decode:a,b}
${oc.create:[1,2]}
${oc.create:{a:1,b:[c]}}
${oc.create:{a:${number},b:'\${text}'}}
${oc.create:{a:'\${.b}',b:7}}
${oc.create:'{a: 1, b: \${text}}'}
${oc.create:'a: 1'}
${oc.create:a}
${oc.create:1}
${oc.create:null}
${oc.create:''}
${oc.create:${list}}
${oc.create:${oc.env:FB_TEST_DICT}}
${oc.create:${oc.decode:${oc.env:FB_TEST_LIST}}}
${oc.create:{}}
${oc.create:[]}
${oc.create:a,b}
${oc.create:}
v ${oc.create:{a:1,b:true}}
${oc.dict.keys:dict}
${oc.dict.values:dict}
${oc.dict.keys:nested.dict}
${oc.dict.values:nested.dict}
${oc.dict.keys:nested}
${oc.dict.values:nested}
${oc.dict.keys:${dict}}
${oc.dict.values:${dict}}
${oc.dict.keys:${nested}}
${oc.dict.values:${nested}}
${oc.dict.keys:{a:1,b:2}}
${oc.dict.values:{a:1,b:x}}
${oc.dict.keys:link_dict}
${oc.dict.values:link_dict}
${oc.dict.keys:list}
${oc.dict.keys:text}
${oc.dict.values:text}
${oc.dict.keys:unknown}
${oc.dict.values:unknown}
${oc.dict.keys:nothing}
${oc.dict.keys:absent}
${oc.dict.keys:}
${oc.dict.keys:{}}
${oc.dict.values:{}}
${oc.dict.keys:.dict}
${oc.dict.keys:dict,nested}
${oc.dict.values:models[0]}
n=${oc.dict.keys:dict}
n=${oc.dict.values:dict}
${oc.deprecated:text}
${oc.deprecated:nested.dict}
${oc.deprecated:unknown}
${oc.deprecated:text,'old $OLD_KEY new $NEW_KEY $OTHER $$'}
${oc.deprecated:text,5}
${oc.deprecated:5}
${oc.deprecated:absent}
${oc.deprecated:link}
${oc.deprecated:}
v ${oc.deprecated:number}
${now:fixed}
${now:}
${now:a,b}
${now:5}
${now:null}
${now:'fixed text'}
${now:%%}
${unknown_resolver:a}
${oc:a}
${oc.unknown:a}
${text:a}
${a.b.c:d}
${env:FB_TEST_WORD}
${1:a}
${true:a}
${null:a}
${oc.env.x:a}
'${text}'
"${text}"
${text}: ${number}
# ${text}
- ${text}
${text}#x
  ${text}  
""".strip("\n").split("\n")

# Whole configurations, for what depends on the place of a link.
CONFIGURATIONS = [
    "1: one\ntrue: yes\nx: a",
    "true: yes\n1: one\n1.0: x",
    "0: a\nfalse: b\n-0.0: c",
    "a: ${b}\nb: ${c}\nc: 1",
    "a: ${b}\nb: ${a}",
    "a: ${a}",
    "a: ${a.b}",
    "a:\n  b: ${a}",
    "a:\n  b: ${.}",
    "a:\n  b: ${..a}",
    "a:\n  b: ${..c}\nc: 1",
    "a:\n  b: ${.c}\n  c: 1",
    "a:\n  b: ${c}\n  c: 1",
    "a:\n  b:\n    c: ${...d}\nd: 1",
    "a:\n  b:\n    c: ${..d}\n  d: 2",
    "a:\n  b:\n    c: ${....d}\nd: 1",
    "a:\n  b:\n    c: ${.....d}\nd: 1",
    "a:\n  - ${..b}\nb: 1",
    "a:\n  - ${.b}\nb: 1",
    "a:\n  - ${.1}\n  - x",
    "a:\n  - ${.[1]}\n  - x",
    "a:\n  - ${a[1]}\n  - x",
    "a:\n  - b: ${..1.b}\n  - b: x",
    "a:\n  - b: ${..[1].b}\n  - b: x",
    "a:\n  - b: ${...c}\nc: 5",
    "a:\n  - b: ${.c}\n    c: 5",
    "a:\n  - - ${...b}\nb: 5",
    "a: [1, '${.0}', '${.1}']",
    "a:\n  x: ${.y}\n  y: 1\nb: ${a}",
    "a:\n  x: ${..y}\ny: 1\nb:\n  c: ${a}",
    "a:\n  x: ${.y}\n  y: 1\nb:\n  z: ${a.x}",
    "base: {x: '${.y}', y: 1}\nb: ${base}\nc: ${b}",
    "base: {x: '${.y}', y: 1}\nb: ${base}\nc: ${b.x}",
    "base: [1, '${.0}']\nb: ${base}",
    "base: [{x: '${..1.x}'}, {x: 2}]\nb: ${base[0]}",
    "a: ${b}\nb: {c: '${d}'}\nd: [1, 2]",
    "a: ${b.c.d}\nb: ${e}\ne: {c: '${f}'}\nf: {d: 3}",
    "a: ${b[1].c}\nb: ['x', '${d}']\nd: {c: 9}",
    "a: ${b}\nb: ???",
    "a: x${b}\nb: ???",
    "a: ${b.c}\nb: ???",
    "a: ${b.c}\nb: {c: ???}",
    "a: {b: '${c}'}\nc: {d: ???, e: 1}",
    "a: ${b}\nb: null",
    "a: ${b.c}\nb: null",
    "a: ${b.c}\nb: 3",
    "a: {b: {c: '${a.b}'}}",
    "a: {b: {c: '${a.d}'}, d: '${a.b}'}",
    "a: {b: '${a.c}', c: 1}",
    "a: {b: '${c}'}\nc: '${a}'",
    "a: '${b}'\nb: {c: '${a}'}",
    "a: ['${a}']",
    "a: ['${a[1]}', '${a[0]}']",
    "a: [x, 'y${a[0]}', 'z${a[1]}']",
    "a: ${b}${c}\nb: ${c}\nc: ${d}\nd: q",
    "a: ${b}x\nb: ${a}y",
    "k: b\nb: c\nc: 3\nx: ${${k}}\ny: ${${${k}}}",
    "k: 1\nd: {1: one}\nx: ${d.${k}}",
    "k: '1'\nd: {'1': one}\nx: ${d.${k}}",
    "k: '1'\nd: {1: one}\nx: ${d.${k}}",
    "d: {1: one}\nx: ${d.1}",
    "d: {1: one}\nx: ${d[1]}",
    "d: {'1': one}\nx: ${d.1}\ny: ${d[1]}",
    "d: {true: one}\nx: ${d.true}",
    "d: {1.5: one}\nx: ${d[1.5]}",
    "d: {'a b': 1}\nx: ${d.a b}",
    "d: {'a b': 1}\nx: ${d[a b]}",
    "d: {'a-b': 1, 'a/b': 2, '$a': 3, 'a@b': 4}\nx: ${d.a-b}\ny: ${d.a/b}",
    "d: {'a-b': 1, 'a/b': 2, '$a': 3, 'a@b': 4}\nx: ${d.$a}",
    "d: {'a@b': 4}\nx: ${d.a@b}",
    "d: {'é': 4}\nx: ${d.é}",
    "d: {'': 4}\nx: ${d.}",
    "d: {'a.b': 4}\nx: ${d[a.b]}",
    "d: {'k': 'a.b', a: {b: 5}}\nx: ${d.${d.k}}",
    "k: a[0]\na: [7]\nx: ${${k}}",
    "k: .b\nd: {b: 5, x: '${${k}}'}",
    "k: ''\nd: {b: 5}\nx: ${d.${k}}",
    "'${a}': 1\na: 2",
    "a: {'${b}': 1}\nb: 2",
    "a: '${now:fixed}'\nb: '${now:fixed}'",
    "a: ${oc.create:{x:'${.y}',y:1}}",
    "a: ${oc.create:{x:'\\${.y}',y:1}}\nb: ${a.x}",
    "a: ${oc.create:{x:'\\${..c}'}}\nc: 4",
    "a: {b: '${oc.create:{x:\"\\${..c}\"}}', c: 4}",
    "a: ${oc.dict.values:b}\nb: {c: '${d}', e: {f: '${.g}', g: 2}}\nd: 1",
    "a: ${oc.dict.values:b}\nb: {c: '${.e}', e: 2}",
    "a: ${oc.dict.keys:b}\nb: {1: x, true: y, z: w}",
    "a: ${oc.dict.keys:b}\nb: {c: ???, d: null}",
    "a: ${oc.dict.values:b}\nb: {c: ???, d: null}",
    "a: ${oc.dict.values:b}\nb: {c: '${unknown}'}",
    "a: ${oc.dict.keys:.b}\nb: {c: 1}",
    "a: {x: '${oc.dict.keys:.b}', b: {c: 1}}",
    "a: {x: '${oc.dict.keys:..b}'}\nb: {c: 1}",
    "a: {x: '${oc.select:.b,z}', b: 1}",
    "a: {x: '${oc.select:b,z}'}\nb: 1",
    "a: {x: '${oc.select:..b,z}'}\nb: 1",
    "a: {x: '${oc.select:...b,z}'}\nb: 1",
    "a: {x: '${oc.deprecated:.b}', b: 1}",
    "a: {x: '${oc.deprecated:b}'}\nb: 1",
    "old: {x: '${oc.deprecated:new.y}'}\nnew: {y: {z: 1}}",
    "a: {x: '${oc.decode:\"\\${.b}\"}', b: 1}",
    "a: ['${oc.decode:\"\\${..b}\"}']\nb: 1",
    "a: ${oc.select:a}",
    "a: ${oc.select:b}\nb: ${a}",
    "a: ${oc.select:a.b,1}",
    "a: 1\nb: x ${a} y ${a}\nc: '${b}${b}'",
    "a: {b: 1}\nc: '${a}'\nd: {e: '${c.b}'}",
    "a: true\nb: [1, null, 'x', 1.0e-07, .inf, {c: '${a}', d: [e]}]\nc: ${b} end",
    "a: {s: \"it's\", d: 'say \"hi\"', both: \"'\\\"\", n: \"a\\nb\", t: \"a\\tb\", u: 'é😀', b: 'a\\b', c: \"\\x01\\x7f\\u00a0\\u200b\"}\nc: v ${a}",
    "a: {1: x, true: y, 1.5: z}\nc: v ${a}",
    "a: {x: ???}\nc: v ${a}",
    "a: [???]\nc: v ${a}",
    "a: {x: '${b}', y: '${unknown}'}\nb: 1\nc: v ${a}",
    "a: {x: '${b}', y: ['${b}']}\nb: 1\nc: v ${a}",
    "a: []\nb: {}\nc: ${a}${b}",
    "a: 100000000000000000000000\nb: ${a}\nc: v${a}",
    "a: [.inf, -.inf, .nan, -0.0, 1.0e+22, 123456789.125]\nb: v${a[0]} ${a[1]} ${a[2]} ${a[3]} ${a[4]} ${a[5]}",
    "a: ' ${b} '\nb: 1",
    "a: \"line\\n${b}\"\nb: 1",
    "a: |\n  first ${b}\n  second\nb: 1",
    "a: >-\n  ${b}\n  ${b}\nb: 1",
    "a: \"${b}\\n\"\nb: 1",
    "a: \"${oc.env:FB_TEST_UNSET,\\n x}\"",
    "a: \"${oc.env:FB_TEST_UNSET,\\t x}\"",
    "a: \"${oc.env:FB_TEST_UNSET,'\\n x'}\"",
    "a: \"${\\nb}\"\nb: 1",
    "- ${1}\n- 2",
    "- ${.1}\n- 2",
    "- ${[1]}\n- 2",
    "- a: ${1.b}\n- b: 2",
    "- a: ${..[1].b}\n- b: 2",
    "[]",
    "{}",
    "",
    "word",
    "3",
    "a: ${b",
    "a: [${b}, c]\nb: 1",
    "a: {b: ${c}}\nc: 1",
    "a: [${b: c}]",
    "defaults: [a, b]\nx: ${defaults[0]}",
    "a: ${b}\nb: &x {c: '${.d}', d: 1}\ne: *x",
    "a: &x {c: '${d}'}\nb:\n  <<: *x\n  e: '${.c}'\nd: 6",
    "a: ${oc.env:${b},${c}}\nb: FB_TEST_UNSET\nc: [1, {d: e}]",
    "a: ${b.${c}.${d[0]}}\nb: {x: {y: deep}}\nc: x\nd: [y]",
    "a: ${${b}.env:FB_TEST_WORD}\nb: oc",
    "a: ${${b}:FB_TEST_WORD}\nb: 3",
    "a: ${oc.${b}:FB_TEST_WORD}\nb: [env]",
    "path: {root: /data, sets: '${.root}/sets', train: '${path.sets}/train', list: ['${..root}/a', '${path.train}/b']}",
]

RANDOM_TOKENS = ["${", "${", "${", "}", "}", "}", "text", "number", "list", "dict", "nested", "[0]", "[1]", "[", "]", ".", ".", "..", "a", "x", "oc.env:", "oc.select:", "oc.decode:", "oc.create:", "oc.dict.keys:", "FB_TEST_WORD", "FB_TEST_UNSET,", ",", ":", " ", "'", '"', "\\", "\\\\", "{", "1", "null", "true", "$", "é", "-", "/", "${text}", "${number}", "${list[1]}", "${nested.name}"]

SELECT_CONFIGURATION = """\
a: {b: {c: 1, d: [x, {e: f}, [g, h]]}, n: null, m: '???', '1': one, 'x y': z, '': blank}
l: ['p', {q: r}, null, '???']
link: ${a.b}
list_link: ${l}
bad: ${unknown}
cycle: ${cycle}
text: word
number: 3
deep: ${link}
1: int
2: {k: v}
"""

SELECT_KEYS = [
    "a", "a.b", "a.b.c", "a.b.d", "a.b.d[0]", "a.b.d.0", "a.b.d[1].e", "a.b.d[1][e]", "a.b.d.1.e", "a.b.d[2][1]", "a.b.d[3]", "a.b.d[-1]", "a.b.d[-1][0]", "a.b.d[x]", "a.b.d.x", "a[b]", "a[b][c]", "a[b].c", "[a]", "[a][b][c]", "[a].b", ".a", ".a.b", "..a", ".", "", "a.", "a..b", "a.b.", "a[", "a]", "a[]", "a[b", "a.[b]", "a[b]c", "a.n", "a.n.x", "a.m", "a.m.x", "a.1", "a[1]", "a.x y", "a[x y]", "a.zz", "zz", "zz.a", "l", "l.0", "l[0]", "l[1].q", "l.1.q", "l[2]", "l[3]", "l[4]", "l[a]", "l[-2]", "l[0].x", "l[0][0]", "link", "link.c", "link.d[1].e", "list_link[0]", "list_link.1.q", "deep.c", "deep.d.2.0", "bad", "bad.x", "cycle", "cycle.x", "text", "text.x", "text[0]", "number", "number.x", "1", "[1]", "2.k", "a.b.c.d", "a.b['c']", 'a.b["c"]', "a b", "a.b.d[ 0 ]", "a.b.d[0].", "[a", "a[b.c]", "a.b.d[01]", "a.b.d[1_0]", "a.b.d[0x1]", "a.b.d[+1]", "a.b.d[1.0]", "A", "é", "${text}", "a.${text}",
]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def random_expressions(count: int) -> List[str]:
    source = random.Random(77)
    texts: List[str] = []
    while len(texts) < count:
        length = source.choice([2, 3, 4, 5, 6, 7, 9])
        text = "".join(source.choice(RANDOM_TOKENS) for _ in range(length))
        if "${" in text and text not in texts:
            texts.append(text)
    return texts


NAMES = ["text", "number", "nothing", "absent", "list", "dict", "nested.dict", "nested.dict.list[1].b", "models[0]", "list[1]", "unknown", ".text", "..text", "link", "link_dict.x", "small", "yes_flag", "list[${index}]", "${key}", "dict.${nested.dict.list[0]}", "key"]
RESOLVERS = ["oc.env:FB_TEST_WORD", "oc.env:FB_TEST_UNSET,%", "oc.env:FB_TEST_UNSET,'%'", "oc.select:unknown,%", "oc.select:%", "oc.decode:%", "oc.decode:'%'", "oc.create:{a:%,b:[%]}", "oc.create:[%,%]", "oc.dict.keys:%", "oc.dict.values:%", "oc.dict.values:{a:%,b:%}"]


def nested_expression(source: random.Random, depth: int) -> str:
    """An expression that follows the grammar."""
    kind = source.randrange(6)
    if depth > 2 or kind < 2:
        return "${" + source.choice(NAMES) + "}"
    if kind == 2:
        return source.choice(["a", "7", "b c", "\\\\", "x/y", "null", "1.5", "-"])
    if kind == 3:
        return nested_expression(source, depth + 1) + source.choice(["", " ", "/", "_"]) + nested_expression(source, depth + 1)
    parts = source.choice(RESOLVERS).split("%")
    text = parts[0]
    for part in parts[1:]:
        text += nested_expression(source, depth + 1) + part
    return "${" + text + "}"


def nested_expressions(count: int) -> List[str]:
    source = random.Random(4321)
    texts: List[str] = []
    while len(texts) < count:
        text = nested_expression(source, 0)
        if text.count("${") > 1 and text not in texts and len(text) < 240:
            texts.append(text)
    return texts


def entry(text: str) -> Dict[str, Any]:
    result: Dict[str, Any] = {"yaml": text}
    creation = observe(lambda: OmegaConf.create(text))
    if creation.exception is not None:
        return {**result, "error": error_entry(creation.exception), "phase": "load"}
    resolution = observe(lambda: OmegaConf.resolve(creation.value))
    if resolution.warnings:
        result["warnings"] = resolution.warnings
    if resolution.exception is not None:
        return {**result, "error": error_entry(resolution.exception), "phase": "resolve"}
    return {**result, "resolved": OmegaConf.to_yaml(creation.value)}


def container(value: Any) -> Any:
    if OmegaConf.is_config(value):
        return OmegaConf.to_container(value, resolve=False)
    return value


def select_entry(text: str, key: str) -> Dict[str, Any]:
    result: Dict[str, Any] = {"yaml": text, "key": key}
    outcome = observe(lambda: container(OmegaConf.select(OmegaConf.create(text), key)))
    if outcome.exception is not None:
        return {**result, "error": error_entry(outcome.exception)}
    return {**result, "value": tagged(outcome.value)}


def generate() -> Dict[str, Any]:
    expressions = EXPRESSIONS + random_expressions(90) + nested_expressions(80)
    texts = [f"{CONTEXT}x: {quoted(expression)}\n" for expression in unique(expressions)]
    selections: List[Tuple[str, str]] = [(SELECT_CONFIGURATION, key) for key in SELECT_KEYS]
    selections += [("- a\n- {b: c}\n", key) for key in ("0", "[0]", "1.b", "[1].b", "[1][b]", "2", "a", "", ".0", "-1")]
    return {
        "environment": dict(ENVIRONMENT),
        "cases": [entry(text) for text in unique(CONFIGURATIONS + texts)],
        "select": [select_entry(text, key) for text, key in selections],
    }
