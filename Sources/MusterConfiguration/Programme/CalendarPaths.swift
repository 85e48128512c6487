import Foundation
import MusterModel

/// Turns what stands in the config into calendars.
struct CalendarPaths {
    /// The folder at which relative paths begin.
    let directory: String

    /// The calendar at a path or address; nil for an address of another kind, or one with a password in it.
    func source(_ text: String) -> CalendarSource? {
        guard let colon = text.firstRange(of: "://") else {
            return CalendarSource(location: text.hasPrefix("/") ? text : directory + "/" + text)
        }
        // `webcal://` and `webcals://` stand for `https://`; schemes are written in any case.
        let scheme = text[..<colon.lowerBound].lowercased()
        let isCalendar = scheme == "webcal" || scheme == "webcals"
        let source = CalendarSource(location: (isCalendar ? "https" : scheme) + text[colon.lowerBound...])
        return (source.isCalDAV || source.isHTTP) && !LinkRule.hasPassword(source.location) ? source : nil
    }

    func sources(_ cell: CSVTable.Cell?, _ collector: DiagnosticCollector) -> [CalendarSource] {
        (cell?.addresses ?? []).compactMap { item in
            guard let source = source(item.text) else {
                collector.error(
                    item.location,
                    LinkRule.hasPassword(item.text)
                        ? "there is a password in this address; write user and password under \"calendars: logins\" in muster.yaml, and the address without it"
                        : "\"\(item.text)\" should be a file, or an address with https:// or caldavs://")
                return nil
            }
            return source
        }
    }
}
