import Datasets
import JSON
import TestSupport
import Testing

/// Configurations that have no meaning are refused, key by key.
@Suite("Configurations of image processors")
struct ProcessorConfigurationTests {
    private static func problems(_ text: String) throws -> [String] {
        let scratch = try ScratchDirectory()
        try scratch.write("preprocessor_config.json", text)
        do throws(ProcessorConfigurationError) {
            _ = try CLIPImageProcessor(directory: scratch.path)
            return []
        } catch {
            guard case .invalid(_, let problems) = error else { throw error }
            return problems.map(\.key)
        }
    }

    @Test(
        "Bad values are named with their keys",
        arguments: [
            (#"{"size": 0}"#, "size"), (#"{"size": {"shortest_edge": 224, "longest_edge": 300}}"#, "size"),
            (#"{"size": {"height": 3}}"#, "size"), (#"{"size": 1e9}"#, "size"), (#"{"size": 100000}"#, "size"),
            (#"{"crop_size": {"shortest_edge": 3}}"#, "crop_size"), (#"{"crop_size": -4}"#, "crop_size"),
            (#"{"resample": 6}"#, "resample"), (#"{"resample": "bicubic"}"#, "resample"),
            (#"{"do_resize": 1}"#, "do_resize"), (#"{"do_pad": true}"#, "do_pad"),
            (#"{"image_mean": [1, 2]}"#, "image_mean"), (#"{"image_mean": [1, 2, "x"]}"#, "image_mean"),
            (#"{"image_std": [1, 0, 1]}"#, "image_std"), (#"{"image_std": [1, 1e-60, 1]}"#, "image_std"),
            (#"{"rescale_factor": NaN}"#, "rescale_factor"),
            (#"{"image_processor_type": "ViTImageProcessor"}"#, "image_processor_type"), ("[]", "the file"),
        ])
    func badValues(text: String, key: String) throws {
        #expect(try Self.problems(text) == [key])
    }

    @Test("All that is wrong is listed together")
    func together() throws {
        #expect(try Self.problems(#"{"size": 0, "resample": 9, "do_rescale": null}"#) == ["size", "resample"])
    }

    @Test("Missing keys and nulls have the usual values")
    func usual() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("x.json", #"{"size": null, "crop_size": null, "image_mean": null, "resample": null}"#)
        #expect(try CLIPImageProcessor(file: scratch.path("x.json")) == CLIPImageProcessor())
    }

    @Test("Messages name file, key, and both values")
    func message() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("processor_config.json", #"{"image_processor": {"resample": 9}}"#)
        #expect {
            try CLIPImageProcessor(directory: scratch.path)
        } throws: { error in
            let text = "\(error)"
            return text.contains(scratch.path("processor_config.json")) && text.contains("image_processor.resample")
                && text.contains("found 9")
        }
        try scratch.write("processor_config.json", "{")
        #expect {
            try CLIPImageProcessor(directory: scratch.path)
        } throws: {
            "\($0)".contains("is no JSON")
        }
    }
}
