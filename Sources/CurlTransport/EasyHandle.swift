import CCurl
import Synchronization

/// A handle of libcurl that is used again and again, since making one takes a fifth of the time of a small request.
///
/// `@unchecked Sendable`: it belongs to one transfer at a time, and to nobody while it lies among the spare ones.
final class EasyHandle: @unchecked Sendable {
    private static let mostSpare = 256
    private static let spare = Mutex<[EasyHandle]>([])

    /// Nil where there was no memory for it.
    let pointer = curl_easy_init()

    deinit { curl_easy_cleanup(pointer) }

    /// A handle that nobody uses.
    static func take() -> EasyHandle { spare.withLock { $0.popLast() } ?? EasyHandle() }

    /// Takes a handle back that is in no loop.
    static func release(_ handle: EasyHandle) {
        spare.withLock { if $0.count < mostSpare { $0.append(handle) } }
    }
}
