internal import CBLAS

/// OpenBLAS, which multiplies and decomposes matrices on the processor.
public enum LinearAlgebraLibrary {
    /// Makes every call of the library run in the thread that makes it.
    ///
    /// The units of a job share the processor already, and with one thread a product has the same bits however many
    /// processors there are. Holds for the whole process.
    public static func useCallingThreadOnly() { openblas_set_num_threads(1) }

    /// The number of threads that one call uses.
    public static var threadCount: Int { Int(openblas_get_num_threads()) }

    /// Version and settings, as the library states them.
    public static var description: String { String(cString: openblas_get_config()) }
}
