import CivilTime
import Foundation
import GRDB
import MusterModel
import MusterTestSupport
import Testing

@testable import MusterStore

@Suite struct `Packed busy times` {
    private static func intervals(_ random: inout SeededGenerator) -> [BusyInterval] {
        (0..<Int.random(in: 0...40, using: &random)).map { _ in
            // From any time that a calendar may name, in any order.
            let start = Int.random(in: -62_135_596_800...253_402_300_799, using: &random)
            let length = [0, 1, 900, 3600, Int.random(in: -10...400_000_000, using: &random)].randomElement(
                using: &random)
            return BusyInterval(
                start: Instant(seconds: start), end: Instant(seconds: start + (length ?? 0)),
                isTentative: Bool.random(using: &random))
        }
    }

    @Test func `say what was packed, whatever it was`() throws {
        var random = SeededGenerator(seed: 71)
        for _ in 0..<2000 {
            let busy = Self.intervals(&random)
            #expect(try [BusyInterval](packed: busy.packed) == busy)
        }
        let ends = [BusyInterval(start: Instant(seconds: .min), end: Instant(seconds: .min))]
        #expect(try [BusyInterval](packed: ends.packed) == ends)
    }

    @Test func `take a fifth of the bytes that they take as numbers to read`() {
        let monday = Instant(seconds: 1_799_053_200)
        let lessons = (0..<200).map { number in
            BusyInterval(start: monday + number * 10_800, end: monday + number * 10_800 + 3600)
        }
        let text = lessons.map { "[\($0.start.seconds),\($0.end.seconds),0]," }.joined()
        #expect(lessons.packed.count * 5 <= text.utf8.count)
    }

    @Test func `are an error where they are damaged, or are times`() {
        var random = SeededGenerator(seed: 72)
        var refused = 0
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                UInt8.random(in: Bool.random(using: &random) ? 0...255 : 128...255, using: &random)
            }
            do {
                let busy = try [BusyInterval](packed: Data(bytes))
                #expect(busy.count <= bytes.count / 2)
            } catch { refused += 1 }
        }
        #expect(refused > 100)
    }
}

@Suite struct `Copies of calendars of the version before` {
    private let folder: TemporaryDirectory
    private let now = Instant(seconds: 1_795_000_000)

    init() throws { folder = try TemporaryDirectory() }

    /// A state in which busy times are text still, with a calendar of a file, one of a server and some that are damaged.
    private func oldState() throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let database = try DatabaseQueue(path: folder.path + "/" + Store.fileName)
        try Migrations.migrator.migrate(database, upTo: "0031 what needs somebody")
        let collections =
            #"{"https://c.example/a/":{"version":"v","objects":{"/1.ics":{"events":1,"busy":"[[7,9,1]]"}}}}"#
        try database.write { database in
            for (location, busy, collections) in [
                ("/file.ics", "[[1795000000,1795003600,0],[1795007200,1795009000,1]]", "{}"),
                ("https://c.example/a/", "[[7,9,1]]", collections), ("/empty.ics", "[]", "{}"),
                ("/damaged.ics", "[[1,2,true", "{}"), ("/short.ics", "[[1,2]]", "{}"), ("/none.ics", "", "{}"),
                ("https://c.example/b/", "[]", #"{"a":1}"#),
            ] {
                try database.execute(
                    sql: """
                        INSERT INTO calendar (location, attempted, succeeded, entityTag, windowFrom, windowTo, eventCount,
                            busy, remarks, failures, due, collections)
                        VALUES (?, 1, 1, 'tag', 0, 9000000000, 2, ?, '[]', 0, 5, ?)
                        """, arguments: [location, busy, collections])
            }
        }
    }

    @Test func `are kept, and read anew where they cannot be read`() throws {
        try oldState()
        let copies = try Store(directory: folder.path).calendarCopies()
        func copy(_ location: String) throws -> CalendarCopy {
            try #require(copies[CalendarSource(location: location)])
        }
        #expect(
            try copy("/file.ics").busy == [
                BusyInterval(start: now, end: now + 3600),
                BusyInterval(start: now + 7200, end: now + 9000, isTentative: true),
            ])
        let server = try copy("https://c.example/a/")
        let event = [BusyInterval(start: Instant(seconds: 7), end: Instant(seconds: 9), isTentative: true)]
        #expect(server.busy == event && server.entityTag == "tag")
        #expect(server.collections["https://c.example/a/"]?.version == "v")
        #expect(server.collections["https://c.example/a/"]?.objects["/1.ics"]?.busy == event)
        #expect(try copy("/empty.ics").succeeded != nil)
        for location in ["/damaged.ics", "/short.ics", "/none.ics", "https://c.example/b/"] {
            let copy = try copy(location)
            #expect(copy.freshness == .unknown && copy.entityTag == nil && copy.due.seconds == 0, "\(location)")
            #expect(copy.busy.isEmpty && copy.collections.isEmpty && copy.eventCount == 0, "\(location)")
        }
    }

    @Test func `keep nobody from the others where one is damaged later`() throws {
        try oldState()
        let store = try Store(directory: folder.path)
        let database = try DatabaseQueue(path: folder.path + "/" + Store.fileName)
        try database.write {
            try $0.execute(sql: "UPDATE calendar SET busy = x'80' WHERE location = '/file.ics'")
        }
        let copies = try store.calendarCopies()
        #expect(copies.count == 7 && copies[CalendarSource(location: "https://c.example/a/")]?.busy.count == 1)
        let damaged = try #require(copies[CalendarSource(location: "/file.ics")])
        #expect(damaged.freshness == .unknown && damaged.failure?.contains("read anew") == true)
    }
}
