/// A tensor's place on a tape.
///
/// It does not keep the tape: what is left of a computation after its tape is gone is no longer traced.
final class TapeNode: @unchecked Sendable {
    // Immutable after initialisation; weak references are read atomically. The tape itself checks the thread that it is used in.
    private weak let tape: GradientTape?
    /// The number of the entry.
    let index: Int
    /// What tells the entry from others that had its number before.
    let identity: Int

    init(tape: GradientTape, index: Int, identity: Int) {
        self.tape = tape
        self.index = index
        self.identity = identity
    }

    /// The tape, while it records.
    var recordingTape: GradientTape? {
        guard let tape, tape.isRecording else { return nil }
        return tape
    }

    /// The tape, as long as it exists.
    var anyTape: GradientTape? { tape }
}
