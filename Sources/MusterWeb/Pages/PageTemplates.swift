import Mustache
import Templates

/// The templates of all pages, which share their head, their foot and the tables of a season.
struct PageTemplates: Sendable {
    /// The stylesheet of all of them.
    static let stylesheet = String(decoding: PackageResources.pages_css, as: UTF8.self)

    private let library: MustacheLibrary

    /// - Throws: only if a built-in template is broken.
    init() throws {
        let sources: [String: [UInt8]] = [
            "head": PackageResources.head_html_mustache, "foot": PackageResources.foot_html_mustache,
            "style": PackageResources.pages_css, "timeline": PackageResources.timeline_html_mustache,
            "loads": PackageResources.loads_html_mustache, "season": PackageResources.season_html_mustache,
            "answer": PackageResources.answer_html_mustache, "sign-in": PackageResources.sign_in_html_mustache,
            "overview": PackageResources.overview_html_mustache,
            "proposal": PackageResources.proposal_html_mustache, "session": PackageResources.session_html_mustache,
            "mine": PackageResources.mine_html_mustache, "people": PackageResources.people_html_mustache,
            "report": PackageResources.report_html_mustache, "weeks": PackageResources.weeks_html_mustache,
            "planner": PackageResources.planner_html_mustache,
            "text": PackageResources.text_html_mustache, "poll": PackageResources.poll_html_mustache,
            "done": PackageResources.done_html_mustache, "deadlines": PackageResources.deadlines_html_mustache,
            "feedback": PackageResources.feedback_html_mustache,
            "poll-result": PackageResources.poll_result_html_mustache,
            "attendance": PackageResources.attendance_html_mustache,
            "step-in": PackageResources.step_in_html_mustache,
            "room": PackageResources.room_html_mustache,
            "list": PackageResources.list_html_mustache,
        ]
        library = MustacheLibrary(
            templates: try sources.mapValues { try MustacheTemplate(html: String(decoding: $0, as: UTF8.self)) })
    }

    /// A page's text.
    func render(_ name: String, _ context: [String: Any]) -> String {
        library.render(context, withTemplate: name) ?? ""
    }
}
