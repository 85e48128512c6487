import CivilTime
import Foundation
import Hummingbird
import MusterDelivery
import MusterModel
import MusterOperations

/// Lets people answer on a page, each at an address with a proof in it: `/answer/TOKEN`; and see there what else is to
/// come for them.
///
/// Reading changes nothing, however often a program does so; an answer needs a choice that nobody has made for them. No
/// address is logged.
struct AnswerPages: Sendable {
    let door: PageDoor
    private let limiter = FeedLimiter()

    private var site: PageSite { door.site }

    init(door: PageDoor) { self.door = door }

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("answer/:token") { request, context in
            try await door.serve { try show(request, context.token) }
        }
        router.post("answer/:token") { request, context in
            try await door.serve { try await take(request, context.token) }
        }
        router.get("answer/:token/mine") { request, context in
            try await door.serve { try showMine(context.token, after: request.uri.query) }
        }
        router.post("answer/:token/mine") { request, context in
            try await door.serve { try await changeMine(request, context.token) }
        }
        router.get("answer/:token/resources/:file") { _, context in
            try await door.serve { try showResource(context.parameters.get("file") ?? "", context.token) }
        }
        router.get("answer/:token/kept") { _, context in
            try await door.serve { try await showKept(context.token) }
        }
    }

    // MARK: One session

    private func show(_ request: Request, _ token: String) throws -> Response {
        guard let page = try door.workspace().answerPage(token) else { return missing() }
        door.note(request, opening: page.participant.person)
        let query = request.uri.query
        let place = try door.workspace().place(of: page.participant.person, at: page.session)
        let said = page.answer.map { answer in
            ["You have answered that you \(Self.words(answer.status)).", place?.sentence].compactMap(\.self)
                .joined(separator: " ")
        }
        if query == "date" {
            return try html(
                page, token: token, message: "Thank you: you come on the other date, and get an invitation to it.")
        }
        let agreed = "Thank you. The question is agreed; those who come to the review read it with their next mail."
        return try html(
            page, token: token,
            message: query == "agreed" ? agreed : said.map { query == "done" ? "Thank you. \($0)" : $0 })
    }

    private func take(_ request: Request, _ token: String) async throws -> Response {
        guard let page = try door.workspace().answerPage(token) else { return missing() }
        // Another site cannot know the address; one that does is no place to answer from.
        guard !request.isFromElsewhere(address: site.address) else {
            return try html(page, token: token, message: "Please answer on this page itself.", status: .forbidden)
        }
        guard !door.isProgram(request, opening: page.participant.person) else {
            return try html(page, token: token, message: PageResponse.tooSoon, status: .conflict)
        }
        let form = try await request.form()
        if form["do"] == "date" { return try await chooseDate(SessionID(form["date"] ?? ""), page: page, token: token) }
        if form["do"] == "question" { return try await agree(on: form, page, token) }
        guard let status = form["answer"].flatMap(Answer.Status.init) else {
            return try html(
                page, token: token, message: "Nothing was sent yet: please choose yes, no or perhaps.",
                status: .badRequest)
        }
        let comment = status == .accepted ? form.text("comment") : try self.comment(form, on: page)
        switch try await door.workspace().answer(token, status, comment: comment) {
        case .kept:
            // A plan rests on who does not come alone.
            door.didChange([status, page.answer?.status].contains(.declined) ? .plan : .mails)
            return PageResponse.seeOther("\(site.base)/answer/\(token)?done")
        case .tooSoon:
            return try html(
                page, token: token,
                message: PageResponse.tooSoon,
                status: .conflict)
        case .unknown: return missing()
        }
    }

    /// Somebody comes to an event on another of its dates.
    private func chooseDate(
        _ session: SessionID, page: Workspace.AnswerPage, token: String
    ) async throws -> Response {
        do {
            guard try await door.workspace().chooseDate(token, session) else { return missing() }
        } catch let failure as Workspace.Failure {
            return try html(page, token: token, message: failure.description, status: .conflict)
        }
        door.didChange(.plan)
        return PageResponse.seeOther("\(site.base)/answer/\(token)?date")
    }

    /// The host and the lead reviewer agree on the question, until the review begins.
    private func agree(
        on form: FormFields, _ page: Workspace.AnswerPage, _ token: String
    ) async throws -> Response {
        let workspace = door.workspace()
        guard workspace.agreesOnQuestion(page) else {
            return try html(
                page, token: token, message: "The host and the lead reviewer agree on the question.", status: .forbidden
            )
        }
        do {
            _ = try await AgreeQuestion.run(
                AgreeQuestion.Request(
                    host: page.session.details.id.track.rawValue, question: form.text("question", longest: 1000)),
                in: workspace.acting(as: page.participant.person)
            ) { _ in }
        } catch let failure as Workspace.Failure {
            return try html(page, token: token, message: failure.description, status: .badRequest)
        }
        door.didChange(.plan)
        return PageResponse.seeOther("\(site.base)/answer/\(token)?agreed")
    }

    /// What somebody adds who does not come, or may not, in one line for those who read it.
    private func comment(_ form: FormFields, on page: Workspace.AnswerPage) throws -> String {
        let offers = try door.workspace().offers(to: page)
        let details = page.session.details
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        // Only what was offered can have been chosen.
        let times = offers.times.indices.compactMap { form["time\($0)"] }.prefix(Self.mostTimes).compactMap { chosen in
            offers.times.first { "\($0.seconds)" == chosen }.map { Wording.moment($0, in: zone) }
        }
        let colleague = offers.colleagues.first { $0.person.rawValue == form["colleague"] }?.name
        let instead = form.text("instead", longest: 200)
        return [
            Self.reasons.first { $0.code == form["reason"] }?.name ?? "",
            times.isEmpty ? "" : "could come on \(Wording.list(times, "or"))",
            colleague.map { "\($0) could come" } ?? "",
            instead.isEmpty ? "" : "instead: \(instead)", form.text("comment"),
        ].filter { !$0.isEmpty }.joined(separator: "; ")
    }

    /// So many other times one may choose.
    private static let mostTimes = 3

    /// Why people cannot come; nothing about anybody's health, which is nobody's business here.
    private static let reasons = [
        (code: "teaching", name: "teaching"), (code: "meeting", name: "another meeting"),
        (code: "school", name: "something at my school"), (code: "leave", name: "on leave"),
        (code: "conflict", name: "too close to the school"), (code: "other", name: "something else"),
    ]

    private static func words(_ status: Answer.Status) -> String {
        switch status {
        case .accepted: "come"
        case .declined: "do not come"
        case .tentative: "may come"
        }
    }

    private func html(
        _ page: Workspace.AnswerPage, token: String, message: String?, status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let workspace = door.workspace()
        let isPlaced = try workspace.place(of: page.participant.person, at: page.session)?.isPlaced ?? false
        let details = isPlaced ? page.details : page.details.withheld(from: page.participant)
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        let rows = MailFacts.rows(of: details, for: page.participant)
        var context: [String: Any] = [
            "title": details.title, "partnership": details.partnership,
            "rows": rows.map { row in
                ["name": row.name, "lines": row.lines.map { $0.hasPrefix("https://") ? ["link": $0] : ["line": $0] }]
            },
            "ask": page.answer == nil ? "Will you come?" : "Would you like to change your answer?",
            "reasons": Self.reasons.map { ["code": $0.code, "name": $0.name] },
            "mine": "\(site.base)/answer/\(token)/mine",
        ]
        let resources = workspace.programme.resources(for: details.id, role: page.participant.role)
        if !resources.isEmpty {
            context["resources"] = [
                "list": resources.map { $0.context(below: "\(site.base)/answer/\(token)") }
            ]
        }
        let offers = try workspace.offers(to: page)
        if !offers.times.isEmpty {
            let list = offers.times.enumerated().map { number, start in
                ["number": "\(number)", "value": "\(start.seconds)", "text": Wording.moment(start, in: zone)]
            }
            context["times"] = ["list": list]
        }
        if !offers.colleagues.isEmpty {
            context["colleagues"] = ["list": offers.colleagues.map { ["person": $0.person, "name": $0.name] }]
        }
        let dates = try workspace.otherDates(for: page.participant.person, besides: page.session)
        if !dates.isEmpty {
            let list = dates.map { date in
                let free = date.free.map { ", \(Wording.count($0, "place")) left" } ?? ""
                let other = date.session.details
                return ["session": other.id, "text": Wording.span(other.start, other.end, in: zone) + free]
            }
            context["dates"] = ["list": list]
        }
        if workspace.agreesOnQuestion(page) {
            let host = workspace.programme.track(details.id.track)?.host
            context["question"] = [
                "text": host?.question ?? "", "state": host?.isQuestionAgreed == true ? "agreed" : "a draft so far",
            ]
        }
        return PageResponse.html(site.page("answer", context, message: message), status)
    }

    /// A file of the programme, for those who are asked to a session of it.
    private func showResource(_ name: String, _ token: String) throws -> Response {
        let workspace = door.workspace()
        guard let page = try workspace.answerPage(token), let name = name.removingPercentEncoding,
            let track = workspace.programme.track(page.session.details.id.track),
            workspace.resources(of: track.cycle.partnership).contains(where: { $0.place == .file(name) }),
            let content = try workspace.resourceFile(name)
        else { return missing() }
        return PageResponse.file(content, name: name, type: PageResponse.type(ofFile: name))
    }

    // MARK: What is to come for one person

    private func showMine(_ token: String, after query: String?) throws -> Response {
        guard let page = try door.workspace().personalPage(token) else { return missing() }
        let message: String? =
            switch query {
            case "kept": "Kept. Whoever plans will see it; you hear of it by mail if a session of yours changes."
            case "forget": "Your coordinator has been asked to have you forgotten."
            default: nil
            }
        return mine(page, token: token, message: message)
    }

    private func mine(
        _ page: Workspace.PersonalPage, token: String, message: String?, status: HTTPResponse.Status = .ok
    ) -> Response {
        PageResponse.html(
            site.page(
                "mine",
                [
                    "title": "What is to come for you", "name": page.name,
                    "sessions": page.sessions.map { entry -> [String: Any] in
                        let zone = TimeZoneDatabase.system[entry.session.zone] ?? .utc
                        var context: [String: Any] = [
                            "title": entry.session.title,
                            "when": Wording.span(entry.session.start, entry.session.end, in: zone),
                            "answer": entry.answer.map { "You have answered that you \(Self.words($0.status))." }
                                ?? "You have not answered yet.",
                        ]
                        if let token = entry.token { context["href"] = "\(site.base)/answer/\(token)" }
                        return context
                    },
                    "runs": page.runs.map { run in
                        [
                            "title": run.label, "question": run.question.map { [$0] } ?? [],
                            "sessions": run.sessions.map { ["title": $0.title, "when": $0.when, "who": $0.who] },
                            "deadlines": run.deadlines.map {
                                ["name": $0.name, "when": $0.when, "notes": $0.note.isEmpty ? [] : [$0.note]]
                            },
                        ]
                    },
                    "hasAbsences": !page.absences.isEmpty,
                    "absences": page.absences.map { absence -> [String: Any] in
                        let (first, last) = (absence.dates.lowerBound, absence.dates.upperBound)
                        let days =
                            first == last
                            ? Wording.longDay(first) : "\(Wording.longDay(first)) to \(Wording.longDay(last))"
                        return ["number": absence.number, "days": days]
                    }, "back": "\(site.base)/answer/\(token)", "kept": "\(site.base)/answer/\(token)/kept",
                ], message: message), status)
    }

    private func changeMine(_ request: Request, _ token: String) async throws -> Response {
        guard let page = try door.workspace().personalPage(token) else { return missing() }
        guard !request.isFromElsewhere(address: site.address) else {
            return mine(page, token: token, message: "Please do that on this page itself.", status: .forbidden)
        }
        let form = try await request.form()
        let workspace = door.workspace().acting(as: page.person)
        do {
            switch form["do"] {
            case "away":
                let (first, last) = (form.text("first", longest: 10), form.text("last", longest: 10))
                guard !first.isEmpty else {
                    return mine(
                        page, token: token, message: "Nothing was kept: please choose a day.", status: .badRequest)
                }
                let days = last.isEmpty ? first : "\(first) to \(last)"
                _ = try await RecordAbsence.run(
                    RecordAbsence.Request(person: page.person.rawValue, days: days), in: workspace
                ) { _ in }
            case "back":
                let number = form["number"].flatMap { Int($0) } ?? 0
                _ = try await RemoveAbsence.run(
                    RemoveAbsence.Request(person: page.person.rawValue, number: number), in: workspace
                ) { _ in }
            case "forget" where form["sure"] == "yes":
                try await workspace.askToBeForgotten(token)
                door.didChange(.plan)
                return PageResponse.seeOther("\(site.base)/answer/\(token)/mine?forget")
            default:
                return mine(
                    page, token: token, message: "Nothing was chosen, so nothing was done.", status: .badRequest)
            }
        } catch let failure as Workspace.Failure {
            return mine(page, token: token, message: failure.description, status: .badRequest)
        }
        door.didChange(.plan)
        return PageResponse.seeOther("\(site.base)/answer/\(token)/mine?kept")
    }

    private func showKept(_ token: String) async throws -> Response {
        let workspace = door.workspace()
        guard let page = try workspace.personalPage(token) else { return missing() }
        let kept = try await ExportPerson.run(ExportPerson.Request(person: page.person), in: workspace) { _ in }
        return PageResponse.file(kept.content, name: "kept.json", type: "application/json; charset=utf-8")
    }

    private func missing() -> Response {
        door.nothing(
            because:
                "The session has begun, is called off, or you are no longer asked to come; or the address is not complete. Your newest mail about it says how it stands.",
            limiter)
    }
}
