import OperatingSystem

/// Reading of whole files, with the errors of this folder.
enum SourceFile {
    static func read(_ path: String) throws(ImageSourceError) -> [UInt8] {
        do throws(FileSystemError) {
            return try FileSystem.read(path)
        } catch {
            throw .unreadable(path: path, code: error.code)
        }
    }

    /// The bytes of a file; without its compression if it has one.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - limit: How many bytes may come out of a compressed one.
    /// - Returns: The bytes.
    /// - Throws: `ImageSourceError`.
    static func readInflated(_ path: String, limit: Int) throws(ImageSourceError) -> [UInt8] {
        let bytes = try read(path)
        guard bytes.starts(with: [0x1F, 0x8B]) else { return bytes }
        do throws(InflateError) {
            return try Inflater.inflate(bytes, limit: limit)
        } catch {
            throw .malformed(path: path, place: nil, problem: "\(error)")
        }
    }
}
