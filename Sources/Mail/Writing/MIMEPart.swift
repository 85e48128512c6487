/// A part of a mail's body (RFC 2045, RFC 2046).
public indirect enum MIMEPart: Sendable {
    /// Text in UTF-8, sent as quoted-printable.
    case text(String, subtype: String)
    /// Bytes sent as base64, with the full content type, and a name where it is an attachment.
    case data([UInt8], type: String, filename: String?)
    /// Parts one after the other.
    case mixed([MIMEPart])
    /// Versions of the same, the plainest first.
    case alternative([MIMEPart])
}
