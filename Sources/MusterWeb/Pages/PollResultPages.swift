import Foundation
import Hummingbird
import MusterModel
import MusterOperations

extension CoordinatorPages {
    func addPollRoutes(to router: Router<BasicRequestContext>) {
        router.get("polls") { request, _ in
            try await door.page(request, section: "/polls") { try await showPolls($0) }
        }
        router.get("polls/:file") { request, context in
            try await door.page(request, section: "/polls") {
                try await showPoll(context.parameters.get("file") ?? "", for: $0, after: request)
            }
        }
        router.post("polls/:file") { request, context in
            try await door.action(request, section: "/polls") { visit, form in
                guard form["do"] == "use" else {
                    throw Workspace.Failure("Nothing was chosen, so nothing was done.", exitCode: 64)
                }
                let poll = context.parameters.get("file").flatMap(\.removingPercentEncoding) ?? ""
                _ = try await perform(ApplyPoll.self, ApplyPoll.Request(poll: PollID(poll)), for: visit)
                return PageResponse.seeOther("\(address(ofPoll: PollID(poll)))?changed")
            }
        }
    }

    private func address(ofPoll id: PollID) -> String {
        "\(site.base)/polls/\(id.rawValue.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(["-", "_"])) ?? "")"
    }

    private func showPolls(_ visit: PageVisit) async throws -> Response {
        let polls = try await perform(ListPolls.self, Nothing(), for: visit)
        let table = ListTable(
            title: Wording.count(polls.count, "poll"), columns: ["Poll", "How it stands", "Open", "Answered"],
            rows: polls.map { poll in
                [
                    ListTable.Cell(poll.title, address: address(ofPoll: poll.id)), ListTable.Cell(poll.state),
                    ListTable.Cell(poll.days), ListTable.Cell("\(poll.answered) of \(poll.asked)"),
                ]
            })
        return html(
            "list",
            [
                "title": "Polls", "lead": "What many were asked. A new one is a file in programme/polls.",
                "tables": [table.context],
            ], for: visit)
    }

    /// A poll, or with `.csv` or `.svg` behind its name a file of it.
    private func showPoll(_ file: String, for visit: PageVisit, after request: Request) async throws -> Response {
        let name = file.removingPercentEncoding ?? ""
        let id = name.hasSuffix(".csv") || name.hasSuffix(".svg") ? String(name.dropLast(4)) : name
        let shown = try await perform(ShowPoll.self, ShowPoll.Request(poll: PollID(id)), for: visit)
        if name.hasSuffix(".csv") {
            return PageResponse.file(Data(shown.csv.utf8), name: "poll.csv", type: "text/csv; charset=utf-8")
        }
        if name.hasSuffix(".svg") {
            return PageResponse.file(Data(shown.svg.utf8), name: "poll.svg", type: "image/svg+xml")
        }
        func group(_ name: String, _ lines: [PollResult.Line]) -> [String: Any] {
            [
                "name": name,
                "lines": lines.map { ["text": $0.text, "count": "\($0.count)", "share": "\($0.share)"] },
            ]
        }
        let result = shown.result
        var context: [String: Any] = [
            "title": result.title, "question": result.question, "address": address(ofPoll: PollID(id)),
            "groups": [group("\(result.answered) of \(result.asked) answered", result.ranking)]
                + result.groups.map {
                    group($0.heading, $0.lines)
                },
            "remark":
                "Regions and phases of which fewer than \(PollResult.smallestGroup) answered are not shown, so that nobody can tell who chose what.",
        ]
        if !shown.consequences.isEmpty { context["consequences"] = ["list": shown.consequences] }
        return html("poll-result", context, for: visit, message: Self.message(request))
    }
}
