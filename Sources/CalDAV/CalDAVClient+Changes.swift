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
        let answer = try await list(.report, collection.url, depth: 1, .events(in: window))
        return CollectionChanges(
            isEverything: true, objects: answer.resources.compactMap(CalendarObject.init), version: collection.version)
    }

    /// What changed since a version (RFC 6578 §3.2); nil where the server does not know that version any more.
    private func synchronise(_ collection: CalendarCollection, since version: String) async throws(TransportError)
        -> CollectionChanges?
    {
        var changes = CollectionChanges(since: version)
        var changed: [String] = []
        for _ in 0..<Self.mostPages {
            let answer: MultiStatus
            do {
                answer = try await list(.report, collection.url, depth: 0, .changes(since: changes.version ?? version))
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

    /// Reads resources by name (RFC 4791 §7.9); false where all of them together are larger than an answer may be.
    private func read(_ references: [String], of collection: CalendarCollection, into changes: inout CollectionChanges)
        async throws(TransportError) -> Bool
    {
        var room = limits.bytes
        for first in stride(from: 0, to: references.count, by: Self.resourcesAtOnce) {
            let some = references[first..<min(first + Self.resourcesAtOnce, references.count)]
            let answer = try await list(.report, collection.url, depth: 1, .objects(Array(some)))
            let objects = answer.resources.compactMap(CalendarObject.init)
            room -= objects.reduce(0) { $0 + $1.data.count }
            guard room >= 0 else { return false }
            changes.objects += objects
            changes.removed += answer.missing
        }
        return true
    }

    private func freeBusy(in collection: CalendarCollection, _ window: Range<Instant>) async throws(TransportError)
        -> CollectionChanges
    {
        let (url, response) = try await ask(.report, collection.url, depth: 1, .freeBusy(in: window))
        guard response.status == 200 else {
            throw TransportError(.refused, status: response.status, "it does not say when somebody is free")
        }
        return CollectionChanges(isEverything: true, objects: [CalendarObject(path: url.path, data: response.body)])
    }
}
