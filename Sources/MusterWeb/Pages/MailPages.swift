import CivilTime
import Foundation
import Hummingbird
import MusterModel
import MusterOperations
import MusterStore

extension CoordinatorPages {
    func addMailRoutes(to router: Router<BasicRequestContext>) {
        router.get("outbox") { request, _ in
            try await door.page(request, section: "/outbox") { try await showOutbox($0, request) }
        }
        router.get("outbox/:number") { request, context in
            try await door.page(request, section: "/outbox") { try await showMessage(Self.number(context), $0) }
        }
        router.post("outbox/:number") { request, context in
            try await door.action(request, section: "/outbox") { visit, form in
                guard let action = form["do"].flatMap(ChangeMessages.Action.init) else {
                    throw Workspace.Failure("Nothing was chosen, so nothing was done.", exitCode: 64)
                }
                let numbers = [Self.number(context)]
                _ = try await perform(
                    ChangeMessages.self, ChangeMessages.Request(numbers: numbers, action: action), for: visit)
                return PageResponse.seeOther("\(site.base)/outbox?changed")
            }
        }
        router.get("replies") { request, _ in
            try await door.page(request, section: "/replies") { try await showIncoming($0, request) }
        }
        router.get("replies/:number") { request, context in
            try await door.page(request, section: "/replies") { try await showIncoming(Self.number(context), $0) }
        }
        router.post("replies/:number") { request, context in
            try await door.action(request, section: "/replies") {
                try await settle(Self.number(context), by: $1, for: $0)
            }
        }
    }

    // MARK: Mails from us

    private func showOutbox(_ visit: PageVisit, _ request: Request) async throws -> Response {
        let messages = try await perform(
            ListMessages.self, ListMessages.Request(state: nil, limit: 500), for: visit)
        func table(_ title: String, _ states: Set<OutboxMessage.State>, most: Int = 200) -> [String: Any] {
            let own = messages.filter { states.contains($0.state) }
            return ListTable(
                title: "\(title): \(own.count)", columns: ["What", "To", "How it stands", "Written"],
                rows: own.prefix(most).map(row)
            ).context
        }
        return html(
            "list",
            [
                "title": "Mails from us", "lead": "The newest 500. Each can be looked at before it leaves.",
                "tables": [
                    table("Held until somebody releases them", [.held]), table("Could not be delivered", [.dead]),
                    table("On their way", [.due, .claimed]), table("Delivered", [.delivered], most: 60),
                ],
            ], for: visit, message: Self.message(request))
    }

    private func row(_ message: MessageSummary) -> [ListTable.Cell] {
        [
            ListTable.Cell(message.subject, address: "\(site.base)/outbox/\(message.number)"),
            ListTable.Cell(message.addressee),
            ListTable.Cell(message.lastError.map { "\(message.state.rawValue): \($0)" } ?? message.state.rawValue),
            ListTable.Cell("\(Wording.moment(message.created, in: .utc)) UTC"),
        ]
    }

    private func showMessage(_ number: Int, _ visit: PageVisit) async throws -> Response {
        let shown = try await perform(ShowMessage.self, ShowMessage.Request(number: number), for: visit)
        var buttons: [(String, String)] = []
        switch shown.summary.state {
        case .due: buttons = [("Hold it", "hold"), ("Never send it", "discard")]
        case .held: buttons = [("Release it", "release"), ("Never send it", "discard")]
        case .dead: buttons = [("Try again", "retry"), ("Never send it", "discard")]
        case .delivered, .discarded: buttons = [("Send it once more", "resend")]
        default: break
        }
        let consequence = shown.summary.state == .due || shown.summary.state == .held ? shown.summary.consequence : ""
        return html(
            "text",
            [
                "title": shown.summary.subject,
                "lead":
                    "To \(shown.summary.addressee): \(shown.summary.state.rawValue). \(consequence.isEmpty ? "" : "If it is never sent: \(consequence)")",
                "text": shown.text,
                "forms": buttons.isEmpty ? [] : [["buttons": Self.buttons(buttons)]],
            ], for: visit)
    }

    private static func buttons(_ buttons: [(name: String, value: String)]) -> [[String: Any]] {
        buttons.enumerated().map { ["name": $1.name, "value": $1.value, "isFirst": $0 == 0] }
    }

    // MARK: Mails to us

    private func showIncoming(_ visit: PageVisit, _ request: Request) async throws -> Response {
        let mails = try await perform(
            ListIncomingMails.self, ListIncomingMails.Request(state: nil), for: visit)
        func table(_ title: String, _ state: IncomingMail.State) -> [String: Any] {
            let own = mails.filter { $0.state == state }
            return ListTable(
                title: "\(title): \(own.count)", columns: ["What", "From", "What became of it", "Came"],
                rows: own.prefix(100).map { mail in
                    [
                        ListTable.Cell(
                            mail.subject.isEmpty ? "(no subject)" : mail.subject,
                            address: state == .waiting ? "\(site.base)/replies/\(mail.number)" : nil),
                        ListTable.Cell(mail.sender), ListTable.Cell(mail.reason),
                        ListTable.Cell("\(Wording.moment(mail.at, in: .utc)) UTC"),
                    ]
                }
            ).context
        }
        return html(
            "list",
            [
                "title": "Mails to us", "lead": "Every mail is in one of three states.",
                "tables": [
                    table("Waits for somebody", .waiting), table("Understood and done", .applied),
                    table("Nothing follows", .ignored),
                ],
            ], for: visit, message: Self.message(request))
    }

    private func showIncoming(_ number: Int, _ visit: PageVisit) async throws -> Response {
        let shown = try await perform(
            ShowIncomingMail.self, ShowIncomingMail.Request(number: number), for: visit)
        guard let text = shown.text else {
            throw Workspace.Failure("That mail is not kept any more.", exitCode: 77)
        }
        let mails = try await perform(ListIncomingMails.self, ListIncomingMails.Request(state: nil), for: visit)
        guard let mail = mails.first(where: { $0.number == number }) else {
            throw Workspace.Failure("There is no mail \(number) here.", exitCode: 77)
        }
        var context: [String: Any] = [
            "title": mail.subject.isEmpty ? "A mail without a subject" : mail.subject,
            "lead": "From \(mail.sender). \(mail.reason)", "text": text,
        ]
        if mail.state == .waiting {
            context["forms"] = [
                [
                    "asksPerson": true,
                    "buttons": Self.buttons([("Do what it asks for", "accept"), ("I have dealt with it", "settle")]),
                ],
                ["asksReason": true, "buttons": Self.buttons([("Refuse it", "refuse")])],
            ]
        }
        return html("text", context, for: visit)
    }

    private func settle(_ number: Int, by form: FormFields, for visit: PageVisit) async throws -> Response {
        switch form["do"] {
        case "accept":
            let person = form.text("person", longest: 100)
            _ = try await perform(
                AcceptIncomingMail.self,
                AcceptIncomingMail.Request(number: number, person: person.isEmpty ? nil : person), for: visit)
        case "refuse":
            _ = try await perform(
                RefuseIncomingMail.self,
                RefuseIncomingMail.Request(number: number, reason: form.text("reason", longest: 200)), for: visit)
        case "settle":
            _ = try await perform(
                SettleIncomingMail.self, SettleIncomingMail.Request(number: number), for: visit)
        default: throw Workspace.Failure("Nothing was chosen, so nothing was done.", exitCode: 64)
        }
        return PageResponse.seeOther("\(site.base)/\(form["back"] == "overview" ? "" : "replies")?settled")
    }
}
