/// Remarks about a calendar: the first of them, and that there were more.
struct Remarks {
    private(set) var all: [CalendarDiagnostic] = []
    private let limit: Int

    init(limit: Int = 100) {
        self.limit = limit
    }

    /// Adds one, which is made only where there is room for it.
    mutating func add(_ line: Int, _ message: @autoclosure () -> String) {
        guard all.count <= limit else { return }
        all.append(all.count < limit ? CalendarDiagnostic(line: line, message()) : .andMore)
    }

    /// Adds others in their order.
    mutating func add(_ others: some Sequence<CalendarDiagnostic>) {
        for other in others { add(other.line, other.message) }
    }
}

extension CalendarDiagnostic {
    /// The last of remarks of which not all are kept.
    static let andMore = CalendarDiagnostic(line: 0, "there are more such remarks, which are left out")
}
