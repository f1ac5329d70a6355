import Datasets
import Testing

/// Every example stands in exactly one batch.
@Suite("Plans of batches")
struct BatchPlanTests {
    @Test("Batches are consecutive, and the last one is smaller")
    func sequential() {
        let plan = BatchPlan(exampleCount: 10, batchSize: 4)
        #expect((0..<plan.count).map { plan[$0] } == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
        #expect(BatchPlan(exampleCount: 10, batchSize: 4, dropsLast: true).count == 2)
        #expect(BatchPlan(exampleCount: 8, batchSize: 4, dropsLast: true).count == 2)
        #expect(BatchPlan(exampleCount: 0, batchSize: 4).count == 0)
    }

    @Test("Shuffled batches hold each example once, in an order of their seed and epoch")
    func shuffled() {
        func order(_ seed: UInt64, _ epoch: Int) -> [Int] {
            let plan = BatchPlan(exampleCount: 100, batchSize: 7, order: .shuffled(seed: seed, epoch: epoch))
            return (0..<plan.count).flatMap { plan[$0] }
        }
        #expect(order(1, 0).sorted() == Array(0..<100))
        #expect(order(1, 0) == order(1, 0))
        #expect(order(1, 0) != Array(0..<100))
        #expect(order(1, 0) != order(1, 1))
        #expect(order(1, 0) != order(2, 0))
    }
}
