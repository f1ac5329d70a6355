/// How a stored image must be turned to be upright: the values of EXIF's tag 274.
///
/// Source: CIPA DC-008 (Exif 2.32), 4.6.4 A, orientation.
public enum ImageOrientation: Int, Sendable, CaseIterable {
    case upright = 1
    case flippedHorizontally
    case turnedByHalf
    case flippedVertically
    case transposed
    /// A quarter clockwise makes it upright.
    case needsQuarterClockwise
    /// Mirrored along the other diagonal.
    case transversed
    /// A quarter counterclockwise makes it upright.
    case needsQuarterCounterclockwise

    /// Whether rows become columns.
    var swapsSides: Bool { rawValue >= 5 }

    /// Whether the stored columns, after any swap of sides, are passed from the right.
    fileprivate var readsRowsBackwards: Bool { [2, 3, 7, 8].contains(rawValue) }

    /// Whether the stored rows are passed from the bottom.
    fileprivate var readsColumnsBackwards: Bool { [3, 4, 6, 7].contains(rawValue) }
}

extension Image {
    /// The image turned as its orientation asks for.
    public func oriented(_ orientation: ImageOrientation) -> Image {
        if orientation == .upright { return self }
        let swaps = orientation.swapsSides
        let newHeight = swaps ? width : height
        let newWidth = swaps ? height : width
        return Image(height: newHeight, width: newWidth, channels: channels) { turned in
            var next = 0
            for row in 0..<newHeight {
                for column in 0..<newWidth {
                    let storedRow = swaps ? column : row
                    let storedColumn = swaps ? row : column
                    let y = orientation.readsColumnsBackwards ? height - 1 - storedRow : storedRow
                    let x = orientation.readsRowsBackwards ? width - 1 - storedColumn : storedColumn
                    let start = (y * width + x) * channels
                    for channel in 0..<channels { turned[next + channel] = samples[start + channel] }
                    next += channels
                }
            }
        }
    }
}
