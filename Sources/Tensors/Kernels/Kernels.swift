import CKernels

/// The vectorised loops, in the form for this machine.
public enum Kernels {
    /// The instruction set that they use: "avx512", "avx2" or "portable".
    ///
    /// Results do not depend on it.
    public static var instructionSet: String { String(cString: best.pointee.name) }

    /// The fastest form.
    static var best: UnsafePointer<ckernels> { chosen.form }

    private static let chosen = Form(form: ckernels_best())

    /// A table of functions that nothing ever writes to.
    private struct Form: @unchecked Sendable {
        let form: UnsafePointer<ckernels>
    }
}
