import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterOperations

@Suite struct `A calendar that ends the program` {
    private let files: ProgrammeFiles
    private let clock: Clock

    init() throws {
        files = try ProgrammeFiles()
        clock = Clock(try #require(Instant(iso: ProgrammeFiles.now)))
        try files.folder.write(Self.event("2027-01-12"), to: "config/programme/calendars/head.ics")
        try files.folder.write(Self.event("2027-01-13"), to: "config/programme/calendars/other.ics")
        try files.replace(
            "900003,reviewer;lead,,", with: "900003,reviewer;lead,calendars/other.ics,", in: "programme/people.csv")
    }

    private static func event(_ day: String) -> String {
        let date = day.replacing("-", with: "")
        return [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:e\(date)", "DTSTAMP:20261101T000000Z",
            "DTSTART:\(date)T090000Z", "DURATION:PT1H", "END:VEVENT", "END:VCALENDAR", "",
        ].joined(separator: "\r\n")
    }

    private func workspace() throws -> Workspace {
        try Workspace(config: files.config, state: files.folder.path + "/state", now: { [clock] in clock.now })
    }

    private func source(_ name: String) throws -> CalendarSource {
        try #require(try workspace().programme.calendars.first { $0.location.hasSuffix(name) })
    }

    /// The program begins to read calendars and breaks off.
    private func breakOff(_ sources: CalendarSource...) throws {
        try workspace().store.beginReading(sources, at: clock.now)
    }

    @Test func `is read again after the first time`() async throws {
        try breakOff(source("head.ics"), source("other.ics"))
        let copies = try await workspace().refreshCalendars().copies
        #expect(copies.values.allSatisfy { $0.failure == nil } && copies.count == 2)
        #expect(try workspace().store.unfinishedReadings().isEmpty)
    }

    @Test func `is left aside after the second, whoever asks, and costs no other; its last copy stands`() async throws {
        let (poisoned, other) = (try source("head.ics"), try source("other.ics"))
        _ = try await workspace().refreshCalendars()
        try files.folder.write(Self.event("2027-01-14"), to: "config/programme/calendars/head.ics")
        try breakOff(poisoned, other)
        try breakOff(poisoned)
        for _ in 0..<3 {
            let copies = try await workspace().refreshCalendars().copies
            #expect(copies[other]?.failure == nil)
            let copy = try #require(copies[poisoned])
            #expect(copy.failure == "was being read when muster broke off, 2 times; it is left aside for now")
            #expect(copy.busy.first?.start == Instant(iso: "2027-01-12T09:00:00Z"))
        }
        let remarks = try workspace().calendarRemarks(try workspace().currentCopies())
        #expect(remarks.contains { $0.contains("head.ics was being read when muster broke off") })
        // After a while it is tried again, and if it is mended that is the end of it.
        clock.later(301)
        let copies = try await workspace().refreshCalendars().copies
        #expect(copies[poisoned]?.failure == nil)
        #expect(copies[poisoned]?.busy.first?.start == Instant(iso: "2027-01-14T09:00:00Z"))
        #expect(try workspace().store.unfinishedReadings().isEmpty)
    }

    @Test func `is none that others read at the same time`() async throws {
        let workspace = try workspace()
        let head = try source("head.ics")
        try breakOff(head)
        try breakOff(head)
        let reader = try StateLock(directory: workspace.stateDirectory, name: "calendars.lock")
        #expect(try await workspace.refreshCalendars().copies[head]?.failure == nil)
        withExtendedLifetime(reader) {}
        let results = try await withThrowingTaskGroup(of: Workspace.CalendarReport.self) { group in
            for _ in 0..<8 { group.addTask { try await workspace.refreshCalendars() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count == 8)
        #expect(results.filter { $0.copies[head]?.failure != nil }.count <= 1, "only who has the lock leaves it aside")
    }

    @Test func `leaves no trace where the reading was told to end`() async throws {
        let workspace = try workspace()
        let reading = Task { try await workspace.refreshCalendars() }
        reading.cancel()
        _ = try? await reading.value
        #expect(try workspace.store.unfinishedReadings().isEmpty)
    }
}

@Suite struct `Work on a thread of its own` {
    @Test func `gives its result`() async {
        #expect(await DedicatedThread.run(within: .seconds(60)) { 7 } == 7)
    }

    @Test func `is given up after its time, and where nobody waits any more`() async {
        let release = DispatchSemaphore(value: 0)
        #expect(await DedicatedThread.run(within: .milliseconds(1)) { release.wait() } == nil)
        let work = Task { await DedicatedThread.run(within: .seconds(600)) { release.wait() } }
        work.cancel()
        #expect(await work.value == nil)
        release.signal()
        release.signal()
    }
}

@Suite struct `A server that answers slowly` {
    @Test func `is left alone after three slow answers in a row, and others are not`() {
        let hosts = HostPatience()
        for seconds in [10, 30, 9, 10, 10] { hosts.note("slow.example", seconds: seconds) }
        #expect(!hosts.isExhausted(by: "slow.example"))
        hosts.note("slow.example", seconds: 10)
        hosts.note("", seconds: 99)
        hosts.note("", seconds: 99)
        hosts.note("", seconds: 99)
        #expect(hosts.isExhausted(by: "slow.example"))
        #expect(!hosts.isExhausted(by: "other.example") && !hosts.isExhausted(by: ""))
    }
}
