import CCurl
import Transport

/// Sorts libcurl's codes into the kinds that matter to a sender.
enum CurlFailure {
    /// Nobody waits for the answer any more, so what was sent may have arrived.
    static let givenUp = TransportError(.broken, "it was broken off, since the program ends")

    static func error(_ code: CURLcode, _ transfer: CurlTransfer, status: Int?) -> TransportError {
        let message = transfer.message(code)
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return TransportError(.unreachable, "nobody knows the host name (\(message))")
        case CURLE_COULDNT_CONNECT: return TransportError(.unreachable, "no connection (\(message))")
        case CURLE_OPERATION_TIMEDOUT: return TransportError(.timeout, "no answer in time (\(message))")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_USE_SSL_FAILED, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER:
            return TransportError(.insecure, "the connection cannot be trusted (\(message))")
        case CURLE_LOGIN_DENIED:
            return TransportError(.authentication, status: status, "user or password was refused (\(message))")
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
            // That of the server: no message is to blame.
            return TransportError(.unreachable, "the server's address cannot be used (\(message))")
        case CURLE_TOO_MANY_REDIRECTS: return TransportError(.unreachable, "it redirects in circles (\(message))")
        default: return TransportError(.broken, "the connection broke (\(message))")
        }
    }
}
