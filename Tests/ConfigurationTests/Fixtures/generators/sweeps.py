"""Sweeps as the basic sweeper splits them, and the directory names of their jobs."""
import os
from typing import Any, Dict, List, Optional, Tuple

from hydra._internal.config_loader_impl import ConfigLoaderImpl, get_overrides_dirname
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra._internal.utils import create_config_search_path
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.types import RunMode

from .common import FIXTURES, error_entry, observe

# Every line is one list of overrides, separated by ` ;; `.
LINES = r"""
a=1
a=1,2
a=1,2 ;; b=x,y
a=1,2 ;; b=x,y ;; c=true,false
b=x,y ;; a=1,2
a=1,2 ;; b=5 ;; c=x,y
a=1 ;; a=2
a=1,2 ;; b=x,y ;; a=3
a=1,2 ;; b=x,y ;; a=3,4
a=1,2 ;; +a=3
+a=1,2 ;; ++b=x,y
~a=1,2
~a
~a ;; b=1,2
~a=x ;; b=1,2
a=choice(1,2)
a=choice(x)
a=range(3)
a=range(1,10,4)
a=range(5,0,-2)
a=range(0)
a=range(0) ;; b=1,2
a=range(0,1,0.25)
a=range(0,0.5,0.1)
a=range(0.1,0.4,0.1)
a=range(1,0,-0.3)
a=range(0,1,0)
a=range(0,1,0.0)
a=range(1e15,1.0000000000000020e15,1)
a=range(0,5e-05,1e-05)
a=range(3),7
a=interval(0,1)
a=1,2 ;; b=interval(0,1)
method=glob(*)
method=glob(t*)
method=glob(*,exclude=t*)
method=glob([simple*,ties])
method=glob(['*_method','t*'],exclude=[*word*,task*])
method=glob(*unknown*)
method=glob([!t]*)
method=glob(\[st\]*)
method=glob('[st]*')
method=glob('[!st]*')
method=glob('[a-s]*')
method=glob(tie?)
method=glob(TIES)
method/regmean=glob(*)
dataset=glob(*) ;; method=glob(t*)
dataset@data.train=glob(*)
hydra/job_logging=glob(*)
nowhere=glob(*)
a=glob(*)
modelpool/model=glob(clip*)
dataset=cars,digits ;; dataset@data.test=cars,digits
method=ties,simple_average ;; method.scale=0.1,0.2
+method@other=ties,simple_average
method=[ties],[simple_average,ties]
a=sort(3,1,2)
a=sort(3,1,2,reverse=true)
a=sort(range(3,0,-1))
a=sort(range(1,4),reverse=true)
a=sort(b,'a',c)
a=sort(choice(b,a))
a=int(1.5,2.5)
a=float(1,2)
a=str(1,2.5,true)
a=bool(1,0)
a=float(range(1,3))
a=int(range(0.5,3.5))
a=str([1,2],[3])
a=tag(x,choice(1,2))
a=tag(x,y,range(1,3))
a=null,1
a=true,FALSE
a='x y',"z w"
a=x y,z
a=\ x,y\ 
a='it\'s',b
a="say \"hi\"",b
a='a\\',b
a='a,b',c
a=a\,b,c
a=a\=b,c
a=a:b,c:d
a=[1,2],[x,'y z']
a={b:1,c:2},{b:3}
a={b:{c:[1,{d:e}]}},{}
a=[],{}
a=${x},${y.z}
a=${x:1,2},3
a='${x}',b
a=1e3,1e-5,1e16,.5,1.,-0.0
a=inf,-inf,nan
a=1_000,-5,+5
a=010,0x10
a=yes,no
a=,b
a=
a= ;; b=1,2
a=''
a='',b
a=größe,b
a='größe',b
a=x/y,~z
a=x/y,C:\z
a=\\,b
a=?,*
a=$x,%y
a=1,1,1
a='1',1
a= 1 , 2 
a=x,y ;; hydra.run.dir=z
hydra.verbose=true,false
hydra.job.num=1,2 ;; a=3
a.b=1,2 ;; a.c=3,4 ;; a={b:5},{b:6}
c=1,2 ;; b=1 ;; a=3,4
a=b=c ;; d=1,2
a=1,2 ;; a=
seed=1,2,3 ;; method=ties,task_arithmetic ;; method.scaling_factor=range(0,1,0.5)
a=[1,2] ;; b=[x y,z]
a={x:'y z'} ;; b='q'
a=foo(1),2
a=choice()
a=choice(1,choice(2))
a=1,2 ;; b=[
a
a=(1,2)
x=shuffle(5)
x=shuffle([5])
""".strip("\n").split("\n")

