import CivilTime
import Foundation
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// What a word such as `person:a.marsh` means.
    ///
    /// - Throws: `Failure` where it means nothing, or nobody of the config.
    func feedOwner(_ word: String) throws -> FeedOwner {
        guard let subject = FeedOwner(word) else {
            throw Failure(
                "\"\(word)\" should be person:ID, school:URN or partnership:ID, such as person:\(programme.people.first?.id ?? "a.marsh").",
                exitCode: 64)
        }
        guard programme.name(of: subject) != nil else {
            throw Failure("The config has no \(subject.kind) \"\(subject.id)\".", exitCode: 65)
        }
        return subject
    }

    /// Makes an address at which a feed can be read, beside those that there are.
    ///
    /// - Returns: the address, which nobody can find out again; only a digest of its secret is kept.
    /// - Throws: `Failure` where the daemon would not serve it.
    func createFeed(of subject: FeedOwner) throws -> (feed: Feed, address: String) {
        guard let listen = configuration.feeds.listen else {
            throw Failure(
                "Nothing would answer at the address: write \"feeds: { listen: 127.0.0.1:9618 }\" into muster.yaml, and restart muster serve. muster feed write DIR \(subject) needs no address.",
                exitCode: 78)
        }
        let token = SecretToken()
        let feed = try store.addFeed(of: subject, digest: token.digest, at: now())
        return (feed, "\(configuration.feeds.address ?? "\(listen.url ?? "")/feeds")/\(token.text).ics")
    }

    /// Takes an address back for good.
    ///
    /// - Throws: `Failure` where there is none with that number, or it was taken back before.
    func revokeFeed(_ number: Int) throws -> Feed {
        guard let feed = try store.revokeFeed(number, at: now()) else {
            throw Failure("There is no feed \(number) that can be read; muster feed list shows them.", exitCode: 65)
        }
        return feed
    }

    /// What the feed of a subject says now.
    func calendarFeed(of subject: FeedOwner) throws -> CalendarFeed {
        let organiser = configuration.organiser
        return FeedComposer(
            programme: programme, organiser: (organiser.name, organiser.address), answers: try store.answers(),
            links: try answerLinks
        ).feed(of: subject, try store.publishedSessions(in: programme.scope(of: subject)))
    }

    /// The feed with a secret; nil where there is none, or none any more.
    public func findFeed(_ secret: String) throws -> Feed? {
        try SecretToken(secret).flatMap { try store.feed(digest: $0.digest) }
    }

    /// What a feed says now, to a program that gave this name; that it asked is kept.
    ///
    /// - Returns: the calendar, and since when it says that.
    public func read(_ feed: Feed, by program: String?) throws -> (calendar: CalendarFeed, changed: Instant) {
        let calendar = try calendarFeed(of: feed.subject)
        // A state that cannot be written is no reason to show nobody what is in it.
        let changed = try? store.recordFetch(
            of: feed.number, by: program, entityTag: calendar.entityTag, at: now())
        return (calendar, changed ?? now())
    }
}

extension FeedOwner {
    /// A name for its file, whatever the id: all but letters, numbers, `.`, `-`, `_` and `@` as in an address of the web.
    var fileName: String {
        let safe = id.utf8.map { byte -> String in
            let character = Character(UnicodeScalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || ".-_@".contains(character))
            return isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
        return "\(kind)-\(safe.joined()).ics"
    }
}
