import Testing

@testable import FusionBench

@Suite("Ranks by magnitude")
struct MagnitudeRanksTests {
    @Test("The same order as by a stable sort", arguments: [0, 1, 2, 200, 257, 5000])
    func order(_ count: Int) {
        let factors: [Float] = [1e-30, 1, 1e30]
        let values = (0..<count).map { index -> Float in Float(index * 7919 % 101 - 50) * factors[index % 3] }
        var ranks = MagnitudeRanks()
        for _ in 0..<2 {
            var order: [Int] = []
            ranks.forEach(count) {
                values[$0]
            } _: { rank, place in
                #expect(rank == order.count)
                order.append(place)
            }
            #expect(order == values.indices.sorted { (values[$0].magnitude, $0) < (values[$1].magnitude, $1) })
        }
    }
}
