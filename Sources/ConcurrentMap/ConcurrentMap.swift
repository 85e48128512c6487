import Dispatch
import Foundation
import Synchronization

extension Array where Element: Sendable {
    /// `map` on several threads at once, in the same order.
    ///
    /// It is for work that computes; work that waits keeps its thread.
    ///
    /// - Parameter threads: how many; one a processor where nothing is said.
    public func concurrentMap<Value: Sendable>(
        threads: Int = ProcessInfo.processInfo.activeProcessorCount, _ transform: @Sendable (Element) -> Value
    ) -> [Value] {
        guard threads > 1, count > 1 else { return map(transform) }
        // Chunks smaller than a share even out what takes longer.
        let chunk = Swift.max(1, count / (threads * 8))
        let starts = Array<Int>(stride(from: 0, to: count, by: chunk))
        let parts = Mutex<[[Value]]>(Array<[Value]>(repeating: [], count: starts.count))
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while case let part = next.add(1, ordering: .relaxed).oldValue, part < starts.count {
                let values = self[starts[part]..<Swift.min(starts[part] + chunk, count)].map(transform)
                parts.withLock { $0[part] = values }
            }
        }
        return parts.withLock { $0.flatMap { $0 } }
    }
}
