/// The tokens of a tokenizer, and their ids.
public struct Vocabulary: Sendable {
    private var table = ByteStringTable()
    /// The id of each token, in the order of the table.
    private var ids: [Int32] = []
    /// The place in the table of each id.
    private var places: [Int32: Int] = [:]

    /// An empty vocabulary with room for some tokens.
    init(capacity: Int) {
        ids.reserveCapacity(capacity)
        places.reserveCapacity(capacity)
    }

    /// How many tokens there are.
    public var count: Int { ids.count }

    /// One more than the largest id: how many rows a matrix of embeddings needs.
    public private(set) var idLimit = 0

    /// The id of a token; nil if there is no such token.
    public func id(of token: String) -> Int32? { id(of: token.utf8Span.span) }

    /// The token with an id; nil if there is none.
    public func token(_ id: Int32) -> String? { places[id].map { String(decoding: table[$0], as: UTF8.self) } }

    func id(of token: Span<UInt8>) -> Int32? { table.number(of: token).map { ids[$0] } }

    /// What keeps a token out.
    enum Conflict {
        /// The token has an id already.
        case token(Int32)
        /// The id has a token already.
        case id(String)
    }

    /// Adds a token.
    ///
    /// - Returns: What keeps it out; nil if it is in.
    mutating func add(_ token: String, id: Int32) -> Conflict? {
        if let known = self.id(of: token) { return known == id ? nil : .token(known) }
        if let other = self.token(id) { return .id(other) }
        places[id] = table.count
        _ = table.insert(token.utf8Span.span)
        ids.append(id)
        idLimit = max(idLimit, Int(id) + 1)
        return nil
    }
}
