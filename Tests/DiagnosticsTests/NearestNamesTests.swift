import Diagnostics
import Testing

@Suite("Nearest names")
struct NearestNamesTests {
    @Test(
        "Close names are found, far ones are not",
        arguments: [
            ("task_aritmetic", ["task_arithmetic", "ties_merging", "dare"], ["task_arithmetic"]),
            ("seeed", ["seed", "speed", "method"], ["seed", "speed"]),
            ("arithmetic", ["dare/task_arithmetic", "dare/simple_average"], ["dare/task_arithmetic"]),
            ("x", ["y", "a_long_name"], ["y"]), ("", ["a"], []), ("same", ["same"], []), ("abcd", ["abdc"], ["abdc"]),
        ])
    func nearest(_ name: String, candidates: [String], expected: [String]) {
        #expect(NearestNames.of(name, among: candidates) == expected)
    }
}
