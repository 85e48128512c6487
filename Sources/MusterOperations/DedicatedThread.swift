import Foundation
import Synchronization

/// Work that computes for long, on a thread of its own: the threads that everybody shares go on meanwhile.
enum DedicatedThread {
    /// Does the work and returns its result.
    ///
    /// - Throws: what the work throws.
    static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try work() }) }.start()
        }
    }

    /// Does the work and returns its result, or nil where it takes longer than it may or the task is cancelled.
    ///
    /// A thread cannot be stopped: work that is given up goes on until it ends, and nobody hears of its result.
    static func run<Value: Sendable>(
        within limit: Duration, _ work: @escaping @Sendable () -> Value
    ) async -> Value? {
        let result = FirstResult<Value?>()
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await Task.sleep(for: limit)
                result.resume(returning: nil)
            }
            defer { group.cancelAll() }
            return await withCheckedContinuation { continuation in
                result.wait(continuation)
                Thread { result.resume(returning: work()) }.start()
            }
        }
    }
}

/// Takes the first of several results, whether somebody waits for it already or not; those that come later are dropped.
private final class FirstResult<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case awaited(CheckedContinuation<Value, Never>)
        case early(Value)
        case over
    }

    private let state = Mutex(State.empty)

    func wait(_ continuation: CheckedContinuation<Value, Never>) {
        let early: Value? = state.withLock { state in
            guard case .early(let value) = state else {
                state = .awaited(continuation)
                return nil
            }
            state = .over
            return value
        }
        if let early { continuation.resume(returning: early) }
    }

    func resume(returning value: Value) {
        let waiting: CheckedContinuation<Value, Never>? = state.withLock { state in
            switch state {
            case .empty: state = .early(value)
            case .awaited(let continuation):
                state = .over
                return continuation
            case .early, .over: break
            }
            return nil
        }
        waiting?.resume(returning: value)
    }
}
