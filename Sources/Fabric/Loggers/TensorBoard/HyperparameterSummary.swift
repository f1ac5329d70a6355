import JSON
import OrderedCollections

/// Hyperparameters as TensorBoard's tab for them reads them.
///
/// Nested ones are flattened to `outer/inner`. Numbers and booleans are numbers there, everything else is text.
struct HyperparameterSummary {
    private enum Value {
        case number(Double)
        case text(String)
    }

    private var values: [(name: String, value: Value)] = []
    private let metricName: String

    /// - Parameters:
    ///   - hyperparameters: An object; anything else has no entries.
    ///   - metricName: The tag of the scalar that the runs are compared by.
    init(_ hyperparameters: JSONValue, metricName: String) {
        self.metricName = metricName
        flatten(hyperparameters, name: "")
    }

    private mutating func flatten(_ value: JSONValue, name: String) {
        switch value {
        case .object:
            for (key, value) in value.entries ?? [:] { flatten(value, name: name.isEmpty ? key : name + "/" + key) }
        case _ where name.isEmpty: break
        case .boolean(let flag): values.append((name, .number(flag ? 1 : 0)))
        case .integer(let number): values.append((name, .number(Double(number))))
        case .number(let number): values.append((name, .number(number)))
        case .string(let text): values.append((name, .text(text)))
        case .null: values.append((name, .text("None")))
        case .array: values.append((name, .text(value.text())))
        }
    }

    /// The three records: which hyperparameters there are, their values, and that the run goes well.
    var summaryValues: [TensorBoardEvent.Value] {
        [
            plugin("experiment") { data in
                data.message(2) { experiment in
                    for (name, value) in values {
                        experiment.message(4) { information in
                            information.string(1, name)
                            information.integer(4, Self.type(value))
                        }
                    }
                    experiment.message(5) { information in information.message(1) { $0.string(2, metricName) } }
                }
            },
            plugin("session_start_info") { data in
                data.message(3) { start in
                    for (name, value) in values {
                        start.message(1) { entry in
                            entry.string(1, name)
                            entry.message(2) { Self.write(value, to: &$0) }
                        }
                    }
                }
            },
            plugin("session_end_info") { data in data.message(4) { $0.integer(1, 1) } },  // STATUS_SUCCESS
        ]
    }

    private func plugin(
        _ name: String, _ body: (inout ProtocolBufferWriter) -> Void
    ) -> TensorBoardEvent.Value {
        .plugin(tag: "_hparams_/" + name, name: "hparams", content: ProtocolBufferWriter.message(body))
    }

    private static func type(_ value: Value) -> Int {
        switch value {
        case .text: 1  // DATA_TYPE_STRING
        case .number: 3  // DATA_TYPE_FLOAT64
        }
    }

    /// Writes a `google.protobuf.Value`.
    private static func write(_ value: Value, to message: inout ProtocolBufferWriter) {
        switch value {
        case .number(let number): message.double(2, number)
        case .text(let text): message.string(3, text)
        }
    }
}
