internal import CBLAS

/// A type that LAPACK computes in, with the routines that are used.
///
/// Sizes are `Int32`; the routines' names and arguments are those of the reference, <https://netlib.org/lapack/explore-html/>.
protocol LAPACKScalar: LoopScalar {
    typealias Memory = UnsafeMutablePointer<Self>

    /// Returns `info`; work of one element and a count of −1 asks how much is needed.
    static func gesdd(
        _ job: CChar, _ m: Int32, _ n: Int32, _ a: Memory, _ s: Memory, _ u: Memory, _ ldu: Int32, _ vt: Memory,
        _ ldvt: Int32, _ work: Memory, _ workCount: Int32, _ integers: UnsafeMutablePointer<Int32>
    ) -> Int32
    static func syevd(
        _ n: Int32, _ a: Memory, _ values: Memory, _ work: Memory, _ workCount: Int32,
        _ integers: UnsafeMutablePointer<Int32>, _ integerCount: Int32
    ) -> Int32
    static func geqrf(
        _ m: Int32, _ n: Int32, _ a: Memory, _ tau: Memory, _ work: Memory, _ workCount: Int32
    ) -> Int32
    static func orgqr(
        _ m: Int32, _ n: Int32, _ k: Int32, _ a: Memory, _ tau: Memory, _ work: Memory, _ workCount: Int32
    ) -> Int32
    static func potrf(_ n: Int32, _ a: Memory) -> Int32
    static func getrf(_ n: Int32, _ a: Memory, _ pivots: UnsafeMutablePointer<Int32>) -> Int32
    /// Solves with the transpose of what was factored.
    static func getrs(
        _ n: Int32, _ columns: Int32, _ a: Memory, _ pivots: UnsafeMutablePointer<Int32>, _ b: Memory
    ) -> Int32
}

private let upper = CChar(UInt8(ascii: "U"))
private let vectors = CChar(UInt8(ascii: "V"))
private let transposed = CChar(UInt8(ascii: "T"))

extension Float: LAPACKScalar {
    static func gesdd(
        _ job: CChar, _ m: Int32, _ n: Int32, _ a: Memory, _ s: Memory, _ u: Memory, _ ldu: Int32, _ vt: Memory,
        _ ldvt: Int32, _ work: Memory, _ workCount: Int32, _ integers: UnsafeMutablePointer<Int32>
    ) -> Int32 {
        var info: Int32 = 0
        sgesdd_([job], [m], [n], a, [m], s, u, [ldu], vt, [ldvt], work, [workCount], integers, &info)
        return info
    }

    static func syevd(
        _ n: Int32, _ a: Memory, _ values: Memory, _ work: Memory, _ workCount: Int32,
        _ integers: UnsafeMutablePointer<Int32>, _ integerCount: Int32
    ) -> Int32 {
        var info: Int32 = 0
        ssyevd_([vectors], [upper], [n], a, [n], values, work, [workCount], integers, [integerCount], &info)
        return info
    }

    static func geqrf(
        _ m: Int32, _ n: Int32, _ a: Memory, _ tau: Memory, _ work: Memory, _ workCount: Int32
    ) -> Int32 {
        var info: Int32 = 0
        sgeqrf_([m], [n], a, [m], tau, work, [workCount], &info)
        return info
    }

    static func orgqr(
        _ m: Int32, _ n: Int32, _ k: Int32, _ a: Memory, _ tau: Memory, _ work: Memory, _ workCount: Int32
    ) -> Int32 {
        var info: Int32 = 0
        sorgqr_([m], [n], [k], a, [m], tau, work, [workCount], &info)
        return info
    }

    static func potrf(_ n: Int32, _ a: Memory) -> Int32 {
        var info: Int32 = 0
        spotrf_([upper], [n], a, [n], &info)
        return info
    }

    static func getrf(_ n: Int32, _ a: Memory, _ pivots: UnsafeMutablePointer<Int32>) -> Int32 {
        var info: Int32 = 0
        sgetrf_([n], [n], a, [n], pivots, &info)
        return info
    }

    static func getrs(
        _ n: Int32, _ columns: Int32, _ a: Memory, _ pivots: UnsafeMutablePointer<Int32>, _ b: Memory
    ) -> Int32 {
        var info: Int32 = 0
        sgetrs_([transposed], [n], [columns], a, [n], pivots, b, [n], &info)
        return info
    }
}

extension Double: LAPACKScalar {
    static func gesdd(
        _ job: CChar, _ m: Int32, _ n: Int32, _ a: Memory, _ s: Memory, _ u: Memory, _ ldu: Int32, _ vt: Memory,
        _ ldvt: Int32, _ work: Memory, _ workCount: Int32, _ integers: UnsafeMutablePointer<Int32>
    ) -> Int32 {
        var info: Int32 = 0
        dgesdd_([job], [m], [n], a, [m], s, u, [ldu], vt, [ldvt], work, [workCount], integers, &info)
        return info
    }

    static func syevd(
        _ n: Int32, _ a: Memory, _ values: Memory, _ work: Memory, _ workCount: Int32,
        _ integers: UnsafeMutablePointer<Int32>, _ integerCount: Int32
    ) -> Int32 {
        var info: Int32 = 0
        dsyevd_([vectors], [upper], [n], a, [n], values, work, [workCount], integers, [integerCount], &info)
        return info
    }

    static func geqrf(
        _ m: Int32, _ n: Int32, _ a: Memory, _ tau: Memory, _ work: Memory, _ workCount: Int32
    ) -> Int32 {
        var info: Int32 = 0
        dgeqrf_([m], [n], a, [m], tau, work, [workCount], &info)
        return info
    }

    static func orgqr(
        _ m: Int32, _ n: Int32, _ k: Int32, _ a: Memory, _ tau: Memory, _ work: Memory, _ workCount: Int32
    ) -> Int32 {
        var info: Int32 = 0
        dorgqr_([m], [n], [k], a, [m], tau, work, [workCount], &info)
        return info
    }

    static func potrf(_ n: Int32, _ a: Memory) -> Int32 {
        var info: Int32 = 0
        dpotrf_([upper], [n], a, [n], &info)
        return info
    }

    static func getrf(_ n: Int32, _ a: Memory, _ pivots: UnsafeMutablePointer<Int32>) -> Int32 {
        var info: Int32 = 0
        dgetrf_([n], [n], a, [n], pivots, &info)
        return info
    }

    static func getrs(
        _ n: Int32, _ columns: Int32, _ a: Memory, _ pivots: UnsafeMutablePointer<Int32>, _ b: Memory
    ) -> Int32 {
        var info: Int32 = 0
        dgetrs_([transposed], [n], [columns], a, [n], pivots, b, [n], &info)
        return info
    }
}
