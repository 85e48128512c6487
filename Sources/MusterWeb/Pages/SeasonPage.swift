import MusterModel

/// The season as one self-contained page to look at, print or attach: no script, nothing remote.
public struct SeasonPage: Sendable {
    /// The heading.
    public var title: String
    /// A line below it.
    public var summary: String
    /// What is shown.
    public var season: Season
    /// What is to be said about calendars.
    public var remarks: [String]
    /// When it was made, in words.
    public var footer: String

    /// A page; every field as described there.
    public init(title: String, summary: String, season: Season, remarks: [String], footer: String) {
        self.title = title
        self.summary = summary
        self.season = season
        self.remarks = remarks
        self.footer = footer
    }

    /// The page's text.
    ///
    /// - Throws: only if a built-in template is broken.
    public func html() throws -> String {
        var context = SeasonTables(season).context
        context["title"] = title
        context["summary"] = summary
        context["footer"] = footer
        context["hasRemarks"] = !remarks.isEmpty
        context["remarks"] = remarks
        return try PageTemplates().render("season", context)
    }
}
