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
        Contestant(name: "FusionBench in Swift") { method, folders, output in
            let options = threads.map { ["+fabric.num_threads=\($0)"] } ?? []
            return [
                program, "--config-path", configuration, "-cd", scratch, "--quiet", "method=\(method)",
                "modelpool=models_\(folders.count)", "print_config=false", "merged_model_save_path=\(output)",
                "merged_model_save_kwargs={flush: false}", "hydra.run.dir=\(scratch)/run",
            ] + options
        }
    }

    /// The reference, from the same configuration.
    static func fusionBench(_ peers: String, scratch: String) -> Contestant {
        Contestant(name: "fusion-bench (Python)") { method, folders, output in
            [
                "\(peers)/bin/fusion_bench", "hydra.searchpath=[file://\(scratch)]", "method=\(method)",
                "modelpool=models_\(folders.count)", "taskpool=dummy", "print_config=false",
                "merged_model_save_path=\(output)", "hydra.run.dir=\(scratch)/run",
            ]
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
