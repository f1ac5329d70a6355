import Testing

@testable import Tensors

@Suite("Devices and their backends")
struct DeviceTests {
    /// A backend of GPUs that has no memory.
    private struct FakeGPUs: Backend {
        let deviceCount: Int
        var kind: Device.Kind { .cuda }

        func allocate(byteCount: Int, on device: Device) throws(BackendError) -> UnsafeMutableRawPointer {
            throw .outOfMemory(device, byteCount: byteCount)
        }

        func deallocate(_ memory: UnsafeMutableRawPointer, byteCount: Int, on device: Device) {}
        func upload(_ bytes: UnsafeRawBufferPointer, to memory: UnsafeMutableRawPointer, on device: Device) {}
        func download(_ memory: UnsafeRawPointer, to bytes: UnsafeMutableRawBufferPointer, on device: Device) {}
        func copy(
            from source: UnsafeRawPointer, to destination: UnsafeMutableRawPointer, byteCount: Int, on device: Device
        ) {}
        func copyBlocks(
            from source: UnsafeRawPointer, stride sourceStride: Int, to destination: UnsafeMutableRawPointer,
            stride destinationStride: Int, byteCount: Int, count: Int, on device: Device
        ) {}
        func permute(_ x: Tensor, strides: [Int], into result: Tensor) {}
        func gatherRows(_ x: Tensor, at indices: Tensor, into result: Tensor) {}
        func convert(_ x: Tensor, into result: Tensor) -> Bool { false }
        func arithmetic(for dtype: DType) -> (any ArithmeticPrimitives)? { nil }
    }

    @Test("Each local rank gets a GPU of its own, and the processor where there is none left")
    func localRanks() throws {
        let backends: [any Backend] = [CPUBackend(), FakeGPUs(deviceCount: 2)]
        #expect(try Backends.device(.cuda, localRank: 1, among: backends) == Device(.cuda, index: 1))
        #expect(throws: DeviceError.tooFew(.cuda, found: 2, localRank: 2)) {
            try Backends.device(.cuda, localRank: 2, among: backends)
        }
        #expect(Backends.bestDevice(localRank: 0, among: backends).description == "cuda:0")
        #expect(Backends.bestDevice(localRank: 2, among: backends) == .cpu)
        #expect(try Backends.device(.cpu, localRank: 7, among: backends) == .cpu)
        #expect(throws: DeviceError.noBackend(.cuda)) {
            try Backends.device(.cuda, localRank: 0, among: [CPUBackend()])
        }
    }

    @Test("The processor's memory is aligned, and keeps what it is given")
    func memory() throws {
        let backend = try #require(Backends.backend(for: .cpu))
        let memory = try backend.allocate(byteCount: 5, on: .cpu)
        defer { backend.deallocate(memory, byteCount: 5, on: .cpu) }
        #expect(Int(bitPattern: memory) % 64 == 0)
        [1, 2, 3, 4, 5].map(UInt8.init).withUnsafeBytes { backend.upload($0, to: memory, on: .cpu) }
        var copy = [UInt8](repeating: 0, count: 5)
        copy.withUnsafeMutableBytes { backend.download(memory, to: $0, on: .cpu) }
        #expect(copy == [1, 2, 3, 4, 5])
        #expect(throws: BackendError.outOfMemory(.cpu, byteCount: 1 << 60)) {
            try backend.allocate(byteCount: 1 << 60, on: .cpu)
        }
    }
}
