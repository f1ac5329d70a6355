import TestSupport
import Testing

@testable import RegularExpressions

/// Regular expressions against those of the standard library, and such that take it forever.
@Suite("Regular expressions")
struct RegularExpressionTests {
    @Test(
        "Whole texts match",
        arguments: [
            ("", [""], ["a"]), ("abc", ["abc"], ["ab", "abcd"]), ("a.c", ["abc", "a.c"], ["ac", "a\nc"]),
            ("a*", ["", "aaa"], ["b"]), ("a+b?", ["a", "aab"], ["b", "abb"]),
            ("a|bc|", ["a", "bc", ""], ["c", "abc"]),
            ("(a|b)*c", ["c", "abbac"], ["ab"]), ("(?:ab){2}", ["abab"], ["ab", "ababab"]),
            ("a{2,}", ["aa", "aaaa"], ["a"]), ("a{,2}", ["", "aa"], ["aaa"]), ("a{1,2}?", ["a", "aa"], ["", "aaa"]),
            ("a{x}", ["a{x}"], ["aa"]), ("a{}", ["a{}"], ["a"]), ("a{,}", ["", "aaa"], ["b"]), ("{", ["{"], [""]),
            ("[a-c_]+", ["abc_"], ["d", "-"]), ("[^a-c]", ["d"], ["a"]), ("[]a]", ["]", "a"], ["b"]),
            ("[a-]", ["-"], ["b"]),
            ("[\\d.]+", ["1.5"], ["a"]), ("[^\\w]", ["."], ["a", "1"]), ("[\\-a]", ["-"], ["\\"]),
            ("\\d\\D\\w\\W\\s\\S", ["1a_. x"], ["aaaaaa"]), ("\\.\\*\\_", [".*_"], ["a*_"]),
            ("\\n\\t\\r", ["\n\t\r"], ["ntr"]),
            ("^a$", ["a"], ["b"]), ("a^b", [], ["ab"]), ("\\Aa\\Z", ["a"], [""]), ("a\\b.c", ["a.c"], ["abc"]),
            ("a\\Bbc", ["abc"], ["a.c"]), ("(?P<name>a)b", ["ab"], ["b"]), ("(a*)*b", ["b", "aab"], ["a"]),
            ("()*", [""], ["a"]),
            ("(a?){3}a{3}", ["aaa", "aaaaaa"], ["aa"]), ("ключ.", ["ключ1"], ["ключ"]),
        ])
    func matches(_ pattern: String, _ matching: [String], _ others: [String]) throws {
        let expression = try RegularExpression(pattern)
        for text in matching { #expect(expression.matches(text), "\(text)") }
        for text in others { #expect(!expression.matches(text), "\(text)") }
    }

    @Test(
        "What is no expression is named with its place",
        arguments: [
            ("(", "not closed", 1), (")", "not opened", 0), ("*", "nothing to repeat", 0), ("a**", "is repeated", 3),
            ("a++", "is repeated", 3), ("^*", "nothing to repeat", 2), ("[a", "is not closed", 2),
            ("[b-a]", "wrong bounds", 4),
            ("[\\d-a]", "wrong bounds", 5), ("a\\", "at the end", 2), ("(a)\\1", "escape is not supported", 5),
            ("(?=a)", "group is not supported", 2), ("(?i)a", "group is not supported", 2),
            ("a{3,2}", "wrong bounds", 6),
            ("a{9999}", "wrong bounds", 7), ("(a{1000}){1000}", "too many repetitions", 0),
            (String(repeating: "(", count: 1000), "nested too deep", 100),
        ])
    func problems(_ pattern: String, _ problem: String, _ offset: Int) throws {
        let error = try #require(throws: RegularExpressionProblem.self) { try RegularExpression(pattern) }
        #expect(error.problem.contains(problem) && error.offset == offset, "\(error)")
        #expect(RegularExpression.problem(with: pattern) == error)
        #expect(error.description.contains("no regular expression") && error.description.contains(problem))
    }

    @Test(
        "The start of a text matches, or any part of it",
        arguments: [
            ("b", "abc", false, true), ("a", "abc", true, true), ("", "abc", true, true), ("^b", "abc", false, false),
            ("c$", "abc", false, true), ("a.*c$", "abcd", false, false),
            ("layers\\.[0-5]\\.", "a.layers.7.b", false, false),
            ("layers\\.[0-5]\\.", "a.layers.5.b", false, true), ("(q|k|v)_proj", "attention.k_proj.bias", false, true),
            ("(q|k|v)_proj", "q_proj", true, true), ("x*", "", true, true), ("x", "", false, false),
            ("b+c", "abbbd", false, false),
        ])
    func parts(_ pattern: String, _ text: String, _ matchesStart: Bool, _ isFound: Bool) throws {
        let expression = try RegularExpression(pattern)
        #expect(expression.matchesStart(of: text) == matchesStart)
        #expect(expression.isFound(in: text) == isFound)
    }

    @Test("No expression takes forever")
    func slowExpressions() throws {
        for pattern in ["(a+)+b", "(a|a)*b", "(a|aa)+b", "(.*)*b", "(a*)*(a*)*b", "(\\w+\\.?)+!"] {
            let expression = try RegularExpression(pattern)
            let text = String(repeating: "a", count: 5000)
            #expect(!expression.matches(text) && !expression.matchesStart(of: text) && !expression.isFound(in: text))
        }
    }

    /// Expressions that mean the same to the standard library, which is slow for some and so gets short texts.
    private static let target = FuzzTarget(name: "regular-expression") { random in
        let words = [
            "a", "b", "ab", ".", "(", ")", "(?:", "|", "*", "+", "?", "{2}", "{1,3}", "[ab]", "[^a]", "\\w", "^", "$",
        ]
        let pattern = (0..<random.below(10)).map { _ in random.pick(words) }.joined()
        return pattern + "\n" + (0..<random.below(7)).map { _ in random.pick(["a", "b", "c"]) }.joined()
    } check: { input in
        let parts = input.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let expression = try? RegularExpression(parts[0]) else { return }
        guard let standard = try? Regex(parts[0]) else {
            throw PropertyFailure("the standard library refuses it")
        }
        let expected = try standard.wholeMatch(in: parts[1]) != nil
        if expression.matches(parts[1]) != expected { throw PropertyFailure("matches: \(!expected)") }
        if expression.matchesStart(of: parts[1]) != (try standard.prefixMatch(in: parts[1]) != nil) {
            throw PropertyFailure("the start matches: \(expression.matchesStart(of: parts[1]))")
        }
        if expression.isFound(in: parts[1]) != (try standard.firstMatch(in: parts[1]) != nil) {
            throw PropertyFailure("is found: \(expression.isFound(in: parts[1]))")
        }
    }

    @Test("Any expression that is accepted matches what the standard library says")
    func likeTheStandardLibrary() {
        Self.target.run(inputs: 2000)
    }

    private static let anyText = FuzzTarget(name: "regular-expression-text") { random in
        let words = [
            "a", "\\", "[", "]", "^", "-", "{", "}", ",", "2", "999", "(", ")", "?", ":", "P<", ">", "*", "|", "d", "é",
        ]
        return (0..<random.below(20)).map { _ in random.pick(words) }.joined()
    } check: { pattern in
        do throws(RegularExpressionProblem) {
            _ = try RegularExpression(pattern).matches("a.b-2[]{}")
        } catch {
            if error.offset > pattern.unicodeScalars.count { throw PropertyFailure("fails at \(error.offset)") }
        }
    }

    @Test("Any text is an expression or refused")
    func takesAnyText() {
        Self.anyText.run(inputs: 2000)
    }
}
