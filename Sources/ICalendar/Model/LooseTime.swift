import CivilTime

/// A time as other programs write it, brought into the form of the RFC: `2027-01-11T14:00`, `20270111T140000.000Z`,
/// `2027-01-11 14:00:00+01:00`; `20270111T` is a day, and `20270111T240000` the midnight after it.
struct LooseTime {
    /// `20270111`, `20270111T140000`, `20270111T140000Z`.
    let text: String
    /// Seconds by which it is ahead of what it says.
    let offset: Int

    /// Nil where no date can be made out at all.
    init?(_ text: some StringProtocol) {
        let written = Substring(text)
        guard (9...40).contains(written.utf8.count) else { return nil }
        let end = written.firstIndex { $0 == "T" || $0 == "t" || $0 == " " } ?? written.endIndex
        let date = written[..<end].filter { $0 != "-" }
        guard end < written.endIndex else {
            (self.text, offset) = (date, 0)
            return
        }
        let rest = written[end...].dropFirst()
        let clock = rest.prefix { $0.isNumber || $0 == ":" }
        let fraction = rest.dropFirst(clock.count).prefix { $0.isNumber || $0 == "." || $0 == "," }
        let zone = rest.dropFirst(clock.count + fraction.count)
        guard !rest.isEmpty else {
            (self.text, offset) = (date, 0)
            return
        }
        let clockDigits = clock.filter { $0 != ":" }
        let isMidnight = clockDigits.hasPrefix("24") && clockDigits.dropFirst(2).allSatisfy { $0 == "0" }
        let digits = isMidnight ? "00" + clockDigits.dropFirst(2) : clockDigits
        let dayLater = isMidnight ? 86_400 : 0
        let time = date + "T" + digits + (digits.count == 4 ? "00" : "")
        if zone.isEmpty || zone == "Z" || zone == "z" {
            (self.text, offset) = (time + zone, -dayLater)
        } else if let known = UTCOffset(loose: zone) {
            (self.text, offset) = (time + "Z", known.seconds - dayLater)
        } else {
            return nil
        }
    }
}
