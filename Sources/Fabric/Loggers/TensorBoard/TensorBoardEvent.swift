/// One event of an event file: TensorBoard's message `Event`, as far as it is needed here.
struct TensorBoardEvent {
    /// A value of a summary.
    enum Value {
        /// A number under a tag.
        case scalar(tag: String, Float)
        /// Markdown under a tag.
        case text(tag: String, String)
        /// What the plug-in for hyperparameters reads.
        case plugin(tag: String, name: String, content: [UInt8])
    }

    /// What the event says.
    enum Content {
        /// The version of the file's format; the first event of each file.
        case fileVersion(String)
        case summary([Value])
    }

    /// Seconds since 1970.
    let wallTime: Double
    var step = 0
    let content: Content

    /// The message.
    var bytes: [UInt8] {
        ProtocolBufferWriter.message { event in
            event.double(1, wallTime)
            if step != 0 { event.integer(2, step) }
            switch content {
            case .fileVersion(let version): event.string(3, version)
            case .summary(let values):
                event.message(5) { summary in
                    for value in values { summary.message(1) { Self.write(value, to: &$0) } }
                }
            }
        }
    }

    private static func write(_ value: Value, to message: inout ProtocolBufferWriter) {
        switch value {
        case .scalar(let tag, let number):
            message.string(1, tag)
            message.float(2, number)
        case .text(let tag, let text):
            message.string(1, tag)
            message.message(8) { tensor in
                tensor.integer(1, 7)  // DT_STRING
                tensor.message(2) { shape in shape.message(2) { $0.integer(1, 1) } }
                tensor.string(8, text)
            }
            message.message(9) { metadata in metadata.message(1) { $0.string(1, "text") } }
        case .plugin(let tag, let name, let content):
            message.string(1, tag)
            message.message(9) { metadata in
                metadata.message(1) {
                    $0.string(1, name)
                    $0.data(2, content)
                }
            }
        }
    }
}
