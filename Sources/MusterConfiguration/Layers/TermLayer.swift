import CivilTime
import MusterModel

/// What one file of `terms/` says about days: a local authority's dates, a trust's, a school's own.
struct TermLayer {
    static let keys = ["layer", "name", "terms", "closed", "inset", "bank-holidays", "examinations", "week-a"]

    var id: String
    var location: Diagnostic.Location
    var days = SchoolDays()

    /// Lays this over what earlier layers say: its terms take the place of theirs, closures, INSET days and
    /// examinations are added to theirs.
    func lay(over days: inout SchoolDays) {
        if !self.days.terms.isEmpty { days.terms = self.days.terms }
        days.closures += self.days.closures
        days.insetDays.formUnion(self.days.insetDays)
        days.examinations += self.days.examinations
        days.weekA = self.days.weekA ?? days.weekA
        days.bankHolidaysEnd = self.days.bankHolidaysEnd ?? days.bankHolidaysEnd
    }
}

/// Reads a file of `terms/`.
struct TermLayerReader {
    let collector: DiagnosticCollector
    let directory: String

    func read(_ node: ConfigNode) -> TermLayer? {
        guard let mapping = node.mapping(TermLayer.keys), let id = mapping.require("layer")?.string() else {
            return nil
        }
        var layer = TermLayer(id: id, location: node.location)
        _ = mapping["name"]?.string()
        layer.days.terms = periods(mapping["terms"], ["name", "dates"])
        layer.days.closures = periods(mapping["closed"], ["name", "dates"])
        layer.days.examinations = periods(mapping["examinations"], ["name", "dates", "phase"])
        layer.days.insetDays = Set((mapping["inset"]?.items ?? []).flatMap { $0.dates().map(Array.init) ?? [] })
        layer.days.weekA = mapping["week-a"]?.date()?.monday
        if let node = mapping["bank-holidays"] { readBankHolidays(node, into: &layer.days) }
        return layer
    }

    /// Stretches of days, each as `2027-02-15 to 2027-02-19` or with a name.
    private func periods(_ node: ConfigNode?, _ keys: [String]) -> [SchoolDays.Period] {
        (node?.items ?? []).compactMap { item in
            if item.scalar != nil { return item.dates().map { SchoolDays.Period(name: "", dates: $0) } }
            guard let mapping = item.mapping(keys), let dates = mapping.require("dates")?.dates() else { return nil }
            return SchoolDays.Period(
                name: mapping["name"]?.string() ?? "", dates: dates, phase: mapping["phase"]?.string()?.lowercased())
        }
    }

    private func readBankHolidays(_ node: ConfigNode, into days: inout SchoolDays) {
        guard let mapping = node.mapping(["file", "division"]), let file = mapping.require("file"),
            let path = file.string()
        else { return }
        let division = mapping["division"]?.choice(BankHolidays.divisions) ?? "england-and-wales"
        guard let source = SourceFile(path: path.hasPrefix("/") ? path : directory + "/" + path, collector) else {
            return
        }
        do {
            let holidays = try BankHolidays.read(source.text, division: division)
            days.closures += holidays.map { SchoolDays.Period(name: $0.name, dates: $0.date...$0.date) }
            days.bankHolidaysEnd = holidays.map(\.date).max()
        } catch {
            collector.error(source.location(), error.description)
        }
    }
}
