"""The composition cases: name, primary config, overrides, and what to look at."""
from dataclasses import dataclass, field
from typing import List, Optional


@dataclass
class Case:
    name: str
    config: Optional[str]
    overrides: List[str] = field(default_factory=list)
    directory: Optional[str] = None
    hydra: bool = False
    packages: List[str] = field(default_factory=list)


def plain(names: str) -> List[Case]:
    """One case without overrides for every config name."""
    return [Case(name, name) for name in names.split()]


def variants(config: Optional[str], lines: str, hydra: bool = False) -> List[Case]:
    """One case for every line; ` ;; ` stands between its overrides."""
    cases = []
    for line in lines.strip("\n").split("\n"):
        overrides = line.split(" ;; ")
        cases.append(Case(f"{config}: {line}", config, overrides, hydra=hydra))
    return cases


PLAIN = plain(
    """
    config self_first self_last self_middle self_absent self_absent_without_content self_only no_defaults empty_defaults
    empty word number list override_inner override_outer override_with_options override_nested_group override_optional
    override_to_null override_to_list optional_items optional_override_inside lists null_option missing_option_mark
    interpolated interpolated_first interpolated_package interpolated_optional interpolated_missing interpolated_unknown
    interpolated_override interpolated_in_list interpolated_old_form interpolated_nested interpolated_environment absolute
    plain_items package_forms package_headers package_nested package_too_many package_no_value package_literal package_rename
    same_group_twice same_group_same_option same_group_packages sub/x sub/y sub/global merging merging_dict_list
    merging_list_dict merging_link_scalar merging_link_to_nothing merging_dict_over_link_to_list merging_list_over_link
    merging_order scalars anchors links links_broken links_cycle links_ancestor links_malformed links_unknown_resolver
    resolvers hydra_link resolver_without_default hydra_bad_number hydra_bad_key hydra_bad_mode hydra_scalar
    searching_wrong searching_wrong_item searching_package includes_searching root_list root_list_with_content empty_parts
    word_part broken/yaml broken/duplicate broken/duplicate_nested broken/null_key broken/tabs broken/tab_between
    broken/tab_value broken/unknown_tag broken/documents broken/equals broken/interpolation broken/complex_key
    broken/defaults_mapping broken/defaults_text broken/defaults_null broken/two_keys broken/no_key broken/number_item
    broken/null_item broken/list_item broken/number_option broken/boolean_option broken/mapping_option
    broken/number_in_options broken/boolean_key broken/duplicate_self broken/override_first broken/override_nothing
    broken/override_other_package broken/override_one_package broken/missing_option broken/missing_group
    broken/missing_item broken/missing_in_list broken/wrong_keyword broken/question_item broken/itself uses_broken deep
    missing_primary missing/primary dataset/cars dataset packages/plain packages/nested modelpool/clip_pair
    taskpool/glue/all method/wemoe/sparse method/word_only no_defaults.yaml dotted.name extension.yaml extra_primary
    hydra/config level/two/two experiment/small merging_list_over_list_link merging_scalar_over_links merging_dict_over_null
    override_unmatched override_unmatched_package override_too_early override_before_self override_before_plain
    resolvers_decoded_list resolvers_decoded_dict resolvers_created resolvers_hydra_list resolvers_hydra_dict resolvers_hydra_empty
    override_twice override_absolute_inside override_by_experiment includes_searchpath three_levels
    """
) + [Case("no config", None), Case("no config, addition", None, ["+a=1"])]

