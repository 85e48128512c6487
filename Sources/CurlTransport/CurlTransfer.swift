import CCurl
import Foundation
import Synchronization
import Transport

/// One transfer: an easy handle with what it sends and what it receives.
///
/// `@unchecked Sendable`: it is set up by one task before it runs, touched by the thread of its loop or line alone while
/// it does, and read by that task again only after it has ended.
final class CurlTransfer: @unchecked Sendable {
    /// More than that is not kept of what comes before the body.
    private static let mostHead = 1 << 16

    private let easy = EasyHandle.take()
    private(set) var body: [UInt8] = []
    /// What the server said before the body, as it came: the headers of all answers, or the replies of a mail server.
    private(set) var head: [UInt8] = []
    private(set) var isTooLarge = false
    /// Whether nothing was uploaded, since leave for it was refused.
    private(set) var isHeldBack = false
    /// The address of a private network to which the connection led, though it may not.
    private(set) var refusedAddress: String?
    /// Takes the body instead of its being kept.
    var receiver: (@Sendable ([UInt8]) -> Void)?
    private let maximumBytes: Int
    private let cutsOff: Bool
    private var privateNetworks = HTTPRequest.PrivateNetworks.allowed
    /// Whether the first connection led into a private network; nil where nobody looked.
    private(set) var beganPrivately: Bool?
    private var hasCookies = false
    private var upload: [UInt8] = []
    private var uploaded = 0
    private var gate: CommitGate?
    private var lists: [UnsafeMutablePointer<curl_slist>?] = []
    private var errorText: UnsafeMutablePointer<CChar>
    private let continuation = Mutex<CheckedContinuation<CURLcode, Never>?>(nil)
    private let cancellation = Atomic(false)

