import Diagnostics
import OrderedCollections

/// The columns of a data set that hold the image and the label of an example.
public struct ImageColumns: Sendable, Equatable {
    /// The column of images.
    public let image: String
    /// The column of labels.
    public let label: String

    private static let imageNames = ["image", "img", "jpg", "png", "pixels"]
    private static let labelNames = ["label", "labels", "fine_label", "cls", "class", "target"]

    /// The columns that a user names, or else those that look like them.
    ///
    /// Images are in the first column of that type. Labels are in the first column of classes, or else in one that is
    /// called as labels usually are.
    ///
    /// - Parameters:
    ///   - dataset: The data set.
    ///   - image: The name that the user gives, if any.
    ///   - label: The name that the user gives, if any.
    /// - Throws: `ImageColumnError` if there is no such column.
    public init(of dataset: any Dataset, image: String? = nil, label: String? = nil) throws(ImageColumnError) {
        let features = dataset.features
        func column(_ given: String?, _ kind: String, _ guess: () -> String?) throws(ImageColumnError) -> String {
            if let found = given ?? guess(), features[found] != nil { return found }
            throw ImageColumnError(dataset: dataset.name, kind: kind, wanted: given, columns: Array(features.keys))
        }
        self.image = try column(image, "images") {
            features.first { $0.value == .image }?.key ?? Self.imageNames.first { features[$0] != nil }
        }
        self.label = try column(label, "labels") {
            let classes = features.filter { if case .classLabel = $0.value { true } else { false } }.keys
            return Self.labelNames.first(where: classes.contains) ?? classes.first
                ?? Self.labelNames.first { features[$0] != nil }
        }
    }
}

/// There is no column of images, or none of labels.
public struct ImageColumnError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The data set.
    public let dataset: String
    /// What the column should hold: `images` or `labels`.
    public let kind: String
    /// The name that was asked for; nil if any would have done.
    public let wanted: String?
    /// The columns that there are.
    public let columns: [String]

    /// What is missing, and what there is.
    public var description: String {
        let missing = wanted.map { "no column \($0.quoted())" } ?? "no column of \(kind)"
        let nearest = wanted.map { NearestNames.of($0, among: columns) } ?? []
        let hint = nearest.isEmpty ? "" : "; did you mean \(nearest.quotedList())?"
        return "\(dataset.withVisibleControls) has \(missing); its columns are \(columns.quotedList())\(hint)"
    }
}
