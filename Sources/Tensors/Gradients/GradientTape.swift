import Glibc

/// Records what is computed from watched tensors, and computes gradients from the record: reverse-mode differentiation.
///
/// ```swift
/// let tape = GradientTape()
/// let weight = tape.watch(weight)
/// let loss = crossEntropy(linear(x, weight: weight, bias: bias), labels)
/// let gradient = tape.gradients(of: loss, to: [weight])[0]
/// ```
///
/// A tape belongs to the thread that made it. Tensors that nobody watches, such as parameters of other threads, take part as
/// constants, and nothing is recorded for what is computed of them alone. Gradients are added up in the order of the record
/// reversed, so that a computation that runs again gives the same bits.
public final class GradientTape {
    /// Puts gradients of inputs into a flow, given that of the output.
    public typealias Backward = (_ flow: inout GradientFlow) -> Void

    struct Entry {
        let identity: Int
        /// The numbers of the inputs' entries; nil for constants.
        let inputs: [Int?]
        let prototype: Prototype
        var backward: Backward?
        /// Whether its turn comes as soon as its gradient is known.
        var isEager = false
    }

    /// What a gradient of an entry looks like.
    struct Prototype {
        let shape: Shape
        let dtype: DType
        let pool: BufferPool
    }

    var entries: [Entry] = []
    private var entryCount = 0
    private let thread = pthread_self()
    /// How many parts of the program want nothing recorded.
    private var pauses = 0
    private var isUsedUp = false

    /// A tape with nothing on it.
    public init() {}

    var isRecording: Bool { pauses == 0 && !isUsedUp }

    /// A tensor that is traced: what is computed from it is recorded.
    ///
    /// Of a tensor that is traced already, this cuts the connection to what it was computed from.
    public func watch(_ tensor: Tensor) -> Tensor {
        append(tensor.detached, inputs: [], backward: nil)
    }

