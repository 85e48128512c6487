import CivilTime
import MusterModel

/// Dates in HTTP (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    static func text(_ instant: Instant) -> String {
        let (time, date) = (instant.utc, instant.utc.date)
        let clock = time.description.suffix(8)
        let day = date.day < 10 ? "0\(date.day)" : "\(date.day)"
        return "\(date.weekday.shortName), \(day) \(Wording.shortMonth(date)) \(date.year) \(clock) GMT"
    }

    /// Reads that form alone, in which whoever repeats our date repeats it; anything else is nil.
    static func read(_ text: String) -> Instant? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), let year = Int(words[3]),
            (1970...9999).contains(year),
            let month = (1...12).first(where: { month in
                CivilDate(year: 2000, month: month, day: 1).map(Wording.shortMonth) == String(words[2])
            }), let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        return Instant(iso: "\(date)T\(words[4])Z")
    }
}
