import OperatingSystem
import OrderedCollections
import TestSupport
import Testing

@testable import Datasets

/// Any texts beside the data are read or refused.
@Suite("Cards and manifests of any bytes")
struct DescriptionFuzzTests {
    private static let cards = [
        """
        ---
        configs:
        - config_name: default
          data_files:
          - split: train
            path: data/train-*
          - split: test
            path: ["a.csv", "b.csv"]
          default: true
        dataset_info:
          features:
          - name: image
            dtype: image
          - name: label
            dtype:
              class_label:
                names:
                  '0': cat
                  '1': dog
          - name: parts
            sequence:
            - name: box
              dtype: float32
        ---
        # Text
        """,
        """
        ---
        configs:
        - {config_name: a, data_dir: x, features: [{name: l, dtype: {class_label: {names: [u, v]}}}]}
        - {config_name: b, data_files: "*.parquet"}
        dataset_info:
        - config_name: a
          features: [{name: s, struct: [{name: t, list: string}]}]
        ---
        """,
    ].map { Array($0.utf8) }

    private static let cardText = FuzzText(
        alphabet: [
            "---\n", "\n", "  ", "- ", ": ", "config_name: ", "data_files:", "split: ", "path: ", "features:",
            "dtype: ",
            "class_label:", "names:", "'0': ", "'-1': ", "9223372036854775808: ", "sequence:", "struct:", "list:", "[",
            "]",
            "{", "}", "null", "&a ", "*a", "!!binary ", "default: true\n", "data_dir: ..\n", "image",
        ], corpus: cards
    ) { random in
        let depth = random.below(300)
        return Array("---\ndataset_info: {features: \(String(repeating: "[{name: a, list: ", count: depth))".utf8)
    }

    static let card = FuzzTarget(name: "dataset-card") { random in
        cardText.make(&random)
    } check: { (bytes: [UInt8]) in
        do throws(LoadDatasetError) {
            let card = try DatasetCard(parsing: String(decoding: bytes, as: UTF8.self), path: "README.md")
            _ = try card.defaultName(path: "README.md")
        } catch {
            try ErrorMessage.check(error)
        }
    }

    private static let infosText = FuzzText(
        alphabet: [
            "{", "}", "[", "]", ":", ",", "\"features\"", "\"_type\":", "\"ClassLabel\"", "\"names\":",
            "\"num_classes\":",
            "1000000", "\"Sequence\"", "\"feature\":", "\"Value\"", "\"dtype\":", "null", "\"a\"", "-1",
        ],
        corpus: [
            #"{"u--n": {"features": {"image": {"_type": "Image"}, "label": {"names": ["a", "b"], "_type": "ClassLabel"}}}}"#,
            #"{"a": {"features": {"l": {"feature": {"num_classes": 3, "_type": "ClassLabel"}, "_type": "Sequence"}}}, "b": {}}"#,
        ].map { Array($0.utf8) }
    ) { random in
        let depth = random.below(2000)
        return Array("{\"a\": {\"features\": \(String(repeating: "{\"a\": ", count: depth))".utf8)
    }

    static let infos = FuzzTarget(name: "dataset-infos") { random in
        infosText.make(&random)
    } check: { (bytes: [UInt8]) in
        do throws(LoadDatasetError) {
            _ = try DatasetInfosFile.features(parsing: bytes, path: "dataset_infos.json")
        } catch {
            try ErrorMessage.check(error)
        }
    }

    private static let manifestText = FuzzText(
        alphabet: [
            "\"", ",", "\n", "\r\n", "path", "label", "a.png", "\"\"", "\u{FEFF}", "größe", "0", "-1", "7", "1048576",
        ],
        corpus: ["path,label,size\na.png,\"b\"\"c\",1\nd.png,e,2\n", "label,path\r\n1,x.png\r\n2,y.png"].map {
            Array($0.utf8)
        }
    ) { random in Array(repeatElement(UInt8(ascii: "\""), count: random.below(2000))) }

    private static let scratch = try? ScratchDirectory()

    static let manifest = FuzzTarget(name: "manifest") { random in
        manifestText.make(&random)
    } check: { (bytes: [UInt8]) in
        guard let path = scratch?.path("manifest.csv") else { throw PropertyFailure("there is no scratch directory") }
        try FileSystem.writeDirectly(bytes, to: path)
        do {
            let manifest = try ImageManifest(path: path)
            for index in 0..<min(manifest.count, 2) {
                _ = try manifest.example(at: index, columns: manifest.features.keys.filter { $0 != "image" })
            }
        } catch let error as ImageSourceError {
            try ErrorMessage.check(error)
        }
    }

    @Test("What mutations start from is read")
    func corpus() throws {
        for (text, name) in zip(Self.cards, ["default", nil]) {
            let card = try DatasetCard(parsing: String(decoding: text, as: UTF8.self), path: "README.md")
            #expect(try card.defaultName(path: "README.md") == name)
            #expect(!card.features.isEmpty)
        }
    }

    @Test("Cards of data sets")
    func cards() { Self.card.run(inputs: 3000) }

    @Test("Older descriptions of columns")
    func olderDescriptions() { Self.infos.run(inputs: 3000) }

    @Test("Manifests")
    func manifests() { Self.manifest.run(inputs: 3000) }
}
