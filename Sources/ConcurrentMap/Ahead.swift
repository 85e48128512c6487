import Dispatch
import Foundation
import Synchronization

/// A value that another thread works out while this one goes on.
///
/// It is for work that computes, and reads files or the database for that, a step ahead of whoever needs it; nothing that
/// waits for strangers belongs there, since whoever asks for the value waits, too. The thread is one of its own: whoever
/// waits keeps theirs, and of those that everybody shares none may be left.
public final class Ahead<Value: Sendable, Failure: Error>: Sendable {
    private let result = Mutex<Result<Value, Failure>?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    /// Begins to work out a value.
    public init(_ work: @escaping @Sendable () throws(Failure) -> Value) {
        Thread {
            let outcome = Result { () throws(Failure) in try work() }
            self.result.withLock { $0 = outcome }
            self.isDone.signal()
        }.start()
    }

    /// The value, as soon as it is there.
    ///
    /// - Throws: what the work threw.
    public func value() throws(Failure) -> Value {
        while true {
            if let outcome = result.withLock({ $0 }) { return try outcome.get() }
            isDone.wait()
        }
    }
}
