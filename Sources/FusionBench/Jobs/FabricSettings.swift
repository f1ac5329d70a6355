import Configuration
import Fabric
import OperatingSystem
import Tensors

extension FabricConfiguration {
    /// Reads the group `fabric` of a job's configuration; nothing there is one process.
    ///
    /// Keys that mean something to other programs (`strategy`, `precision`, …) are left alone.
    ///
    /// - Throws: `ConfigurationError` that lists every key with a wrong value.
    init(_ value: ConfigurationValue?) throws {
        self.init()
        guard let value, value.entries != nil else { return }
        var errors = ErrorCollector()
        func read<Setting: ConfigurationDecodable>(_ key: String, _ apply: (Setting) -> Bool) {
            guard let entry = value[key] else { return }
            if let setting = Setting.decode(.value(entry)), apply(setting) { return }
            errors.add(
                ConfigurationError(
                    .unexpectedType(key: entry.path, expected: Self.expectations[key] ?? "", found: entry.kindName),
                    at: entry.origin))
        }
        var shape = (devices: devices, nodes: nodeCount, threads: threadCount, timeout: timeout)
        switch value["devices"]?.content {
        case .scalar(.string("auto"))?: shape.devices = 1
        case .sequence(let items)?: shape.devices = max(1, items.count)
        default:
            read("devices") { (number: Int) in
                shape.devices = number
                return number >= 1
            }
        }
        read("num_nodes") { (number: Int) in
            shape.nodes = number
            return number >= 1
        }
        read("num_threads") { (number: Int?) in
            shape.threads = number
            return number ?? 1 >= 1
        }
        read("timeout") { (seconds: Double?) in
            shape.timeout = seconds
            return seconds ?? 1 > 0
        }
        var interval = saveInterval
        read("save_every") { (number: Int?) in
            interval = number
            return number ?? 1 >= 1
        }
        var file: String?
        read("hostfile") { (path: String?) in
            file = path
            return path.map { FileSystem.resolved($0) != nil && !FileSystem.isDirectory($0) } ?? true
        }
        var flags = (debug: checksCalls, tags: tagsOutput)
        read("debug") { (flag: Bool) in
            flags.debug = flag || flags.debug
            return true
        }
        read("tag_output") { (flag: Bool) in
            flags.tags = flag
            return true
        }
        var kind = accelerator
        read("accelerator") { (name: String) in
            kind = Accelerator(rawValue: name) ?? kind
            return Accelerator(rawValue: name) != nil
        }
        try errors.throwCollected()
        (devices, nodeCount, threadCount, timeout) = shape
        (checksCalls, tagsOutput) = flags
        saveInterval = interval
        hostFile = file
        accelerator = kind
        if let entry = value["accelerator"] { try Self.checkBackend(of: kind, at: entry) }
    }

    /// That there is a backend is known before any rank is started; whether a host has the devices, its ranks find out.
    private static func checkBackend(of accelerator: Accelerator, at entry: ConfigurationValue) throws {
        do {
            _ = try accelerator.device(localRank: 0)
        } catch DeviceError.noBackend(let kind) {
            let known = Accelerator.allCases.filter { (try? $0.device(localRank: 0)) != nil }.map(\.rawValue)
            throw ConfigurationError(
                .unexpectedType(
                    key: entry.path,
                    expected: known.joined(separator: " or ")
                        + ": this program has no backend for \(kind.rawValue) yet",
                    found: entry.kindName), at: entry.origin)
        } catch {
            // The devices of this host say nothing about those of others.
        }
    }

    private static let expectations = [
        "devices": "a whole number from 1, a list, or auto", "num_nodes": "a whole number from 1",
        "num_threads": "a whole number from 1, or null", "timeout": "seconds above 0, or null for never",
        "hostfile": "the path of a file that exists, or null", "debug": "true or false", "tag_output": "true or false",
        "save_every": "a number of steps from 1, or null for never",
        "accelerator": "one of " + Accelerator.allCases.map(\.rawValue).joined(separator: ", "),
    ]
}
