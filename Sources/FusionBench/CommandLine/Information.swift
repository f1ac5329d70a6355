import Configuration

/// What `--info` prints about how the configuration comes about.
struct Information {
    let composer: MakeComposer
    let options: CommandLineOptions

    func text(_ topic: CommandLineOptions.Topic) throws -> String {
        let composed = try composer(options.overrides, false).compose()
        switch topic {
        case .searchpath: return searchPath(composed)
        case .defaults: return defaultsList(composed)
        case .defaultsTree: return defaultsTree(composed)
        case .plugins: return plugins()
        case .config:
            return searchPath(composed) + defaultsTree(composed) + defaultsList(composed)
                + (try configuration(composed))
        case .all:
            return heading("\(ProgramVersion.text)", filler: "=") + plugins() + searchPath(composed)
                + defaultsTree(composed) + defaultsList(composed) + (try configuration(composed))
        }
    }

    private func heading(_ text: String, filler: Character) -> String {
        text + "\n" + String(repeating: filler, count: text.count) + "\n"
    }

    private func searchPath(_ composed: ComposedConfiguration) -> String {
        "\n" + heading("Config search path", filler: "*")
            + table([["Provider", "Search path"]] + composed.searchPath.map { [$0.provider, $0.place] })
    }

    private func defaultsList(_ composed: ComposedConfiguration) -> String {
        let rows = composed.defaultsList.map { entry in
            [entry.path, entry.package, entry.isSelf ? "True" : "False", entry.parent ?? ""]
        }
        return "\n" + heading("Defaults List", filler: "*")
            + table([["Config path", "Package", "_self_", "Parent"]] + rows)
    }

    private func defaultsTree(_ composed: ComposedConfiguration) -> String {
        "\n" + heading("Defaults Tree", filler: "*") + composed.defaultsTreeText
    }

    private func plugins() -> String {
        "\n" + heading("Plugins", filler: "*")
            + "The sweeper (basic) and the launcher (basic) are built in; there are no others.\n"
    }

    private func configuration(_ composed: ComposedConfiguration) throws -> String {
        composed.detachHydra()
        return "\n" + heading("Config", filler: "*") + composed.job.yaml
    }

    /// Rows with padded columns between bars; the first row is the heading.
    private func table(_ rows: [[String]]) -> String {
        guard let head = rows.first else { return "" }
        let widths = head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        func line(_ row: [String]) -> String {
            "| "
                + zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: " | ")
                + " |"
        }
        let rule = String(repeating: "-", count: line(head).count)
        return ([line(head), rule] + rows.dropFirst().map(line) + [rule]).joined(separator: "\n") + "\n"
    }
}
