import JSON
import OrderedCollections

@testable import FusionBench

/// Jobs of a sweep as reports see them.
enum SampleJobs {
    /// A job that has evaluated one merged model.
    static func merged(
        _ number: Int, _ name: String, _ accuracies: KeyValuePairs<String, Double>, method: String = "a: 1",
        learning: LearningRecord? = nil
    ) -> FinishedJob {
        let outcome = JobOutcome(
            fusionSeconds: 1.5, models: [JobOutcome.Model(name: nil, pooledName: nil, seconds: 2)])
        var report = report(accuracies)
        report["provenance"] = [
            "fusion_bench_version": "1.2.3", "fusion_bench_recipe": .string("method:\n  \(method)\nmodelpool: same\n"),
            "fusion_bench_inputs":
                "{\"a\": {\"files\": {\"model.safetensors\": \"sha256:00ff\"}}}",
        ]
        return FinishedJob(
            number: number, name: name, overrides: ["method=\(name)"], directory: String(number),
            result: .evaluated(report: .object(report), outcome), learning: learning)
    }

    /// A job that has evaluated models of the pool as they are.
    static func individual(
        _ number: Int, _ models: KeyValuePairs<String, KeyValuePairs<String, Double>>
    ) -> FinishedJob {
        let outcome = JobOutcome(
            fusionSeconds: 0,
            models: models.map { JobOutcome.Model(name: $0.key, pooledName: $0.key, seconds: 0.5) })
        let reports = OrderedDictionary(
            uniqueKeysWithValues: models.map { ($0.key, JSONValue.object(report($0.value))) })
        return FinishedJob(
            number: number, name: "individual_models", overrides: ["method=individual_models"],
            directory: String(number), result: .evaluated(report: ["models": .object(reports)], outcome))
    }

    /// A job that has failed.
    static func failed(_ number: Int, _ name: String, _ problem: String) -> FinishedJob {
        FinishedJob(
            number: number, name: name, overrides: ["method=\(name)"], directory: String(number),
            result: .failed(problem))
    }

    private static func report(_ accuracies: KeyValuePairs<String, Double>) -> OrderedDictionary<String, JSONValue> {
        var entries: OrderedDictionary<String, JSONValue> = ["model_info": ["all_params": 3]]
        for (task, accuracy) in accuracies { entries[task] = ["accuracy": .number(accuracy), "loss": 1] }
        entries["average"] = ["accuracy": .number(0.123), "loss": 1]
        entries["details"] = [:]
        return entries
    }
}
