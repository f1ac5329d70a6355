/// Windows that move over images.
extension CPUArithmetic {
    func unfold(_ images: Tensor, _ window: Window, into result: Tensor) {
        let (images, rows) = (read(images), write(result))
        if window.padding > 0 { rows.update(repeating: 0, count: result.elementCount) }
        window.forEachRun { image, row, count in (rows + row).update(from: images + image, count: count) }
    }

    func fold(_ rows: Tensor, _ window: Window, into images: Tensor) {
        let (rows, images) = (read(rows), write(images))
        window.forEachRun { image, row, count in
            for i in 0..<count { images[image + i] += rows[row + i] }
        }
    }

    func maximumPool(_ images: Tensor, _ window: Window, into result: Tensor, places: Tensor) {
        let (images, result) = (read(images), write(result))
        let places = places.memory.assumingMemoryBound(to: Int64.self)
        var output = 0
        for plane in 0..<window.batch * window.channels {
            let image = images + plane * window.height * window.width
            for row in 0..<window.outputHeight {
                for column in 0..<window.outputWidth {
                    let place = window.places(row, column).reduce { image[$1] > image[$0] || image[$1].isNaN }
                    result[output] = place.map { image[$0] } ?? -.infinity
                    places[output] = Int64(place ?? 0)
                    output += 1
                }
            }
        }
    }

    func scatterPlanes(_ gradient: Tensor, at places: Tensor, planes: Int, into sum: Tensor) {
        let places = UnsafePointer(places.memory.assumingMemoryBound(to: Int64.self))
        let (outputs, inputs) = (gradient.elementCount / max(planes, 1), sum.elementCount / max(planes, 1))
        for i in 0..<gradient.elementCount {
            write(sum)[i / outputs * inputs + Int(places[i])] += read(gradient)[i]
        }
    }

    func averagePoolAdaptively(_ images: Tensor, into result: Tensor) {
        let (source, destination) = (read(images), write(result))
        forEachCell(of: images, and: result) { cell, output in
            let sum = cell.reduce(Scalar(0)) { $0 + source[$1] }
            destination[output] = sum / Scalar(cell.count)
        }
    }

    func averagePoolAdaptivelyGradient(_ gradient: Tensor, into images: Tensor) {
        let (source, destination) = (read(gradient), write(images))
        forEachCell(of: images, and: gradient) { cell, output in
            let share = source[output] / Scalar(cell.count)
            for place in cell { destination[place] += share }
        }
    }

    /// Calls a function with the places that each element of a smaller image is the mean of.
    private func forEachCell(of images: Tensor, and cells: Tensor, _ body: ([Int], Int) -> Void) {
        let (height, width) = (images.size(-2), images.size(-1))
        let (rows, columns) = (cells.size(-2), cells.size(-1))
        var output = 0
        for plane in 0..<images.elementCount / max(height * width, 1) {
            for row in 0..<rows {
                let top = row * height / rows..<((row + 1) * height + rows - 1) / rows
                for column in 0..<columns {
                    let left = column * width / columns..<((column + 1) * width + columns - 1) / columns
                    body(top.flatMap { y in left.map { (plane * height + y) * width + $0 } }, output)
                    output += 1
                }
            }
        }
    }
}

extension Window {
    /// Calls a function for each run of elements that lies without a gap in an image and in the rows of patches.
    fileprivate func forEachRun(_ body: (_ image: Int, _ row: Int, _ count: Int) -> Void) {
        let patchLength = channels * kernelHeight * kernelWidth
        for entry in 0..<batch {
            for outputRow in 0..<outputHeight {
                for outputColumn in 0..<outputWidth {
                    let patch = ((entry * outputHeight + outputRow) * outputWidth + outputColumn) * patchLength
                    let left = outputColumn * stride - padding
                    let columns = max(0, -left)..<max(max(0, -left), min(kernelWidth, width - left))
                    guard !columns.isEmpty else { continue }
                    for line in 0..<channels * kernelHeight {
                        let y = outputRow * stride - padding + line % kernelHeight
                        guard y >= 0, y < height else { continue }
                        let image = ((entry * channels + line / kernelHeight) * height + y) * width + left
                        body(image + columns.lowerBound, patch + line * kernelWidth + columns.lowerBound, columns.count)
                    }
                }
            }
        }
    }

    /// The places in a channel that the window sees.
    fileprivate func places(_ outputRow: Int, _ outputColumn: Int) -> WindowPlaces {
        let (top, left) = (outputRow * stride - padding, outputColumn * stride - padding)
        return WindowPlaces(
            rows: max(0, top)..<max(max(0, top), min(height, top + kernelHeight)),
            columns: max(0, left)..<max(max(0, left), min(width, left + kernelWidth)), width: width)
    }
}

/// A rectangle of a channel.
private struct WindowPlaces {
    let rows: Range<Int>
    let columns: Range<Int>
    let width: Int

    /// The place that is left when each is replaced by the next that is better; nil if there is none.
    func reduce(_ isBetter: (_ known: Int, _ next: Int) -> Bool) -> Int? {
        var best: Int?
        for row in rows {
            for column in columns {
                let place = row * width + column
                if best.map({ isBetter($0, place) }) ?? true { best = place }
            }
        }
        return best
    }
}
