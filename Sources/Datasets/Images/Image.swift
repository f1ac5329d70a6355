/// Pixels of 8 bits a sample, row by row: one sample for each pixel of a grey image, three (red, green, blue) of a
/// coloured one.
///
/// Grey stays grey until somebody asks for colours. All that this room does to pixels gives the same for three equal
/// channels as for one, and one takes a third of the time.
public struct Image: Equatable, Sendable {
    /// The number of rows.
    public let height: Int
    /// The pixels of a row.
    public let width: Int
    /// The samples of a pixel: 1 or 3.
    public let channels: Int
    /// The samples, `height · width · channels`.
    public let samples: [UInt8]

    /// An image of known samples.
    ///
    /// - Precondition: There are as many samples as the sizes ask for, and one or three a pixel.
    public init(height: Int, width: Int, channels: Int, samples: [UInt8]) {
        precondition(channels == 1 || channels == 3, "A pixel has one or three samples")
        precondition(height > 0 && width > 0, "An image has pixels")
        precondition(samples.count == height * width * channels, "An image has all of its samples, and no others")
        self.height = height
        self.width = width
        self.channels = channels
        self.samples = samples
    }

    /// An image whose samples are written by a closure, which initialises all of them.
    init<Failure: Error>(
        height: Int, width: Int, channels: Int,
        writing write: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let count = height * width * channels
        let samples = try [UInt8](initializing: count, with: write)
        self.init(height: height, width: width, channels: channels, samples: samples)
    }
}

extension Image {
    /// The image with three channels; three equal ones if it was grey.
    public var rgb: Image {
        guard channels == 1 else { return self }
        return Image(height: height, width: width, channels: 3) { rgb in
            var next = 0
            for sample in samples {
                for channel in 0..<3 { rgb[next + channel] = sample }
                next += 3
            }
        }
    }

    /// A part of the image.
    ///
    /// - Precondition: The part lies in the image and is not empty.
    func cropped(rows: Range<Int>, columns: Range<Int>) -> Image {
        if rows == 0..<height, columns == 0..<width { return self }
        precondition(rows.lowerBound >= 0 && rows.upperBound <= height, "Rows are rows of the image")
        precondition(columns.lowerBound >= 0 && columns.upperBound <= width, "Columns are columns of the image")
        return Image(height: rows.count, width: columns.count, channels: channels) { part in
            let byteCount = columns.count * channels
            for (index, row) in rows.enumerated() {
                let start = (row * width + columns.lowerBound) * channels
                _ = UnsafeMutableBufferPointer(rebasing: part[(index * byteCount)...]).update(
                    fromContentsOf: samples[start..<start + byteCount])
            }
        }
    }
}

extension [UInt8] {
    /// Bytes that a closure writes, which initialises all of them.
    init<Failure: Error>(
        initializing count: Int, with write: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        var failure: Failure?
        self.init(unsafeUninitializedCapacity: count) { buffer, initializedCount in
            do throws(Failure) {
                try write(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
                initializedCount = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}
