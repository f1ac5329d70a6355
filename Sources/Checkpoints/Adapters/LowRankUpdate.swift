import Tensors

/// A matrix with the product of two thin ones added: `base + scale · left · right`.
///
/// The product is summed up in 64 bits, over the rank in its order, for the elements that are asked for; the sum with the
/// base is rounded once to the base's type. So elements do not depend on how they are cut into ranges.
///
/// Source: Hu et al., *LoRA: Low-Rank Adaptation of Large Language Models*, <https://arxiv.org/abs/2106.09685>.
struct LowRankUpdate: TensorSource {
    /// The elements that are added to, of a floating-point type.
    let base: LazyTensor
    /// `[rows, rank]`.
    let left: Factor
    /// `[rank, columns]`.
    let right: Factor
    let columns: Int
    let rank: Int
    let scale: Double

    /// A matrix that is stored as it is, or transposed.
    struct Factor {
        let tensor: LazyTensor
        let isTransposed: Bool
        /// The columns of what is stored.
        let storedColumns: Int

        /// A part of the matrix, in row-major order.
        func block(rows: Range<Int>, columns: Range<Int>) throws -> [Double] {
            guard isTransposed else { return try storedBlock(rows: rows, columns: columns) }
            let stored = try storedBlock(rows: columns, columns: rows)
            var block = [Double](repeating: 0, count: stored.count)
            for row in 0..<rows.count {
                for column in 0..<columns.count {
                    block[row * columns.count + column] = stored[column * rows.count + row]
                }
            }
            return block
        }

        private func storedBlock(rows: Range<Int>, columns: Range<Int>) throws -> [Double] {
            var block = [Double](repeating: 0, count: rows.count * columns.count)
            try block.withUnsafeMutableBufferPointer { block in
                if columns.count == storedColumns {
                    return try tensor.readNumbers(
                        rows.lowerBound * storedColumns..<rows.upperBound * storedColumns, into: block)
                }
                for (index, row) in rows.enumerated() {
                    let start = row * storedColumns
                    try tensor.readNumbers(
                        start + columns.lowerBound..<start + columns.upperBound,
                        into: UnsafeMutableBufferPointer(
                            rebasing: block[index * columns.count..<(index + 1) * columns.count]))
                }
            }
            return block
        }
    }

    /// So many rows of the left factor are held at a time.
    private static let bandRowCount = 256

    func read(_ elements: Range<Int>, of dtype: DType, into bytes: UnsafeMutableRawBufferPointer) throws {
        try base.source.read(elements, of: dtype, into: bytes)
        guard let width = dtype.byteCount, !elements.isEmpty else { return }
        let rowRange = elements.lowerBound / columns..<(elements.upperBound - 1) / columns + 1
        // Of a single row, only some columns may be wanted.
        let first = rowRange.count == 1 ? elements.lowerBound - rowRange.lowerBound * columns : 0
        let columnRange = first..<(rowRange.count == 1 ? first + elements.count : columns)
        let right = try right.block(rows: 0..<rank, columns: columnRange)
        var numbers = [Double](repeating: 0, count: columnRange.count)
        var sums = numbers
        for start in stride(from: rowRange.lowerBound, to: rowRange.upperBound, by: Self.bandRowCount) {
            let band = start..<min(start + Self.bandRowCount, rowRange.upperBound)
            let left = try left.block(rows: band, columns: 0..<rank)
            for row in band {
                let origin = row * columns + columnRange.lowerBound
                let wanted = max(elements.lowerBound, origin)..<min(elements.upperBound, origin + columnRange.count)
                let weights = left[(row - band.lowerBound) * rank..<(row - band.lowerBound + 1) * rank]
                Self.add(weights, right, skipping: wanted.lowerBound - origin, to: &sums, count: wanted.count)
                let place = (wanted.lowerBound - elements.lowerBound) * width
                let part = UnsafeMutableRawBufferPointer(rebasing: bytes[place..<place + wanted.count * width])
                numbers.withUnsafeMutableBufferPointer { numbers in
                    let numbers = UnsafeMutableBufferPointer(rebasing: numbers[..<wanted.count])
                    StoredNumbers.decode(UnsafeRawBufferPointer(part), of: dtype, into: numbers)
                    for index in numbers.indices { numbers[index] += scale * sums[index] }
                    StoredNumbers.encode(UnsafeBufferPointer(numbers), as: dtype, into: part)
                }
            }
        }
    }

    /// So many columns are summed up at a time; they stay in the fastest cache.
    private static let columnBlock = 1024

    /// Sums up rows of the right factor with a row of the left one as weights.
    private static func add(
        _ weights: ArraySlice<Double>, _ right: [Double], skipping skipped: Int, to sums: inout [Double], count: Int
    ) {
        let columns = sums.count
        sums.withUnsafeMutableBufferPointer { sums in
            right.withUnsafeBufferPointer { right in
                for start in stride(from: 0, to: count, by: columnBlock) {
                    let block = start..<min(start + columnBlock, count)
                    let target = UnsafeMutableBufferPointer(rebasing: sums[block])
                    target.update(repeating: 0)
                    for (row, weight) in weights.enumerated() {
                        let origin = row * columns + skipped + start
                        let source = UnsafeBufferPointer(rebasing: right[origin..<origin + block.count])
                        for index in 0..<block.count { target[index] += weight * source[index] }
                    }
                }
            }
        }
    }
}
