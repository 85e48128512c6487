import CivilTime
import TextEncodings

/// Writes mails (RFC 5322, RFC 2045): CRLF, lines of at most 76 characters, nothing but ASCII.
///
/// The same message always gives the same bytes, so that a retry sends what was sent before.
public enum MailWriter {
    /// The message as it goes over the wire, without dot stuffing.
    public static func write(_ message: MailMessage) -> [UInt8] {
        var output = HeaderEncoding.line("From", structured: HeaderEncoding.mailbox(message.from))
        output += HeaderEncoding.line("To", structured: HeaderEncoding.mailbox(message.to))
        if let replyTo = message.replyTo {
            output += HeaderEncoding.line("Reply-To", structured: HeaderEncoding.mailbox(replyTo))
        }
        output += HeaderEncoding.line("Subject", unstructured: message.subject)
        output += HeaderEncoding.line("Date", structured: date(message.date))
        output += HeaderEncoding.line("Message-ID", structured: "<\(message.messageID)>")
        if let last = message.references.last {
            output += HeaderEncoding.line("In-Reply-To", structured: "<\(last)>")
            let thread = message.references.map { "<\($0)>" }.joined(separator: " ")
            output += HeaderEncoding.line("References", structured: thread)
        }
        for header in message.otherHeaders { output += HeaderEncoding.line(header.name, structured: header.value) }
        output += "MIME-Version: 1.0\r\n"
        var boundaries = Boundaries(seed: message.messageID)
        output += part(message.body, &boundaries)
        return Array(output.utf8)
    }

    /// A message that this wrote, with another date; nil where it has none.
    public static func redated(_ message: [UInt8], at instant: Instant) -> [UInt8]? {
        let lineEnd = Array("\r\n".utf8)
        let headers = message.firstRange(of: lineEnd + lineEnd).map { message[..<$0.upperBound] } ?? message[...]
        guard let start = headers.firstRange(of: Array("\r\nDate: ".utf8)),
            let end = headers[start.upperBound...].firstRange(of: lineEnd)
        else { return nil }
        let line = "\r\n" + HeaderEncoding.line("Date", structured: date(instant))
        return message[..<start.lowerBound] + Array(line.utf8) + message[end.upperBound...]
    }

    private static func part(_ part: MIMEPart, _ boundaries: inout Boundaries) -> String {
        switch part {
        case .text(let text, let subtype):
            return "Content-Type: text/\(subtype); charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
                + QuotedPrintable.encode(text)
        case .data(let bytes, let type, let filename):
            let disposition = filename.map { "Content-Disposition: attachment; filename=\"\($0)\"\r\n" } ?? ""
            return "Content-Type: \(type)\r\nContent-Transfer-Encoding: base64\r\n\(disposition)\r\n"
                + Base64.lines(bytes)
        case .mixed(let parts): return multipart("mixed", parts: parts, boundaries: &boundaries)
        case .alternative(let parts): return multipart("alternative", parts: parts, boundaries: &boundaries)
        }
    }

    private static func multipart(_ subtype: String, parts: [MIMEPart], boundaries: inout Boundaries) -> String {
        let boundary = boundaries.next()
        var output = "Content-Type: multipart/\(subtype);\r\n boundary=\"\(boundary)\"\r\n\r\n"
        for child in parts { output += "--\(boundary)\r\n" + part(child, &boundaries) + "\r\n" }
        return output + "--\(boundary)--\r\n"
    }

    private static func date(_ instant: Instant) -> String {
        let utc = instant.utc
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let (year, month, day) = utc.date.components
        return "\(utc.date.weekday.shortName), \(day) \(months[month - 1]) \(year) \(utc.description.suffix(8)) +0000"
    }
}

/// Boundaries that cannot stand in a part: quoted-printable never has `=_`, base64 never `_`.
private struct Boundaries {
    private let seed: String
    private var count = 0

    init(seed: String) {
        self.seed = String(seed.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(24))
    }

    mutating func next() -> String {
        count += 1
        return "=_\(seed)_\(count)"
    }
}
