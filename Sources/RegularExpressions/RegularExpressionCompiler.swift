/// Makes instructions of a regular expression.
struct RegularExpressionCompiler {
    let pattern: String
    private(set) var instructions: [RegularExpression.Instruction] = []

    private static let instructionLimit = 2_000

    init(pattern: String) {
        self.pattern = pattern
    }

    mutating func add(_ node: RegularExpressionNode) throws(RegularExpressionProblem) {
        guard instructions.count < Self.instructionLimit else {
            throw RegularExpressionProblem(pattern: pattern, problem: "it has too many repetitions", offset: 0)
        }
        switch node {
        case .set(let set): instructions.append(.take(set))
        case .position(let position): instructions.append(.check(position))
        case .sequence(let nodes): for node in nodes { try add(node) }
        case .choice(let nodes): try addChoice(nodes[...])
        case .repetition(let node, let least, let most):
            for _ in 0..<least { try add(node) }
            if let most {
                for _ in least..<most { try addOptional(node) }
            } else {
                let start = instructions.count
                try addOptional(node, thenJumpTo: start)
            }
        }
    }

    private mutating func addChoice(_ nodes: ArraySlice<RegularExpressionNode>) throws(RegularExpressionProblem) {
        var jumps: [Int] = []
        for (index, node) in nodes.enumerated() {
            let isLast = index == nodes.count - 1
            let split = instructions.count
            if !isLast { instructions.append(.jump(0)) }
            try add(node)
            if isLast { break }
            jumps.append(instructions.count)
            instructions.append(.jump(0))
            instructions[split] = .split(split + 1, instructions.count)
        }
        for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }

    private mutating func addOptional(
        _ node: RegularExpressionNode, thenJumpTo start: Int? = nil
    ) throws(RegularExpressionProblem) {
        let split = instructions.count
        instructions.append(.jump(0))
        try add(node)
        if let start { instructions.append(.jump(start)) }
        instructions[split] = .split(split + 1, instructions.count)
    }
}
