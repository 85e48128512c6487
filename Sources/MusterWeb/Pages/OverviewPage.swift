import CivilTime
import Foundation
import Hummingbird
import MusterModel
import MusterOperations

extension CoordinatorPages {
    /// So many partnerships are in the table of an operator.
    private static let mostRows = 150
    /// So many lines of what else could be are shown beside a proposal; its own page has all.
    private static let mostLines = 40

    func showOverview(of partnership: PartnershipID?, _ visit: PageVisit, _ request: Request) async throws -> Response {
        let overview = try await perform(
            ShowOverview.self, ShowOverview.Request(partnership: partnership), for: visit)
        var context: [String: Any] = ["title": overview.title, "sentence": sentence(overview)]
        if overview.partnerships.isEmpty {
            context["cycles"] = overview.season.groups.map { ["name": $0.title, "href": address(ofCycle: $0.cycle)] }
            let place = partnership.map(address(ofPartnership:)) ?? site.base
            context["planner"] = "\(place)/planner"
            context["season"] = SeasonTables(overview.season) { address(of: $0) }.context
        } else {
            context["partnerships"] = partnerships(overview, request.uri.queryParameters["find"].map(String.init))
        }
        if overview.isOneOfSeveral, let partnership {
            context["several"] = ["people": "\(address(ofPartnership: partnership))/people"]
        }
        context["needsTitle"] = overview.needs == 0 ? "Nothing needs you" : "Needs you"
        if let proposal = overview.proposal { context["proposal"] = teaser(proposal) }
        context["groupsOfNeeds"] = needs(overview)
        if !overview.unanswered.isEmpty { context["unanswered"] = unanswered(overview.unanswered, of: partnership) }
        context["footer"] =
            "Revision \(overview.revision ?? 0). So far \(overview.stability). Looked at \(Wording.moment(overview.at, in: .utc)) UTC."
        return html("overview", context, for: visit, message: Self.message(request))
    }

    private func address(ofPartnership id: PartnershipID) -> String {
        "\(site.base)/partnerships/\(id.rawValue.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? "")"
    }

    /// How it stands, in sentences, of which some lead to more.
    private func sentence(_ overview: Overview) -> [[String: Any]] {
        func part(_ text: String, _ anchor: String? = nil) -> [String: Any] {
            anchor.map { ["text": text, "href": "#\($0)"] } ?? ["text": text]
        }
        var parts = [part(overview.revision == nil ? "Nothing is published yet." : "\(overview.summary).")]
        let missing = overview.partnerships.reduce(overview.season.unscheduled.count) { $0 + $1.unscheduled }
        let place = overview.partnerships.isEmpty ? "unscheduled" : "partnerships"
        if missing > 0 { parts.append(part("\(missing) of them cannot be scheduled.", place)) }
        let silent = overview.unanswered.count
        if silent > 0 {
            parts.append(
                part("\(Wording.count(silent, "answer")) \(silent == 1 ? "is" : "are") missing.", "unanswered"))
        }
        let stale = overview.calendarRemarks.count
        if stale > 0 {
            parts.append(
                part("\(Wording.count(stale, "calendar")) cannot be relied on.", "calendars"))
        }
        return parts
    }

    private func unanswered(_ seats: [Overview.Seat], of partnership: PartnershipID?) -> [String: Any] {
        var sessions: [(id: SessionID, title: String, names: [String])] = []
        for seat in seats {
            if sessions.last?.id != seat.session { sessions.append((seat.session, seat.title, [])) }
            sessions[sessions.count - 1].names.append(seat.name)
        }
        return [
            "partnerships": partnership.map { [$0] } ?? [],
            "summary":
                "\(Wording.count(seats.count, "answer")) of \(Wording.count(Set(seats.map(\.person)).count, "person")) \(seats.count == 1 ? "is" : "are") missing",
            "sessions": sessions.map { session in
                ["href": address(of: session.id), "title": session.title, "names": Wording.list(session.names)]
            },
        ]
    }

    /// Several partnerships as a table, first those that need somebody; of many only those that are looked for.
    private func partnerships(_ overview: Overview, _ find: String?) -> [String: Any] {
        let words = (find ?? "").prefix(60).lowercased()
        let found = overview.partnerships.filter { words.isEmpty || $0.name.lowercased().contains(words) }
        func count(_ count: Int, _ words: String) -> String? { count == 0 ? nil : "\(count) \(words)" }
        var context: [String: Any] = [
            "title": words.isEmpty ? "Partnerships: \(found.count)" : "Partnerships found: \(found.count)",
            "hasMany": overview.partnerships.count > Overview.mostListed, "find": words,
            "rows": found.prefix(Self.mostRows).map { partnership in
                [
                    "name": partnership.name, "href": address(ofPartnership: partnership.id),
                    "summary": partnership.summary,
                    "needs": [
                        count(partnership.unscheduled, "not scheduled"), count(partnership.declined, "do not come"),
                    ].compactMap(\.self).joined(separator: ", "),
                ]
            },
        ]
        if found.count > Self.mostRows {
            context["more"] = "Only the first \(Self.mostRows) are shown: look for one by its name."
        }
        return context
    }

