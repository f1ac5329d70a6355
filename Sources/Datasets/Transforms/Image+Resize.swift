import CKernels

extension Image {
    /// The image in another size, with the bits of Pillow's `resize`.
    ///
    /// Each row is resampled, and rounded to 8 bits; then each column. It is the other way round if the image loses more
    /// than twice as many rows as columns. (Pillow has this order from 13.0 on. Before, rows always came first.) Where the
    /// image shrinks, filters see all pixels.
    ///
    /// - Precondition: Both sizes are positive.
    public func resized(height newHeight: Int, width newWidth: Int, filter: ResamplingFilter = .bicubic) -> Image {
        resized(height: newHeight, width: newWidth, filter: filter, rows: 0..<newHeight, columns: 0..<newWidth)
    }

    /// A part of the image in another size.
    ///
    /// What lies outside of the part is not computed.
    ///
    /// - Parameters:
    ///   - newHeight: The height of the whole image in its new size.
    ///   - newWidth: The width of the whole image in its new size.
    ///   - filter: How new pixels are made.
    ///   - rows: The rows of the part, in the new size; not empty.
    ///   - columns: The columns of the part, in the new size; not empty.
    /// - Returns: The part.
    public func resized(
        height newHeight: Int, width newWidth: Int, filter: ResamplingFilter, rows: Range<Int>, columns: Range<Int>
    ) -> Image {
        precondition(
            rows.lowerBound >= 0 && rows.upperBound <= newHeight && !rows.isEmpty, "Rows are rows of the image")
        precondition(
            columns.lowerBound >= 0 && columns.upperBound <= newWidth && !columns.isEmpty,
            "Columns are columns of the image")
        if newHeight == height, newWidth == width { return cropped(rows: rows, columns: columns) }
        if filter == .nearest { return nearest(height: newHeight, width: newWidth, rows: rows, columns: columns) }
        // Most often both sides change. One that does not is not resampled.
        let horizontal =
            newWidth == width ? nil : ResamplingWeights(filter, from: width, to: newWidth, range: columns)
        let vertical =
            newHeight == height ? nil : ResamplingWeights(filter, from: height, to: newHeight, range: rows)
        guard let horizontal else {
            return vertical.map { resampledColumns($0, columns: columns) } ?? self
        }
        guard let vertical else { return resampledRows(horizontal, rows: rows) }
        if newHeight < height, height - newHeight > 2 * (width - newWidth) {
            let needed = horizontal.needed
            return resampledColumns(vertical, columns: needed)
                .resampledRows(horizontal.shifted(by: needed.lowerBound), rows: 0..<rows.count)
        }
        let needed = vertical.needed
        return resampledRows(horizontal, rows: needed)
            .resampledColumns(vertical.shifted(by: needed.lowerBound), columns: 0..<columns.count)
    }

    /// Some rows of the image, each with new pixels.
    private func resampledRows(_ horizontal: ResamplingWeights, rows: Range<Int>) -> Image {
        let (weights, groups) = horizontal.grouped(channels: channels)
        let starts = horizontal.starts.map { $0 * channels }
        let count = starts.count
        let resample = ckernels_best().pointee.resample_row
        let rowByteCount = width * channels
        // Groups of weights reach beyond the end of a row.
        var row = [UInt8](repeating: 0, count: rowByteCount + (groups + 1) * ResamplingWeights.groupSize)
        return Image(height: rows.count, width: count, channels: channels) { result in
            samples.withUnsafeBufferPointer { samples in
                row.withUnsafeMutableBufferPointer { row in
                    guard let row = row.baseAddress, let source = samples.baseAddress,
                        let destination = result.baseAddress
                    else { return }
                    for (index, y) in rows.enumerated() {
                        row.update(from: source + y * rowByteCount, count: rowByteCount)
                        resample(
                            row, weights, starts, groups, channels, destination + index * count * channels, count)
                    }
                }
            }
        }
    }

    /// Some columns of the image, each with new pixels.
    private func resampledColumns(_ vertical: ResamplingWeights, columns: Range<Int>) -> Image {
        let taps = vertical.taps
        let resample = ckernels_best().pointee.resample_rows
        let stride = width * channels
        let byteCount = columns.count * channels
        return Image(height: vertical.starts.count, width: columns.count, channels: channels) { result in
            samples.withUnsafeBufferPointer { samples in
                vertical.weights.withUnsafeBufferPointer { weights in
                    guard let source = samples.baseAddress, let weights = weights.baseAddress,
                        let destination = result.baseAddress
                    else { return }
                    for (index, y) in vertical.starts.enumerated() {
                        resample(
                            source + y * stride + columns.lowerBound * channels, stride, weights + index * taps,
                            min(taps, height - y), destination + index * byteCount, byteCount)
                    }
                }
            }
        }
    }

    private func nearest(height newHeight: Int, width newWidth: Int, rows: Range<Int>, columns: Range<Int>) -> Image {
        let ys = Self.nearestPixels(from: height, to: newHeight, range: rows)
        let xs = Self.nearestPixels(from: width, to: newWidth, range: columns)
        return Image(height: rows.count, width: columns.count, channels: channels) { result in
            var next = 0
            for y in ys {
                for x in xs {
                    let start = (y * width + x) * channels
                    for channel in 0..<channels { result[next + channel] = samples[start + channel] }
                    next += channels
                }
            }
        }
    }

    /// For each new pixel the old one under its middle; middles are summed up, as Pillow does, not multiplied.
    private static func nearestPixels(from oldCount: Int, to newCount: Int, range: Range<Int>) -> [Int] {
        let scale = Double(oldCount) / Double(newCount)
        var middle = scale * 0.5
        for _ in 0..<range.lowerBound { middle += scale }
        return range.map { _ in
            defer { middle += scale }
            return min(Int(middle), oldCount - 1)
        }
    }
}
