/// What the server that received a mail found out about its sender (RFC 8601).
public struct AuthenticationResults: Hashable, Sendable {
    /// What one method found.
    public struct Finding: Hashable, Sendable {
        /// `spf`, `dkim`, `dmarc`, ….
        public let method: String
        /// `pass`, `fail`, `none`, ….
        public let result: String
        /// `header.d`, `smtp.mailfrom`, …, each with its value, in lower case.
        public let properties: [String: String]
    }

    /// Who says so: the name of the server.
    public let server: String
    /// What each method found.
    public let findings: [Finding]

    /// Reads a field's value; what cannot be understood is left out.
    init(_ value: String) {
        let parts = Self.withoutComments(value).lowercased().split(separator: ";").map {
            $0.split(whereSeparator: \.isWhitespace).map(String.init)
        }
        server = parts.first?.first ?? ""
        findings = parts.dropFirst().compactMap { words in
            let pairs = words.compactMap(Self.pair)
            guard let (method, result) = pairs.first else { return nil }
            return Finding(
                method: String(method.prefix { $0 != "/" }), result: result,
                properties: Dictionary(pairs.dropFirst().map { ($0.0, $0.1) }) { first, _ in first })
        }
    }

    private static func pair(_ word: String) -> (String, String)? {
        guard let equals = word.firstIndex(of: "="), equals > word.startIndex else { return nil }
        return (String(word[..<equals]), word[word.index(after: equals)...].filter { $0 != "\"" })
    }

    private static func withoutComments(_ text: String) -> String {
        var depth = 0
        return text.filter { character in
            if character == "(" { depth += 1 }
            defer { if character == ")", depth > 0 { depth -= 1 } }
            return depth == 0
        }
    }
}

extension MailHeader {
    /// What a server found out, which the reader trusts; nil where it says nothing.
    ///
    /// Whoever sends a mail can write such a field too: the uppermost of that name counts, which the last server wrote.
    public func authenticationResults(of server: String) -> AuthenticationResults? {
        fields.lazy.filter { $0.name.lowercased() == "authentication-results" }
            .map { AuthenticationResults($0.value) }.first { $0.server == server.lowercased() }
    }
}
