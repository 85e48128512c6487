import CalDAV
import CivilTime
import ICalendar
import MusterModel

/// What came of an attempt to get a calendar.
public enum FetchResult: Sendable {
    /// A document, with what the server said about its version.
    case document([UInt8], entityTag: String?, lastModified: String?)
    /// It is still the version of the last copy.
    case unchanged
    /// What became of the collections of a CalDAV server, by their addresses; those not named are gone.
    case changes([String: CollectionChanges])
    /// It could not be had: a sentence part that follows the calendar's name.
    ///
    /// With it the seconds for which the server wants to be left alone, if it said so.
    case failed(String, retryAfter: Int? = nil)

    /// Whether there is something in it that a stranger wrote and that is still to be read.
    public var hasContent: Bool {
        switch self {
        case .document, .changes: true
        case .unchanged, .failed: false
        }
    }
}

/// Decides what an answer means for the copy that is kept: a pure step from the old copy to the new one.
///
/// A calendar that fails, that is none, or that lost all or most of its events is not believed for two weeks: the last
/// good copy stays and is called stale.
public struct CopyUpdater: Sendable {
    /// A calendar that shrinks below this share of its events is not believed.
    public static let leastShare = 0.2
    /// A calendar that stays so for this long is believed after all.
    public static let disbeliefTime = 14 * 86_400
    /// Calendars with fewer events than this may shrink as they like.
    public static let smallCalendar = 5

    /// The window for which busy times are kept.
    public let window: Range<Instant>
    /// The zone of whole days and floating times.
    public let zone: TimeZoneRules
    /// The addresses of the one person whose calendar it is; none for a calendar of many.
    public let owners: Set<String>
    /// Whether a `UID` is that of one of our own sessions, which keeps nobody busy.
    public let isOwn: @Sendable (String) -> Bool
    /// When calendars are read again.
    public let schedule: PollSchedule
    /// The times of our own sessions, by which they are known in calendars that give busy times without a `UID`.
    public let ownTimes: Set<Range<Instant>>

    /// A reading for a window and a zone.
    public init(
        window: Range<Instant>, zone: TimeZoneRules, owners: Set<String> = [], schedule: PollSchedule,
        ownTimes: Set<Range<Instant>> = [],
        isOwn: @escaping @Sendable (String) -> Bool
    ) {
        self.window = window
        self.zone = zone
        self.owners = owners
        self.schedule = schedule
        self.isOwn = isOwn
        self.ownTimes = ownTimes
    }

    /// The copy to keep after an answer.
    public func copy(of source: CalendarSource, after answer: FetchResult, previous: CalendarCopy?, at now: Instant)
        -> CalendarCopy
    {
        switch answer {
        case .failed(let reason, let retryAfter):
            return keepingPrevious(source, previous: previous, reason: reason, retryAfter: retryAfter, now: now)
        case .unchanged:
            guard var copy = previous else {
                return keepingPrevious(
                    source, previous: nil, reason: "answered that nothing has changed before it was ever read", now: now
                )
            }
            copy.attempted = now
            copy.succeeded = now
            copy.failure = nil
            copy.failures = 0
            copy.due = schedule.afterSuccess(of: source, refreshHint: nil, at: now)
            return copy
        case .document(let bytes, let entityTag, let lastModified):
            return read(
                source, bytes: bytes, entityTag: entityTag, lastModified: lastModified, previous: previous, now: now)
        case .changes(let changes): return changed(source, changes: changes, previous: previous, now: now)
        }
    }

    private func read(
        _ source: CalendarSource, bytes: [UInt8], entityTag: String?, lastModified: String?,
        previous: CalendarCopy?, now: Instant
    ) -> CalendarCopy {
        do {
            let (contents, refreshHint) = try contents(
                of: bytes, CalendarExpander(window: window, floatingZone: zone, owners: owners))
            if let reason = rejectionReason(contents.eventCount, previous: previous, now: now) {
                return keepingPrevious(source, previous: previous, reason: reason, now: now)
            }
            return CalendarCopy(
                source: source, attempted: now, succeeded: now, entityTag: entityTag, lastModified: lastModified,
                window: window, eventCount: contents.eventCount, busy: contents.busy, remarks: contents.remarks,
                due: schedule.afterSuccess(of: source, refreshHint: refreshHint, at: now))
        } catch {
            return keepingPrevious(source, previous: previous, reason: error.description, now: now)
        }
    }

