import Foundation

/// What an address of the web must look like to be put into mails and pages.
enum LinkRule {
    /// Whether a password stands in an address, where everybody could read it.
    static func hasPassword(_ address: String) -> Bool { URLComponents(string: address)?.password != nil }

    static func accepts(_ link: String) -> Bool {
        (link.hasPrefix("https://") || link.hasPrefix("http://")) && link.utf8.count <= 2000
            && !link.unicodeScalars.contains {
                $0.value <= 0x20 || $0.value == 0x7F || "\"<>\\^`{|}".unicodeScalars.contains($0)
            }
    }
}
