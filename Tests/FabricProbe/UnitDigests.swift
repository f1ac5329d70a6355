import Fabric

/// Works through units and prints digests that must not depend on ranks and threads.
struct UnitDigests {
    let fabric: Fabric

    func run() throws {
        var digest = Digest()
        var count = 0
        try fabric.run("pseudo", units: Array(0..<97), cost: { Double($0 % 7) }) { unit in
            Self.values(unit)
        } deliver: { number, values in
            guard number == count else { throw ProbeError("Unit \(number) came as number \(count)") }
            count += 1
            digest.add(values.fabricBytes)
        }
        let total = try fabric.reduce("sums", units: Array(0..<97), cost: { Double($0 % 5) }) { (unit: Int) -> Double in
            var sum = 1.0 / 3
            for value in Self.values(unit) { sum += Double(value) * 1.1 }
            return sum
        } combine: { (left: Double, right: Double) -> Double in
            left * 0.999 + right
        }
        let bits = try fabric.allGather([Int64(bitPattern: total?.bitPattern ?? 0)], "bits").map { $0[0] }
        guard Set(bits).count == 1 else { throw ProbeError("Ranks have different sums: \(bits)") }
        fabric.print("units \(count) bytes \(String(digest.value, radix: 16)) sum \(String(bits[0], radix: 16))")
    }

    /// Numbers that look random, of uneven number: none for every seventh unit.
    static func values(_ unit: Int) -> [Float] {
        (0..<(unit % 7 * 331)).map { (index: Int) -> Float in
            let number = (index * 7919 + unit * 104_729) % 1009
            return Float(number) / 3
        }
    }
}

/// The hash FNV-1a.
struct Digest {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: [UInt8]) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
}
