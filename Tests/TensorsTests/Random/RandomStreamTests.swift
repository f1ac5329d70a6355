import Glibc
import TestSupport
import Testing

@testable import Tensors

@Suite struct RandomStreamTests {
    private static let stream = RandomStream(seed: 42, purpose: "dare/drop", name: "visual.proj")

    /// What a separate computation from the documentation, in another language, gave.
    @Test func definition() {
        let stream = Self.stream
        #expect(stream.block(0) == SIMD4(0x5237_4DE6, 0xEE01_027E, 0xD203_AAC7, 0x48DE_A91A))
        #expect(
            (0..<4).map { stream.uniformFloat(at: $0).bitPattern } == [
                0x3EA4_6E9A, 0x3F6E_0102, 0x3F52_03AA, 0x3E91_BD52,
            ])
        #expect(
            (0..<4).map { stream.uniformDouble(at: $0) }
                == [0.9297029074097881, 0.28464753060144565, 0.9181862202267091, 0.27322630453713703])
        #expect(
            normal(6).map(\.bitPattern)
                == [0xBEFE_D23D, 0x400F_FF71, 0xBEA6_9816, 0x400D_AE4C, 0x3EAF_1A6C, 0x3F2C_77F7])
        #expect(stream.permutation(of: 10) == [5, 4, 8, 3, 0, 6, 1, 7, 2, 9])
    }

    @Test func normalElementsAreTheTransformedUniformOnes() {
        let count = 100_000
        let results = normal(count)
        let uniform = [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
            Self.stream.fillUniform(buffer)
            initialized = count
        }
        var differences = 0
        for index in 0..<count {
            let (u, v) = (uniform[index & ~1], uniform[index | 1])
            let radius = (-2 * log1p(-u)).squareRoot()
            let expected = Float(radius * (index % 2 == 0 ? cos(2 * .pi * v) : sin(2 * .pi * v)))
            // Functions of C libraries err in the last bit of a `Double`, which seldom is the last one of a `Float`.
            if results[index] != expected { differences += 1 }
            #expect(abs(results[index] - expected) <= expected.ulp)
        }
        #expect(differences < 5)
    }

    @Test func anythingElseIsAnotherStream() {
        let streams = [
            Self.stream, RandomStream(seed: 43, purpose: "dare/drop", name: "visual.proj"),
            RandomStream(seed: 42, purpose: "dare/keep", name: "visual.proj"),
            RandomStream(seed: 42, purpose: "dare/drop", name: "visual.projection"),
            RandomStream(seed: 42, purpose: "dare/dropv", name: "isual.proj"),
            RandomStream(seed: 42, purpose: "", name: ""),
        ]
        #expect(Set(streams).count == streams.count)
        #expect(Set(streams.map { $0.block(0) }).count == streams.count)
        #expect(RandomStream(seed: 42, purpose: "dare/drop", name: "visual.proj") == Self.stream)
    }

    /// Names of large models, each with several purposes, have streams of their own.
    @Test func namesDoNotCollide() {
        var streams: Set<UInt64> = []
        var count = 0
        for layer in 0..<200 {
            for part in ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2", "layer_norm1", "layer_norm2"] {
                for kind in ["weight", "bias"] {
                    for purpose in ["drop", "keep", "initialize"] {
                        let name = "model.encoder.layers.\(layer).\(part).\(kind)"
                        streams.insert(RandomStream(seed: 0, purpose: purpose, name: name).stream)
                        count += 1
                    }
                }
            }
        }
        #expect(streams.count == count)
    }

    @Test func certainAndImpossibleEvents() {
        var mask = [UInt8](repeating: 7, count: 1000)
        mask.withUnsafeMutableBufferPointer { Self.stream.fillBernoulli(probability: 0, $0) }
        #expect(mask.allSatisfy { $0 == 0 })
        mask.withUnsafeMutableBufferPointer { Self.stream.fillBernoulli(probability: 1, $0) }
        #expect(mask.allSatisfy { $0 == 1 })
    }

    @Test func keptElementsAreThoseOfTheMask() {
        let count = 1003
        var mask = [UInt8](repeating: 7, count: count)
        mask.withUnsafeMutableBufferPointer { Self.stream.fillBernoulli(probability: 0.3, $0, from: 9) }
        var values = (0..<count).map { Float($0 + 1) }
        values.withUnsafeMutableBufferPointer { Self.stream.keep(probability: 0.3, factor: 4, $0, from: 9) }
        #expect(values == mask.enumerated().map { $1 == 1 ? Float($0 + 1) * 4 : 0 })
    }

    @Test func emptyBuffers() {
        Self.stream.fillUniform(UnsafeMutableBufferPointer<Float>(start: nil, count: 0))
        Self.stream.fillNormal(UnsafeMutableBufferPointer<Float>(start: nil, count: 0), from: 5)
        #expect(Self.stream.permutation(of: 0) == [])
        #expect(Self.stream.permutation(of: 1) == [0])
    }

    private func normal(_ count: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            Self.stream.fillNormal(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            initialized = count
        }
    }
}
