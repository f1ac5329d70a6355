import TestSupport
import Testing

@testable import Configuration

/// Any bytes are read or refused; what was read and written reads back the same.
@Suite("YAML of any bytes")
struct YAMLFuzzTests {
    static let target = FuzzTarget(name: "yaml") { random in
        YAMLFuzzText.generator.make(&random)
    } check: { bytes in
        let source = SourceText(name: "fuzz.yaml", bytes: bytes)
        _ = try FuzzErrorReport.attempt { _ = try LoadedConfiguration(source) }
        guard let node = try FuzzErrorReport.attempt({ try YAMLReader.read(source) }) ?? nil else { return }
        if node.isContainer { return try checkWriting(node) }
        // A scalar alone is no configuration, and is not written as one.
        let root = ConfigurationNode.emptyMapping(origin: Origin(.runtime))
        root.set("root", node)
        try checkWriting(root)
    }

    private static func checkWriting(_ root: ConfigurationNode) throws {
        let written = root.yaml
        // PyYAML, and so OmegaConf, writes this line end as it is, and reads it as a blank.
        if written.unicodeScalars.contains("\u{85}") { return }
        let readBack: ConfigurationNode?
        do {
            readBack = try YAMLReader.read(SourceText(name: "written.yaml", bytes: Array(written.utf8)))
        } catch let error as ConfigurationError {
            throw PropertyFailure("what was written cannot be read: \(error)\n\(written.debugDescription)")
        }
        guard let readBack, readBack.notation.isSame(root.notation) else {
            throw PropertyFailure(
                "\(root.notation.debugDescription) reads back as \(readBack?.notation.debugDescription ?? "nothing") "
                    + "from \(written.debugDescription)")
        }
        guard readBack.yaml.isSame(written) else {
            throw PropertyFailure("\(written.debugDescription) is written again as \(readBack.yaml.debugDescription)")
        }
    }

    @Test("The reader takes or refuses any bytes")
    func reader() {
        Self.target.run(inputs: 2000)
    }
}
