import Glibc

/// Lets threads wait until something that others change is as they want it.
public final class ThreadCondition: @unchecked Sendable {
    // Both are initialised once and used through their addresses only, as pthreads asks.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// A condition that nobody waits for.
    public init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Makes a change and wakes all who wait.
    ///
    /// - Throws: What the change throws.
    public func change<Result>(_ body: () throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(condition)
            pthread_mutex_unlock(mutex)
        }
        return try body()
    }

    /// Waits until a question has an answer.
    ///
    /// - Throws: What the question throws.
    public func wait<Result>(for answer: () throws -> Result?) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = try answer() { return result }
            pthread_cond_wait(condition, mutex)
        }
    }
}
