extension GradientTape {
    /// Runs a part of a computation of which the tape keeps the inputs only: it runs once more when gradients are computed.
    ///
    /// This saves the memory of all that lies between for the time of one more run.
    ///
    /// - Parameter body: Computes the same each time. What it uses of this tape may be captured; tensors from inside must not
    ///   leave but as its result.
    /// - Returns: The result of the body.
    public func checkpointed(_ body: @escaping () -> Tensor) -> Tensor {
        guard isRecording else { return body() }
        let floor = entries.count
        let result = body()
        guard let top = place(of: result), top >= floor else {
            entries.removeSubrange(floor...)
            return result
        }
        let inputs = Set(entries[floor...].flatMap(\.inputs).compactMap(\.self).filter { $0 < floor }).sorted()
        entries.removeSubrange(floor...)
        return append(result.detached, inputs: inputs.map(Optional.some)) { [unowned self] flow in
            let gradients = self.recomputedGradients(body, inputs: inputs, flow: &flow)
            for (number, input) in inputs.enumerated() {
                if let gradient = gradients[input] { flow.add(gradient, to: number) }
            }
        }
    }

    /// The gradients of the inputs, added to what is known of them in the order in which they would be without a checkpoint.
    private func recomputedGradients(
        _ body: () -> Tensor, inputs: [Int], flow: inout GradientFlow
    ) -> [Int: Tensor] {
        let floor = entries.count
        defer { entries.removeSubrange(floor...) }
        let result = recordingAgain(body)
        var partial: [Int: Tensor] = [:]
        for (number, input) in inputs.enumerated() where flow.wants(number) {
            partial[input] = flow.takePartialGradient(of: number)
        }
        let targets = Set(zip(inputs.indices, inputs).filter { flow.wants($0.0) }.map(\.1))
        return sweep(
            from: place(of: result), start: flow.gradient, partial: partial, above: floor, targets: targets,
            keepsRecord: false)
    }
}
