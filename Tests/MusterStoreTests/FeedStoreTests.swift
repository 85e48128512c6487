import CivilTime
import Foundation
import GRDB
import MusterModel
import MusterTestSupport
import Testing

@testable import MusterStore

@Suite struct `An address of a feed` {
    private let folder: TemporaryDirectory
    private let store: Store
    private let now = Instant(seconds: 1_795_000_000)
    private var state: String { folder.path + "/state" }

    init() throws {
        folder = try TemporaryDirectory()
        store = try Store(directory: folder.path + "/state")
    }

    private func digest(_ byte: UInt8) -> [UInt8] { Array(repeating: byte, count: 32) }

    @Test func `is found by its digest until it is revoked, and never again`() throws {
        let first = try store.addFeed(of: .person("ann"), digest: digest(1), at: now)
        let second = try store.addFeed(of: .person("ann"), digest: digest(2), at: now)
        #expect(first.number == 1 && second.number == 2)
        #expect(try store.feed(digest: digest(1)) == first)
        #expect(try store.feed(digest: digest(3)) == nil)
        #expect(try store.revokeFeed(1, at: now + 60)?.revoked == now + 60)
        #expect(try store.feed(digest: digest(1)) == nil && store.feed(digest: digest(2)) == second)
        #expect(try store.revokeFeed(1, at: now + 90) == nil && store.revokeFeed(9, at: now) == nil)
        #expect(try store.feeds().map(\.revoked) == [now + 60, nil])
        let kept = try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM feed WHERE digest IS NOT NULL") }
        #expect(kept == 1, "nothing is kept of a secret that was revoked")
    }

    @Test func `tells who read it last and since when it says what it says, whatever the clock does`() throws {
        _ = try store.addFeed(of: .school("900001"), digest: digest(1), at: now)
        func fetch(_ tag: String, _ time: Instant) throws -> Instant {
            try store.recordFetch(of: 1, by: "Thunderbird", entityTag: tag, at: time)
        }
        #expect(try fetch("a", now) == now)
        #expect(try fetch("a", now + 60) == now)
        #expect(try fetch("b", now + 60) == now + 60)
        #expect(try fetch("c", now + 60) == now + 61, "what follows is later")
        #expect(try fetch("d", now - 600) == now + 62)
        let feed = try #require(try store.feeds(of: .school("900001")).first)
        #expect(feed.fetched == now - 600 && feed.program == "Thunderbird" && feed.changed == now + 62)
    }

    @Test func `ends with the person who is erased, and with its time`() throws {
        _ = try store.addFeed(of: .person("ann"), digest: digest(1), at: now)
        _ = try store.addFeed(of: .school("ann"), digest: digest(2), at: now)
        _ = try store.addFeed(of: .person("ben"), digest: digest(3), at: now)
        try store.erase("ann", as: "person-1", at: now, keeping: [])
        #expect(
            try store.feed(digest: digest(1)) == nil
                && store.feeds().map(\.subject) == [.school("ann"), .person("ben")])
        _ = try store.revokeFeed(2, at: now)
        #expect(try store.purge(past: now, contents: now, copies: now) == 0)
        #expect(try store.purge(past: now + 1, contents: now, copies: now) == 1)
        #expect(try store.feeds().map(\.subject) == [.person("ben")], "what is in use stays")
        #expect(try store.addFeed(of: .person("cat"), digest: digest(4), at: now).number == 4, "no number comes again")
    }

    @Test func `stays in a backup, but for one that was revoked since`() throws {
        for byte in 1...3 as ClosedRange<UInt8> {
            _ = try store.addFeed(of: .person("p\(byte)"), digest: digest(byte), at: now)
        }
        let backup = folder.path + "/backup"
        try store.backup(to: backup, at: now)
        _ = try store.revokeFeed(2, at: now)
        try store.erase("p3", as: "person-1", at: now, keeping: [])
        _ = try Store.restore(backup, to: state, at: now + 60)
        let restored = try Store(directory: state)
        #expect(try restored.feed(digest: digest(1))?.subject == .person("p1"))
        #expect(try restored.feed(digest: digest(2)) == nil && restored.feed(digest: digest(3)) == nil)
        try FileManager.default.createDirectory(atPath: folder.path + "/elsewhere", withIntermediateDirectories: true)
        _ = try Store.restore(backup, to: folder.path + "/elsewhere", at: now)
        let elsewhere = try Store(directory: folder.path + "/elsewhere")
        #expect(try elsewhere.feeds().filter { $0.revoked == nil }.count == 3, "nothing there says otherwise")
    }
}
