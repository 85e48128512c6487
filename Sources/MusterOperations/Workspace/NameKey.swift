import Foundation

/// A name as people look for it: without regard to case, accents, apostrophes and hyphens.
struct NameKey: Hashable {
    private let words: [String]

    init(_ name: String) {
        words = Self.folded(name).split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// Whether these words stand in the name one after the other, each as the beginning of one.
    func isFound(in name: NameKey) -> Bool {
        guard !words.isEmpty, words.count <= name.words.count else { return false }
        return (0...name.words.count - words.count).contains { start in
            zip(words, name.words[start...]).allSatisfy { $1.hasPrefix($0) }
        }
    }

    /// `ł` and its like are letters of their own, and no accents to Unicode.
    private static let plain: [Character: Character] = ["ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i"]

    private static func folded(_ text: String) -> String {
        let letters = text.filter { !"'’ʼ‘`".contains($0) }
            .folding(options: [.diacriticInsensitive, .caseInsensitive], locale: nil)
        return String(letters.map { plain[$0] ?? $0 })
    }
}
