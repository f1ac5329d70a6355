import CKernels
import Testing

/// A form of the loops that this machine can run.
struct KernelForm: @unchecked Sendable, CustomTestStringConvertible {
    let pointer: UnsafePointer<ckernels>

    var loops: ckernels { pointer.pointee }
    var name: String { String(cString: loops.name) }
    var testDescription: String { name }

    /// All of them, the fastest first.
    static let all: [KernelForm] = {
        var forms: [UnsafePointer<ckernels>?] = [nil, nil, nil]
        let count = ckernels_forms(&forms)
        return forms.prefix(count).compactMap { $0 }.map(KernelForm.init)
    }()
}
