import Glibc

/// Does something in threads, numbered from 0, and waits for them; in this thread if it is one only.
func inThreads(_ count: Int, _ body: @escaping (Int) -> Void) {
    guard count > 1 else { return body(0) }
    var threads = [pthread_t](repeating: pthread_t(), count: count)
    for number in 0..<count {
        let work = Unmanaged.passRetained(ThreadWork { body(number) })
        let code = pthread_create(&threads[number], nil, runWork, work.toOpaque())
        guard code == 0 else {
            print("A thread could not be started: \(String(cString: strerror(code)))")
            exit(1)
        }
    }
    for thread in threads { pthread_join(thread, nil) }
}

private final class ThreadWork {
    let body: () -> Void

    init(_ body: @escaping () -> Void) { self.body = body }
}

private func runWork(_ work: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let work { Unmanaged<ThreadWork>.fromOpaque(work).takeRetainedValue().body() }
    return nil
}
