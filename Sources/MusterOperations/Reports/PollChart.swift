import MusterModel

/// A poll as a bar chart: the most first, with numbers and shares, in letters that every program has.
struct PollChart {
    private static let (width, barHeight, labelWidth, numberWidth) = (720, 26, 330, 100)
    /// Letters of a choice that fit beside its bar.
    private static let longest = 46

    private let result: PollResult

    init(_ result: PollResult) { self.result = result }

    /// The picture as SVG 1.1.
    var svg: String {
        let lines = result.ranking
        let most = max(1, lines.map(\.count).max() ?? 1)
        let height = 64 + lines.count * (Self.barHeight + 8)
        let bars = lines.enumerated().map { index, line in
            let top = 56 + index * (Self.barHeight + 8)
            let length = (Self.width - Self.labelWidth - Self.numberWidth) * line.count / most
            let label = line.text.count > Self.longest ? line.text.prefix(Self.longest - 1) + "…" : line.text
            return """
                <text x="\(Self.labelWidth - 10)" y="\(top + 18)" text-anchor="end">\(Self.escaped(String(label)))</text>
                <rect x="\(Self.labelWidth)" y="\(top)" width="\(max(1, length))" height="\(Self.barHeight)" rx="3" fill="#1a6352"/>
                <text x="\(Self.labelWidth + length + 8)" y="\(top + 18)">\(line.count) (\(line.share) %)</text>

                """
        }.joined()
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.width)" height="\(height)" viewBox="0 0 \(Self.width) \(height)" font-family="system-ui, Segoe UI, Arial, sans-serif" font-size="14" role="img">
            <title>\(Self.escaped(result.question))</title>
            <rect width="\(Self.width)" height="\(height)" fill="#ffffff"/>
            <text x="10" y="22" font-size="17" font-weight="600">\(Self.escaped(result.title))</text>
            <text x="10" y="42" fill="#545d68">\(result.answered) of \(result.asked) answered</text>
            \(bars)</svg>

            """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
