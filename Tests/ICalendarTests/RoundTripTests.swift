import ICalendar
import MusterTestSupport
import Testing

@Suite struct `Reading what was written` {
    @Test func `gives the same calendar, for 500 random ones full of what nobody knows`() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<500 {
            let calendar = RandomCalendar.component("VCALENDAR", depth: 3, &random)
            let result = try CalendarReader().read(Array(CalendarWriter.write(calendar).utf8))
            #expect(result.calendars == [calendar])
            #expect(result.diagnostics.isEmpty)
        }
    }

    @Test(arguments: [
        "BEGIN:VCALENDAR\nX-A;B=\"c\"d:e\nX-B;BARE;LIST=a,\"b,c\",:v\nEND:VCALENDAR\n",
        "BEGIN:VCALENDAR\nNOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:caf=E9=\n=0Acr=E8me, brûlée\nEND:VCALENDAR\n",
        "BEGIN:VCALENDAR\nX:tab\there\u{1}\u{7F}\u{0}\nlower;case=Yes:kept\nEND:VCALENDAR\n",
        "begin:vcalendar\nbegin:vevent\nX;N=^n^^^'^x:^n\nend:vevent\n",
        "BEGIN:VEVENT\nUID:1\nEND:VEVENT\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VEVENT\nEND:VCALENDAR\n",
    ])
    func `gives the same calendar again, however it was first written`(text: String) throws {
        let first = try CalendarReader().read(Array(text.utf8)).calendars
        let second = try CalendarReader().read(Array(first.map(CalendarWriter.write).joined().utf8))
        #expect(second.calendars == first)
        #expect(second.diagnostics.isEmpty)
    }

    @Test func `of times alone expands to the same`() throws {
        let text =
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nuid:1\nSUMMARY:x\ndtstart:20270101T090000Z\nRRULE:FREQ=DAILY;COUNT=3\n"
            + "DESCRIPTION:y\nEND:VEVENT\nEND:VCALENDAR\n"
        let whole = try CalendarReader().read(Array(text.utf8))
        let times = try CalendarReader(scope: .times).read(Array(text.utf8))
        #expect(times.calendars.first?.components.first?.properties.map(\.name) == ["UID", "DTSTART", "RRULE"])
        #expect(try whole.expanded() == times.expanded())
    }
}

private enum RandomCalendar {
    static func component(_ name: String, depth: Int, _ random: inout SeededGenerator) -> Component {
        var component = Component(name)
        for _ in 0..<Int.random(in: 0...6, using: &random) { component.properties.append(property(&random)) }
        guard depth > 0 else { return component }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            component.components.append(self.component("X-\(word(&random))", depth: depth - 1, &random))
        }
        return component
    }

    private static func property(_ random: inout SeededGenerator) -> Property {
        let parameters = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            Parameter("X-\(word(&random))", text(&random))
        }
        return Property("X-\(word(&random))", parameters, text: text(&random))
    }

    private static func word(_ random: inout SeededGenerator) -> String {
        String(
            (0..<Int.random(in: 1...12, using: &random)).map { _ in "ABCDEFGHIJ-12".randomElement(using: &random) ?? "A"
            })
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        let parts = [
            "a", "ŵ", "🎓", ",", ";", ":", "\"", "\\", "^", "\n", " ", "\t", "=", "اردو", "long enough to be folded ",
        ]
        return (0..<Int.random(in: 0...12, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }
            .joined()
    }
}
