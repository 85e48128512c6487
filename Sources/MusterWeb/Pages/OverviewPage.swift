import CivilTime
import Foundation
import Hummingbird
import MusterModel
import MusterOperations

extension CoordinatorPages {
    /// So many of a kind are listed.
    private static let mostListed = 12

    func showOverview(of partnership: PartnershipID?, _ visit: PageVisit, _ request: Request) async throws -> Response {
        let overview = try await perform(
            ShowOverview.self, ShowOverview.Request(partnership: partnership), for: visit)
        var context = SeasonTables(overview.season) { address(of: $0) }.context
        let shown = overview.partnerships.filter { partnership == nil || $0.id == partnership }
        context["title"] = shown.count == 1 ? shown[0].name : "All partnerships"
        context["sentence"] = sentence(overview)
        if overview.partnerships.count > 1 {
            context["partnerships"] = [
                "list": overview.partnerships.map { ["name": $0.name, "href": self.address(ofPartnership: $0.id)] }
            ]
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
        "\(site.base)/partnerships/\(id.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? "")"
    }

    /// How it stands, in sentences, of which some lead to more.
    private func sentence(_ overview: Overview) -> [[String: Any]] {
        func part(_ text: String, _ anchor: String? = nil) -> [String: Any] {
            anchor.map { ["text": text, "href": "#\($0)"] } ?? ["text": text]
        }
        var parts = [part(overview.revision == nil ? "Nothing is published yet." : "\(overview.summary).")]
        let missing = overview.season.unscheduled.count
        if missing > 0 { parts.append(part("\(missing) of them cannot be scheduled.", "unscheduled")) }
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

    func showPeople(_ visit: PageVisit) async throws -> Response {
        let overview = try await perform(ShowOverview.self, ShowOverview.Request(), for: visit)
        var context = SeasonTables(overview.season).context
        context["title"] = "People and schools"
        context["lead"] = "Who is in how many teams this season, and what each school gives and takes."
        return html("people", context, for: visit)
    }

    private func teaser(_ proposal: ShowProposal.Response) -> [String: Any] {
        [
            "number": proposal.change.number, "title": proposal.change.title, "causes": proposal.view.causes,
            "changes": proposal.view.changes.prefix(Self.mostListed).map(Self.line),
            "effect": proposal.view.effect, "href": "\(site.base)/proposals/\(proposal.change.number)",
        ]
    }

    private func needs(_ overview: Overview) -> [[String: Any]] {
        func group(
            _ id: String, _ title: String, _ items: [(text: String, address: String?, remark: String)]
        ) -> [String: Any]? {
            guard !items.isEmpty else { return nil }
            var context: [String: Any] = [
                "id": id, "title": title,
                "items": items.prefix(Self.mostListed).map { item -> [String: Any] in
                    var context: [String: Any] = ["text": item.text]
                    if let address = item.address { context["href"] = address }
                    if !item.remark.isEmpty { context["remark"] = item.remark }
                    return context
                },
            ]
            if items.count > Self.mostListed { context["more"] = "and \(items.count - Self.mostListed) more" }
            return context
        }
        func seats(_ seats: [Overview.Seat]) -> [(text: String, address: String?, remark: String)] {
            seats.map { ("\($0.name), \($0.title)", address(of: $0.session), $0.remark) }
        }
        let mails = overview.waitingMails.map { mail in
            (
                text: mail.subject.isEmpty ? "a mail without a subject" : mail.subject,
                address: Optional("\(site.base)/replies/\(mail.number)"), remark: mail.reason
            )
        }
        let failed = overview.failedMails.map { mail in
            (
                text: "\(mail.subject), to \(mail.addressee)", address: Optional("\(site.base)/outbox/\(mail.number)"),
                remark: mail.lastError ?? ""
            )
        }
        let held = overview.heldMails
        return [
            group("declined", "Who does not come", seats(overview.declined)),
            group("mails", "Mails that somebody has to read", mails),
            group("failed", "Mails that did not arrive", failed),
            group(
                "held", "Mails that wait for your yes",
                held == 0
                    ? [] : [(Wording.count(held, "mail") + " held", Optional("\(site.base)/outbox"), "")]),
            group("calendars", "Calendars", overview.calendarRemarks.map { ($0, nil, "") }),
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
        default: nil
        }
    }
}
