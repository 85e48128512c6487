import CivilTime
import Foundation
import GRDB
import MusterModel

extension Store {
    /// Forgets what is too old to be needed; returns how many records that were.
    ///
    /// What is to come is never touched, nor what still waits to be delivered.
    ///
    /// - Parameters:
    ///   - past: sessions that ended before then, and everything about them; feeds that were revoked before then.
    ///   - contents: texts of mails and webhooks that were finished before then.
    ///   - copies: copies of calendars that nobody has asked for since then.
    ///   - kept: calendars whose copies stay all the same.
    ///   - people: those whose parts in sessions stay in the ledger however old they are.
    public func purge(
        past: Instant, contents: Instant, copies: Instant, keeping kept: [CalendarSource] = [],
        dutiesOf people: [PersonID] = []
    ) throws(StoreError) -> Int {
        try write { database in
            let before = database.totalChangesCount
            try database.execute(
                sql: """
                    CREATE TEMP TABLE gone AS
                        SELECT uid FROM session WHERE end < :past
                            AND uid NOT IN (SELECT uid FROM message WHERE state IN \(OutboxMessage.unfinishedStates));
                    DELETE FROM reminder WHERE uid IN (SELECT uid FROM gone);
                    DELETE FROM message WHERE state NOT IN \(OutboxMessage.unfinishedStates)
                        AND (uid IN (SELECT uid FROM gone) OR uid NOT IN (SELECT uid FROM session) AND created < :past);
                    DELETE FROM attendee WHERE uid IN (SELECT uid FROM gone);
                    DELETE FROM place WHERE uid IN (SELECT uid FROM gone);
                    DELETE FROM standIn WHERE uid IN (SELECT uid FROM gone);
                    DELETE FROM attendance WHERE uid IN (SELECT uid FROM gone);
                    DELETE FROM finishedDeadline WHERE uid IN (SELECT uid FROM gone);
                    DELETE FROM session WHERE uid IN (SELECT uid FROM gone);
                    DROP TABLE gone;
                    DELETE FROM messageText WHERE number NOT IN (SELECT number FROM message);
                    UPDATE messageText SET content = x'' WHERE length(content) > 0
                        AND number IN (
                            SELECT number FROM message WHERE finished < :contents
                                AND state NOT IN \(OutboxMessage.unfinishedStates));
                    DELETE FROM duty WHERE end < :past AND person NOT IN (SELECT value FROM json_each(:people));
                    DELETE FROM digest WHERE at < :past;
                    DELETE FROM event WHERE at < :past;
                    DELETE FROM incoming WHERE at < :past;
                    UPDATE incoming SET content = NULL, state = 'ignored', reason = reason || '; nobody looked at it'
                        WHERE state = 'waiting' AND at < :contents;
                    DELETE FROM planChange WHERE decided < :past;
                    DELETE FROM schoolEvent WHERE unixepoch(last) < :past;
                    DELETE FROM feed WHERE revoked < :past;
                    DELETE FROM pollInvitation WHERE asked < :past;
                    DELETE FROM pollAnswer WHERE at < :past;
                    DELETE FROM chosenDate WHERE at < :past AND NOT EXISTS (
                        SELECT 1 FROM session WHERE \(Self.isPart("id", of: "track")));
                    DELETE FROM feedbackInvitation WHERE asked < :past;
                    DELETE FROM calendar WHERE attempted < :copies
                        AND location NOT IN (SELECT value FROM json_each(:kept));
                    DELETE FROM unfinishedReading WHERE begun < :copies;
                    DELETE FROM revision WHERE at < :past
                        AND number <> (SELECT max(number) FROM revision)
                        AND number NOT IN (SELECT revision FROM session);
                    """,
                arguments: [
                    "past": past.seconds, "contents": contents.seconds, "copies": copies.seconds,
                    "kept": try Self.jsonList(kept.map(\.location)), "people": try Self.jsonList(people),
                ])
            return database.totalChangesCount - before
        }
    }
}
