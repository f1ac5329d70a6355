import Diagnostics

/// A task of image classification, as a model of images and texts is asked about it: by texts, without training.
///
/// The text for a class is a template with the name of the class in place of each `{}`.
public struct ZeroShotTask: Sendable, Equatable {
    /// The name that reports and configurations use.
    public let name: String
    /// Other names that configurations may use.
    public let aliases: [String]
    /// The name of each class, in the order of the labels.
    public let classNames: [String]
    /// The templates; a class is represented by the mean over all of them.
    public let templates: [String]

    /// What stands for the name of the class in a template.
    public static let placeholder = "{}"

    /// The templates of tasks that bring none.
    public static let standardTemplates = ["a photo of a {}"]

    /// Makes a task of one's own.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - classNames: The name of each class, in the order of the labels.
    ///   - templates: Texts with `{}` where the name of the class goes.
    /// - Throws: `ZeroShotTaskError.invalid` with everything that is wrong: there are no classes or templates, a text is
    ///   empty or stands twice, a template has no place for the name.
    public init(
        name: String, classNames: [String], templates: [String] = standardTemplates
    ) throws(ZeroShotTaskError) {
        var problems = Self.problems(in: classNames, "class names")
        problems += Self.problems(in: templates, "templates")
        for template in templates where !template.contains(Self.placeholder) {
            problems.append(.noPlaceholder(template: template))
        }
        guard problems.isEmpty else { throw .invalid(name: name, problems) }
        self.init(unchecked: name, aliases: [], classNames: classNames, templates: templates)
    }

    private static func problems(in texts: [String], _ kind: String) -> [ZeroShotTaskError.Problem] {
        if texts.isEmpty { return [.none(kind)] }
        var met: Set<String> = []
        return texts.compactMap { text in
            if text.allSatisfy(\.isWhitespace) { return .empty(kind) }
            return met.insert(text).inserted ? nil : .twice(kind, text)
        }
    }

    /// A task of the registry; its texts stand on lines.
    init(name: String, aliases: [String] = [], templates: String, classNames: String) {
        let lines = { (text: String) in text.split(separator: "\n").map(String.init) }
        self.init(unchecked: name, aliases: aliases, classNames: lines(classNames), templates: lines(templates))
    }

    init(unchecked name: String, aliases: [String] = [], classNames: [String], templates: [String]) {
        self.name = name
        self.aliases = aliases
        self.classNames = classNames
        self.templates = templates
    }

    /// The texts of each class, one for each template: `[classes][templates]`.
    public var prompts: [[String]] {
        // Templates are cut at their placeholders once, not for each class.
        let parts = templates.map { $0.split(separator: Self.placeholder, omittingEmptySubsequences: false) }
        return classNames.map { name in parts.map { $0.joined(separator: name) } }
    }
}

/// What can be wrong with a task.
public enum ZeroShotTaskError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no task of this name.
    case unknown(name: String, nearest: [String], available: [String])
    /// A task of the user's own cannot be used.
    case invalid(name: String, [Problem])

    /// What is wrong with a task of the user's own.
    public enum Problem: Sendable, Equatable {
        /// There are no texts of a kind.
        case none(String)
        /// A text is empty.
        case empty(String)
        /// A text stands twice.
        case twice(String, String)
        /// A template has no place for the name of the class.
        case noPlaceholder(template: String)
    }

    /// What is wrong, with the names that may have been meant.
    public var description: String {
        switch self {
        case .unknown(let name, let nearest, let available):
            "there is no task \(name.quoted())"
                + (nearest.isEmpty ? "" : "; did you mean \(nearest.quotedList())?")
                + " Known are \(available.quotedList(limit: .max)); for others, name 'classnames' (and 'templates') in the entry of the dataset"
        case .invalid(let name, let problems):
            "the task \(name.quoted()) cannot be used: " + problems.map(\.description).joined(separator: "; ")
        }
    }
}

extension ZeroShotTaskError.Problem: CustomStringConvertible {
    /// What is wrong.
    public var description: String {
        switch self {
        case .none(let kind): "it has no \(kind)"
        case .empty(let kind): "one of the \(kind) is empty"
        case .twice(let kind, let text): "\(text.quoted()) stands twice in the \(kind)"
        case .noPlaceholder(let template):
            "the template \(template.quoted()) lacks \(ZeroShotTask.placeholder.quoted()), where the name of the class goes"
        }
    }
}
