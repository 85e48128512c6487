import CivilTime
import Foundation
import Hummingbird
import MusterModel
import MusterOperations

/// The pages of those who look after partnerships: the season, what needs them, sessions, mails, and what happened.
struct CoordinatorPages: Sendable {
    /// So many calendars are on one page; of more, those of which there is something to say.
    private static let mostCalendars = 200

    let door: PageDoor

    var site: PageSite { door.site }

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("") { request, _ in
            try await door.page(request) { try await showOverview(of: nil, $0, request) }
        }
        router.get("partnerships/:id") { request, context in
            try await door.page(request) { try await showOverview(of: Self.partnership(context), $0, request) }
        }
        router.get("proposals/:number") { request, context in
            try await door.page(request) {
                try await showProposal(Self.number(context), $0, after: request)
            }
        }
        router.post("proposals/:number") { request, context in
            try await door.action(request) { try await decide(Self.number(context), by: $1, for: $0) }
        }
        router.get("sessions/**") { request, context in
            try await door.page(request) {
                try await showSession(at: context.parameters.getCatchAll(), for: $0, after: request)
            }
        }
        router.post("sessions/**") { request, context in
            try await door.action(request) { try await change(at: context.parameters.getCatchAll(), by: $1, for: $0) }
        }
        router.post("ask-again") { request, _ in
            try await door.action(request) { visit, form in
                _ = try await perform(
                    AskAgain.self, AskAgain.Request(partnership: form["partnership"].map { PartnershipID($0) }),
                    for: visit)
                return PageResponse.seeOther("\(site.base)/?asked")
            }
        }
        router.get("people") { request, _ in
            try await door.page(request, section: "/people") { try await showPeople(of: nil, $0) }
        }
        router.get("partnerships/:id/people") { request, context in
            try await door.page(request, section: "/people") {
                try await showPeople(of: Self.partnership(context), $0)
            }
        }
        router.get("planner") { request, _ in
            try await door.page(request) { try await showPlanner(of: nil, $0) }
        }
        router.get("partnerships/:id/planner") { request, context in
            try await door.page(request) { try await showPlanner(of: Self.partnership(context), $0) }
        }
        router.get("calendars") { request, _ in
            try await door.page(request, section: "/calendars") { try await showCalendars($0) }
        }
        addMailRoutes(to: router)
        addPollRoutes(to: router)
        addResourceRoutes(to: router)
        addFeedbackRoutes(to: router)
        addDeadlineRoutes(to: router)
        addReportRoutes(to: router)
        router.get("history") { request, _ in
            try await door.page(request, section: "/history") { try await showHistory($0) }
        }
        router.get("export/:file") { request, context in
            try await door.page(request) { try await export(context.parameters.get("file") ?? "", $0) }
        }
    }

    /// The number in a path; 0, which nothing has, for anything else.
    static func number(_ context: BasicRequestContext) -> Int {
        context.parameters.get("number").flatMap { Int($0) } ?? 0
    }

    /// The partnership in a path.
    private static func partnership(_ context: BasicRequestContext) -> PartnershipID? {
        context.parameters.get("id").map { PartnershipID($0) }
    }

    /// A page for somebody.
    func html(
        _ template: String, _ context: [String: Any], for visit: PageVisit, message: String? = nil
    ) -> Response {
        PageResponse.html(site.page(template, context, for: visit, message: message))
    }

    /// The address of a page about a session.
    func address(of session: SessionID) -> String {
        let path = session.rawValue.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? ""
        return "\(site.base)/sessions/\(path)"
    }

    /// Does an operation as somebody.
    func perform<Use: MusterOperations.Operation>(
        _ operation: Use.Type, _ request: Use.Request, for visit: PageVisit
    ) async throws -> Use.Response {
        try await operation.run(request, in: visit.workspace) { _ in }
    }

    private func showHistory(_ visit: PageVisit) async throws -> Response {
        let shown = try await perform(
            ListEvents.self, ListEvents.Request(entity: nil, since: nil, limit: 200), for: visit)
        let zone = TimeZoneDatabase.system[shown.zone] ?? .utc
        let rows = shown.events.reversed().map { event in
            [
                Wording.moment(event.at, in: zone), event.actor, event.title,
                event.told == 0 ? "" : Wording.count(event.told, "mail"),
            ].map { ListTable.Cell($0) }
        }
        let table = ListTable(title: "The newest first", columns: ["When", "Who", "What", "Told"], rows: rows)
        return html(
            "list",
            [
                "title": "What happened", "lead": "Everything that was planned, sent, decided and heard.",
                "tables": [table.context],
            ], for: visit)
    }

    private func showCalendars(_ visit: PageVisit) async throws -> Response {
        let now = visit.workspace.now()
        let count = visit.workspace.visibleCalendarCount
        let isLong = count > Self.mostCalendars
        let calendars = try await perform(ListCalendars.self, ListCalendars.Request(isOdd: isLong), for: visit)
        let rows = calendars.prefix(Self.mostCalendars).map { calendar in
            [
                calendar.owner, calendar.label, calendar.freshness.rawValue,
                calendar.read.map { "\(Wording.age(now - $0)) ago" } ?? "never",
                calendar.failure ?? calendar.remarks.first ?? "",
            ].map { ListTable.Cell($0) }
        }
        let table = ListTable(
            title: isLong
                ? "\(calendars.count) of \(Wording.count(count, "calendar")) with something to say"
                : Wording.count(count, "calendar"),
            columns: ["Whose", "Calendar", "How it is", "Read", "What is wrong or odd"], rows: rows)
        return html(
            "list",
            [
                "title": "Calendars",
                "lead": "Where a calendar cannot be read, the last copy counts; where there is none, working hours.",
                "tables": [table.context],
            ], for: visit)
    }

    private func export(_ file: String, _ visit: PageVisit) async throws -> Response {
        let (format, type): (ExportSeason.Format, String) =
            switch file {
            case "season.csv": (.csv, "text/csv; charset=utf-8")
            case "people.csv": (.people, "text/csv; charset=utf-8")
            case "season.xlsx": (.xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
            case "season.ics": (.ics, "text/calendar; charset=utf-8")
            default: throw Workspace.Failure("There is no file \(file) here.", exitCode: 77)
            }
        let content = try await perform(ExportSeason.self, ExportSeason.Request(format: format), for: visit).content
        return PageResponse.file(content, name: file, type: type)
    }
}

/// A table of a page that lists things.
struct ListTable: Sendable {
    /// A cell, perhaps with a page behind it.
    struct Cell: Sendable {
        var text: String
        var address: String?

        init(_ text: String, address: String? = nil) {
            self.text = text
            self.address = address
        }
    }

    var title: String
    var columns: [String]
    var rows: [[Cell]]

    var context: [String: Any] {
        [
            "title": title, "columns": columns, "isEmpty": rows.isEmpty,
            "rows": rows.map { row in
                [
                    "cells": row.map { cell -> [String: Any] in
                        var context: [String: Any] = ["text": cell.text]
                        if let address = cell.address { context["href"] = address }
                        return context
                    }
                ]
            },
        ]
    }
}
