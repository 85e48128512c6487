import CivilTime
import Testing

@testable import MusterWeb

@Suite struct `The rates of feeds` {
    private let now = Instant(seconds: 1_800_000_000)

    @Test func `are forgotten where they say nothing any more`() {
        let limiter = FeedLimiter()
        for feed in 0..<5000 { #expect(limiter.wait(for: feed, at: now + feed) == nil) }
        #expect(limiter.count < 1100)
    }
}

@Suite struct `A date in HTTP` {
    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (1_800_000_000, "Fri, 15 Jan 2027 08:00:00 GMT"),
        (1_835_438_399, "Tue, 29 Feb 2028 11:59:59 GMT"),
    ])
    func `is written and read as the RFC has it`(seconds: Int, text: String) {
        #expect(HTTPDate.text(Instant(seconds: seconds)) == text)
        #expect(HTTPDate.read(text) == Instant(seconds: seconds))
    }

    @Test(arguments: [
        "", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 2027 08:49:37 GMT", "Sun, 06 Nox 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
    ])
    func `is nothing else`(text: String) {
        #expect(HTTPDate.read(text) == nil)
    }
}

@Suite struct `The name of a calendar program` {
    @Test(arguments: [
        ("Google-Calendar-Importer", "Google Calendar"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0", "Thunderbird"),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17932; Pro)", "Outlook"),
        ("macOS/14.2.1 (23C71) dataaccessd/1.0", "Apple Calendar"), ("curl/7.88.1", "curl"),
        ("Some-Thing_2.0 (a comment)", "Some-Thing_2.0"), ("\u{1B}[31mred\u{7}/1.0", "31mred"),
        (String(repeating: "x", count: 5000), String(repeating: "x", count: 40)),
    ])
    func `is what people know, or its product`(userAgent: String, name: String) {
        #expect(CalendarProgram.name(userAgent) == name)
    }

    @Test(arguments: ["", " ", "/1.0", "日本"]) func `is none where none can be shown`(userAgent: String) {
        #expect(CalendarProgram.name(userAgent) == nil)
    }
}
