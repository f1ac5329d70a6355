import OrderedCollections

/// A safetensors file, open for reading, with its header read and checked.
public struct SafetensorsFile: Sendable {
    /// The open file.
    public let file: CheckpointFile
    /// Which tensors there are, and where.
    public let header: SafetensorsHeader
    /// Where the data begin, in bytes from the start of the file.
    private let dataOffset: Int

    /// Opens a file and reads its header.
    ///
    /// - Throws: `CheckpointError` if it cannot be read, or is no such file.
    public init(_ path: String) throws(CheckpointError) {
        file = try CheckpointFile(path)
        let lengthByteCount = SafetensorsHeader.lengthByteCount
        let start = try file.read(0..<min(lengthByteCount, file.byteCount))
        do throws(SafetensorsProblem) {
            let byteCount = try SafetensorsHeader.byteCount(from: start, fileByteCount: file.byteCount)
            dataOffset = lengthByteCount + byteCount
        } catch {
            throw .invalidSafetensors(path: path, error)
        }
        let json = try file.read(lengthByteCount..<dataOffset)
        do throws(SafetensorsProblem) {
            header = try SafetensorsHeader(parsing: json, dataByteCount: file.byteCount - dataOffset)
        } catch {
            throw .invalidSafetensors(path: path, error)
        }
    }

    /// Its tensors, in the order of their data.
    public var stateDict: LazyStateDict {
        let tensors = header.tensors.mapValues { entry in
            LazyTensor(
                dtype: entry.dtype, shape: entry.shape,
                source: FileExtent(file: file, offset: dataOffset + entry.range.lowerBound))
        }
        return LazyStateDict(tensors: tensors, metadata: header.metadata ?? [:], path: file.path)
    }
}
