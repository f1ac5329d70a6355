import Synchronization

/// What the trainings of a job have kept, to be removed when nothing of the job can fail any more.
final class TrainingStates: Sendable {
    private let checkpoints = Mutex<[TrainingCheckpoint]>([])

    /// Takes note of where a training keeps its state and its result.
    func add(_ checkpoint: TrainingCheckpoint) { checkpoints.withLock { $0.append(checkpoint) } }

    /// Removes all.
    func remove() {
        for checkpoint in checkpoints.withLock({ $0 }) { checkpoint.remove() }
    }
}
