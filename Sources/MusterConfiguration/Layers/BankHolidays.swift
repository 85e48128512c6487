import CivilTime
import Foundation
import ICalendar

/// Bank holidays as gov.uk publishes them: `bank-holidays.json` of all divisions or of one, or the `.ics` of one.
enum BankHolidays {
    static let divisions = ["england-and-wales", "scotland", "northern-ireland"]

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct Division: Decodable {
        struct Event: Decodable {
            let title: String
            let date: CivilDate
        }

        let events: [Event]
    }

    static func read(_ text: String, division: String) throws(Failure) -> [(name: String, date: CivilDate)] {
        let isCalendar = text.trimmingSpaces.uppercased().hasPrefix("BEGIN:VCALENDAR")
        let holidays = isCalendar ? calendar(text) : try json(text, division)
        guard !holidays.isEmpty else {
            throw Failure(description: "there is no bank holiday in it; fetch it again from gov.uk")
        }
        return holidays
    }

    private static func json(_ text: String, _ division: String) throws(Failure) -> [(name: String, date: CivilDate)] {
        let data = Data(text.utf8)
        let decoder = JSONDecoder()
        do {
            let found = try? decoder.decode(Division.self, from: data)
            let all = try found.map { [division: $0] } ?? decoder.decode([String: Division].self, from: data)
            guard let events = all[division]?.events else {
                throw Failure(description: "it has no division \"\(division)\"")
            }
            return events.map { ($0.title, $0.date) }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(
                description: "this is not gov.uk's bank-holidays.json or .ics; fetch it again from gov.uk/bank-holidays"
            )
        }
    }

    private static func calendar(_ text: String) -> [(name: String, date: CivilDate)] {
        guard let result = try? CalendarReader().read(Array(text.utf8)) else { return [] }
        return result.calendars.flatMap(\.components).compactMap { event in
            guard event.name == "VEVENT", let time = event.first("DTSTART").flatMap({ CalendarTime($0.value) }) else {
                return nil
            }
            return (event.text("SUMMARY") ?? "", time.local.date)
        }
    }
}
