import Glibc

/// Ends all ranks of a job from one of them, without a word.
enum JobAbort {
    /// `PMIx_Abort` of the PMIx standard: a status, a message, and which ranks; none named means all of the job.
    private typealias Call = @convention(c) (CInt, UnsafePointer<CChar>?, UnsafeMutableRawPointer?, Int) -> CInt

    /// Asks what started the ranks to end them all.
    ///
    /// `MPI_Abort` does the same, but adds eight lines of its own to the message that has been printed, which cannot be
    /// turned off from within. Open MPI rests on PMIx, whose library is then loaded; built with another copy of its own
    /// inside, it has no such name.
    ///
    /// - Returns: If nobody could be asked. Otherwise this process has ended.
    static func perform(exitCode: Int32) {
        guard let library = dlopen("libpmix.so.2", RTLD_LAZY | RTLD_NOLOAD), let symbol = dlsym(library, "PMIx_Abort")
        else { return }
        // The one that is asked may not answer any more.
        signal(SIGALRM, SIG_DFL)
        alarm(3)
        guard unsafeBitCast(symbol, to: Call.self)(exitCode, nil, nil, 0) == 0 else { return }
        _exit(exitCode)
    }
}
