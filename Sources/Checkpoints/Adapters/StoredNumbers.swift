import Tensors

/// Numbers as they are stored, read as and written from `Double`.
enum StoredNumbers {
    /// Reads numbers exactly.
    ///
    /// - Parameters:
    ///   - bytes: The elements, without gaps.
    ///   - dtype: Their type, a floating-point one.
    ///   - numbers: Room for exactly as many numbers.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, of dtype: DType, into numbers: UnsafeMutableBufferPointer<Double>
    ) {
        precondition(dtype.byteCount(elements: numbers.count) == bytes.count, "There is a number for each element")
        switch dtype {
        case .float16:
            for index in numbers.indices {
                numbers[index] = Double(bytes.loadUnaligned(fromByteOffset: 2 * index, as: Float16.self))
            }
        case .bfloat16:
            for index in numbers.indices {
                let bits = bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
                numbers[index] = Double(Float(bitPattern: UInt32(bits) << 16))
            }
        case .float32:
            for index in numbers.indices {
                numbers[index] = Double(bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self))
            }
        case .float64:
            for index in numbers.indices {
                numbers[index] = bytes.loadUnaligned(fromByteOffset: 8 * index, as: Double.self)
            }
        default: preconditionFailure("\(dtype) is no floating-point type to compute with")
        }
    }

    /// Writes numbers, rounded once, to nearest, ties to even.
    ///
    /// - Parameters:
    ///   - numbers: The numbers.
    ///   - dtype: The type to write, a floating-point one.
    ///   - bytes: Room for exactly as many elements.
    static func encode(
        _ numbers: UnsafeBufferPointer<Double>, as dtype: DType, into bytes: UnsafeMutableRawBufferPointer
    ) {
        precondition(dtype.byteCount(elements: numbers.count) == bytes.count, "There is an element for each number")
        switch dtype {
        case .float16:
            for index in numbers.indices {
                let number = Float16(Float(roundingToOdd: numbers[index]))
                bytes.storeBytes(of: number, toByteOffset: 2 * index, as: Float16.self)
            }
        case .bfloat16:
            for index in numbers.indices {
                let bits = Float(roundingToOdd: numbers[index]).nearestBFloat16
                bytes.storeBytes(of: bits, toByteOffset: 2 * index, as: UInt16.self)
            }
        case .float32:
            for index in numbers.indices {
                bytes.storeBytes(of: Float(numbers[index]), toByteOffset: 4 * index, as: Float.self)
            }
        case .float64:
            for index in numbers.indices {
                bytes.storeBytes(of: numbers[index], toByteOffset: 8 * index, as: Double.self)
            }
        default: preconditionFailure("\(dtype) is no floating-point type to compute with")
        }
    }
}

extension Float {
    /// The number itself, or else the one of its two neighbours whose last bit is set.
    ///
    /// Rounding the result to nearest in a type of at most 22 bits gives what rounding the number itself does. See
    /// Boldo, Melquiond: *Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd*, 2008.
    init(roundingToOdd number: Double) {
        let nearest = Float(number)
        guard Double(nearest) != number, nearest.bitPattern & 1 == 0, !number.isNaN else {
            self = nearest
            return
        }
        self = Double(nearest) < number ? nearest.nextUp : nearest.nextDown
    }

    /// The upper half of the bits, rounded to nearest, ties to even.
    fileprivate var nearestBFloat16: UInt16 {
        guard !isNaN else { return UInt16(bitPattern >> 16) | 0x40 }
        let half: UInt32 = 0x7FFF + (bitPattern >> 16 & 1)
        return UInt16((bitPattern + half) >> 16)
    }
}
