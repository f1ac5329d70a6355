/// The types of Hydra's settings: what `hydra.*` accepts.
enum HydraSettingsType {
    static let settings = FieldType.structure(
        StructureType(
            "the hydra settings",
            [
                "mode": .enumeration(["RUN", "MULTIRUN"], isOptional: true),
                "searchpath": .list(of: string),
                "run": .structure(StructureType("hydra.run", ["dir": string])),
                "sweep": .structure(StructureType("hydra.sweep", ["dir": string, "subdir": string])),
                "hydra_logging": dictionary, "job_logging": dictionary, "sweeper": .any, "launcher": .any,
                "callbacks": dictionary, "help": .structure(help), "hydra_help": .structure(hydraHelp),
                "output_subdir": .string(isOptional: true),
                "overrides": .structure(
                    StructureType("hydra.overrides", ["hydra": .list(of: string), "task": .list(of: string)])),
                "job": .structure(job), "runtime": .structure(runtime), "verbose": .any, "env": .any,
            ]))

    private static let string = FieldType.string(isOptional: false)
    private static let dictionary = FieldType.dictionary(of: .any, isOptional: false)

    private static let help = StructureType(
        "hydra.help", ["app_name": string, "header": string, "footer": string, "template": string])
    private static let hydraHelp = StructureType("hydra.hydra_help", ["hydra_help": string, "template": string])

    private static let job = StructureType(
        "hydra.job",
        [
            "name": string, "chdir": .boolean(isOptional: true), "override_dirname": string, "id": string,
            "num": .integer(isOptional: false), "config_name": .string(isOptional: true),
            "env_set": .dictionary(of: string, isOptional: false), "env_copy": .list(of: string),
            "config": .structure(
                StructureType(
                    "hydra.job.config",
                    [
                        "override_dirname": .structure(
                            StructureType(
                                "hydra.job.config.override_dirname",
                                ["kv_sep": string, "item_sep": string, "exclude_keys": .list(of: string)]))
                    ])),
        ])

    private static let runtime = StructureType(
        "hydra.runtime",
        [
            "version": string, "version_base": string, "cwd": string, "config_sources": .list(of: .any),
            "output_dir": string, "choices": dictionary,
        ])

    static let basicSweeperTarget = "hydra._internal.core_plugins.basic_sweeper.BasicSweeper"

    static let basicSweeper = FieldType.structure(
        StructureType(
            "hydra.sweeper",
            [
                "_target_": string, "max_batch_size": .integer(isOptional: true),
                "params": .dictionary(of: string, isOptional: true),
            ]))
}
