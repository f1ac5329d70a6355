import Configuration
import Glibc
import OperatingSystem

/// Finds the configuration directory when nobody names one.
enum ConfigurationDirectory {
    /// Looks, in this order, at `FUSION_BENCH_CONFIG_PATH`; at `config` and `fusion_bench_config` in the current directory;
    /// and beside the binary: in its installation (`../share/fusion_bench/config`) and in the repository it was built in.
    ///
    /// - Returns: An absolute path; nil if there is none.
    static func find() -> String? {
        if let path = ProcessEnvironment["FUSION_BENCH_CONFIG_PATH"], !path.isEmpty { return FileSystem.absolute(path) }
        return candidates.first(where: FileSystem.isDirectory)
    }

    /// Where `find` looks when the environment says nothing, in order.
    static var candidates: [String] {
        let here = ["config", "fusion_bench_config"].map { FileSystem.absolute($0) }
        guard let binary = FileSystem.resolved("/proc/self/exe") else { return here }
        let directory = FileSystem.directoryName(binary)
        return here
            + ["../share/fusion_bench/config", "../config", "../../../config", "../../../../config"].map {
                FileSystem.absolute(FileSystem.join(directory, $0))
            }
    }
}
