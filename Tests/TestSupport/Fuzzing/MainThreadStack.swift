import Foundation
import Synchronization

/// Runs work where the stack is as large as that of a program's main thread.
package enum MainThreadStack {
    private static let size = 8 << 20

    /// Does the work on a thread of its own, and waits for it.
    package static func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) -> Value {
        let box = Box<Value>()
        let isDone = DispatchSemaphore(value: 0)
        let thread = Thread {
            box.value.withLock { $0 = work() }
            isDone.signal()
        }
        thread.stackSize = size
        thread.start()
        isDone.wait()
        guard let value = box.value.withLock({ $0 }) else { preconditionFailure("the thread left nothing behind") }
        return value
    }

    private final class Box<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }
}
