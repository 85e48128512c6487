import Testing

@testable import MusterOperations

@Suite struct `A name that is looked for` {
    @Test(arguments: [
        ("st brigids", "St Brigid’s Primary", true), ("St Brigid's", "St Brigid’s Primary", true),
        ("primary", "St Brigid’s Primary", true), ("bryn", "Ysgol Bryn Ŵyn", true), ("wyn", "Ysgol Bryn Ŵyn", true),
        ("zolkiewski", "Jan Żółkiewski", true), ("o'neill", "Kerry O’Neill", true), ("khan", "Mo Khan", true),
        ("mo kh", "Mo Khan", true), ("han", "Mo Khan", false), ("khan mo", "Mo Khan", false), ("", "Mo Khan", false),
        ("ann-marie", "Ann Marie Smith", true),
    ])
    func `is found by its words, whatever their accents`(word: String, name: String, isFound: Bool) {
        #expect(NameKey(word).isFound(in: NameKey(name)) == isFound)
    }
}
