/// What a mail address must look like to be written to: nothing that could end a header or name a second recipient.
enum AddressRule {
    static func accepts(_ address: String) -> Bool {
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".") && !parts[1].contains("..")
            && parts[1].first != "." && parts[1].last != "." && address.utf8.count <= 254
            && !address.unicodeScalars.contains {
                $0.value <= 0x20 || $0.value == 0x7F || "\"(),:;<>[\\]".unicodeScalars.contains($0)
            }
    }
}

/// What an address of the web must look like to be put into mails and pages.
enum LinkRule {
    static func accepts(_ link: String) -> Bool {
        (link.hasPrefix("https://") || link.hasPrefix("http://")) && link.utf8.count <= 2000
            && !link.unicodeScalars.contains {
                $0.value <= 0x20 || $0.value == 0x7F || "\"<>\\^`{|}".unicodeScalars.contains($0)
            }
    }
}
