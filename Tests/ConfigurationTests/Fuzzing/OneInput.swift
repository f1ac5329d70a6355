import Foundation
import Testing
@testable import Configuration
@Test func oneInput() throws {
    let env = ProcessInfo.processInfo.environment
    guard let file = env["ONE_FILE"], let target = env["ONE_TARGET"] else { return }
    let bytes = try FileSystem.read(file)
    let text = String(decoding: bytes, as: UTF8.self)
    let start = ContinuousClock.now
    switch target {
    case "yaml": YAMLFuzzTests.target.run(on: bytes, label: file)
    case "override": OverrideFuzzTests.target.run(on: text, label: file)
    case "interpolation": InterpolationFuzzTests.parserTarget.run(on: text, label: file)
    case "resolution": InterpolationFuzzTests.resolutionTarget.run(on: text, label: file)
    default:
        CompositionFuzzTests.target.run(on: CommandInput(configName: target, arguments: text.split(separator: "\n").map(String.init), isMultirun: false), label: file)
    }
    print("took", ContinuousClock.now - start)
}
