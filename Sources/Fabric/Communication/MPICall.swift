internal import CMPI

/// The one checked bridge to MPI: every status becomes an error that names the call.
enum MPICall {
    /// - Throws: `FabricError.mpi` unless the code is 0.
    static func check(_ code: Int32, _ call: @autoclosure () -> String) throws {
        guard code != 0 else { return }
        var text = [CChar](repeating: 0, count: 256)
        cmpi_error_text(code, &text)
        throw FabricError.mpi(call: call(), reason: string(text))
    }

    /// The MPI library's name and version.
    static var libraryVersion: String {
        var text = [CChar](repeating: 0, count: 256)
        cmpi_library_version(&text)
        return string(text)
    }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
