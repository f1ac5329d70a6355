import Tensors
import TestSupport
import Testing

@Suite struct TensorTests {
    private final class Owner: Sendable {
        let bytes: [UInt8]
        init(_ bytes: [UInt8]) { self.bytes = bytes }
    }

    @Test func creationAndReading() throws {
        let tensor = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
        #expect(tensor.array(of: Float.self) == [1, 2, 3, 4, 5, 6])
        #expect(tensor.description == "F32 [2, 3] on cpu")
        #expect(tensor.size(-1) == 3 && tensor.elementCount == 6 && tensor.rank == 2)
        #expect(Tensor([2, 2]) { $0 * $0 }.array(of: Int.self) == [0, 1, 4, 9])
        #expect(Tensor(true).array(of: Bool.self) == [true])
        #expect(Tensor(2.5).number == 2.5)
        #expect(Tensor.zeros([0, 3]).array(of: Float.self).isEmpty)
        #expect(Tensor.ones([2], dtype: .float64).array(of: Double.self) == [1, 1])
        #expect(tensor.withBytes { Array($0.bindMemory(to: Float.self)) } == [1, 2, 3, 4, 5, 6])
    }

    @Test func dataThatAreNoTensor() throws {
        #expect(throws: TensorError.elementCount(found: 2, shape: [3])) { try Tensor([1.0, 2], shape: [3]) }
        let bytes: [UInt8] = [1, 2, 3, 4, 5]
        bytes.withUnsafeBytes { bytes in
            #expect(throws: TensorError.byteCount(found: 5, dtype: .float32, shape: [1])) {
                try Tensor(copying: bytes, shape: [1], dtype: .float32)
            }
            #expect(throws: TensorError.notAddressable(.float4)) {
                try Tensor(copying: bytes, shape: [10], dtype: .float4)
            }
            #expect(throws: TensorError.byteCount(found: 5, dtype: .uint8, shape: Shape([1 << 40, 1 << 40]))) {
                try Tensor(copying: bytes, shape: Shape([1 << 40, 1 << 40]), dtype: .uint8)
            }
            #expect(throws: TensorError.device(.noBackend(.cuda))) {
                try Tensor(copying: bytes, shape: [5], dtype: .uint8, on: Device(.cuda))
            }
        }
        #expect(throws: TensorError.notConvertible(.complex64)) {
            try Tensor.zeros([2]).converted(to: .complex64)
        }
        #expect(throws: TensorError.notConvertible(.int64)) { try Tensor.zeros([2]).converted(to: .int64) }
        for error in [
            TensorError.index(7, position: 1, count: 5), .notConvertible(.int8),
            .backend(.outOfMemory(.cpu, byteCount: 9)),
        ] { #expect(!error.description.isEmpty) }
    }

    @Test func borrowedMemory() throws {
        weak var known: Owner?
        var view: Tensor?
        func look() throws {
            let owner = Owner(Array(0..<64))
            known = owner
            try owner.bytes.withUnsafeBytes { bytes in
                let whole = try Tensor(borrowing: bytes, shape: [8, 8], dtype: .uint8, owner: owner)
                view = whole[2..<4]
                #expect(whole.withBytes { $0.baseAddress } == bytes.baseAddress)
                // At an odd address, larger elements are copied.
                let odd = UnsafeRawBufferPointer(rebasing: bytes[1..<9])
                let copy = try Tensor(borrowing: odd, shape: [2], dtype: .float32, owner: owner)
                #expect(copy.withBytes { $0.baseAddress } != odd.baseAddress)
                #expect(copy.withBytes(Array.init) == Array(1...8))
            }
        }
        try look()
        #expect(known != nil)
        #expect(view?.array(of: UInt8.self) == Array(16..<32))
        view = nil
        #expect(known == nil)
    }

    @Test func views() throws {
        let tensor = Tensor([3, 4]) { Float($0) }
        let row = tensor[1]
        #expect(row.shape == [4] && row.array(of: Float.self) == [4, 5, 6, 7])
        #expect(row.withBytes { $0.baseAddress } == tensor.withBytes { $0.baseAddress.map { $0 + 16 } })
        #expect(tensor[1..<3].reshaped([8]).array(of: Float.self) == Array(4..<12).map(Float.init))
        #expect(tensor.permuted([1, 0]).shape == [4, 3])
        #expect(tensor.transposed()[1].array(of: Float.self) == [1, 5, 9])
        #expect(tensor.slice(along: 1, 1..<3).array(of: Float.self) == [1, 2, 5, 6, 9, 10])
        #expect(Tensor.concatenated([tensor, tensor[0..<1]]).shape == [4, 4])
        // Any type moves.
        let bits = Tensor([2, 2, 2]) { $0 % 3 == 0 }
        #expect(bits.permuted([2, 1, 0]).array(of: Bool.self) == [0, 4, 2, 6, 1, 5, 3, 7].map { $0 % 3 == 0 })
        #expect(
            try Tensor([2, 3]) { $0 }.gatheringRows(Tensor([1, 1, 0])).array(of: Int.self) == [
                3, 4, 5, 3, 4, 5, 0, 1, 2,
            ])
    }

    /// Writing to one of two that share memory leaves the other as it was.
    @Test func values() throws {
        let original = Tensor([4]) { Float($0) }
        var changed = original
        changed.accumulate(original, weight: 2)
        #expect(original.array(of: Float.self) == [0, 1, 2, 3])
        #expect(changed.array(of: Float.self) == [0, 3, 6, 9])
        let address = changed.withBytes { $0.baseAddress }
        changed.accumulate(original)
        #expect(changed.withBytes { $0.baseAddress } == address)
        let owner = Owner([0, 0, 0, 0])
        try owner.bytes.withUnsafeBytes { bytes in
            var borrowed = try Tensor(copying: bytes, shape: [1], dtype: .float32)
            borrowed.accumulate(Tensor([1] as [Float]))
            #expect(borrowed.number == 1)
        }
        #expect(owner.bytes == [0, 0, 0, 0])
    }

    @Test(arguments: [DType.float16, .bfloat16, .float64, .float32])
    func conversions(_ type: DType) throws {
        let numbers: [Float] = [0, -1.5, 0.25, 1024, .infinity]
        let converted = try Tensor(numbers).converted(to: type)
        #expect(converted.dtype == type)
        #expect(try converted.converted(to: .float32).array(of: Float.self) == numbers)
        #expect(try converted.doubles() == numbers.map(Double.init))
    }

    @Test func integersBecomeNumbers() throws {
        #expect(try Tensor([1, -2, 3]).converted(to: .float32).array(of: Float.self) == [1, -2, 3])
        #expect(try Tensor([true, false]).converted(to: .float64).array(of: Double.self) == [1, 0])
    }

    @Test func argmaxTakesTheFirst() {
        let tensor = Tensor([3, 3]) { [1, 5, 5, -2, -3, -4, 0, 0, 0][$0] as Float }
        #expect(tensor.argmax().array(of: Int.self) == [1, 0, 0])
    }
}
