import Crypto
import Foundation
import TextEncodings

/// What a calendar program reads at the address of a feed.
public struct CalendarFeed: Hashable, Sendable {
    /// The calendar (RFC 5545).
    public let text: String

    /// A strong entity tag (RFC 9110 §8.8.3): the same for the same bytes, and for no others.
    public var entityTag: String {
        "\"" + SHA256.hash(data: Data(text.utf8)).prefix(16).hexadecimal + "\""
    }
}
