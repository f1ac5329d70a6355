import Foundation
import Tensors
import TestSupport
import Testing

/// A case of Fixtures/operators.json: what PyTorch computes for an operator.
struct OperatorCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Numbers: Decodable, Sendable {
        let shape: [Int]
        let values: [Double]
    }

    enum Option: Decodable, Sendable {
        case number(Double)
        case text(String)
        case list([Double])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .list(try container.decode([Double].self))
            }
        }
    }

    let name: String
    let function: String
    let options: [String: Option]
    let integers: [Int]
    let inputs: [Numbers]
    let projection: Numbers
    let output: Numbers
    let gradients: [Numbers]

    var testDescription: String { name }

    private struct File: Decodable {
        let cases: [OperatorCase]
    }

    static let all: [OperatorCase] = {
        let path = Repository.directory + "/Tests/TensorsTests/Fixtures/operators.json"
        guard let data = FileManager.default.contents(atPath: path),
            let file = try? JSONDecoder().decode(File.self, from: data)
        else { return [] }
        return file.cases
    }()

    func int(_ option: String) -> Int { Int(number(option)) }

    func number(_ option: String) -> Double {
        if case .number(let number)? = options[option] { return number }
        Issue.record("\(name) has no number \(option)")
        return 0
    }

    func text(_ option: String) -> String {
        if case .text(let text)? = options[option] { return text }
        Issue.record("\(name) has no text \(option)")
        return ""
    }

    func list(_ option: String) -> [Double] {
        if case .list(let list)? = options[option] { return list }
        Issue.record("\(name) has no list \(option)")
        return []
    }

    var elementwiseFunction: ElementwiseFunction {
        let text = text("function")
        return ElementwiseFunction.allCases.first { "\($0)" == text } ?? .identity
    }

    /// Numbers as a tensor.
    static func tensor(_ numbers: Numbers, _ dtype: DType) throws -> Tensor {
        try Tensor(numbers.values, shape: Shape(numbers.shape)).converted(to: dtype)
    }
}
