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
        var changed: [Resource] = []
        for _ in 0..<Self.mostPages {
            let answer: MultiStatus
            do {
                answer = try await list(.report, collection.url, depth: 0, .changes(since: changes.version ?? version))
            } catch let error where error.status != nil {
                // Servers refuse a version that they have forgotten in many ways, some of them by breaking down.
                return nil
            }
            changes.removed += answer.missing
            changed += answer.resources.filter { $0.path != collection.url.path }
            guard let next = answer.syncToken else { return nil }
            changes.version = next
            if !answer.isTruncated {
                try await read(changed, of: collection, into: &changes)
                return changes
            }
        }
        return nil
    }

    private static let mostPages = 100
    private static let resourcesAtOnce = 100

    /// Reads resources by name (RFC 4791 §7.9).
    private func read(_ resources: [Resource], of collection: CalendarCollection, into changes: inout CollectionChanges)
        async throws(TransportError)
    {
        for first in stride(from: 0, to: resources.count, by: Self.resourcesAtOnce) {
            let some = resources[first..<min(first + Self.resourcesAtOnce, resources.count)]
            let answer = try await list(.report, collection.url, depth: 1, .objects(some.map(\.reference)))
            changes.objects += answer.resources.compactMap(CalendarObject.init)
            changes.removed += answer.missing
        }
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
