import Diagnostics
import Testing

@Suite("Texts from outside in messages")
struct QuotedTextTests {
    @Test("Control characters are shown as dots")
    func controls() {
        #expect("a\u{1B}[31m\nb\u{2028}".withVisibleControls == "a·[31m\nb·")
        #expect("a\u{1B}\nb".quoted() == "'a··b'")
        #expect("größe".quoted() == "'größe'")
        #expect("a\u{202E}b".quoted() == "'a·b'")
    }

    @Test("Long texts are cut")
    func long() {
        #expect("abcdef".quoted(limit: 3) == "'abc…' (6 characters)")
        #expect("abc".quoted(limit: 3) == "'abc'")
        #expect("a\tbcde".excerpt(limit: 3) == "a·b…" && "abc".excerpt(limit: 3) == "abc")
    }

    @Test("Long lists are cut")
    func lists() {
        #expect(["a", "b\n"].quotedList() == "'a', 'b·'")
        #expect(["a", "b", "c"].quotedList(limit: 2) == "'a', 'b', … (3 in all)")
    }
}
