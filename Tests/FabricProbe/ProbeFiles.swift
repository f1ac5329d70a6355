import Fabric
import Glibc
import OperatingSystem

/// What a rank leaves for the test to see: its process number, and a temporary file that must go.
struct ProbeFiles {
    private let path: String
    private let fabric: Fabric

    /// Makes both below a directory; nothing for nil.
    init?(_ options: ProbeOptions, _ fabric: Fabric) throws {
        guard let directory = options.output else { return nil }
        self.fabric = fabric
        path = FileSystem.temporaryPath(for: directory + "/output/rank-\(fabric.rank)")
        try Self.noteProcess(directory, rank: fabric.rank)
        fabric.holdTemporaryFile(path)
        try Self.write("half", to: path)
        for number in 0..<(fabric.rank == fabric.worldSize - 1 ? options.fileCount : 0) {
            let path = FileSystem.temporaryPath(for: directory + "/output/\(number)")
            TemporaryFiles.add(path)
            try Self.write("half", to: path)
        }
        // The neighbour's file must be known too before it can fail.
        for _ in 0..<1000 where fabric.worldSize > 1 && TemporaryFiles.count < 2 { usleep(10_000) }
    }

    func remove() {
        unlink(path)
        fabric.releaseTemporaryFile(path)
    }

    /// Writes a file under a temporary name and gives it its final one, which is not in the output directory.
    static func replaceFile(in directory: String, _ fabric: Fabric) throws {
        let path = FileSystem.temporaryPath(for: directory + "/output/file-\(fabric.rank)")
        TemporaryFiles.add(path)
        try write("whole", to: path)
        usleep(20_000)
        guard rename(path, directory + "/file-\(fabric.rank)") == 0 else { throw ProbeError("\(path) has gone") }
        TemporaryFiles.remove(path)
    }

    private static func noteProcess(_ directory: String, rank: Int) throws {
        try write("\(getpid())\n", to: directory + "/rank-\(rank).pid")
    }

    /// Keeps the faulty rank from starting MPI.
    static func startLate(_ options: ProbeOptions) throws {
        let rank = JobEnvironment.rankNumber ?? 0
        if let directory = options.output { try noteProcess(directory, rank: rank) }
        guard rank == options.rank else { return }
        try noteFault(options.output)
        sleep(60)
    }

    /// Writes the time at which the fault happens, in seconds since 1970.
    static func noteFault(_ directory: String?) throws {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let seconds = Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
        if let directory { try write("\(seconds)\n", to: directory + "/fault.time") }
    }

    private static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw ProbeError("\(path) cannot be written") }
        fputs(text, file)
        fclose(file)
    }
}
