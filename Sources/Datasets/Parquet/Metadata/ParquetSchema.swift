import OrderedCollections

/// The columns of a Parquet file.
struct ParquetSchema: Sendable {
    /// What is at the top, by name.
    let columns: OrderedDictionary<String, ParquetField>
    /// What is at the bottom, in order.
    let leaves: [ParquetLeaf]

    /// Makes the tree of a footer's list.
    ///
    /// - Throws: `ParquetProblem` if the list is no tree, two columns have one name, or a type is not known.
    init(_ elements: [ParquetSchemaElement]) throws(ParquetProblem) {
        guard let root = elements.first else { throw Self.malformed("it is empty") }
        var builder = Builder(elements: elements)
        var columns: OrderedDictionary<String, ParquetField> = [:]
        for field in try builder.readChildren(root.childCount, of: Parent()) {
            guard columns.updateValue(field, forKey: field.name) == nil else {
                throw Self.malformed("two columns are named '\(field.name)'")
            }
        }
        guard builder.position == elements.count else {
            throw Self.malformed("\(elements.count - builder.position) of its entries belong nowhere")
        }
        self.columns = columns
        leaves = builder.leaves
    }

    private static func malformed(_ problem: String) -> ParquetProblem {
        .malformed(structure: "schema", problem: problem)
    }

    /// What the fields below inherit.
    private struct Parent {
        var path: [String] = []
        var definitionLevel = 0
        var repetitionLevel = 0
    }

    /// Reads the entries one after another.
    private struct Builder {
        let elements: [ParquetSchemaElement]
        var position = 1
        var leaves: [ParquetLeaf] = []

        /// Nobody nests deeper; levels then fit into bytes, and the tree onto any stack.
        private static let depthLimit = 64

        init(elements: [ParquetSchemaElement]) {
            self.elements = elements
        }

        mutating func readChildren(_ count: Int, of parent: Parent) throws(ParquetProblem) -> [ParquetField] {
            guard count <= elements.count - position else { throw malformed("it ends too early") }
            var fields: [ParquetField] = []
            for _ in 0..<count { fields.append(try readField(of: parent, isElement: false)) }
            return fields
        }

        /// Reads an entry and all below it.
        ///
        /// - Parameters:
        ///   - parent: What is above it.
        ///   - isElement: Whether the levels of its repetition are counted already.
        /// - Returns: The field.
        /// - Throws: `ParquetProblem` if the schema is malformed.
        private mutating func readField(of parent: Parent, isElement: Bool) throws(ParquetProblem) -> ParquetField {
            guard position < elements.count else { throw malformed("it ends too early") }
            guard parent.path.count < Self.depthLimit else {
                throw malformed("it nests more than \(Self.depthLimit) levels")
            }
            let element = elements[position]
            position += 1
            var own = parent
            own.path.append(element.name)
            let start = leaves.count
            let repetition = isElement ? .required : try Self.repetition(element)
            if repetition == .repeated {
                // Without a group for the list around it: a list that cannot be null.
                position -= 1
                return try list(nil, presenceLevel: parent.definitionLevel, of: parent)
            }
            if repetition == .optional { own.definitionLevel += 1 }
            if element.childCount > 0, element.logicalType == .list || element.logicalType == .map,
                try wrapsOneRepeatedField(element)
            {
                return try list(element.name, presenceLevel: own.definitionLevel, of: own)
            }
            guard element.type != nil || element.childCount > 0 else {
                throw malformed("'\(element.name)' has neither a type nor fields below it")
            }
            let content: ParquetField.Content =
                if element.type == nil {
                    .structure(try readChildren(element.childCount, of: own))
                } else {
                    .leaf(try leaf(element, own))
                }
            return ParquetField(
                name: element.name, content: content, presenceLevel: own.definitionLevel, leaves: start..<leaves.count)
        }

        /// Reads a repeated entry, the elements of a list.
        ///
        /// - Parameters:
        ///   - name: That of the group for the list around it; nil if there is none.
        ///   - presenceLevel: The definition level from which on there is a list.
        ///   - parent: What is above it.
        /// - Returns: The list.
        /// - Throws: `ParquetProblem` if the schema is malformed.
        private mutating func list(
            _ name: String?, presenceLevel: Int, of parent: Parent
        ) throws(ParquetProblem) -> ParquetField {
            let repeated = elements[position]
            var inner = parent
            inner.definitionLevel += 1
            inner.repetitionLevel += 1
            let start = leaves.count
            let element: ParquetField
            if let name, repeated.childCount == 1, try isLayer(repeated, of: name) {
                inner.path.append(repeated.name)
                position += 1
                element = try readField(of: inner, isElement: false)
            } else {
                element = try readField(of: inner, isElement: true)
            }
            return ParquetField(
                name: name ?? repeated.name,
                content: .list(
                    element: element, elementLevel: inner.definitionLevel, repetitionLevel: inner.repetitionLevel),
                presenceLevel: presenceLevel, leaves: start..<leaves.count)
        }

        private func wrapsOneRepeatedField(_ element: ParquetSchemaElement) throws(ParquetProblem) -> Bool {
            guard element.childCount == 1, position < elements.count else { return false }
            return try Self.repetition(elements[position]) == .repeated
        }

        /// Whether a repeated group with one field is only the layer between a list and its elements.
        ///
        /// Older writers left the layer out; the names tell. See "Backward-compatibility rules" in
        /// <https://github.com/apache/parquet-format/blob/master/LogicalTypes.md>.
        private func isLayer(_ group: ParquetSchemaElement, of list: String) throws(ParquetProblem) -> Bool {
            guard position + 1 < elements.count else { throw malformed("it ends too early") }
            let isNested = try Self.repetition(elements[position + 1]) == .repeated
            return group.name != "array" && group.name != list + "_tuple" && !isNested
        }

        private mutating func leaf(_ element: ParquetSchemaElement, _ own: Parent) throws(ParquetProblem) -> ParquetLeaf
        {
            guard element.childCount == 0 else { throw malformed("'\(element.name)' has a type and fields below it") }
            guard let type = element.type.flatMap(ParquetPhysicalType.init) else {
                throw malformed("'\(element.name)' has no known type")
            }
            if type == .fixedLengthByteArray, !(1...Int(Int32.max) ~= element.typeLength) {
                throw malformed("the values of '\(element.name)' have \(element.typeLength) bytes")
            }
            let leaf = ParquetLeaf(
                number: leaves.count, path: own.path, physicalType: type, typeLength: element.typeLength,
                logicalType: element.logicalType, definitionLevel: own.definitionLevel,
                repetitionLevel: own.repetitionLevel)
            leaves.append(leaf)
            return leaf
        }

        private static func repetition(_ element: ParquetSchemaElement) throws(ParquetProblem) -> ParquetRepetition {
            guard let repetition = element.repetition.flatMap(ParquetRepetition.init) else {
                throw ParquetSchema.malformed("'\(element.name)' is neither required, optional nor repeated")
            }
            return repetition
        }

        private func malformed(_ problem: String) -> ParquetProblem { ParquetSchema.malformed(problem) }
    }
}
