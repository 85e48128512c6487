import Dispatch
import Foundation
import Synchronization

extension Array where Element: Sendable {
    /// `map` on several threads at once, in the same order.
    ///
    /// It is for work that computes; work that waits keeps its thread.
    ///
    /// - Parameter threads: how many; one a processor where nothing is said.
    /// - Throws: what `transform` throws at the first element at which it does, after all have been looked at.
    public func concurrentMap<Value: Sendable, Failure: Error>(
        threads: Int = ProcessInfo.processInfo.activeProcessorCount,
        _ transform: @Sendable (Element) throws(Failure) -> Value
    ) throws(Failure) -> [Value] {
        guard threads > 1, count > 1 else { return try map(transform) }
        // Chunks smaller than a share even out what takes longer.
        let chunk = Swift.max(1, count / (threads * 8))
        let starts = Array<Int>(stride(from: 0, to: count, by: chunk))
        let parts = Mutex(Array<Result<[Value], Failure>>(repeating: .success([]), count: starts.count))
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while case let part = next.add(1, ordering: .relaxed).oldValue, part < starts.count {
                let elements = self[starts[part]..<Swift.min(starts[part] + chunk, count)]
                let values = Result { () throws(Failure) in try elements.map(transform) }
                parts.withLock { $0[part] = values }
            }
        }
        var values: [Value] = []
        values.reserveCapacity(count)
        for part in parts.withLock({ $0 }) { values += try part.get() }
        return values
    }
}
