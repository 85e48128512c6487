import CivilTime
import Foundation
import Transport

extension CalDAVClient {
    /// What changed in a calendar since a version of it; everything in the window where the server cannot say, or where
    /// there is no version yet.
    ///
    /// Servers that let nobody read the events, only when somebody is free, are asked for that (RFC 4791 §7.10).
    ///
    /// - Parameters:
    ///   - version: as an earlier answer gave it.
    ///   - window: the time in which events are of interest; changes since a version include others.
    public func changes(in collection: CalendarCollection, since version: String?, window: Range<Instant>)
        async throws(TransportError) -> CollectionChanges
    {
        if let version, version == collection.version { return CollectionChanges(since: version) }
        if let version, collection.tellsChanges, let changes = try await synchronise(collection, since: version) {
            return changes
        }
        do {
            return try await everything(in: collection, window)
        } catch let error where [403, 405, 501].contains(error.status) {
            do {
                return try await freeBusy(in: collection, window)
            } catch let second where second.kind == .refused || second.kind == .authentication {
                throw error
            }
        }
    }

    /// The events of the window (RFC 4791 §7.8), as of the version that was there before they were read.
    private func everything(in collection: CalendarCollection, _ window: Range<Instant>) async throws(TransportError)
        -> CollectionChanges
    {
        var events = EventsOfWindow(room: limits.bytes * Self.mostAnswers)
        try await read(collection, window, into: &events)
        var changes = CollectionChanges(
            isEverything: true, objects: events.objects.sorted { $0.key < $1.key }.map(\.value),
            version: collection.version)
        if events.isMended { changes.remarks = [Self.mended] }
        return changes
    }

    private struct EventsOfWindow {
        var objects: [String: CalendarObject] = [:]
        var room: Int
        var isMended = false
    }

    /// Reads the events of a window; where a server does not tell all of them at once, those of each half of it.
    private func read(
        _ collection: CalendarCollection, _ window: Range<Instant>, into events: inout EventsOfWindow
    ) async throws(TransportError) {
        let answer = try await list(.report, url: collection.url, depth: 1, question: .events(in: window))
        let objects = answer.resources.compactMap(CalendarObject.init)
        events.room -= objects.reduce(0) { $0 + $1.data.count }
        for object in objects { events.objects[object.path] = object }
        guard events.room >= 0 else {
            throw TransportError(
                .tooLarge, "the events of the season are larger than \(Self.mostAnswers) answers may be")
        }
        events.isMended = events.isMended || answer.isMended
        guard answer.isTruncated else { return }
        let seconds = window.upperBound - window.lowerBound
        guard seconds > Self.leastWindow else {
            throw TransportError(.tooLarge, "the server does not tell all its events, not even those of a few days")
        }
        let middle = window.lowerBound + seconds / 2
        try await read(collection, window.lowerBound..<middle, into: &events)
        try await read(collection, middle..<window.upperBound, into: &events)
    }

    private static let mostAnswers = 8
    private static let leastWindow = 4 * 86_400
    private static let mended = "answers with XML that is not well-formed; it was mended"

    /// What changed since a version (RFC 6578 §3.2); nil where the server does not know that version any more.
    private func synchronise(_ collection: CalendarCollection, since version: String) async throws(TransportError)
        -> CollectionChanges?
    {
        var changes = CollectionChanges(since: version)
        var changed: [String] = []
        for _ in 0..<Self.mostPages {
            let answer: MultiStatus
            do {
                answer = try await list(
                    .report, url: collection.url, depth: 0, question: .changes(since: changes.version ?? version))
            } catch let error where error.status != nil {
                // Servers refuse a version that they have forgotten in many ways, some of them by breaking down.
                return nil
            }
            changes.removed += answer.missing
            changed += answer.resources.filter { $0.path != collection.url.path }.map(\.reference)
            // Where changes do not end, everything at once is less.
            guard let next = answer.syncToken, changed.count + changes.removed.count <= limits.changes else {
                return nil
            }
            changes.version = next
            if !answer.isTruncated {
                return try await read(changed, of: collection, into: &changes) ? changes : nil
            }
        }
        return nil
    }

    private static let mostPages = 100
    private static let resourcesAtOnce = 100

    /// Reads resources by name (RFC 4791 §7.9); false where the server leaves one out without a word, or all of them
    /// together are larger than an answer may be.
    private func read(_ references: [String], of collection: CalendarCollection, into changes: inout CollectionChanges)
        async throws(TransportError) -> Bool
    {
        var room = limits.bytes
        for first in stride(from: 0, to: references.count, by: Self.resourcesAtOnce) {
            let some = references[first..<min(first + Self.resourcesAtOnce, references.count)]
            let answer = try await list(.report, url: collection.url, depth: 1, question: .objects(Array(some)))
            let asked = AskedPaths(some.compactMap { collection.url.resolving($0)?.path })
            let objects = answer.resources.compactMap(CalendarObject.init).map {
                CalendarObject(path: asked.path(of: $0.path), data: $0.data)
            }
            let removed = (answer.missing + answer.resources.filter(\.isGone).map(\.path)).map(asked.path)
            room -= objects.reduce(0) { $0 + $1.data.count }
            guard room >= 0, asked.areAll(in: objects.map(\.path) + removed) else { return false }
            changes.objects += objects
            changes.removed += removed
            if answer.isMended { changes.remarks = [Self.mended] }
        }
        return true
    }

    private func freeBusy(in collection: CalendarCollection, _ window: Range<Instant>) async throws(TransportError)
        -> CollectionChanges
    {
        let (url, response) = try await ask(.report, url: collection.url, depth: 1, question: .freeBusy(in: window))
        guard response.status == 200 else {
            throw TransportError(.refused, status: response.status, "it does not say when somebody is free")
        }
        return CollectionChanges(isEverything: true, objects: [CalendarObject(path: url.path, data: response.body)])
    }
}

/// The paths that were asked for; some servers answer with the same names below another path.
private struct AskedPaths {
    private let paths: Set<String>
    private let byName: [Substring: [String]]

    init(_ paths: [String]) {
        self.paths = Set(paths)
        byName = Dictionary(grouping: paths) { $0.split(separator: "/").last ?? "" }
    }

    /// The path that was asked for where an answer has another one.
    func path(of answered: String) -> String {
        guard !paths.contains(answered), let same = byName[answered.split(separator: "/").last ?? ""], same.count == 1
        else { return answered }
        return same[0]
    }

    func areAll(in answered: [String]) -> Bool { paths.isSubset(of: answered) }
}
