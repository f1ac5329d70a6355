import Configuration
import Datasets

/// A data set as a configuration names it, not opened yet.
struct DatasetReference: Sendable {
    /// Finds the data set and reads its headers.
    ///
    /// - Throws: What is wrong with it, or where it was looked for.
    let open: @Sendable () throws -> any Dataset
}

extension TargetRegistry {
    /// The data sets that a configuration can name.
    static var datasets: TargetRegistry {
        var registry = TargetRegistry()
        registry.registerDatasets()
        return registry
    }
}
