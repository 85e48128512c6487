import CivilTime
import Foundation
import Hummingbird
import MusterModel
import MusterOperations

/// Lets whoever runs a training event say who was there, at an address with a proof in it: `/attendance/TOKEN`.
struct AttendancePages: Sendable {
    let door: PageDoor
    private let limiter = FeedLimiter()

    private var site: PageSite { door.site }

    init(door: PageDoor) { self.door = door }

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("attendance/:token") { request, context in
            try await door.serve {
                guard let page = try door.workspace().attendancePage(context.token) else { return missing() }
                return html(page, message: request.uri.query == "done" ? "Thank you: that is kept." : nil)
            }
        }
        router.post("attendance/:token") { request, context in
            try await door.serve { try await take(request, context.token) }
        }
    }

    private func take(_ request: Request, _ token: String) async throws -> Response {
        let workspace = door.workspace()
        guard let page = try workspace.attendancePage(token) else { return missing() }
        guard !request.isFromElsewhere(address: site.address) else {
            return html(page, message: "Please say so on this page itself.", .forbidden)
        }
        let form = try await request.form(people: page.entries.count)
        guard form["do"] == "keep" else {
            return html(page, message: "Nothing was kept yet: please say that it is everybody.", .badRequest)
        }
        guard page.hasBegun else {
            return html(page, message: "It has not begun, so nobody can have been there.", .conflict)
        }
        try await workspace.recordAttendance(page, present: form.present(page.entries))
        door.didChange(.mails)
        return PageResponse.seeOther("\(site.base)/attendance/\(token)?done")
    }

    private func html(
        _ page: Workspace.AttendancePage, message: String?, _ status: HTTPResponse.Status = .ok
    ) -> Response {
        let details = page.session.details
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        let context = page.entries.attendanceContext(
            title: details.title, partnership: details.partnership,
            when: Wording.span(details.start, details.end, in: zone))
        return PageResponse.html(site.page("attendance", context, message: message), status)
    }

    private func missing() -> Response {
        door.nothing(
            "There is no event here",
            because: "It is called off, or the address is not complete. The newest mail has the right one.", limiter)
    }
}

extension CoordinatorPages {
    /// Who was at a session that has begun: `/sessions/ID/attendance`.
    func showAttendance(_ session: SessionID, for visit: PageVisit, after request: Request) async throws -> Response {
        let shown = try await perform(
            ListAttendance.self, ListAttendance.Request(session: session.rawValue), for: visit)
        let view = try await perform(ShowSession.self, ShowSession.Request(session: session.rawValue), for: visit)
        var context = shown.entries.attendanceContext(title: shown.title, partnership: "", when: view.when)
        context["form"] = visit.formToken
        return html("attendance", context, for: visit, message: Self.message(request))
    }

    func takeAttendance(_ session: SessionID, by form: FormFields, for visit: PageVisit) async throws -> Response {
        guard form["do"] == "keep" else {
            throw Workspace.Failure("Nothing was chosen, so nothing was kept.", exitCode: 64)
        }
        let entries = try await perform(
            ListAttendance.self, ListAttendance.Request(session: session.rawValue), for: visit
        ).entries
        let present = form.present(entries)
        let people = entries.reduce(into: [String: Bool]()) { $0[$1.person.rawValue] = present.contains($1.person) }
        _ = try await perform(
            RecordAttendance.self, RecordAttendance.Request(session: session.rawValue, people: people), for: visit)
        return PageResponse.seeOther("\(address(of: session))/attendance?kept")
    }
}

extension [AttendanceEntry] {
    /// What the page shows.
    fileprivate func attendanceContext(title: String, partnership: String, when: String) -> [String: Any] {
        let known = count { $0.wasThere != nil }
        return [
            "title": title, "partnership": partnership, "when": when,
            "state": known == 0
                ? "Nobody has said so yet." : "\(count { $0.wasThere == true }) of \(count) were there.",
            "people": enumerated().map { index, entry -> [String: Any] in
                var person: [String: Any] = [
                    "index": "\(index)", "person": entry.person, "name": entry.name, "wasThere": entry.wasThere == true,
                ]
                if let about = entry.about { person["about"] = about }
                return person
            },
        ]
    }
}

extension AttendanceEntry {
    /// What helps to tell them from others, in few words, since there may be hundreds.
    fileprivate var about: String? {
        let words = [role == Duty.invited ? "" : role, school, answer.map { $0.verb() } ?? ""].filter { !$0.isEmpty }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }
}

extension FormFields {
    /// Those of some people who are ticked.
    fileprivate func present(_ entries: [AttendanceEntry]) -> Set<PersonID> {
        Set(entries.indices.compactMap { self["p\($0)"].map { PersonID($0) } })
    }
}
