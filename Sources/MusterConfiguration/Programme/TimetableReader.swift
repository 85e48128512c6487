import CivilTime
import MusterModel

/// Reads a timetable: the lessons of each person, of one week or of two (A and B).
struct TimetableReader {
    static let columns: KeyValuePairs<String, [String]> = [
        "person": ["teacher", "staff"], "day": ["weekday"], "start": ["from"], "end": ["to"],
        "label": ["subject", "activity", "lesson"], "week": [],
    ]

    let collector: DiagnosticCollector

    /// What each person is held by, by id.
    func read(_ file: SourceFile, people: [PersonID: Int]) -> [(person: Int, commitment: WeeklyCommitment)] {
        guard let table = CSVTable(file, names: Self.columns, required: ["person", "day", "start", "end"], collector)
        else {
            return []
        }
        return table.rows.compactMap { row in
            guard let person = row["person"], let kind = kind(row["label"]?.text ?? "") else { return nil }
            guard let index = people[PersonID(person.text)] else {
                collector.error(
                    person.location,
                    "there is no person \"\(person.text)\"\(Suggestion.phrase(for: person.text, among: people.keys.sorted()))",
                    restingOn: .people)
                return nil
            }
            guard let day = row["day"].flatMap({ Weekday(name: $0.text) }),
                let window = TimeWindow(text: (row["start"]?.text ?? "") + "-" + (row["end"]?.text ?? ""))
            else {
                collector.error(
                    row.location, "a lesson needs a day such as Mon, and a start and an end such as 09:00 and 10:00")
                return nil
            }
            let week = row["week"].map { $0.text.uppercased().replacing("WEEK", with: "").trimmingSpaces }
            let letter = week.flatMap { ["A": "A", "B": "B", "1": "A", "2": "B"][$0] }
            if let cell = row["week"], letter == nil {
                collector.error(
                    cell.location, "\"\(cell.text)\" should be the week A or B; leave it empty for every week")
            }
            return (
                index, WeeklyCommitment(weekday: day, window: window, week: letter, kind: kind)
            )
        }
    }

    /// Nil for rows that hold nobody: exports list free periods and breaks like lessons.
    private func kind(_ label: String) -> WeeklyCommitment.Kind? {
        switch label.lowercased() {
        case "free", "free period", "break", "lunch", "nil", "-": nil
        case "ppa", "protected", "leadership time": .protected
        default: .lesson
        }
    }
}