    /// The copy after what changed on a CalDAV server.
    private func changed(
        _ source: CalendarSource, changes: [String: CollectionChanges], previous: CalendarCopy?, now: Instant
    ) -> CalendarCopy {
        var collections: [String: CollectionCopy] = [:]
        // What a calendar may cost is one allowance, however many resources it comes in.
        let expander = CalendarExpander(window: window, floatingZone: zone, owners: owners)
        for (address, changes) in changes.sorted(by: { $0.key < $1.key }) {
            let known = changes.isEverything ? nil : previous?.collections[address]
            collections[address] = changed(known ?? CollectionCopy(), changes: changes, expander: expander)
        }
        let contents = collections.sorted { $0.key < $1.key }.flatMap { $0.value.objects.sorted { $0.key < $1.key } }
            .map(\.value)
        let eventCount = contents.reduce(0) { $0 + $1.eventCount }
        // What the server says that it took away is gone; only what it does not mention any more is missed.
        let isTold = changes.values.allSatisfy { !$0.isEverything } && changes.count >= previous?.collections.count ?? 0
        if !isTold, let reason = rejectionReason(eventCount, previous: previous, now: now) {
            return keepingPrevious(source, previous: previous, reason: reason, now: now)
        }
        return CalendarCopy(
            source: source, attempted: now, succeeded: now, window: window, eventCount: eventCount,
            busy: merged(contents.flatMap(\.busy)),
            remarks: Array((changes.values.flatMap(\.remarks) + contents.flatMap(\.remarks)).prefix(Self.mostRemarks)),
            due: schedule.afterSuccess(of: source, refreshHint: nil, at: now), collections: collections)
    }

    private func changed(
        _ known: CollectionCopy, changes: CollectionChanges, expander: CalendarExpander
    ) -> CollectionCopy {
        var copy = known
        copy.version = changes.version
        for path in changes.removed { copy.objects[path] = nil }
        for object in changes.objects {
            do {
                copy.objects[object.path] = try contents(of: object.data, expander).contents
            } catch {
                // One event that cannot be read takes nothing from the others; what was known of it may still hold.
                let remark = "\(object.path.split(separator: "/").last ?? "a resource") \(error)"
                copy.objects[object.path, default: CalendarContents(eventCount: 1)].remarks = [remark]
            }
        }
        return copy
    }

    private static let mostRemarks = 20

    /// Why a stream is not believed: a sentence part that follows its name.
    private struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    /// What is in a stream, and how often it wants to be read.
    private func contents(
        of bytes: [UInt8], _ expander: CalendarExpander
    ) throws(Unreadable) -> (contents: CalendarContents, refreshHint: Int?) {
        let result: CalendarReader.Result
        do {
            result = try CalendarReader(scope: .times, owners: owners).read(bytes)
        } catch {
            throw Unreadable(description: error.description)
        }
        if result.isCutOff { throw Unreadable(description: "is cut off in the middle") }
        let expansions = expander.expand(result.calendars)
        let remarks = (result.diagnostics + expansions.flatMap(\.diagnostics)).map(\.description)
        let contents = CalendarContents(
            eventCount: expansions.reduce(0) { $0 + $1.eventCount }, busy: busy(expansions),
            remarks: Array(remarks.prefix(Self.mostRemarks)))
        return (contents, result.calendars.compactMap(\.refreshInterval).max())
    }

    /// Why a calendar of so many events is not believed beside its last good copy; nil where it is.
    private func rejectionReason(_ eventCount: Int, previous: CalendarCopy?, now: Instant) -> String? {
        guard let previous, let succeeded = previous.succeeded, now - succeeded < Self.disbeliefTime else { return nil }
        if eventCount == 0, previous.eventCount > 0 { return "lost all its events at once" }
        let isSmall = previous.eventCount < Self.smallCalendar
        return !isSmall && Double(eventCount) < Double(previous.eventCount) * Self.leastShare
            ? "shrank from \(previous.eventCount) events to \(eventCount) at once" : nil
    }

    private func keepingPrevious(
        _ source: CalendarSource, previous: CalendarCopy?, reason: String, retryAfter: Int? = nil, now: Instant
    ) -> CalendarCopy {
        var copy = previous ?? CalendarCopy(source: source, attempted: now, window: window)
        copy.attempted = now
        copy.failure = reason
        copy.failures += 1
        copy.due = schedule.afterFailure(of: source, count: copy.failures, retryAfter: retryAfter, at: now)
        return copy
    }

    private func busy(_ expansions: [CalendarExpander.Result]) -> [BusyInterval] {
        let occurrences = expansions.flatMap(\.occurrences).filter { !isOwn($0.uid) }
        let periods = expansions.flatMap(\.busyPeriods).filter { !ownTimes.contains($0.start..<$0.end) }
        return merged(
            occurrences.filter { $0.claim != .free }.map {
                BusyInterval(start: $0.claimStart, end: $0.claimEnd, isTentative: $0.claim == .tentative)
            }
                + periods.filter { $0.claim != .free }.map {
                    BusyInterval(start: $0.start, end: $0.end, isTentative: $0.claim == .tentative)
                })
    }

    /// Those of a kind joined where they touch; first what is certain, then what is tentative.
    private func merged(_ intervals: [BusyInterval]) -> [BusyInterval] {
        [false, true].flatMap { isTentative in
            BusyTime.merged(
                intervals.filter { $0.isTentative == isTentative }.map { $0.start..<$0.end }, in: window
            ).map { BusyInterval(start: $0.lowerBound, end: $0.upperBound, isTentative: isTentative) }
        }
    }
}

extension Component {
    /// Seconds between two readings that the calendar asks for (RFC 7986 §5.7, and what was used before it).
    fileprivate var refreshInterval: Int? {
        let property = properties.first { ["REFRESH-INTERVAL", "X-PUBLISHED-TTL"].contains($0.name) }
        return property.flatMap { CalendarDuration($0.value) }.map { max(0, $0.seconds) }
    }
}
