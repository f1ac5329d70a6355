import JSON
import Testing

@Suite("JSON")
struct JSONTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: text.utf8) }

    @Test(
        "Values of all kinds, read and written",
        arguments: [
            "null", "true", "false", "0", "-17", "9223372036854775807", "1.5", "-2.5e-08", "\"\"", "\"a\\nb\\\"c\\\\\"",
            "[]", "{}", "[1, [2, []], {}]", "{\"z\": 1, \"a\": {\"b\": [true, null]}}", "\"größe → 😀\"", "NaN",
            "-Infinity",
        ])
    func roundTrip(_ text: String) throws {
        #expect(try parse(text).text() == text)
    }

    @Test("Indented text")
    func indented() {
        let value: JSONValue = ["a": 1, "b": [true, nil], "c": [:], "d": []]
        #expect(
            value.text(indent: 2) == """
                {
                  "a": 1,
                  "b": [
                    true,
                    null
                  ],
                  "c": {},
                  "d": []
                }
                """)
    }

    @Test("Escapes are read")
    func escapes() throws {
        #expect(try parse("\"\\u0041\\u00e9\\ud83d\\ude00\\/\\t\"") == .string("Aé😀/\t"))
        #expect(try parse(" { \"k\" : [ 1 , 2 ] } ")["k"]?.array == [1, 2])
        #expect(try parse("123456789012345678901234567890").double == 1.2345678901234568e29)
    }

    @Test(
        "What is no JSON is refused with its place",
        arguments: [
            ("", 0), ("{", 1), ("[1,", 3), ("[1 2]", 3), ("{\"a\" 1}", 5), ("{a: 1}", 1), ("01", 0), ("1.", 2),
            ("1e", 2),
            ("\"a", 0), ("\"\\x\"", 2), ("\"\\ud800\"", 7), ("\"\\udc00x\"", 7), ("tru", 0), ("null null", 5),
            ("{\"a\": 1, \"a\": 2}", 9), ("\"\u{1}\"", 1), ("-", 0), ("+1", 0), ("\"\\u+123\"", 3),
        ])
    func refused(_ text: String, offset: Int) throws {
        let error = #expect(throws: JSONError.self) { try parse(text) }
        #expect(error?.offset == offset, "\(error.map(String.init(describing:)) ?? "")")
    }

    @Test("Invalid UTF-8 and absurd nesting are refused")
    func hostile() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
        #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 100_000)) }
    }

    @Test("The compact form has no blanks, and escapes as little as it may")
    func compact() {
        let value: JSONValue = ["a": [1, .number(2.5), nil], "b": [:], "c": "\u{8}\u{C}\u{1}\u{7F}\n→"]
        #expect(value.compactText == #"{"a":[1,2.5,null],"b":{},"c":"\b\f\u0001"# + "\u{7F}" + #"\n→"}"#)
    }

    @Test("Numbers at the border of what fits")
    func wideNumbers() throws {
        #expect(try parse("999999999999999999") == 999_999_999_999_999_999)
        #expect(try parse("-9223372036854775808") == .integer(.min))
        #expect(try parse("9223372036854775808") == .number(9_223_372_036_854_775_808))
        #expect(try parse("18446744073709551616") == .number(18_446_744_073_709_551_616))
    }

    @Test("A mark is found at any place of a string of any length", arguments: [0, 1, 7, 8, 9, 15, 16, 17, 31])
    func marks(_ length: Int) throws {
        // Neighbours of the marks, and bytes with the highest bit.
        for filling in ["a", "!", "#", "[", "]", " ", "\u{7F}", "é", "😀"] {
            for place in 0...length {
                let before = String(repeating: filling, count: place)
                let after = String(repeating: filling, count: length - place)
                #expect(try parse("\"\(before)\\n\(after)\"") == .string("\(before)\n\(after)"))
                #expect(try parse("[\"\(before)\",\"\(after)\"]") == [.string(before), .string(after)])
                let error = #expect(throws: JSONError.self) { try parse("\"\(before)\u{1F}\(after)\"") }
                #expect(error?.offset == before.utf8.count + 1)
            }
        }
    }
}
