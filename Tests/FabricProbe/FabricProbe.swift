import Fabric
import Glibc

/// One rank of a job that tests start under mpirun: does what a scenario asks for.
///
/// Usage: `FabricProbe SCENARIO [--rank R] [--threads N] [--timeout SECONDS] [--largest-count N]
/// [--only-checks-on R] [--output DIRECTORY] [--files N]`.
@main
struct FabricProbe {
    static func main() {
        do {
            let options = try ProbeOptions(Array(CommandLine.arguments.dropFirst()))
            if options.scenario == "starts-late" { try ProbeFiles.startLate(options) }
            let fabric = try Fabric(mpi: options.configuration, largestCount: options.largestCount ?? 1 << 30)
            do {
                let files = try ProbeFiles(options, fabric)
                try run(options, fabric)
                files?.remove()
                try fabric.finish()
            } catch {
                fabric.fail("\(error)")
                exit(1)
            }
        } catch {
            let line = Array("\(error)\n".utf8)
            _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            exit(2)
        }
    }

    private static func run(_ options: ProbeOptions, _ fabric: Fabric) throws {
        switch options.scenario {
        case "collectives":
            try CollectiveChecks(fabric: fabric).run(
                options.largestCount == nil ? [0, 1, 5, 1000, 70_001] : [0, 1, 5, 50])
        case "large": try CollectiveChecks(fabric: fabric).runLarge()
        case "units": try UnitDigests(fabric: fabric).run()
        default:
            guard let fault = Fault(rawValue: options.scenario) else {
                throw ProbeError("There is no scenario '\(options.scenario)'")
            }
            try fault.run(options, fabric)
        }
    }
}

/// What is wrong, in words.
struct ProbeError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
