import CivilTime
import Foundation
import Hummingbird
import MusterModel
import MusterOperations
import MusterStore

extension CoordinatorPages {
    /// A session, or with `/why` at the end why it is then and with whom.
    func showSession(at path: [Substring], for visit: PageVisit, after request: Request) async throws -> Response {
        let parts = path.compactMap { String($0).removingPercentEncoding }
        if parts.last == "attendance", parts.count > 3 {
            return try await showAttendance(session(at: parts.dropLast()), for: visit, after: request)
        }
        guard parts.last == "why", parts.count > 3 else {
            return try await show(session(at: parts), for: visit, after: request)
        }
        let shown = try await perform(
            ExplainEntity.self,
            ExplainEntity.Request(
                entity: session(at: parts.dropLast()).rawValue, assumption: nil, search: PlanSeason.Search()),
            for: visit)
        return html(
            "text", ["title": "Why this time and these people", "text": shown.lines.joined(separator: "\n")],
            for: visit)
    }

    private func session(at path: some BidirectionalCollection<String>) -> SessionID {
        SessionID(path.joined(separator: "/"))
    }

    private func show(
        _ session: SessionID, for visit: PageVisit, after request: Request
    ) async throws -> Response {
        let view = try await perform(ShowSession.self, ShowSession.Request(session: session.rawValue), for: visit)
        let zone = TimeZoneDatabase.system[view.zone] ?? .utc
        return html(
            "session",
            [
                "title": view.title, "when": view.when, "isToCome": view.isToCome, "localStart": view.localStart,
                "questions": view.question.map { [["text": $0]] } ?? [],
                "facts": view.facts.filter { $0.name != "With" }.map { ["name": $0.name, "lines": $0.lines] },
                "seats": view.seats.enumerated().map { row($1, index: $0, isToCome: view.isToCome) },
                "hasDecisions": !view.decisions.isEmpty,
                "decisions": view.decisions.map { ["number": $0.number, "text": Self.words($0, in: zone)] },
                "attendanceHref": view.isToCome ? [] : ["\(address(of: session))/attendance"],
                "whyHref": "\(address(of: session))/why",
                "history": view.history.map { "\(Wording.moment($0.at, in: zone)): \($0.title)" },
                "mails": view.mails.map { mail in
                    [
                        "href": "\(site.base)/outbox/\(mail.number)",
                        "text":
                            "\(Wording.moment(mail.created, in: zone)): \(mail.subject), to \(mail.addressee) (\(mail.state.rawValue))",
                    ]
                },
            ], for: visit, message: Self.message(request))
    }

    private func row(_ seat: SessionView.Seat, index: Int, isToCome: Bool) -> [String: Any] {
        let answer = seat.answer.map { answer in
            let how =
                switch answer.way {
                case Answer.mail: "by mail"
                case Answer.link: "by link"
                default: "told by \(answer.way)"
                }
            return "\(answer.status.verb())\(answer.remark), \(how)"
        }
        return [
            "name": seat.name, "role": seat.role, "school": seat.school ?? "", "person": seat.person, "index": index,
            "place": seat.place.map { ", \($0)" } ?? "",
            "answer": answer ?? (seat.isRequired ? "has not answered" : "need not answer"), "toCome": isToCome,
        ]
    }

    private static func words(_ decision: Decision, in zone: TimeZoneRules) -> String {
        let what =
            switch decision.kind {
            case .pin: "stays as it is"
            case .move(let start): "is to be at \(Wording.moment(start, in: zone))"
            case .cancel: "does not take place"
            }
        let why = [decision.author, decision.reason].filter { !$0.isEmpty }.joined(separator: ": ")
        return why.isEmpty ? what : "\(what) (\(why))"
    }

    func change(at path: [Substring], by form: FormFields, for visit: PageVisit) async throws -> Response {
        let parts = path.compactMap { String($0).removingPercentEncoding }
        if parts.last == "attendance", parts.count > 3 {
            return try await takeAttendance(session(at: parts.dropLast()), by: form, for: visit)
        }
        let id = session(at: parts)
        let session = id.rawValue
        let reason = form.text("reason", longest: 200)
        switch form["do"] {
        case "answer":
            guard let status = form["status"].flatMap(Answer.Status.init), let person = form["person"] else {
                throw Workspace.Failure("Nothing was chosen, so nothing was kept.", exitCode: 64)
            }
            _ = try await perform(
                RecordAnswer.self,
                RecordAnswer.Request(session: session, person: person, status: status, comment: ""), for: visit)
            return PageResponse.seeOther("\(address(of: id))?answered")
        case "move":
            _ = try await perform(
                MoveSession.self,
                MoveSession.Request(session: session, time: form.text("time", longest: 16), reason: reason), for: visit)
        case "question":
            _ = try await perform(
                AgreeQuestion.self,
                AgreeQuestion.Request(host: id.track.rawValue, question: form.text("question", longest: 1000)),
                for: visit)
        case "pin":
            _ = try await perform(PinSession.self, PinSession.Request(session: session, reason: reason), for: visit)
        case "cancel":
            _ = try await perform(CancelTarget.self, CancelTarget.Request(target: session, reason: reason), for: visit)
        case "unpin":
            _ = try await perform(
                RevertDecision.self,
                RevertDecision.Request(target: session, number: form["number"].flatMap { Int($0) }),
                for: visit)
        default: throw Workspace.Failure("Nothing was chosen, so nothing was done.", exitCode: 64)
        }
        return PageResponse.seeOther("\(address(of: id))?kept")
    }
}
