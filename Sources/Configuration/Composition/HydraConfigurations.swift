/// The configurations of the config group `hydra`, which every run starts from: where it writes, how it logs, its help.
///
/// Keys, defaults and order are those of Hydra 1.3, because users' files override them and tools read the result.
enum HydraConfigurations {
    /// The text of a configuration; nil if there is none of that path.
    static func text(_ path: String) -> String? {
        texts[path.hasSuffix(".yaml") ? String(path.dropLast(5)) : path]
    }

    static func hasGroup(_ path: String) -> Bool {
        path.isEmpty || texts.keys.contains { $0.hasPrefix(path + "/") }
    }

    static func options(of group: String) -> [String] {
        let prefix = group.isEmpty ? "" : group + "/"
        return texts.keys.filter { $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains("/") }
            .map { String($0.dropFirst(prefix.count)) }.sorted()
    }

    static func subgroups(of group: String) -> [String] {
        let prefix = group.isEmpty ? "" : group + "/"
        let names = texts.keys.filter { $0.hasPrefix(prefix) }.compactMap { path -> String? in
            let rest = path.dropFirst(prefix.count)
            guard let slash = rest.firstIndex(of: "/") else { return nil }
            return String(rest[..<slash])
        }
        return Set(names).sorted()
    }

    private static let texts: [String: String] = [
        "hydra/config": """
        defaults:
          - output: default
          - launcher: basic
          - sweeper: basic
          - help: default
          - hydra_help: default
          - hydra_logging: default
          - job_logging: default
          - callbacks: null
          - env: default
          - _self_
        mode: null
        searchpath: []
        run:
          dir: ???
        sweep:
          dir: ???
          subdir: ???
        hydra_logging: ???
        job_logging: ???
        sweeper: ???
        launcher: ???
        callbacks: {}
        help:
          app_name: ???
          header: ???
          footer: ???
          template: ???
        hydra_help:
          hydra_help: ???
          template: ???
        output_subdir: .hydra
        overrides:
          hydra: []
          task: []
        job:
          name: ???
          chdir: null
          override_dirname: ???
          id: ???
          num: ???
          config_name: ???
          env_set: {}
          env_copy: []
          config:
            override_dirname:
              kv_sep: '='
              item_sep: ','
              exclude_keys: []
        runtime:
          version: ???
          version_base: ???
          cwd: ???
          config_sources: ???
          output_dir: ???
          choices: {}
        verbose: false
        """,
        "hydra/output/default": """
        # @package hydra
        run:
          dir: outputs/${now:%Y-%m-%d}/${now:%H-%M-%S}
        sweep:
          dir: multirun/${now:%Y-%m-%d}/${now:%H-%M-%S}
          subdir: ${hydra.job.num}
        """,
        "hydra/launcher/basic": "_target_: hydra._internal.core_plugins.basic_launcher.BasicLauncher",
        "hydra/sweeper/basic": """
        _target_: hydra._internal.core_plugins.basic_sweeper.BasicSweeper
        max_batch_size: null
        params: null
        """,
        "hydra/env/default": "",
        "hydra/help/default": """
        app_name: ${hydra.job.name}
        header: |
          == ${hydra.help.app_name} ==
        footer: |
          Run with --hydra-help for the settings of the run itself.
        template: |
          ${hydra.help.header}
          == Config groups ==
          Choose an option with group=option:

          $APP_CONFIG_GROUPS
          == Configuration ==
          Change any value with key=value:

          $CONFIG
          ${hydra.help.footer}
        """,
        "hydra/hydra_help/default": """
        template: |
          Settings of the run: where it writes, how it logs, how it sweeps.

          == Flags ==
          $FLAGS_HELP

          == Config groups ==
          Choose an option with group=option, for example hydra/job_logging=disabled:

          $HYDRA_CONFIG_GROUPS
          Run with --cfg hydra to see all settings.
        hydra_help: ???
        """,
        "hydra/hydra_logging/default": """
        version: 1
        formatters:
          simple:
            format: '[%(asctime)s][HYDRA] %(message)s'
        handlers:
          console:
            class: logging.StreamHandler
            formatter: simple
            stream: ext://sys.stdout
        root:
          level: INFO
          handlers: [console]
        loggers:
          logging_example:
            level: DEBUG
        disable_existing_loggers: false
        """,
        "hydra/hydra_logging/hydra_debug": """
        version: 1
        formatters:
          simple:
            format: '[%(asctime)s][%(name)s][%(levelname)s] - %(message)s'
        handlers:
          file:
            class: logging.FileHandler
            mode: w
            formatter: simple
            filename: hydra-${hydra.job.name}.log
            delay: true
        root:
          level: ERROR
          handlers: [file]
        loggers:
          hydra:
            level: DEBUG
        disable_existing_loggers: false
        """,
        "hydra/hydra_logging/disabled": disabledLogging,
        "hydra/hydra_logging/none": noLogging,
        "hydra/job_logging/default": """
        version: 1
        formatters:
          simple:
            format: '[%(asctime)s][%(name)s][%(levelname)s] - %(message)s'
        handlers:
          console:
            class: logging.StreamHandler
            formatter: simple
            stream: ext://sys.stdout
          file:
            class: logging.FileHandler
            formatter: simple
            filename: ${hydra.runtime.output_dir}/${hydra.job.name}.log
        root:
          level: INFO
          handlers: [console, file]
        disable_existing_loggers: false
        """,
        "hydra/job_logging/stdout": """
        version: 1
        formatters:
          simple:
            format: '%(message)s'
        handlers:
          console:
            class: logging.StreamHandler
            formatter: simple
            stream: ext://sys.stdout
        root:
          level: INFO
          handlers: [console]
        disable_existing_loggers: false
        """,
        "hydra/job_logging/disabled": disabledLogging,
        "hydra/job_logging/none": noLogging,
    ]

    private static let disabledLogging = """
        version: 1
        root:
          level: ERROR
        disable_existing_loggers: true
        """

    private static let noLogging = """
        version: 1
        root: null
        disable_existing_loggers: false
        """
}
