import CivilTime
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// Puts the digests that have come due into the outbox; returns how many.
    @discardableResult
    public func digest() throws -> Int {
        let run = DigestRun(store: store, notices: try ownerNoticeComposer)
        return try programme.partnerships.count { partnership in
            try run.runOnce(partnership, schedule(partnership), at: now()) { try sections(partnership, since: $0) }
        }
    }

    /// When the next digest is due; nil where nobody wants one.
    public func nextDigest() -> Instant? {
        programme.partnerships.filter { $0.coordinator != nil }.compactMap { schedule($0).next(after: now()) }.min()
    }

    private func schedule(_ partnership: Partnership) -> DigestSchedule {
        let schools = partnership.schools.compactMap(programme.school)
        return DigestSchedule(partnership.digest, zone: schools.first?.zone ?? .utc, days: schools.map(\.days))
    }

    private func sections(_ partnership: Partnership, since: Instant) throws -> [DigestRun.Section] {
        let cycles = Set(programme.cycles.filter { $0.partnership == partnership.id }.map(\.id))
        func isOurs(_ session: SessionID) -> Bool { cycles.contains { session.hasPrefix($0 + "/") } }
        let published = try store.publishedSessions().filter { isOurs($0.details.id) }
        let sessions = published.map(\.details)
        let answers = try store.answers()
        return [
            try proposed(isOurs, since: since),
            DigestRun.Section("To look after", try troubles(isOurs)),
            declined(published, answers, since: since),
            try unanswered(isOurs, since: since), complete(published, answers, since: since),
            DigestRun.Section("Changed since the last time", try news(sessions, of: cycles, since: since)),
            DigestRun.Section("In the days to come", coming(sessions, partnership)),
            DigestRun.Section("Not scheduled", try unscheduled(isOurs), isNews: false),
        ]
    }

    /// What waits for the coordinator's yes, and why; news once.
    private func proposed(_ isOurs: (SessionID) -> Bool, since: Instant) throws -> DigestRun.Section {
        guard let open = try store.openChange(), open.tracks.contains(where: isOurs) else {
            return DigestRun.Section("Waits for your yes", [])
        }
        // What another version kept is worked out anew, and is no reason to tell nothing.
        let causes = (try? waitingView(open.number))?.1.causes ?? []
        return DigestRun.Section(
            "Waits for your yes",
            causes.prefix(10) + ["Proposal \(open.number): \(open.title). muster proposals show tells all of it."],
            isNews: open.at > since)
    }

    private func troubles(_ isOurs: (SessionID) -> Bool) throws -> [String] {
        let dead = try store.messages([.dead], limit: 200).filter { isOurs($0.session) }
        let held = try store.messages([.held]).count { isOurs($0.session) }
        var lines = dead.prefix(10).map { "\($0.subject) (\($0.person)) could not be delivered: \($0.lastError ?? "")" }
        if dead.count > 10 { lines.append("… and \(dead.count - 10) more mails; muster outbox list --only dead") }
        let waiting = try store.incomingMails(.waiting).count { isOurs($0.session) || $0.session.isEmpty }
        if waiting > 0 { lines.append("\(Wording.count(waiting, "mail")) for somebody to read (muster replies)") }
        if held > 0 { lines.append("\(Wording.count(held, "mail")) held until somebody releases them") }
        return lines + calendarRemarks(try store.calendarCopies()).filter { $0.hasPrefix("stale") }
    }

    /// Who has said that they do not come, or may not, to sessions to come; news where somebody said so since.
    private func declined(
        _ sessions: [PublishedSession], _ answers: [String: [Answer]], since: Instant
    ) -> DigestRun.Section {
        let isNews = sessions.contains { session in
            answers[session.uid]?.contains { $0.at > since && $0.status != .accepted } ?? false
        }
        let lines = declined(sessions, answers).map { "\($0.title): \($0.name) \($0.remark)" }
        return DigestRun.Section("Who does not come", lines, isNews: isNews)
    }

    /// Who has not answered, with the day by which that was asked; news where such a day has passed since.
    private func unanswered(_ isOurs: (SessionID) -> Bool, since: Instant) throws -> DigestRun.Section {
        let now = now()
        let late = try store.unansweredInvitations(at: now).compactMap { invitation -> (line: String, end: Instant)? in
            let details = invitation.session.details
            let zone = TimeZoneDatabase.system[details.zone] ?? .utc
            guard isOurs(details.id), invitation.participant.isRequired, invitation.tentative == nil,
                let track = programme.track(details.id.trackOfSession),
                let last = ChaseRules.lastDay(
                    asked: invitation.asked, start: details.start, days: track.cycle.chase.answerDays, in: zone)
            else { return nil }
            let end = zone.instant(LocalDateTime(date: last + 1))
            let line =
                "\(invitation.participant.name): \(details.title), \(span(details)); asked for by \(Wording.longDay(last))"
            return end <= now ? (line, end) : nil
        }.sorted { $0.line < $1.line }
        let lines = late.prefix(20).map(\.line) + (late.count > 20 ? ["… and \(late.count - 20) more"] : [])
        return DigestRun.Section("Who has not answered", lines, isNews: late.contains { $0.end > since })
    }

    /// The sessions to which the last answer that was missing has come since: everybody comes.
    private func complete(
        _ sessions: [PublishedSession], _ answers: [String: [Answer]], since: Instant
    ) -> DigestRun.Section {
        let lines = sessions.filter { $0.details.start > now() }.compactMap { session -> String? in
            let attendance = Attendance(session.details, answers[session.uid] ?? []).answers
            let needed = attendance.filter(\.participant.isRequired)
            guard needed.allSatisfy({ $0.answer?.status == .accepted }),
                needed.contains(where: { ($0.answer?.at ?? since) > since })
            else { return nil }
            return "\(session.details.title), \(span(session.details))"
        }
        return DigestRun.Section("Everybody who is needed has accepted", lines)
    }

    private func news(
        _ sessions: [SessionDetails], of cycles: Set<CycleID>, since: Instant
    ) throws -> [String] {
        let details = Dictionary(sessions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let events = try store.events(about: cycles.sorted(), since: since).filter { $0.kind.hasPrefix("session.") }
        let news = Dictionary(grouping: events.reversed(), by: \.subject).sorted { $0.key < $1.key }
        let lines = news.map { session, events in
            let title = details[session].map { "\($0.title), \(span($0))" } ?? session
            let words = events.map { String($0.kind.drop { $0 != "." }.dropFirst()) }
            let told = events.reduce(0) { $0 + $1.told }
            return "\(title): \(words.joined(separator: ", then ")), \(Wording.count(told, "mail"))"
        }
        return lines.count > 30 ? lines.prefix(30) + ["… and \(lines.count - 30) more"] : lines
    }

    private func coming(_ sessions: [SessionDetails], _ partnership: Partnership) -> [String] {
        let end = now() + (partnership.digest == .daily ? 2 : 8) * 86_400
        return sessions.filter { $0.start > now() && $0.start < end }.sorted { $0.start < $1.start }.map {
            "\(span($0)): \($0.title)"
        }
    }

    private func unscheduled(_ isOurs: (SessionID) -> Bool) throws -> [String] {
        let missing = try store.latestRevision()?.plan.unscheduled ?? []
        return missing.filter { isOurs($0.id) }.map {
            "\(programme.label(of: $0.id)): \($0.reasons.first ?? "could not be scheduled")"
        }
    }

    private func span(_ details: SessionDetails) -> String {
        Wording.span(details.start, details.end, in: TimeZoneDatabase.system[details.zone] ?? .utc)
    }
}
