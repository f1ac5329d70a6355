import Configuration

/// What `--help` and `--hydra-help` print: the templates `hydra.help.template` and `hydra.hydra_help.template`, filled in.
struct HelpText {
    let composer: MakeComposer
    let options: CommandLineOptions

    /// The help of the application.
    func application() throws -> String {
        let composed = try composer(options.overrides, false).compose()
        composed.attachHydra()
        let template = try text("help.template", composed)
        composed.detachHydra()
        if options.resolves { try composed.job.resolveInPlace(in: composed.context) }
        return fill(template, composed, configuration: composed.job.yaml)
    }

    /// The help about the settings of the run.
    func hydra() throws -> String {
        let composed = try composer(options.overrides, false).compose()
        composed.attachHydra()
        return fill(try text("hydra_help.template", composed), composed, configuration: "")
    }

    private func text(_ path: String, _ composed: ComposedConfiguration) throws -> String {
        try composed.hydra.valueNode(at: path, in: composed.context)?.pythonString ?? ""
    }

    private func fill(_ template: String, _ composed: ComposedConfiguration, configuration: String) -> String {
        template.replacing("$FLAGS_HELP", with: options.flagHelp)
            .replacing("$APP_CONFIG_GROUPS", with: groups(composed) { !$0.isOfHydra })
            .replacing("$HYDRA_CONFIG_GROUPS", with: groups(composed) { $0.isOfHydra })
            .replacing("$CONFIG", with: configuration)
    }

    /// One line a group: its options.
    private func groups(_ composed: ComposedConfiguration, where isWanted: (String) -> Bool) -> String {
        composed.groups.filter(isWanted).sorted().map { group in
            "\(group): \(composed.options(of: group).joined(separator: ", "))\n"
        }.joined()
    }
}

extension String {
    fileprivate var isOfHydra: Bool { self == "hydra" || hasPrefix("hydra/") }
}
