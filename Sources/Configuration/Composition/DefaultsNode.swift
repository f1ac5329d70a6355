import OperatingSystem

/// A place in the tree of defaults lists: an item together with where it was included.
///
/// Groups and packages are relative to the configuration that includes them, so a node's own depend on its parents.
final class DefaultsNode {
    var item: DefaultsItem
    private(set) var parent: DefaultsNode?
    /// The group of the including configuration; relative paths start there.
    private(set) var parentGroup = ""
    /// The package of the including configuration; `_self_` shares it.
    private(set) var parentPackage = ""
    var packageHeader: String?
    /// The configuration named on the command line (or the default one).
    let isPrimary: Bool
    /// Taken out by `~group`, or optional and not there.
    var isDeleted = false
    /// The items of the configuration's own defaults list, `_self_` included; empty if it has none.
    var children: [DefaultsNode] = []

    init(_ item: DefaultsItem, parent: DefaultsNode?, isPrimary: Bool = false) {
        self.item = item
        self.parent = parent
        self.isPrimary = isPrimary
    }

    /// Tells the node which configuration includes it.
    func include(inGroup group: String, package: String) {
        parentGroup = group
        parentPackage = package
        if let own = item.package, own.contains("_group_") {
            item.package = "_global_." + own.replacing("_group_", with: defaultPackage)
        }
    }

    var isSelf: Bool { item.isSelf }

    /// The group that the configuration lies in, from the search path's root.
    var group: String {
        switch item.kind {
        case .config(let path):
            let (isAbsolute, path) = Self.stripSlash(path)
            let group = FileSystem.directoryName(path)
            return isAbsolute ? group : Self.joinGroups(parentGroup, group)
        case .group(let name, _):
            let (isAbsolute, name) = Self.stripSlash(name)
            return isAbsolute ? name : Self.joinGroups(parentGroup, name)
        }
    }

    /// The path of the configuration from the search path's root.
    var configPath: String {
        switch item.kind {
        case .config(let path):
            let (isAbsolute, path) = Self.stripSlash(path)
            return isAbsolute ? path : Self.joinGroups(parentGroup, path)
        case .group: return "\(group)/\(name ?? "null")"
        }
    }

    /// The option's or configuration's own name; nil if nothing is chosen.
    var name: String? {
        switch item.kind {
        case .config(let path): path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init)
        case .group(_, let value):
            switch value {
            case .none: nil
            case .option(let name): name
            case .options: nil
            }
        }
    }

    /// Whether the choice is still open: `???`.
    var isMissing: Bool { name == "???" }

    var interpolation: String? {
        switch item.kind {
        case .config(let path): Interpolation.isInterpolation(path) ? path : nil
        case .group(_, .option(let name)): Interpolation.isInterpolation(name) ? name : nil
        case .group: nil
        }
    }

    // MARK: - Packages

    /// The group as a package: what a configuration gets if nothing else is said.
    private var defaultPackage: String { group.replacing("/", with: ".") }

    /// The group as it was written, relative to the including configuration, as a package.
    private var relativePackage: String {
        switch item.kind {
        case .config(let path): FileSystem.directoryName(Self.stripSlash(path).path).replacing("/", with: ".")
        case .group(let name, _): Self.stripSlash(name).path.replacing("/", with: ".")
        }
    }

    /// Where the configuration's content goes.
    var package: String { package(heedingHeader: true) }

    /// Where the content goes; the file's `# @package` counts, if asked for, where the item itself names no package.
    func package(heedingHeader: Bool) -> String {
        let own = item.package ?? (heedingHeader ? absoluteHeader : nil) ?? relativePackage
        let full = [parentPackage, own].filter { !$0.isEmpty }.joined(separator: ".")
        guard let global = full.range(of: "_global_", fromEnd: true) else { return full }
        return String(full[global.upperBound...].dropFirst())
    }

    /// A header is always meant from the root.
    private var absoluteHeader: String? {
        packageHeader.map { header in
            header == "_global_" || header.hasPrefix("_global_.")
                ? header : "_global_" + (header.isEmpty ? "" : "." + header)
        }
    }

    /// What identifies the slot: the group, with the package if it is not the default one.
    var overrideKey: String {
        let package = package(heedingHeader: false)
        if package == defaultPackage { return group }
        return group + "@" + (package.isEmpty ? "_global_" : package)
    }

    // MARK: - Paths

    private static func stripSlash(_ path: String) -> (isAbsolute: Bool, path: String) {
        path.hasPrefix("/") ? (true, String(path.dropFirst())) : (false, path)
    }

    private static func joinGroups(_ parent: String, _ child: String) -> String {
        parent.isEmpty ? child : child.isEmpty ? parent : parent + "/" + child
    }
}

extension String {
    /// The last occurrence of a text.
    fileprivate func range(of text: String, fromEnd: Bool) -> Range<String.Index>? {
        ranges(of: text).last
    }
}
