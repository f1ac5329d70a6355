import Testing

@testable import Configuration

@Suite("Resolvers of one's own")
struct ResolverTests {
    /// A context in which `${double:…}` doubles a float or a text.
    private var context: ResolutionContext {
        var resolvers = ResolverRegistry.standard
        resolvers.register("double") { request in
            try request.expectArguments(1...1)
            if let number = request.arguments[0].scalar, case .float(let value) = number {
                return request.result(.float(2 * value))
            }
            return request.result(.string(try request.string(0) + request.string(0)))
        }
        return ResolutionContext(resolvers: resolvers, environment: ["NAME": "ab"])
    }

    private func resolve(_ yaml: String) throws -> String {
        let node = try #require(try YAMLReader.read(SourceText(name: "test.yaml", bytes: Array(yaml.utf8))))
        try node.resolveInPlace(in: context)
        return node.yaml
    }

    @Test("They are called like the standard ones, and may stand inside one another")
    func called() throws {
        #expect(try resolve("a: 1.5\nb: ${double:${a}}") == "a: 1.5\nb: 3.0\n")
        #expect(try resolve("b: ${double:${double:${oc.env:NAME}}}") == "b: abababab\n")
        #expect(try resolve("b: x${double:2.5}y") == "b: x5.0y\n")
    }

    @Test("What one refuses is an error that names it, the reason, and the place")
    func refused() throws {
        for (yaml, reason) in [
            ("b: ${double:1,2}", "it takes 1 argument, not 2"),
            ("b: ${double:[1]}", "argument 1 must be a string"),
        ] {
            let error = try #require(throws: ConfigurationError.self) { try resolve(yaml) }
            let message = ErrorReport(usesColor: false).text(error)
            #expect(message.contains("double") && message.contains(reason), "\(message)")
            #expect(message.contains("test.yaml:1:"), "\(message)")
        }
    }

    @Test("One that is not there is an error with the nearest name")
    func unknown() throws {
        let error = try #require(throws: ConfigurationError.self) { try resolve("b: ${duble:1}") }
        #expect("\(error)".contains("'double'"))
    }
}
