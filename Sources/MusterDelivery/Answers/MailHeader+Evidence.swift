import Mail
import MusterModel

extension MailHeader {
    /// How far it can be believed that a mail is from the address that it names.
    ///
    /// Answers from Google's calendar are honest, and often signed by Google alone: that is not held against them.
    ///
    /// - Parameter server: the name of the server whose findings are believed (RFC 8601 §5); nil for none.
    func evidence(trusting server: String?) -> Evidence {
        guard let server, let results = authenticationResults(of: server),
            let domain = mailboxes("From").first?.domain.lowercased()
        else { return .fair }
        func passes(_ method: String, by property: String, where isMeant: (String) -> Bool) -> Bool {
            results.findings.contains { finding in
                let value = finding.properties[property].map { $0.split(separator: "@").last.map(String.init) ?? "" }
                return finding.method == method && finding.result == "pass" && value.map(isMeant) ?? false
            }
        }
        func isAligned(_ other: String) -> Bool {
            other == domain || other.contains(".") && (domain.hasSuffix("." + other) || other.hasSuffix("." + domain))
        }
        func has(_ method: String, _ result: String) -> Bool {
            results.findings.contains { $0.method == method && $0.result == result }
        }
        let isSigned =
            passes("dkim", by: "header.d", where: isAligned) || passes("dkim", by: "header.i", where: isAligned)
        if has("dmarc", "pass") || isSigned || passes("spf", by: "smtp.mailfrom", where: isAligned) { return .strong }
        let isGoogle = passes("dkim", by: "header.d") { $0 == "google.com" || $0.hasSuffix(".gappssmtp.com") }
        let isDoubtful = has("dmarc", "fail") || has("spf", "fail") && !has("dkim", "pass")
        return isDoubtful && !isGoogle ? .weak : .fair
    }
}