WITH_PARAMETERS: List[Tuple[Dict[str, str], List[str]]] = [
    ({"a": "1,2"}, []),
    ({"a": "1,2"}, ["b=3,4"]),
    ({"a": "1,2"}, ["a=5"]),
    ({"a": "1,2", "b": "x"}, ["b=3,4", "a=5,6"]),
    ({"a": "1,2"}, ["+a=5"]),
    ({"+a": "1,2"}, ["+a=5"]),
    ({"a.b": "range(1,3)", "method": "choice(ties,simple_average)"}, ["c=1"]),
    ({"a": "5"}, ["b=1,2"]),
    ({"a": "interval(0,1)"}, ["a=1,2"]),
    ({"a": "[1,2]"}, []),
    ({"a": "x y"}, ["b=1"]),
    ({"a": "1,"}, []),
]

WITH_BATCHES: List[Tuple[int, List[str]]] = [
    (1, ["a=1,2,3"]),
    (2, ["a=1,2,3"]),
    (2, ["a=1,2", "b=x,y"]),
    (3, ["a=1,2", "b=x,y"]),
    (10, ["a=1,2"]),
    (-1, ["a=1,2,3"]),
    (0, ["a=1,2"]),
    (2, ["a=range(0)"]),
    (-1, ["a=range(0)"]),
]

# Whole sweeps: the primary config, and the overrides of the command line.
MULTIRUNS: List[Tuple[str, List[str]]] = [
    ("no_defaults", []),
    ("no_defaults", ["a=1,2"]),
    ("no_defaults", ["a=1,2", "b.c=x,y"]),
    ("no_defaults", ["a=1,2", "hydra.verbose=true"]),
    ("no_defaults", ["hydra.verbose=true,false"]),
    ("no_defaults", ["a=1,2", "hydra.job.num=range(3)"]),
    ("no_defaults", ["hydra/job_logging=disabled,none"]),
    ("no_defaults", ["a=interval(0,1)"]),
    ("no_defaults", ["nowhere=1,2"]),
    ("no_defaults", ["+nowhere=1,2"]),
    ("no_defaults", ["+dataset=cars,digits"]),
    ("no_defaults", ["+dataset=cars,unknown"]),
    ("no_defaults", ["+dataset=glob(*)"]),
    ("no_defaults", ["a=1", "+hydra.sweeper.params={a:'7,8'}"]),
    ("no_defaults", ["+hydra.sweeper.params={a:'7,8',b.c:'range(2)'}"]),
    ("no_defaults", ["+hydra.sweeper.params={+dataset:'cars,digits'}", "a='x y',\\ z"]),
    ("no_defaults", ["hydra.sweeper={params:{a:'7,8',b.c:'range(2)'}}"]),
    ("no_defaults", ["hydra.sweeper={params:{+dataset:'cars,digits'}}", "a='x y',\\ z"]),
    ("no_defaults", ["+hydra.sweeper={params:{a:'7,8'}}", "a=1"]),
    ("no_defaults", ["a=1,2", "hydra.job.config.override_dirname.kv_sep=_"]),
    ("no_defaults", ["a=1,2", "b.c=5", "hydra.job.config.override_dirname.exclude_keys=[b.c]"]),
    ("hydra_node", []),
    ("hydra_node", ["dataset=cars,digits"]),
    ("hydra_node", ["seed=5", "+a='x y',b"]),
    ("missing_option_mark", ["dataset=cars,digits"]),
    ("missing_option_mark", ["seed=1"]),
    ("config", ["method=task_arithmetic,ties", "method.scaling_factor=0.1,0.2"]),
    ("config", ["method=ties,simple_average", "method.threshold=1"]),
    ("config", ["dataset@data.train=glob(*,exclude=u*)", "seed=range(1,3)"]),
    ("hydra_only", ["seed=1,2"]),
    ("resolvers", ["map.one=1,2"]),
]