WITH_HYDRA = [
    Case(f"hydra: {name} " + " ;; ".join(overrides), name, overrides, hydra=True)
    for name, overrides in [
        ("no_defaults", []),
        ("config", ["seed=1", "hydra.verbose=true"]),
        ("override_only", []),
        ("hydra_node", []),
        ("hydra_node", ["seed=9", "dataset=digits", "+x=a b"]),
        ("hydra_node", ["hydra.run.dir=elsewhere", "hydra.job.config.override_dirname.exclude_keys=[]", "seed=4"]),
        ("hydra_only", []),
        ("hydra_number_as_text", []),
        ("sub/x", []),
        ("searching", []),
        ("searching_environment", []),
        ("searching_nowhere", []),
        ("same_group_packages", ["dataset@a=digits"]),
        ("interpolated_package", []),
        ("lists", []),
        ("resolvers", ["map.one=2", "+zz=1"]),
        (None, []),
    ]
]

RESOLVED_HYDRA = [
    Case("hydra resolver: texts", "resolvers_hydra_text", ["+x=a b"]),
    Case("hydra resolver: verbose dictionary", "resolvers_hydra_text", ["hydra.verbose=[a,b]", "hydra.run.dir=out", "+hydra.job.env_set.A=1", "hydra.job.name=other"]),
]

PACKAGES = [
    Case("packages: config", "config", packages=["method", "data.train", "seed", "title", "report.limits", "report.limits[1]", "report.nothing", "report.required", "fast", "report.verbose", "nowhere", "method.nowhere", "data", "_global_", "modelpool.models.base.tags", "report.directory", "taskpool"]),
    Case("packages: links", "links", packages=["group.inner", "brackets", "items[0]", "absent", "dynamic", "copy", "nothing", "small", "escaped"]),
    Case("packages: scalars", "scalars", packages=["integers", "floats[7]", "long", "literal", "words[0]", "strings[4]"]),
    Case("packages: resolvers", "resolvers", packages=["job", "config", "hydra_missing", "created"]),
    Case("packages: decoded", "resolvers_decoded_list", packages=["list", "list[0]"]),
    Case("packages: hydra nodes", "resolvers_hydra_dict", packages=["choices"]),
]

DIRECTORIES = [
    Case("directory: own primary", "extra_primary", [], "extra"),
    Case("directory: main primary first", "config", [], "extra"),
    Case("directory: adds an option", "from_extra", [], "extra"),
    Case("directory: option without it", "from_extra"),
    Case("directory: same file, main first", "self_last", ["dataset=cars"], "extra"),
    Case("directory: option from command line", "self_last", ["dataset=from_extra"], "extra"),
    Case("directory: new group", "no_defaults", ["+newgroup=option"], "extra"),
    Case("directory: new group without it", "no_defaults", ["+newgroup=option"]),
    Case("directory: unknown option lists all", "self_last", ["dataset=unknown"], "extra"),
    Case("directory: before searchpath", "no_defaults", ["hydra.searchpath=[more]", "+dataset=from_extra"], "extra"),
    Case("directory: with searchpath, all options", "no_defaults", ["hydra.searchpath=[more]", "+dataset=unknown"], "extra"),
    Case("directory: hydra node", "from_extra", [], "extra", hydra=True),
    Case("directory: sources in order", "no_defaults", ["hydra.searchpath=[more,extra]"], "extra", hydra=True),
    Case("searchpath: primary", "searching"),
    Case("searchpath: primary, environment", "searching_environment"),
    Case("searchpath: replaced on the command line", "searching", ["hydra.searchpath=[]"]),
    Case("searchpath: command line", "no_defaults", ["hydra.searchpath=[more]", "+dataset=from_more"]),
    Case("searchpath: command line with scheme", "no_defaults", ["hydra.searchpath=['file://more']", "+dataset=from_more"]),
    Case("searchpath: two entries", "no_defaults", ["hydra.searchpath=[more,extra]", "+dataset=from_extra"]),
    Case("searchpath: two entries, other order", "no_defaults", ["hydra.searchpath=[extra,more]", "+dataset=from_extra"]),
    Case("searchpath: same file, main first", "no_defaults", ["hydra.searchpath=[more]", "+dataset=cars"]),
    Case("searchpath: primary only there", "more_primary", ["hydra.searchpath=[more]"]),
    Case("searchpath: not there", "no_defaults", ["hydra.searchpath=[nowhere]"]),
    Case("searchpath: text", "no_defaults", ["hydra.searchpath=more"]),
    Case("searchpath: numbers", "no_defaults", ["hydra.searchpath=[1]"]),
    Case("searchpath: null", "no_defaults", ["hydra.searchpath=null"]),
    Case("searchpath: added", "no_defaults", ["+hydra.searchpath=[more]", "+dataset=from_more"]),
    Case("searchpath: forced", "no_defaults", ["++hydra.searchpath=[more]", "+dataset=from_more"]),
    Case("searchpath: twice", "no_defaults", ["hydra.searchpath=[more]", "hydra.searchpath=[extra]", "+dataset=from_more"]),
    Case("searchpath: in a group on the way", "no_defaults", ["+searching=x"]),
    Case("searchpath: one entry replaced", "searching", ["hydra.searchpath.0=extra"]),
]