    func showPeople(of partnership: PartnershipID?, _ visit: PageVisit) async throws -> Response {
        let overview = try await perform(
            ShowOverview.self, ShowOverview.Request(partnership: partnership), for: visit)
        guard overview.partnerships.isEmpty else { return peopleOfEach(overview, visit) }
        var context = SeasonTables(overview.season).context
        context["title"] = "People and schools"
        context["lead"] = "Who is in how many teams this season, and what each school gives and takes."
        return html("people", context, for: visit)
    }

    /// The weeks alone, large enough for the wall of a staff room.
    func showPlanner(of partnership: PartnershipID?, _ visit: PageVisit) async throws -> Response {
        let overview = try await perform(
            ShowOverview.self, ShowOverview.Request(partnership: partnership), for: visit)
        guard overview.partnerships.isEmpty else { return PageResponse.seeOther("\(site.base)/#partnerships") }
        return html(
            "planner",
            [
                "title": overview.title,
                "lead":
                    "To print on A3; a phone is too small for it. As of \(Wording.moment(overview.at, in: .utc)) UTC.",
                "season": SeasonTables(overview.season).context,
            ], for: visit)
    }

    private func peopleOfEach(_ overview: Overview, _ visit: PageVisit) -> Response {
        let table = ListTable(
            title: Wording.count(overview.partnerships.count, "partnership"), columns: ["Partnership", "Planned"],
            rows: overview.partnerships.prefix(Self.mostRows).map {
                [
                    ListTable.Cell($0.name, address: "\(address(ofPartnership: $0.id))/people"),
                    ListTable.Cell($0.summary),
                ]
            })
        return html(
            "list",
            [
                "title": "People and schools", "lead": "Of which partnership? First those that need somebody.",
                "tables": [table.context],
            ], for: visit)
    }

    private func teaser(_ proposal: ShowProposal.Response) -> [String: Any] {
        var context: [String: Any] = [
            "number": proposal.change.number, "title": proposal.change.title, "causes": proposal.view.causes,
            "changes": proposal.view.changes.prefix(Overview.mostListed).map(Self.line),
            "effect": proposal.view.effect, "href": "\(site.base)/proposals/\(proposal.change.number)",
        ]
        let lines = proposal.view.alternatives
        if !lines.isEmpty {
            let rest = lines.count > Self.mostLines ? ["…"] : []
            context["alternatives"] = (lines.prefix(Self.mostLines) + rest).joined(separator: "\n")
        }
        return context
    }

    /// Something that needs somebody.
    private struct Need {
        var text: String
        var address: String?
        var remark = ""
        /// What its button says, where a yes is enough.
        var confirm: String?

        var context: [String: Any] {
            var context: [String: Any] = ["text": text]
            if let address { context["href"] = address }
            if !remark.isEmpty { context["remark"] = remark }
            if let confirm { context["confirm"] = confirm }
            return context
        }
    }

    private func needs(_ overview: Overview) -> [[String: Any]] {
        func group(_ id: String, title: String, items: [Need]) -> [String: Any]? {
            guard !items.isEmpty else { return nil }
            var context: [String: Any] = [
                "id": id, "title": title, "items": items.prefix(Overview.mostListed).map(\.context),
            ]
            if items.count > Overview.mostListed { context["more"] = "and \(items.count - Overview.mostListed) more" }
            return context
        }
        let declined = overview.declined.map {
            Need(text: "\($0.name), \($0.title)", address: address(of: $0.session), remark: $0.remark)
        }
        let overdue = overview.overdue.map {
            Need(
                text: "\($0.title), \(Wording.list($0.people))", address: "\(site.base)/deadlines",
                remark: "by \($0.when)")
        }
        let mails = overview.waitingMails.map { mail in
            Need(
                text: mail.subject.isEmpty ? "a mail without a subject" : mail.subject,
                address: "\(site.base)/replies/\(mail.number)", remark: mail.reason,
                confirm: overview.doubtfulAnswers.contains(mail.number) ? "Keep it: it is from \(mail.sender)" : nil)
        }
        let failed = overview.failedMails.map {
            Need(
                text: "\($0.subject), to \($0.addressee)", address: "\(site.base)/outbox/\($0.number)",
                remark: $0.lastError ?? "")
        }
        let held = overview.heldMails
        return [
            group("declined", title: "Who does not come", items: declined),
            group("overdue", title: "What is overdue", items: overdue),
            group("mails", title: "Mails that somebody has to read", items: mails),
            group("failed", title: "Mails that did not arrive", items: failed),
            group(
                "held", title: "Mails that wait for your yes",
                items: held == 0
                    ? [] : [Need(text: Wording.count(held, "mail") + " held", address: "\(site.base)/outbox")]),
            group("calendars", title: "Calendars", items: overview.calendarRemarks.map { Need(text: $0) }),
        ].compactMap(\.self)
    }

    /// What was done just now, by a word that stands in the address; any other word says nothing.
    static func message(_ request: Request) -> String? {
        switch request.uri.query {
        case "approved": "Approved: it is published, and the mails are on their way."
        case "rejected": "Rejected: everything stays as it is, until something else happens there."
        case "kept": "Kept. Nobody is told yet; what follows from it will stand under “Needs you” in a moment."
        case "answered": "Kept, as if they had answered by mail."
        case "settled": "Done; the mail waits no more."
        case "changed": "Done."
        case "asked": "Asked: the mails are on their way to those who were not asked by hand today."
        case "stand-ins": "Asked: what they say stands here, and whoever says no is left out of the next proposal."
        default: nil
        }
    }
}
