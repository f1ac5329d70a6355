import JSON
import OrderedCollections

/// Reads the keys of a configuration, and collects everything that is wrong with them.
struct ProcessorConfigurationReader {
    let entries: OrderedDictionary<String, JSONValue>
    let prefix: String
    private(set) var problems: [ProcessorConfigurationProblem] = []

    init(entries: OrderedDictionary<String, JSONValue>, prefix: String) {
        self.entries = entries
        self.prefix = prefix
    }

    mutating func processor() -> CLIPImageProcessor {
        var processor = CLIPImageProcessor()
        checkType()
        let target = self.target() ?? processor.target
        processor.target = flag("do_resize") ? target : nil
        processor.filter = filter() ?? processor.filter
        let crop = self.crop() ?? processor.crop
        processor.crop = flag("do_center_crop") ? crop : nil
        let factor = rescaleFactor() ?? processor.rescaleFactor
        processor.rescaleFactor = flag("do_rescale") ? factor : nil
        let mean = channels("image_mean", isDivisor: false)
        let deviation = channels("image_std", isDivisor: true)
        let usual = CLIPImageProcessor.Normalization.openAI
        processor.normalization =
            flag("do_normalize")
            ? .init(mean: mean ?? usual.mean, standardDeviation: deviation ?? usual.standardDeviation) : nil
        // Results have three channels in either case.
        _ = flag("do_convert_rgb")
        if flag("do_pad", usually: false) { refuse("do_pad", "false: images are not padded beyond the crop") }
        return processor
    }

    /// The entry under a key; null counts as not being there.
    private func entry(_ key: String) -> JSONValue? {
        guard let value = entries[key], value != .null else { return nil }
        return value
    }

    private mutating func refuse(_ key: String, _ expected: String) {
        problems.append(.init(key: prefix + key, expected: expected, found: entries[key] ?? .null))
    }

    /// Other processors have keys of the same names that mean something else.
    private mutating func checkType() {
        for key in ["image_processor_type", "feature_extractor_type"] {
            guard let value = entry(key) else { continue }
            let names = [
                "CLIPImageProcessor", "CLIPImageProcessorFast", "CLIPImageProcessorPil", "CLIPFeatureExtractor",
            ]
            guard let name = value.string, names.contains(name) else {
                refuse(key, "CLIPImageProcessor")
                continue
            }
        }
    }

    private mutating func flag(_ key: String, usually: Bool = true) -> Bool {
        guard let value = entry(key) else { return usually }
        if case .boolean(let flag) = value { return flag }
        refuse(key, "true or false")
        return usually
    }

    private mutating func filter() -> ResamplingFilter? {
        guard let value = entry("resample") else { return nil }
        guard let code = value.int, let filter = ResamplingFilter(rawValue: code) else {
            refuse("resample", "0 (nearest), 1 (Lanczos), 2 (bilinear), 3 (bicubic), 4 (box) or 5 (Hamming)")
            return nil
        }
        return filter
    }

    private mutating func rescaleFactor() -> Double? {
        guard let value = entry("rescale_factor") else { return nil }
        guard let factor = value.double, factor.isFinite else {
            refuse("rescale_factor", "a number")
            return nil
        }
        return factor
    }

    private mutating func channels(_ key: String, isDivisor: Bool) -> SIMD3<Double>? {
        guard let value = entry(key) else { return nil }
        // One number stands for all channels.
        let numbers = value.double.map { [$0, $0, $0] } ?? value.array?.compactMap(\.double) ?? []
        let isWhole = value.array.map { $0.count == 3 } ?? true
        guard isWhole, numbers.count == 3, numbers.allSatisfy({ Float($0).isFinite }) else {
            refuse(key, "a number for each of three channels")
            return nil
        }
        guard !isDivisor || numbers.allSatisfy({ Float($0) != 0 }) else {
            refuse(key, "numbers other than 0, because channels are divided by them")
            return nil
        }
        return SIMD3(numbers[0], numbers[1], numbers[2])
    }

    private mutating func target() -> CLIPImageProcessor.Target? {
        guard let value = entry("size") else { return nil }
        if let length = Self.length(value) { return .shortestEdge(length) }
        if let sides = Self.sides(value) { return .exactly(sides) }
        if let object = value.object, Self.names(object) == ["shortest_edge"],
            let length = object["shortest_edge"].flatMap(Self.length)
        {
            return .shortestEdge(length)
        }
        refuse(
            "size", "{\"shortest_edge\": …}, {\"height\": …, \"width\": …} or a number; each from 1 to \(Self.limit)")
        return nil
    }

    private mutating func crop() -> CLIPImageProcessor.Size? {
        guard let value = entry("crop_size") else { return nil }
        if let length = Self.length(value) { return .init(height: length, width: length) }
        if let sides = Self.sides(value) { return sides }
        refuse("crop_size", "{\"height\": …, \"width\": …} or a number; each from 1 to \(Self.limit)")
        return nil
    }

    /// No model takes larger images.
    ///
    /// Sizes stay far from where their products leave `Int`.
    private static let limit = 16384

    private static func length(_ value: JSONValue) -> Int? {
        value.int.flatMap { (1...limit).contains($0) ? $0 : nil }
    }

    private static func sides(_ value: JSONValue) -> CLIPImageProcessor.Size? {
        if let items = value.array, items.count == 2, let height = length(items[0]), let width = length(items[1]) {
            return .init(height: height, width: width)
        }
        guard let object = value.object, names(object) == ["height", "width"],
            let height = object["height"].flatMap(length), let width = object["width"].flatMap(length)
        else { return nil }
        return .init(height: height, width: width)
    }

    /// The keys that say something; newer versions of Transformers write all that there are, mostly with null.
    private static func names(_ object: OrderedDictionary<String, JSONValue>) -> Set<String> {
        Set(object.filter { $0.value != .null }.keys)
    }
}
