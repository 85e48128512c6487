import TextEncodings

/// Values as they were written before RFC 5545: quoted-printable and other character sets (vCalendar 1.0, RFC 2445).
enum LegacyEncoding {
    /// The value where a parameter names a transfer encoding or a character set, else nil.
    ///
    /// Such parameters are then done with and leave the list.
    static func value(
        _ bytes: UnsafeBufferPointer<UInt8>, parameters: inout [Parameter], remarks: inout [String]
    ) -> String? {
        guard !parameters.isEmpty else { return nil }
        let isQuoted = parameters.contains {
            $0.name == "QUOTED-PRINTABLE"
                || $0.name == "ENCODING" && $0.values.first?.uppercased() == "QUOTED-PRINTABLE"
        }
        let charset = parameters.first { $0.name == "CHARSET" }?.values.first
        guard isQuoted || charset != nil else { return nil }
        parameters.removeAll { parameter in
            parameter.name == "CHARSET" || parameter.name == "QUOTED-PRINTABLE"
                || isQuoted && parameter.name == "ENCODING"
        }
        if isQuoted { remarks.append("the value is quoted-printable as in vCalendar 1.0; decoded") }
        if let charset, charset.uppercased() != "UTF-8" {
            remarks.append("the value says that its characters are \(charset.prefix(40)); read so")
        }
        let plain = isQuoted ? QuotedPrintable.decode(bytes) : Array(bytes)
        var value = String.UnicodeScalarView()
        for scalar in Charset.text(plain, named: charset).unicodeScalars {
            if scalar == "\n" {
                // A line break that the encoding hid is part of the text.
                value.append("\\")
                value.append("n")
            } else if scalar.value >= 0x20 && scalar.value != 0x7F || scalar == "\t" {
                value.append(scalar)
            }
        }
        return String(value)
    }
}