VALUES = variants(
    "config",
    r"""
seed=1
seed=abc
seed=null
seed=
seed=1.50
seed=1e-5
seed=true
seed=TRUE
seed=yes
seed=0x10
seed=010
seed=1_000
seed=2001-01-01
seed='1'
seed="true"
seed=[1,2]
seed=[]
seed={}
seed={a:1,b:{c:[x,y]}}
seed=???
seed='a b'
seed=a b
seed=größe
seed='größe 😀'
seed='#hash'
seed=\ padded\ 
seed='it\'s'
seed=${title}
seed=${report.limits[0]}
seed='${report.${oc.env:FB_TEST_WORD}}'
seed=${nowhere}
seed='${broken'
seed=${oc.env:FB_TEST_NUMBER}
seed=\${title}
seed='\${title}'
seed=int(2.7)
seed=str(5)
seed=sort([3,1,2])
seed=[str(1),float(2)]
seed=.inf
seed=inf
seed=nan
seed=-0.0
seed=12345678901234567890
seed=a=b
seed=http://x:80/y
seed=1,2
seed=range(3)
seed=choice(1,2)
seed=interval(0,1)
seed=glob(*)
seed=shuffle(1,2)
seed=tag(t,choice(1))
seed=unknown_function(1)
seed=[1
seed='a
=5
seed
+seed
++seed
seed =1
nowhere=1
+nowhere=1
++nowhere=1
+seed=1
++seed=1
report.name=x
report.nowhere=x
+report.nowhere=x
++report.nowhere=x
+report.nothing=5
+report.required=5
report.required=5
report.required=null
+report.name=x
report=5
report=null
report=[1]
report={name:x}
report={name:x,added:1}
report={name:{deep:1}}
+report={added:1}
+report={name:x,added:{deep:1}}
++report={added:1,name:y}
++report={name:{deep:1}}
+report={limits:[9]}
+report={limits:{a:1}}
+report=[1]
+report=5
++report=5
+report={}
report={}
report.limits=[4]
+report.limits=[4]
++report.limits=[4]
report.limits={a:1}
+report.limits={a:1}
report.limits=7
report.limits=null
report.limits.0=9
report.limits[0]=9
report.limits.2=x
report.limits.3=x
report.limits.-1=x
report.limits.a=x
+report.limits.0=9
+report.limits.3=9
++report.limits.0=9
++report.limits.3=9
~report.limits.0
~report.limits.1=2
~report.limits.7
report.limits.0.a=1
+report.limits.0.a=1
++report.limits.0.a=1
+report.name.sub=1
++report.name.sub=1
report.name.sub=1
+seed.a.b.c=1
+report.nothing.sub=1
+report.required.sub=1
+new.deep.key=1
+new.0=1
+new.0.x=1
~seed
~seed=42
~seed=43
~seed='42'
~report
~report.name
~report.name=first
~report.name=other
~report.nothing
~report.required
~report.limits
~report.limits=[1,2,3]
~report.limits=[1]
~report.verbose
~report.verbose=false
~report.directory
~nowhere
~report.nowhere
~report.nowhere.deep
~fast=true
~title
~title=x
~data.train
~modelpool.models.base.tags
title.sub=1
+title.sub=1
++title.sub=1
title=x
data.train.path=x
fast=false
modelpool.models.base.size=1
modelpool.models.base.tags=[x]
method.extra=1
+method.extra.deep=1
modelpool={name:x}
+modelpool={name:x,more:1}
method={weights:[0.5,0.5]}
+method={inner:{a:1}}
~method={name:simple_average}
~method
~method=simple_average
~method=ties
~method=1
~fabric
~taskpool
~local
~machine@local
~machine
~dataset
~dataset@data.train
~dataset@data.train=cars
~modelpool/model@modelpool.models.base
seed=1 ;; seed=2
+x=1 ;; x=2
x=2 ;; +x=1
+x=1 ;; +x=2
+x=1 ;; ++x=2
+x=1 ;; ~x
~seed ;; seed=1
~seed ;; +seed=1
+x={a:1} ;; +x={b:2}
+x={a:1} ;; x.a=5
+x={a:1} ;; x.b=5
+x=[1] ;; +x=[2]
+x.y=1 ;; +x.z=2
+x=1 ;; +x.y=2
+x=null ;; +x=2
+x='???' ;; +x=2
+x={} ;; +x.y=1
+x=${seed} ;; seed=3
report.name=a ;; report.directory=b
+x=${report} ;; x.name=5
+x=${report} ;; +x.name=5
+x=${report} ;; +x.added=5
+x=${report} ;; ++x.added=5
+x=${report} ;; +x={added:5}
+x=${report} ;; ~x.name
+x=${report} ;; ~x
+x=${report.limits} ;; x.0=5
+x=${report.limits} ;; +x=[5]
+x=${nowhere} ;; +x={a:1}
+x=${nowhere} ;; x=5
+x=${nowhere} ;; ~x
+a.b=${seed} ;; a.b.c=1
x@y=1
+x@y=1
++x@y=1
~x@y
+report@x=1
+hydra=1
+defaults=[a]
+"quoted"=1
+a.b-c=1
+$x=1
+a.$x=1
+_x=1
+x=a:b
+x={a: b, c: d}
+x={1:a,1.5:b,true:c}
+x={null:a}
+x={1:a,true:b,1.0:c}
+x={a:1,a:2}
+x=[a,[b,{c:d}],null,1.0]
+x=[]
+x={a:{}}
+x=' '
+x="\t"
+x='a\nb'
+x=1e16
+x=-1e-7
+x=${.y} ;; +y=1
+x.y=${.z} ;; +x.z=${seed}
+x=[${seed},${.0}]
+x={a:${seed},b:${.a}}
+x=???
+x=null
+x=
""",
)

