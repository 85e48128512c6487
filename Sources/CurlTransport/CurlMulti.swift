import CCurl

/// A `curl_multi` handle: the transfers that are running, and the connections that are kept for those to come.
///
/// `@unchecked Sendable`: one thread owns it and all that is in it; libcurl lets others call `wakeUp` alone.
final class CurlMulti: @unchecked Sendable {
    private let pointer: UnsafeMutableRawPointer?

    /// - Parameter connections: how many are kept at most.
    init(connections: Int) {
        ccurl_start()
        pointer = curl_multi_init()
        // By itself libcurl closes connections as soon as few transfers are running.
        ccurl_set_multi_long(pointer, CURLMOPT_MAXCONNECTS, connections)
    }

    deinit { curl_multi_cleanup(pointer) }

    func add(_ transfer: CurlTransfer) -> Bool {
        transfer.handle != nil && curl_multi_add_handle(pointer, transfer.handle) == CURLM_OK
    }

    func remove(_ transfer: CurlTransfer) { curl_multi_remove_handle(pointer, transfer.handle) }

    /// Goes on with everything as far as it goes without waiting.
    func perform() {
        var running: Int32 = 0
        curl_multi_perform(pointer, &running)
    }

    /// The handle of a transfer that has ended, and how; nil where there is none any more.
    func nextDone() -> (handle: UnsafeMutableRawPointer, result: CURLcode)? {
        var result = CURLE_OK
        return ccurl_next_done(pointer, &result).map { ($0, result) }
    }

    /// Waits until something can go on, somebody calls `wakeUp`, or a second is over.
    func wait() { curl_multi_poll(pointer, nil, 0, 1000, nil) }

    /// Ends the wait that is on, or the next one.
    func wakeUp() { curl_multi_wakeup(pointer) }
}
