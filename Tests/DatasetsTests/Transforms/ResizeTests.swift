import CKernels
import Datasets
import JSON
import Testing

/// Images in other sizes have the bits of Pillow's.
@Suite("Resizing images")
struct ResizeTests {
    @Test("Samples are those of Pillow")
    func samples() throws {
        let cases = try #require(try ImageFixtures.expected("resized").array)
        let expected = try ImageFixtures.bytes("resized")
        var position = 0
        for one in cases {
            let source = one["source"]?.sizes ?? []
            let target = one["target"]?.sizes ?? []
            let channels = try #require(one["channels"]?.int)
            let filter = try #require(one["filter"]?.int.flatMap(ResamplingFilter.init))
            let image = Image.noise(height: source[0], width: source[1], channels: channels, seed: 11)
            let resized = image.resized(height: target[0], width: target[1], filter: filter)
            let range = position..<position + target[0] * target[1] * channels
            #expect(resized.samples == Array(expected[range]), "\(filter) \(source) to \(target), \(channels) channels")
            position = range.upperBound
        }
        #expect(position == expected.count)
        #expect(cases.count == 216)
    }

    @Test("A part is a part of the whole", arguments: ResamplingFilter.allCases)
    func parts(filter: ResamplingFilter) {
        for channels in [1, 3] {
            let image = Image.noise(height: 31, width: 43, channels: channels, seed: 5)
            for (height, width) in [(12, 17), (31, 17), (12, 43), (31, 43), (60, 80)] {
                let whole = image.resized(height: height, width: width, filter: filter)
                let part = image.resized(height: height, width: width, filter: filter, rows: 3..<9, columns: 2..<15)
                for row in 0..<6 {
                    let start = ((row + 3) * width + 2) * channels
                    let count = 13 * channels
                    #expect(
                        part.samples[row * count..<(row + 1) * count].elementsEqual(
                            whole.samples[start..<start + count]))
                }
            }
        }
    }

    @Test("All instruction sets give the same bits")
    func instructionSets() {
        var forms = [UnsafePointer<ckernels>?](repeating: nil, count: 3)
        let count = ckernels_forms(&forms)
        let samples = Samples.noise(4096, seed: 3)
        let weights = Samples.noise(4 * 4 * 32 * 16, seed: 4).map { Int32($0) * 9000 - 900_000 }
        let starts = (0..<31).map { $0 * 7 }
        var results: [[UInt8]] = []
        for form in forms.prefix(count).compactMap({ $0?.pointee }) {
            var result = [UInt8](repeating: 0, count: 31 * 4 + 500)
            form.resample_row(samples, weights, starts, 4, 3, &result, 31)
            results.append(result)
            form.resample_row(samples, weights, starts, 4, 1, &result, 31)
            results.append(result)
            form.resample_rows(samples, 333, weights, 9, &result, 333)
            results.append(result)
        }
        for index in results.indices { #expect(results[index] == results[index % 3]) }
        #expect(Set(results[2]).count > 2, "sums are clipped at both ends, and lie between them")
    }
}