    /// Runs a function of which nothing is recorded on this tape.
    public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
        pauses += 1
        defer { pauses -= 1 }
        return try body()
    }

    /// Runs a function that is recorded although gradients are being computed.
    func recordingAgain<Result>(_ body: () -> Result) -> Result {
        let paused = pauses
        pauses = 0
        defer { pauses = paused }
        return body()
    }

    /// Records a computation.
    ///
    /// - Parameters:
    ///   - result: Its result, which is not traced.
    ///   - inputs: What it was computed from; some of them on this tape.
    ///   - isEager: Whether the gradient is passed on as soon as it is known, not in the order of the record reversed, so
    ///     that it need not be kept: for large parameters that are computed of a few numbers before all else.
    ///   - backward: Computes gradients of inputs. It runs at most once for each call of `gradients`, and only if somebody
    ///     wants one of them; nothing is recorded meanwhile.
    /// - Returns: The result, traced.
    public func record(
        _ result: Tensor, from inputs: [Tensor], isEager: Bool = false, backward: @escaping Backward
    ) -> Tensor {
        guard isRecording else { return result }
        let traced = append(result, inputs: inputs.map { place(of: $0) }, backward: backward)
        if isEager { entries[entries.count - 1].isEager = true }
        return traced
    }

    /// The number of a tensor's entry; nil for a constant.
    func place(of tensor: Tensor) -> Int? {
        guard let node = tensor.node, let tape = node.anyTape else { return nil }
        precondition(tape === self, "A computation cannot be recorded on two tapes")
        precondition(
            node.index < entries.count && entries[node.index].identity == node.identity,
            "A tensor from inside a checkpointed part is not known outside")
        return node.index
    }

    func append(_ tensor: Tensor, inputs: [Int?], backward: Backward?) -> Tensor {
        precondition(pthread_equal(thread, pthread_self()) != 0, "A tape belongs to the thread that made it")
        precondition(!isUsedUp, "This tape has given its gradients; make a new one for each step")
        let prototype = Prototype(shape: tensor.shape, dtype: tensor.dtype, pool: tensor.storage.pool)
        entries.append(Entry(identity: entryCount, inputs: inputs, prototype: prototype, backward: backward))
        var traced = tensor
        traced.node = TapeNode(tape: self, index: entries.count - 1, identity: entryCount)
        entryCount += 1
        return traced
    }

    /// Gradients of a result.
    ///
    /// What the record holds is freed on the way.
    ///
    /// - Parameters:
    ///   - result: A single number, or anything if a gradient of it is given.
    ///   - targets: Traced tensors. Nothing is computed for inputs that none of them leads to.
    ///   - start: The gradient of something by the result; 1 if not given.
    ///   - keepsRecord: Whether gradients may be asked for again. If not, the tape is used up.
    /// - Returns: One for each target, of its shape; zeros where the result does not depend on it.
    public func gradients(
        of result: Tensor, to targets: [Tensor], startingWith start: Tensor? = nil, keepsRecord: Bool = false
    ) -> [Tensor] {
        precondition(
            start != nil || result.elementCount == 1, "Gradients are of a single number, not of \(result.shape)")
        precondition(start.map { $0.shape == result.shape } ?? true, "A gradient has the shape of what it belongs to")
        precondition(!isUsedUp, "This tape has given its gradients; make a new one for each step")
        let places = targets.map(requiredPlace)
        let gradients = withoutGradients {
            sweep(
                from: place(of: result),
                start: start?.detached ?? Tensor(filledWith: 1, shape: result.shape, like: result),
                above: 0, targets: Set(places.filter { $0 >= 0 }), keepsRecord: keepsRecord)
        }
        if !keepsRecord {
            isUsedUp = true
            entries = []
        }
        return zip(targets, places).map { target, place in
            gradients[place] ?? Tensor(filledWith: 0, shape: target.shape, like: target)
        }
    }

    private func requiredPlace(_ target: Tensor) -> Int {
        guard let place = place(of: target) else {
            preconditionFailure("Gradients are to tensors that this tape watches or that were computed from such")
        }
        return place
    }

    /// Goes through the entries backwards.
    ///
    /// - Parameters:
    ///   - top: The entry that has a gradient; nil for a constant, which leads nowhere.
    ///   - start: Its gradient.
    ///   - partial: What is known of gradients of entries before the floor; more is added to it.
    ///   - floor: Entries before are not gone through; their gradients are returned if they are targets.
    ///   - targets: What gradients are wanted of.
    ///   - keepsRecord: Whether entries keep what they hold.
    /// - Returns: The gradients of targets by their numbers, as far as there are any.
    func sweep(
        from top: Int?, start: Tensor, partial: consuming [Int: Tensor] = [:], above floor: Int, targets: Set<Int>,
        keepsRecord: Bool
    ) -> [Int: Tensor] {
        guard let top else { return partial }
        var gradients = partial
        gradients[top] = start
        var found: [Int: Tensor] = [:]
        let leads = entriesLeading(to: targets, from: floor, through: top)
        for number in order(from: top, through: floor) {
            let backward = entries[number].backward
            if !keepsRecord { entries[number].backward = nil }
            guard let gradient = gradients.removeValue(forKey: number) else { continue }
            if targets.contains(number) { found[number] = gradient }
            let inputs = entries[number].inputs
            let wanted = inputs.map { input in
                input.map { $0 >= floor ? leads[$0 - floor] : targets.contains($0) } ?? false
            }
            guard let backward, wanted.contains(true) else { continue }
            var flow = GradientFlow(gradient: gradient, inputs: inputs, wanted: wanted, partial: consume gradients)
            backward(&flow)
            gradients = flow.takePartialGradients()
        }
        // Only what lies before the floor is left.
        return found.merging(gradients.filter { targets.contains($0.key) }) { first, _ in first }
    }

    /// The entries reversed, but for eager ones: each of these stands behind the first entry that uses it.
    ///
    /// An entry that only eager ones use comes after all of them, for it was recorded before.
    private func order(from top: Int, through floor: Int) -> [Int] {
        guard floor <= top else { return [] }
        let range = floor...top
        guard entries[range].contains(where: \.isEager) else { return range.reversed() }
        // The first use of each eager entry, which is the last one of which gradients come.
        var firstUse: [Int: Int] = [:]
        for number in range {
            for case let input? in entries[number].inputs where input >= floor && entries[input].isEager {
                if firstUse[input] == nil { firstUse[input] = number }
            }
        }
        var early: [Int: [Int]] = [:]
        for (entry, use) in firstUse { early[use, default: []].append(entry) }
        var order: [Int] = []
        func append(_ number: Int) {
            order.append(number)
            early[number]?.sorted(by: >).forEach(append)
        }
        for number in range.reversed() where firstUse[number] == nil { append(number) }
        return order
    }

    /// Whether each entry is a target or was computed from one.
    private func entriesLeading(to targets: Set<Int>, from floor: Int, through top: Int) -> [Bool] {
        var leads = [Bool](repeating: false, count: max(0, top - floor + 1))
        guard floor <= top else { return leads }
        for number in floor...top {
            leads[number - floor] =
                targets.contains(number)
                || entries[number].inputs.contains { input in
                    guard let input else { return false }
                    return input >= floor ? leads[input - floor] : targets.contains(input)
                }
        }
        return leads
    }
}

extension Tensor {
    /// The tensor with a record of how it came to be, if one of its inputs is traced and its tape records.
    func recorded(from inputs: [Tensor], backward: @escaping GradientTape.Backward) -> Tensor {
        guard let tape = GradientTape.recording(inputs) else { return self }
        return tape.record(self, from: inputs, backward: backward)
    }
}

extension GradientTape {
    /// The tape that records what is computed from some tensors; nil if none does.
    static func recording(_ inputs: [Tensor]) -> GradientTape? {
        for input in inputs {
            if let tape = input.node?.recordingTape { return tape }
        }
        return nil
    }
}