GROUPS = variants(
    "config",
    """
method=task_arithmetic
method=ties
method=regmean/base
method=regmean/plus_plus
method=wemoe/sparse
method=with_options
method=list_method
method=empty_method
method=comment_only
method=word_only
method=global_method
method=unknown
method=Simple_average
method=simple_average.yaml
method=regmean
method=null
method=
method=5
method=true
method='ties'
method="ties"
method=[ties]
method=[simple_average,ties]
method=[ties,simple_average]
method=[]
method=[unknown]
method=[5]
method=[ties,ties]
method=['ties']
method={name:other}
method={name:other,nowhere:1}
method=ties,simple_average
method=${title}
method=ties ;; method=task_arithmetic
method=ties ;; method.threshold=5
method.threshold=5 ;; method=ties
method=ties ;; +method.new=1 ;; ~method.threshold
method.name=x ;; method=ties
method=???
+method=ties
+method@other=ties
+method@other=ties ;; other.threshold=1
++method=ties
++method@other=ties
+method=[ties]
+method@other=[ties,simple_average]
+method@a=ties ;; +method@b=simple_average
+method@a=ties ;; method@a=simple_average
+method@a=ties ;; +method@a=simple_average
+method@a=ties ;; +method@a=ties
+method@_global_=ties
+method@=ties
+method@a.b.c=ties
method@x=ties
method@=ties
method@method=ties
method@_global_=ties
taskpool=image
taskpool=glue/all
taskpool=glue/all ;; taskpool/glue/task@taskpool=sst
taskpool=glue/all ;; taskpool/glue/task@taskpool.more=cola
taskpool=glue/all ;; taskpool.metric=x ;; +taskpool.more.x=1
taskpool=null
+taskpool=image
dataset=cars
+dataset=cars
+dataset=cars ;; dataset=digits
+dataset=unicode
dataset@data.train=digits
dataset@data.train=digits ;; dataset@data.test=cars
dataset@data=digits
dataset@data.valid=digits
+dataset@data.valid=digits
+dataset@data.train=digits
dataset@data.train=null
dataset@data.train=[cars,digits]
dataset@data.train=unknown
modelpool=flan
modelpool=clip_many
modelpool=absolute_model
modelpool=clip_many ;; modelpool/model=flan_t5
modelpool=clip_many ;; modelpool/model=[flan_t5]
modelpool=clip_many ;; modelpool/model=[]
modelpool=clip_many ;; ~modelpool/model
modelpool/model@modelpool.models.base=flan_t5
modelpool/model@models.base=flan_t5
modelpool/model=flan_t5
modelpool=flan ;; modelpool/model@modelpool.models.first=clip_b32
+modelpool/model@modelpool.models.second=flan_t5
+modelpool/model@extra_model=clip_b32_cars
~modelpool ;; title=none
~modelpool=clip_pair
~modelpool=flan
~modelpool/model@modelpool.models.first
~taskpool=image
~method ;; ~fabric
fabric=cpu
fabric=cpu ;; fabric.devices=4
machine=laptop
machine=unknown
machine=absent_machine
machine@local=unknown
+machine=laptop
+machine@other=laptop
machine@local=null
+optimizer=adam
+optimizer=sgd ;; +schedule=cosine
+optimizer=unknown
+optimizer=null
+optimizer=[adam,sgd]
+optimizer@method.optimizer=adam
method=with_options ;; optimizer@method.optimizer=sgd
method=with_options ;; optimizer=sgd
method=with_options ;; schedule=cosine
method=with_options ;; schedule@method.schedule=cosine
method=with_options ;; ~schedule
method=with_options ;; ~schedule@method.schedule
method=with_options ;; ~optimizer@method.optimizer
+packages=plain
+packages=global
+packages=nested
+packages=here
+packages=literal_group
+packages=comment_first
+packages=too_many
+packages=with_defaults_first
+packages@p=plain
+packages@_group_=comment_first
+packages@_group_.x=comment_first
+packages@_global_=plain
+experiment=small
+experiment=small ;; method=ties
+experiment=small ;; method.scaling_factor=0.1
+experiment=small ;; dataset@data.train=cars
+experiment=adds_group
+experiment=[small,adds_group]
experiment=small
+level=one
+level/two=two
+level=one ;; level/two/three@level.two.three=other
+level=one ;; level/two/three=other
+level/two/three=other
+broken=yaml
+broken=duplicate
+sub=x
+sub=x ;; sub/group=two
+sub/group=two
+nogroup=x
+nogroup/x=y
nogroup/x=y
~nogroup/x
+dataset=from_more ;; hydra.searchpath=[more]
+searching=1
+no_defaults=1
+combined=cars_adam
+base=full
+base=full ;; +base={linked:{more:1}}
+base=full ;; base.linked.t=9
+base=full ;; +base.linked.x=9
+base=full ;; base={linked:{t:9}}
+base=full ;; base.linked={t:9}
+base=full ;; +base.link_to_list=[7]
+base=full ;; base.target.t=9
+base=full ;; ~base.linked.t
+base=full ;; base.list={a:1}
+base=full ;; base.nested=[1]
+base=full ;; base={list:{a:1}}
""",
) + variants(
    "override_inner",
    """
dataset=cars
modelpool=flan
modelpool/model@modelpool.models.base=clip_b32
modelpool/model@modelpool.models.first=clip_b32
""",
) + variants(
    "override_unmatched_package",
    """
dataset=unicode
dataset@x=digits
~dataset@x
""",
) + variants(
    "three_levels",
    """
dataset=digits
modelpool/model@modelpool.models.base=clip_b32
""",
) + variants(
    "interpolated",
    """
dataset=digits
optimizer=sgd
dataset=digits ;; optimizer=sgd
combined=digits_adam
~combined
dataset=[cars]
dataset=[cars,digits]
~dataset
""",
) + variants(
    "lists",
    """
dataset=cars
dataset=[digits]
~dataset
~dataset=cars
~dataset=[cars,digits]
~dataset@opt.one
optimizer@opt.one=sgd
schedule=linear
schedule=[linear,cosine]
""",
) + variants(
    "null_option",
    """
dataset=cars
~dataset
optimizer@opt=adam
+dataset=cars
""",
) + variants(
    "missing_option_mark",
    """
dataset=cars
~dataset
seed=1
dataset=null
""",
) + variants(
    "optional_items",
    """
dataset@missing=cars
dataset@missing=unknown
optimizer=adam
optimizer=unknown
nogroup=x
""",
) + variants(
    "sub/x",
    """
sub.own=2
own=2
sub/group=two
group=two
dataset=digits
dataset@sub.dataset=digits
optimizer@opt=sgd
+method=ties
+method@sub.method=ties
""",
) + variants(
    "no_defaults",
    """
+dataset=cars
+dataset=cars ;; a=3
dataset=cars
a=1 ;; b.c=3
b={c:3,d:4}
+b={c:3,d:4}
b.c.d=1
""",
) + variants(
    "self_last",
    """
+optimizer=adam
+optimizer=adam ;; optimizer.rate=5
dataset=digits
dataset=null
~dataset
dataset=[]
""",
) + variants(
    "links",
    """
root=6
group.inner.up_two=7
copy.own=1
+copy.own=1
+copy.added=1
++copy.added=1
+copy={added:1}
~copy.own
~copy
items.0.name=z
items[0].name=z
brackets.x=1
absent=3
nothing=${absent}
""",
)

