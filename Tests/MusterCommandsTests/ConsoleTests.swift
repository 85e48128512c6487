import Testing

@testable import MusterCommands

@Suite struct `What a terminal shows` {
    @Test(arguments: [
        ("Siân O’Neill\n\ttab", "Siân O’Neill\n\ttab"), ("550 \u{1B}[2Jgone", "550 \u{FFFD}[2Jgone"),
        ("a\r\nb", "a\u{FFFD}\nb"), ("\u{202E}gpj.exe", "\u{FFFD}gpj.exe"), ("\u{9B}31m\u{7F}", "\u{FFFD}31m\u{FFFD}"),
        ("\u{2066}x\u{2069}", "\u{FFFD}x\u{FFFD}"), ("👩‍🏫 é", "👩‍🏫 é"),
    ])
    func `is text and no order`(said: String, shown: String) {
        #expect(Array(said.withoutControls.unicodeScalars) == Array(shown.unicodeScalars))
    }
}
