import OperatingSystem

/// Hands out batches in order, while threads make the next ones.
///
/// When it goes away, or an example ends the work, the threads stop after the batches that they are at.
public final class ImageBatchReader: Sequence, IteratorProtocol {
    private let workers: OrderedWorkers<Result<ImageBatch, SampleError>>
    private let count: Int
    private var taken = 0

    init(_ batches: ImageBatches, _ numbers: [Int], threads: Int, lead: Int?) {
        count = numbers.count
        // A failed batch is a result like others, so that it comes when it is its turn.
        workers = OrderedWorkers(count: count, threads: Swift.max(1, threads), window: lead) { position in
            do throws(SampleError) {
                return .success(try batches.batch(numbers[position]))
            } catch {
                return .failure(error)
            }
        }
    }

    deinit { workers.cancel() }

    /// The next batch, or why there is none; nil after the last one, and after a failure.
    public func next() -> Result<ImageBatch, SampleError>? {
        guard taken < count, let result = try? workers.take() else { return nil }
        taken += 1
        if case .failure = result {
            taken = count
            workers.stop()
        }
        return result
    }
}
