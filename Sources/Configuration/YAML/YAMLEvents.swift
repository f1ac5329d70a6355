private import CYAML

/// A step of a YAML stream, as libyaml reports it.
struct YAMLEvent {
    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(anchor: String)
        case scalar(text: String, isPlain: Bool)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
    }

    let kind: Kind
    var anchor: String?
    var tag: String?
    let start: YAMLMark
    let end: YAMLMark
}

/// A place in a YAML text.
struct YAMLMark {
    /// In characters, from 0.
    let index: Int
    /// From 1.
    let line: Int
    /// In characters, from 1.
    let column: Int
}

/// Pulls the events out of a text with libyaml.
///
/// The one place that touches the C library.
///
/// The text must stay unchanged while the stream lives: the parser reads from it directly.
final class YAMLEventStream {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeMutableBufferPointer<UInt8>
    private let source: SourceText

    init(_ source: SourceText) throws {
        self.source = source
        parser = .allocate(capacity: 1)
        text = .allocate(capacity: source.bytes.count)
        _ = text.initialize(from: source.bytes)
        parser.initialize(to: yaml_parser_t())
        guard yaml_parser_initialize(parser) == 1 else {
            throw ConfigurationError(.unreadableFile(path: source.name, reason: "out of memory"))
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        text.deallocate()
    }

    /// The next event.
    ///
    /// - Throws: `ConfigurationError` with the place of the syntax error.
    func next() throws -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        let kind: YAMLEvent.Kind
        var anchor: UnsafeMutablePointer<yaml_char_t>?
        var tag: UnsafeMutablePointer<yaml_char_t>?
        switch event.type {
        case YAML_STREAM_START_EVENT: kind = .streamStart
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: kind = .streamEnd
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
        case YAML_ALIAS_EVENT: kind = .alias(anchor: Self.string(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            kind = .scalar(
                text: String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
            (anchor, tag) = (scalar.anchor, scalar.tag)
        case YAML_SEQUENCE_START_EVENT:
            kind = .sequenceStart
            (anchor, tag) = (event.data.sequence_start.anchor, event.data.sequence_start.tag)
        case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            kind = .mappingStart
            (anchor, tag) = (event.data.mapping_start.anchor, event.data.mapping_start.tag)
        case YAML_MAPPING_END_EVENT: kind = .mappingEnd
        default: throw ConfigurationError(.yamlSyntax("unexpected event"), at: Origin(.file(source)))
        }
        return YAMLEvent(
            kind: kind, anchor: Self.string(anchor), tag: Self.string(tag), start: YAMLMark(event.start_mark),
            end: YAMLMark(event.end_mark))
    }

    private func syntaxError() -> ConfigurationError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "the text is no YAML"
        let context = parser.pointee.context.map { " " + String(cString: $0) } ?? ""
        var mark = YAMLMark(parser.pointee.problem_mark)
        if parser.pointee.error == YAML_READER_ERROR {
            // The reader knows only a byte offset.
            mark = source.mark(atByte: parser.pointee.problem_offset)
        }
        return ConfigurationError(
            .yamlSyntax(problem + context), at: Origin(.file(source), line: mark.line, column: mark.column))
    }

    private static func string(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }
}

extension YAMLMark {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(index: mark.index, line: mark.line + 1, column: mark.column + 1)
    }
}

extension SourceText {
    /// The line and column of a byte.
    func mark(atByte offset: Int) -> YAMLMark {
        let before = bytes.prefix(offset)
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return YAMLMark(
            index: offset, line: before.count { $0 == UInt8(ascii: "\n") } + 1,
            column: String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1)
    }
}