    /// - Parameters:
    ///   - maximumBytes: what is kept of the answer at most.
    ///   - cutsOff: whether the rest of a larger answer is left out; else it ends the transfer.
    init(maximumBytes: Int, cutsOff: Bool = false) {
        self.maximumBytes = maximumBytes
        self.cutsOff = cutsOff
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        ccurl_set_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            CurlTransfer.of(context)?.receive(bytes, size * count) ?? 0
        }
        ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        ccurl_set_callback(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            CurlTransfer.of(context)?.receiveHeader(bytes, size * count) ?? 0
        }
    }

    deinit {
        // Handles are used again, and a reset keeps what they know of cookies.
        if hasCookies { set(CURLOPT_COOKIELIST, "ALL") }
        curl_easy_reset(handle)
        EasyHandle.release(easy)
        lists.forEach { curl_slist_free_all($0) }
        errorText.deallocate()
    }

    var handle: UnsafeMutableRawPointer? { easy.pointer }

    func set(_ option: CURLoption, _ value: Int) { ccurl_set_long(handle, option, value) }

    func set(_ option: CURLoption, _ value: String) { ccurl_set_string(handle, option, value) }

    /// Trusts the certificates of a file in place of the system's; nil for those.
    func trust(_ authorities: String?) {
        guard let authorities else { return }
        set(CURLOPT_CAINFO, authorities)
        ccurl_set_string(handle, CURLOPT_CAPATH, nil)
    }

    /// Goes to the server itself, whatever proxy the environment names: which addresses are private is judged by where a
    /// connection really leads.
    func goDirectly() { set(CURLOPT_PROXY, "") }

    /// Gives back within this transfer the cookies that its answers set: some servers redirect until they have one.
    func keepCookies() {
        set(CURLOPT_COOKIEFILE, "")
        hasCookies = true
    }

    func set(_ option: CURLoption, _ values: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for value in values { list = curl_slist_append(list, value) }
        lists.append(list)
        ccurl_set_list(handle, option, list)
    }

    /// Uploads bytes as soon as that is cleared; until then the thread of the transfer waits.
    func upload(_ bytes: [UInt8], once gate: CommitGate) {
        upload = bytes
        self.gate = gate
        set(CURLOPT_UPLOAD, 1)
        ccurl_set_large(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(bytes.count))
        ccurl_set_pointer(handle, CURLOPT_READDATA, Unmanaged.passUnretained(self).toOpaque())
        ccurl_set_callback(handle, CURLOPT_READFUNCTION) { buffer, size, count, context in
            CurlTransfer.of(context)?.provide(buffer, size * count) ?? 0
        }
    }

    func post(_ bytes: [UInt8]) {
        set(CURLOPT_POST, 1)
        ccurl_set_large(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
        bytes.withUnsafeBytes { source in
            // libcurl takes a copy, so the bytes need not outlive this call.
            _ = ccurl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: source.baseAddress))
        }
    }

    /// Lets `cancel` end the transfer even where libcurl waits without coming back.
    func watchCancellation() {
        set(CURLOPT_NOPROGRESS, 0)
        ccurl_set_pointer(handle, CURLOPT_XFERINFODATA, Unmanaged.passUnretained(self).toOpaque())
        ccurl_set_progress_callback(handle) { context, _, _, _, _ in
            CurlTransfer.of(context)?.isCancelled == true ? 1 : 0
        }
    }

    /// Looks at the address of each connection before anything is sent over it.
    func guardAddresses(_ privateNetworks: HTTPRequest.PrivateNetworks) {
        guard privateNetworks != .allowed else { return }
        self.privateNetworks = privateNetworks
        ccurl_set_pointer(handle, CURLOPT_PREREQDATA, Unmanaged.passUnretained(self).toOpaque())
        ccurl_set_connection_callback(handle) { context, address, _, _, _ in
            guard let transfer = CurlTransfer.of(context), let address else { return CURL_PREREQFUNC_ABORT }
            return transfer.mayTalk(to: String(cString: address)) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
    }

    private func mayTalk(to address: String) -> Bool {
        let isPrivate = PrivateAddress.contains(address)
        beganPrivately = beganPrivately ?? isPrivate
        let isAllowed = !isPrivate || privateNetworks == .unlessRedirected && beganPrivately == true
        if !isAllowed { refusedAddress = address }
        return isAllowed
    }

    /// What libcurl has to say about a failure.
    func message(_ code: CURLcode) -> String {
        let detail = String(cString: errorText)
        return detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
    }

    /// The lines of the head.
    var headLines: [String] { head.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) } }

    var status: Int { ccurl_get_long(handle, CURLINFO_RESPONSE_CODE) }

    /// Whether it went over a connection that another had opened.
    var isReused: Bool { ccurl_get_long(handle, CURLINFO_NUM_CONNECTS) == 0 }

    /// Whether somebody gave up waiting, perhaps before the transfer was queued; may be asked and said from anywhere.
    var isCancelled: Bool { cancellation.load(ordering: .acquiring) }

    func cancel() { cancellation.store(true, ordering: .releasing) }

    func begin(_ continuation: CheckedContinuation<CURLcode, Never>) {
        self.continuation.withLock { $0 = continuation }
        // Who gave up before this has found nobody to tell.
        if isCancelled { end(CURLE_ABORTED_BY_CALLBACK) }
    }

    /// Tells whoever waits, once.
    func end(_ result: CURLcode) {
        let waiting = continuation.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        waiting?.resume(returning: result)
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
        context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func receive(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        if let receiver, (200..<300).contains(status) {
            receiver(Array(UnsafeRawBufferPointer(start: bytes, count: count)))
            return count
        }
        guard body.count + count <= maximumBytes else {
            if cutsOff { return count }
            isTooLarge = true
            return 0
        }
        body += UnsafeRawBufferPointer(start: bytes, count: count)
        return count
    }

    private func receiveHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        if head.count < Self.mostHead { head += UnsafeRawBufferPointer(start: bytes, count: count) }
        return count
    }

    private func provide(_ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int) -> Int {
        if gate?.wait() == false {
            isHeldBack = true
            return Int(CURL_READFUNC_ABORT)
        }
        let count = min(capacity, upload.count - uploaded)
        upload.withUnsafeBytes { source in
            guard let base = source.baseAddress, let buffer, count > 0 else { return }
            UnsafeMutableRawPointer(buffer).copyMemory(from: base + uploaded, byteCount: count)
        }
        uploaded += count
        return count
    }
}
