import CivilTime
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// Puts the digests that have come due into the outbox; returns how many.
    @discardableResult
    func digest() throws -> Int {
        let run = DigestRun(store: store, notices: try ownerNoticeComposer)
        // The plan is of all partnerships, and is read once for all of them.
        var missing: [Plan.UnscheduledTrack]?
        return try programme.partnerships.count { partnership in
            try run.runOnce(partnership, schedule(partnership), at: now()) { since in
                let unscheduled = try missing ?? store.latestRevision()?.plan.unscheduled ?? []
                missing = unscheduled
                return try limited(to: partnership.id).sections(partnership.digest, since: since, unscheduled)
            }
        }
    }

    /// When the next digest is due; nil where nobody wants one.
    func nextDigest() -> Instant? {
        programme.partnerships.filter { $0.coordinator != nil }.compactMap { schedule($0).next(after: now()) }.min()
    }

    private func schedule(_ partnership: Partnership) -> DigestSchedule {
        let schools = partnership.schools.compactMap(programme.school)
        return DigestSchedule(partnership.digest, zone: schools.first?.zone ?? .utc, days: schools.map(\.days))
    }

    private func sections(
        _ digest: Partnership.Digest, since: Instant, _ unscheduled: [Plan.UnscheduledTrack]
    ) throws -> [DigestRun.Section] {
        let sessions = try visibleSessions()
        let answers = try store.answers(of: sessions.map(\.uid))
        return [
            try proposed(), try troubles(),
            DigestRun.Section(
                "Who does not come", declined(sessions, answers).map { "\($0.title): \($0.name) \($0.remark)" }),
            try unanswered(sessions), complete(sessions, answers, since: since),
            DigestRun.Section(
                "Changed since the last time", try news(sessions.map(\.details), since: since), marks: ["\(since)"]),
            DigestRun.Section("In the days to come", coming(sessions.map(\.details), digest)),
            DigestRun.Section("Not scheduled", notScheduled(unscheduled)),
        ]
    }

    /// What waits for the coordinator's yes, and why.
    private func proposed() throws -> DigestRun.Section {
        guard let open = try store.openChange(), open.tracks.contains(where: isVisible) else {
            return DigestRun.Section("Waits for your yes", [])
        }
        // What another version kept is worked out anew, and is no reason to tell nothing.
        let causes = (try? waitingView(open.number))?.1.seen(in: self).causes ?? []
        return DigestRun.Section(
            "Waits for your yes",
            causes.prefix(10) + ["Proposal \(open.number): \(open.title). muster proposals show tells all of it."])
    }

    private func troubles() throws -> DigestRun.Section {
        let cycles = programme.cycles(seenBy: viewer)
        let dead = try store.messageHeads([.dead], about: cycles, limit: 200)
        let held = try store.messageHeads([.held], about: cycles)
        var lines = dead.prefix(10).map {
            "\($0.subject) (\($0.person?.rawValue ?? "its owner")) could not be delivered: \($0.lastError ?? "")"
        }
        if dead.count > 10 { lines.append("… and \(dead.count - 10) more mails; muster outbox list --only dead") }
        let waiting = try store.incomingMails(.waiting).filter { mail in
            mail.session.isEmpty || cycles?.contains(mail.session.track.cycle) ?? true
        }
        if !waiting.isEmpty {
            lines.append("\(Wording.count(waiting.count, "mail")) for somebody to read (muster replies)")
        }
        if !held.isEmpty { lines.append("\(Wording.count(held.count, "mail")) held until somebody releases them") }
        // As many mails as the last time may be others.
        let marks = (waiting.map(\.number) + held.map(\.number)).map(String.init)
        return DigestRun.Section("To look after", lines + (try staleCalendars()), marks: marks)
    }

    /// Since when calendars cannot be read; an age would be another each day.
    private func staleCalendars() throws -> [String] {
        try oddCalendars().values.filter { $0.freshness == .stale }.map {
            copy in
            let since = copy.succeeded.map { " since \(Wording.day($0.utc.date))" } ?? ""
            return
                "the calendar \(copy.source.label) could not be read\(since): it \(copy.failure ?? "does not answer")"
        }.sorted()
    }

    /// Who has not answered by the day by which that was asked.
    private func unanswered(_ sessions: [PublishedSession]) throws -> DigestRun.Section {
        let now = now()
        let lines = try store.unansweredInvitations(at: now, to: sessions).compactMap {
            invitation -> String? in
            let details = invitation.session.details
            let zone = TimeZoneDatabase.system[details.zone] ?? .utc
            guard invitation.participant.isRequired, invitation.tentative == nil,
                let track = programme.track(details.id.track),
                let last = ChaseRules.lastDay(
                    asked: invitation.asked, start: details.start, days: track.cycle.chase.answerDays, in: zone),
                zone.instant(LocalDateTime(date: last + 1)) <= now
            else { return nil }
            return
                "\(invitation.participant.name): \(details.title), \(span(details)); asked for by \(Wording.longDay(last))"
        }.sorted()
        return DigestRun.Section(
            "Who has not answered", lines.prefix(20) + (lines.count > 20 ? ["… and \(lines.count - 20) more"] : []))
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

    private func news(_ sessions: [SessionDetails], since: Instant) throws -> [String] {
        let details = Dictionary(sessions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let cycles = (programme.cycles(seenBy: viewer) ?? Set(programme.cycles.map(\.id))).sorted()
        let lines = try store.sessionNews(of: cycles, since: since).sorted {
            (details[$0.news.session]?.start ?? since, $0.news.session)
                < (details[$1.news.session]?.start ?? since, $1.news.session)
        }.map { news, told in
            let title = details[news.session].map { "\($0.title), \(span($0))" } ?? news.session.rawValue
            return "\(title): \(news.outcome); \(Wording.count(told, "person")) told"
        }
        return lines.count > 30 ? lines.prefix(30) + ["… and \(lines.count - 30) more"] : lines
    }

    private func coming(_ sessions: [SessionDetails], _ digest: Partnership.Digest) -> [String] {
        let end = now() + (digest == .daily ? 2 : 8) * 86_400
        return sessions.filter { $0.start > now() && $0.start < end }.sorted { $0.start < $1.start }.map {
            "\(span($0)): \($0.title)"
        }
    }

    private func notScheduled(_ tracks: [Plan.UnscheduledTrack]) -> [String] {
        let cycles = programme.cycles(seenBy: viewer)
        return tracks.filter { cycles?.contains($0.id.cycle) ?? true }.map {
            "\(programme.label(of: $0.id)): \($0.reasons.first ?? "could not be scheduled")"
        }
    }

    private func span(_ details: SessionDetails) -> String {
        Wording.span(details.start, details.end, in: TimeZoneDatabase.system[details.zone] ?? .utc)
    }
}
