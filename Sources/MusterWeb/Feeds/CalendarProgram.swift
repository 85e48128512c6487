/// What calendar programs call themselves in `User-Agent`, as people know them.
enum CalendarProgram {
    /// Parts of a name by which a program is known, the more telling first.
    private static let known = [
        ("Google-Calendar", "Google Calendar"), ("Thunderbird", "Thunderbird"), ("Microsoft Outlook", "Outlook"),
        ("Microsoft-Exchange", "Outlook"), ("Exchange", "Outlook"), ("dataaccessd", "Apple Calendar"),
        ("CalendarAgent", "Apple Calendar"), ("CalendarStore", "Apple Calendar"), ("ICSx5", "ICSx5"),
        ("Nextcloud", "Nextcloud"), ("Evolution", "Evolution"),
    ]
    private static let longest = 40

    /// The name; of a program that nobody here knows, its product without version and comments (RFC 9110 §10.1.5).
    ///
    /// Nil where nothing is left of it that can be shown on a terminal.
    static func name(_ userAgent: String) -> String? {
        if let match = known.first(where: { userAgent.contains($0.0) }) { return match.1 }
        let product = userAgent.prefix { $0 != "/" && $0 != "(" && $0 != " " }
        let plain = product.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.+".contains($0)) }
        return plain.isEmpty ? nil : String(plain.prefix(longest))
    }
}
