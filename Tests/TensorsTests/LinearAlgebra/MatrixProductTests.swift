import Tensors
import TestSupport
import Testing

@Suite("Products of matrices")
struct MatrixProductTests {
    @Test("Against sums of products, with and without transposes, and with empty matrices")
    func againstSums() {
        var random = SplitMix64(seed: 3)
        for (rows, inner, columns) in [(3, 4, 5), (1, 7, 1), (17, 33, 9), (2, 0, 3), (0, 2, 2)] {
            for (flipsLeft, flipsRight) in [(false, false), (true, false), (false, true), (true, true)] {
                let left = (0..<rows * inner).map { _ in Double(random.number(in: -9...9)) }
                let right = (0..<inner * columns).map { _ in Double(random.number(in: -9...9)) }
                var expected = [Double](repeating: 0, count: rows * columns)
                for row in 0..<rows {
                    for column in 0..<columns {
                        for index in 0..<inner {
                            let a = flipsLeft ? left[index * rows + row] : left[row * inner + index]
                            let b = flipsRight ? right[column * inner + index] : right[index * columns + column]
                            expected[row * columns + column] += a * b
                        }
                        expected[row * columns + column] = 2 * expected[row * columns + column] + 3
                    }
                }
                var result = [Double](repeating: 3, count: rows * columns)
                left.withUnsafeBufferPointer { left in
                    right.withUnsafeBufferPointer { right in
                        guard let first = left.baseAddress, let second = right.baseAddress else { return }
                        let a = MatrixView(first, rows: flipsLeft ? inner : rows, columns: flipsLeft ? rows : inner)
                        let b = MatrixView(
                            second, rows: flipsRight ? columns : inner, columns: flipsRight ? inner : columns)
                        result.withUnsafeMutableBufferPointer { result in
                            guard let base = result.baseAddress else { return }
                            MatrixProduct.multiply(
                                flipsLeft ? a.transposed : a, flipsRight ? b.transposed : b, into: base, scale: 2,
                                keep: 1)
                        }
                    }
                }
                #expect(result == expected, "\(rows)x\(inner)x\(columns)")
            }
        }
    }

    @Test("The library computes in the thread that calls it")
    func oneThread() {
        LinearAlgebraLibrary.useCallingThreadOnly()
        #expect(LinearAlgebraLibrary.threadCount == 1)
    }
}
