import Foundation

/// A program that merges, and how it is asked to.
struct Contestant {
    let name: String
    /// The command that merges the models of some folders by a method into a directory; nil if it cannot.
    let command: (_ method: String, _ folders: [String], _ output: String) throws -> [String]?
}

extension Contestant {
    /// This project, from a configuration as its users write it.
    static func ours(_ program: String, configuration: String, scratch: String, threads: Int?) -> Contestant {
        ours(
            program, configuration: configuration, scratch: scratch, name: "FusionBench in Swift",
            options: threads.map { ["+fabric.num_threads=\($0)"] } ?? [])
    }

    /// This project with options of the command line.
    static func ours(
        _ program: String, configuration: String, scratch: String, name: String, options: [String]
    ) -> Contestant {
        Contestant(name: name) { method, folders, output in
            [
                program, "--config-path", configuration, "-cd", scratch, "--quiet",
                "modelpool=models_\(folders.count)", "print_config=false", "merged_model_save_path=\(output)",
                "merged_model_save_kwargs={flush: false}", "hydra.run.dir=\(scratch)/run",
            ] + overrides(method) + options
        }
    }

    /// A method, which may be followed by other overrides, as arguments.
    private static func overrides(_ method: String) -> [String] {
        "method=\(method)".split(separator: " ").map(String.init)
    }

    /// The reference, from the same configuration.
    static func fusionBench(_ peers: String, scratch: String) -> Contestant {
        Contestant(name: "fusion-bench (Python)") { method, folders, output in
            [
                "\(peers)/bin/fusion_bench", "hydra.searchpath=[file://\(scratch)]",
                "modelpool=models_\(folders.count)", "taskpool=dummy", "print_config=false",
                "merged_model_save_path=\(output)", "hydra.run.dir=\(scratch)/run",
            ] + overrides(method)
        }
    }

    /// mergekit, from a recipe of its own.
    static func mergekit(_ peers: String, scratch: String) -> Contestant {
        Contestant(name: "mergekit (Python)") { method, folders, output in
            let names = ["simple_average": "linear", "task_arithmetic": "task_arithmetic", "ties_merging": "ties"]
            guard let name = names[method] else { return nil }
            var recipe = "merge_method: \(name)\n"
            if name != "linear" { recipe += "base_model: \(folders[0])\n" }
            recipe += "models:\n"
            for folder in folders.dropFirst() {
                recipe +=
                    "  - model: \(folder)\n    parameters: {weight: 0.3\(name == "ties" ? ", density: 0.2" : "")}\n"
            }
            recipe += "dtype: float32\n"
            let path = "\(scratch)/recipe.yaml"
            try recipe.write(toFile: path, atomically: true, encoding: .utf8)
            return ["\(peers)/bin/mergekit-yaml", path, output, "--no-copy-tokenizer"]
        }
    }
}
