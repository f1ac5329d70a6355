import Diagnostics

/// Why bytes are no image that can be used.
public enum ImageError: Error, Sendable, Equatable {
    /// There are no bytes.
    case empty
    /// The bytes begin like no known image; the first of them.
    case unknownFormat(start: [UInt8])
    /// The format is known, and is not read.
    case unsupportedFormat(ImageFormat)
    /// The bytes end before the image does.
    case truncated(ImageFormat)
    /// The bytes are not what their format asks for; the library's words.
    case malformed(ImageFormat, reason: String)
    /// The image is valid, and of a kind that is not read.
    case unsupported(ImageFormat, reason: String)
    /// The image has more pixels than are allowed.
    case tooLarge(width: Int, height: Int, limit: Int)
    /// There is no memory for the image.
    case outOfMemory
    /// A JPEG file cannot be written; the library's words.
    case unwritable(reason: String)
}

extension ImageError: CustomStringConvertible {
    /// What is wrong, as a clause.
    public var description: String {
        switch self {
        case .empty: "there are no bytes"
        case .unknownFormat(let start):
            "it is neither JPEG nor PNG: it begins with the bytes "
                + start.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
        case .unsupportedFormat(let format): "it is \(format.rawValue), and only JPEG and PNG are read"
        case .truncated(let format): "the \(format.rawValue) file is cut off"
        case .malformed(let format, let reason): "the \(format.rawValue) file is damaged: \(reason.withVisibleControls)"
        case .unsupported(let format, let reason): "\(format.rawValue): \(reason.withVisibleControls)"
        case .tooLarge(let width, let height, let limit):
            "it has \(width) × \(height) pixels, and at most \(limit) are read"
        case .outOfMemory: "there is no memory for it"
        case .unwritable(let reason): "no JPEG file can be made of it: \(reason.withVisibleControls)"
        }
    }
}