TYPED = variants(
    "no_defaults",
    """
hydra.job.num=3
hydra.job.num='3'
hydra.job.num=3.0
hydra.job.num=3.5
hydra.job.num=abc
hydra.job.num=null
hydra.job.num=true
hydra.job.num=1_0
hydra.job.num=[1]
hydra.job.num=???
hydra.job.chdir=true
hydra.job.chdir=maybe
hydra.job.chdir=yes
hydra.job.chdir='on'
hydra.job.chdir=0
hydra.job.chdir=1
hydra.job.chdir=2
hydra.job.chdir=1.0
hydra.job.chdir=null
hydra.job.name=x
hydra.job.name=5
hydra.job.name=1.50
hydra.job.name=true
hydra.job.name=null
hydra.job.name=[a]
hydra.job.name={a:1}
hydra.job.id=7
hydra.job.config_name=other
hydra.job.override_dirname=mine
hydra.job=5
hydra.job=null
hydra.job={name:x}
hydra.job={unknown:1}
+hydra.job={unknown:1}
hydra.job.env_set.A=1
+hydra.job.env_set.A=1
+hydra.job.env_set.A=true
+hydra.job.env_set.A=null
+hydra.job.env_set.A=[1]
hydra.job.env_set={A:1,B:x}
+hydra.job.env_set={A:1}
hydra.job.env_copy=[FB_TEST_WORD]
hydra.job.env_copy=[FB_TEST_WORD,FB_TEST_UNSET]
hydra.job.env_copy=FB_TEST_WORD
hydra.job.env_copy=[1]
hydra.job.config.override_dirname.kv_sep=: ;; +a.b=1 ;; a=2
hydra.job.config.override_dirname.kv_sep=_ ;; hydra.job.config.override_dirname.item_sep=/ ;; +z=1 ;; a=2 ;; +y='p=q'
hydra.job.config.override_dirname.exclude_keys=[a] ;; a=2 ;; b.c=5
hydra.job.config.override_dirname.unknown=1
hydra.mode=RUN
hydra.mode=MULTIRUN
hydra.mode=run
hydra.mode=bad
hydra.mode=1
hydra.mode=2
hydra.mode=3
hydra.mode=null
hydra.mode='RUN'
hydra.mode=RunMode.RUN
hydra.run.dir=1
hydra.run.dir=here/${a}
hydra.run.dir=null
hydra.run=null
hydra.run.unknown=1
+hydra.run.unknown=1
hydra.sweep.dir=x ;; hydra.sweep.subdir=y
hydra.unknown=1
+hydra.unknown=1
++hydra.unknown=1
hydra.verbose=true
hydra.verbose=[a,b]
hydra.verbose=a
hydra.verbose=null
hydra.verbose={a:1}
hydra.sweeper.params.a=1,2
hydra.sweeper.params={a:'1,2'}
+hydra.sweeper.params={a:'1,2',b.c:5}
+hydra.sweeper.params.a='1,2'
+hydra.sweeper.params.a=3
++hydra.sweeper.params.a=3
hydra.sweeper={params:{a:'1,2'}}
+hydra.sweeper={params:{a:'1,2'}}
hydra.sweeper.max_batch_size=4
hydra.sweeper.max_batch_size=x
hydra.sweeper._target_=my.Sweeper
hydra.sweeper.unknown=1
hydra.sweeper=null
hydra.launcher.unknown=1
hydra.output_subdir=null
hydra.output_subdir=5
hydra.callbacks.a=1
+hydra.callbacks.a={_target_:x}
hydra.overrides.task=[x]
hydra.overrides.hydra=[x] ;; a=5
hydra.runtime.cwd=x
hydra.runtime.choices={a:b}
+hydra.runtime.choices.a=b
hydra.runtime.output_dir=x
hydra.help.header=x
hydra/job_logging=disabled
hydra/job_logging=none
hydra/job_logging=stdout
hydra/job_logging=unknown
hydra/job_logging=null
hydra/job_logging=disabled ;; hydra.job_logging.root=null
hydra/hydra_logging=hydra_debug
hydra/hydra_logging=disabled ;; hydra/job_logging=none
hydra/sweeper=basic
hydra/sweeper=unknown
hydra/launcher=basic
hydra/launcher=unknown
hydra/output=default
hydra/callbacks=x
~hydra/callbacks
~hydra/sweeper
~hydra.verbose
~hydra.job.name
~hydra.job.num
~hydra
+hydra/env=default
hydra/unknown=x
+hydra/unknown=x
hydra.job_logging.root.level=DEBUG
hydra.job_logging.unknown=1
+hydra.job_logging.handlers.more={class:x}
hydra.job_logging=null
hydra.hydra_logging.formatters.colors=1
hydra.searchpath=[extra]
hydra={}
hydra=null
hydra={job:{name:x}}
hydra.job.num=1,2
a=7 ;; hydra.job.name=x ;; +z=1 ;; hydra.verbose=true
a=${hydra.job.name}
a=${hydra:job.name}
a=${hydra:overrides.task}
a=${hydra:runtime.cwd}
a=${hydra:runtime.choices}
a=x${hydra:verbose}y
a=${hydra:}
a=${hydra:sweeper}
""",
    hydra=True,
)

CASES = PLAIN + WITH_HYDRA + RESOLVED_HYDRA + PACKAGES + DIRECTORIES + VALUES + GROUPS + TYPED
