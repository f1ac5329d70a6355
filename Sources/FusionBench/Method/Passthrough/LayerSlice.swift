import Configuration
import OrderedCollections

/// Some layers of one model of a pool, one after another.
struct LayerSlice: Equatable {
    /// The name of the model.
    let model: String
    /// The first layer, from 0, and the one after the last.
    let layers: Range<Int>
    /// What its tensors are multiplied by; nil for what holds for all slices.
    let scale: ParameterSetting?
}

extension LayerSlice: ConfigurationDecodable {
    static var expectedDescription: String {
        "{sources: [{model: …, layer_range: [first, end], parameters: {scale: …}}]} with one source"
    }

    static func decode(_ argument: Argument) -> LayerSlice? {
        guard let slice = argument.source.entries, slice.count == 1,
            let sources = argument.source["sources"]?.items, sources.count == 1, let source = sources.first,
            let entries = source.entries,
            entries.keys.allSatisfy({ ["model", "layer_range", "parameters"].contains($0.description) }),
            let model = source["model"]?.string,
            let range = source["layer_range"].flatMap({ [Int].decode(.value($0)) }), range.count == 2,
            0 <= range[0], range[0] < range[1]
        else { return nil }
        var scale: ParameterSetting?
        if let parameters = source["parameters"], !parameters.isNull {
            guard let entries = parameters.entries, entries.keys.allSatisfy({ $0.description == "scale" }) else {
                return nil
            }
            if let value = parameters["scale"], !value.isNull {
                guard let setting = ParameterSetting.decode(.value(value)) else { return nil }
                scale = setting
            }
        }
        return LayerSlice(model: model, layers: range[0]..<range[1], scale: scale)
    }
}
