import CivilTime

extension CSVTable.Cell {
    /// Whether a letter was replaced by a question mark, or by the mark of what could not be read.
    var hasLostLetters: Bool {
        // Nearly all texts have neither, and there are many.
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "?") || $0 == 0xEF }) else { return false }
        let letters = Array(text)
        return letters.indices.contains { index in
            letters[index] == "\u{FFFD}"
                || letters[index] == "?" && index + 1 < letters.count && letters[index + 1].isLetter
                    && !text.contains("://")
        }
    }

    /// The days of every item; those that cannot be read are reported.
    func allDays(_ collector: DiagnosticCollector) -> [ClosedRange<CivilDate>] {
        items.compactMap { $0.days($0.text, collector) }
    }

    /// Days as `2027-01-14 to 2027-01-16`, or as spreadsheets write them here: `14/01/2027`, day first, which is said
    /// once.
    ///
    /// - Parameter form: what could be written as well.
    func days(
        _ text: String, _ collector: DiagnosticCollector, or form: String? = nil
    ) -> ClosedRange<CivilDate>? {
        guard let days = ClosedRange(days: text, reading: { CivilDate(iso: $0) ?? Self.spreadsheetDate($0) }) else {
            let forms = (["2027-03-12", "2027-04-01 to 2027-04-05"] + [form].compactMap(\.self)).joined(separator: "; ")
            collector.error(location, "\"\(self.text)\" should be days such as \(forms)")
            return nil
        }
        if text.contains("/") {
            collector.warningOnce(
                about: "day first", at: location,
                "days such as \(text.prefix(10)) are read with the day first; 2027-01-04 means the same everywhere")
        }
        return days
    }

    /// `14/01/2027`.
    private static func spreadsheetDate(_ text: Substring) -> CivilDate? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let day = parts[0], let month = parts[1], let year = parts[2],
            (1...31).contains(day), (1...12).contains(month), (2000...2199).contains(year)
        else { return nil }
        func padded(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return CivilDate(iso: "\(year)-\(padded(month))-\(padded(day))")
    }

    /// The items of a cell that holds several, separated by semicolons, bars or commas.
    var items: [CSVTable.Cell] {
        text.split { $0 == ";" || $0 == "|" || $0 == "," }.map { String($0).trimmingSpaces }.filter { !$0.isEmpty }
            .map { CSVTable.Cell(text: $0, location: location) }
    }

    /// The addresses of a cell that holds several: they may contain commas and semicolons themselves, so only such with
    /// a space behind them separate.
    var addresses: [CSVTable.Cell] {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "|") }) else { return [self] }
        return text.replacing("; ", with: "|").replacing(", ", with: "|").split { $0 == "|" }
            .map { String($0).trimmingSpaces }.filter { !$0.isEmpty }.map {
                CSVTable.Cell(text: $0, location: location)
            }
    }

    func integer(_ range: ClosedRange<Int>, _ collector: DiagnosticCollector) -> Int? {
        guard let value = Int(text), range.contains(value) else {
            collector.error(
                location, "\"\(text)\" should be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    func zone(_ collector: DiagnosticCollector) -> ZoneName? {
        guard let zone = ZoneName(text) else {
            collector.error(location, "nobody knows the time zone \"\(text)\"; write a name such as Europe/London")
            return nil
        }
        return zone
    }
}