# Overrides with separators and left-out keys of the directory name.
DIRECTORY_NAMES: List[Tuple[List[str], str, str, List[str]]] = [
    (["b=1", "a=2"], "=", ",", []),
    (["b=1", "a=2"], "-", "__", []),
    (["b=1", "a=2"], ":", "/", ["a"]),
    (["b=1", "a=2"], "=", ",", ["a", "b"]),
    (["a=x=y", "B=1", "_c=2", "+d=3", "++e=4", "~f"], "_", ",", []),
    (["+a=1", "a.b=2"], "=", ",", ["a"]),
    (["dataset@x=cars", "dataset=cars"], "=", ",", ["dataset"]),
    (["a='x y'", "b=[1,2]", "c={d:e}"], "", ",", []),
    (["a=10", "a=9", "a=1"], "=", ",", []),
    (["é=1"], "=", ",", []),
    (["a='é'", "b=\\,"], "=", ";", []),
    ([], "=", ",", []),
    (["a=1", "b=2"], "\\1", ",", []),
    (["a=1", "b=2"], "\\", ",", []),
    (["a=1", "b=2"], "\\g<0>", ",", []),
    (["a=1", "b=2"], "\\n", "=", []),
]


def create_loader() -> ConfigLoaderImpl:
    return ConfigLoaderImpl(create_config_search_path(os.path.join(FIXTURES, "tree")))


def directory_name(job: List[str]) -> str:
    """`override_dirname` of a job, with the usual separators."""
    overrides = OverridesParser.create().parse_overrides(job)
    own = [override for override in overrides if not override.is_hydra_override()]
    return get_overrides_dirname(own, exclude_keys=[], item_sep=",", kv_sep="=")


def entry(
    overrides: List[str],
    parameters: Optional[Dict[str, str]] = None,
    batch_size: Optional[int] = None,
) -> Dict[str, Any]:
    def split() -> List[List[List[str]]]:
        texts = [f"{key}={value}" for key, value in (parameters or {}).items()]
        parser = OverridesParser.create(config_loader=create_loader())
        parsed = parser.parse_overrides(texts + overrides)
        return BasicSweeper.split_arguments(parsed, batch_size)

    result: Dict[str, Any] = {"overrides": overrides}
    if parameters is not None:
        result["params"] = parameters
    if batch_size is not None:
        result["max_batch_size"] = batch_size
    outcome = observe(split)
    if outcome.exception is not None:
        return {**result, "error": error_entry(outcome.exception)}
    if batch_size is not None:
        return {**result, "batches": outcome.value}
    jobs = outcome.value[0]
    names = observe(lambda: [directory_name(job) for job in jobs])
    result["jobs"] = jobs
    if names.exception is None:
        result["override_dirnames"] = names.value
    else:
        result["override_dirname_error"] = error_entry(names.exception)
    return result


def directory_name_entry(
    overrides: List[str], key_value: str, item: str, excluded: List[str]
) -> Dict[str, Any]:
    result: Dict[str, Any] = {
        "overrides": overrides,
        "kv_sep": key_value,
        "item_sep": item,
        "exclude_keys": excluded,
    }
    outcome = observe(
        lambda: get_overrides_dirname(
            OverridesParser.create().parse_overrides(overrides),
            exclude_keys=excluded,
            item_sep=item,
            kv_sep=key_value,
        )
    )
    if outcome.exception is not None:
        return {**result, "error": error_entry(outcome.exception)}
    return {**result, "override_dirname": outcome.value}


def multirun_entry(config_name: str, overrides: List[str]) -> Dict[str, Any]:
    """Splits a sweep as `--multirun` does and composes its jobs."""

    def split() -> Any:
        loader = create_loader()
        config = loader.load_configuration(config_name, list(overrides), RunMode.MULTIRUN)
        parameters = config.hydra.sweeper.params or {}
        texts = [f"{key}={value}" for key, value in parameters.items()]
        texts += list(config.hydra.overrides.task)
        parser = OverridesParser.create(config_loader=loader)
        jobs = BasicSweeper.split_arguments(parser.parse_overrides(texts), None)[0]
        configs = [loader.load_sweep_config(config, list(job)) for job in jobs]
        return jobs, [item.hydra.job.override_dirname for item in configs]

    result: Dict[str, Any] = {"config_name": config_name, "overrides": overrides}
    outcome = observe(split)
    if outcome.exception is not None:
        return {**result, "error": error_entry(outcome.exception)}
    jobs, names = outcome.value
    return {**result, "jobs": jobs, "override_dirnames": names}


def generate() -> Dict[str, Any]:
    cases = [entry(line.split(" ;; ")) for line in LINES]
    cases += [entry(overrides, parameters) for parameters, overrides in WITH_PARAMETERS]
    cases += [entry(overrides, None, size) for size, overrides in WITH_BATCHES]
    return {
        "cases": cases,
        "multiruns": [multirun_entry(*item) for item in MULTIRUNS],
        "dirnames": [directory_name_entry(*item) for item in DIRECTORY_NAMES],
    }
