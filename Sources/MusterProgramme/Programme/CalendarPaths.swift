import MusterModel

/// Turns what stands in the config into calendars.
struct CalendarPaths {
    /// The folder at which relative paths begin.
    let directory: String

    /// The calendar at a path or address; nil for an address that is neither http nor https.
    func source(_ text: String) -> CalendarSource? {
        let text = text.hasPrefix("webcal://") ? "https://" + text.dropFirst(9) : text
        if text.hasPrefix("http://") || text.hasPrefix("https://") { return CalendarSource(location: text) }
        guard !text.contains("://") else { return nil }
        return CalendarSource(location: text.hasPrefix("/") ? text : directory + "/" + text)
    }

    func sources(_ cell: CSVTable.Cell?, _ collector: DiagnosticCollector) -> [CalendarSource] {
        (cell?.addresses ?? []).compactMap { item in
            guard let source = source(item.text) else {
                collector.error(
                    item.location, "\"\(item.text)\" should be a file, or an address with http:// or https://")
                return nil
            }
            return source
        }
    }
}
