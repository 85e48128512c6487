import Foundation
import Hummingbird
import MusterModel
import MusterOperations

extension CoordinatorPages {
    func addReportRoutes(to router: Router<BasicRequestContext>) {
        router.get("cycles/:id") { request, context in
            try await door.page(request) { visit in
                let cycle = context.parameters.get("id").flatMap(\.removingPercentEncoding) ?? ""
                let report = try await perform(
                    ShowCycleReport.self, ShowCycleReport.Request(cycle: CycleID(cycle)), for: visit)
                return html("report", Self.context(of: report), for: visit)
            }
        }
    }

    /// The address of the report on a cycle.
    func address(ofCycle id: CycleID) -> String {
        "\(site.base)/cycles/\(id.rawValue.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? "")"
    }

    private static func context(of report: CycleReport) -> [String: Any] {
        [
            "title": report.title, "days": report.days,
            "figures": report.figures.map { ["name": $0.name, "value": $0.value] },
            "runs": report.runs.map { run in
                [
                    "school": run.school, "themes": run.theme.map { [$0] } ?? [],
                    "questions": run.question.map { [$0] } ?? [], "sessions": run.sessions, "team": run.team,
                    "reasons": run.reasons,
                ]
            }, "schools": report.schools.map { ["name": $0.name, "hosts": "\($0.hosts)", "count": "\($0.count)"] },
            "feedback": report.feedback.map { summary in
                [
                    "title": "\(summary.result.stage): \(summary.sentence)",
                    "lines": summary.result.lines.map { "\($0.mean) of 5: \($0.question)" },
                ]
            },
        ]
    }
}
