import Configuration

/// An argument that is one of a few words.
struct Choice<Value: RawRepresentable & CaseIterable & Sendable>: ConfigurationDecodable
where Value.RawValue == String {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }

    static var expectedDescription: String { "one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))" }

    static func decode(_ argument: Argument) -> Choice? {
        String.decode(argument).flatMap(Value.init(rawValue:)).map(Choice.init)
    }
}
