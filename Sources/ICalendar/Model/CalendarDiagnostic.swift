/// Something in a calendar that the reader could live with, and what it did about it.
public struct CalendarDiagnostic: Hashable, Sendable, CustomStringConvertible {
    /// The line of the file, from 1; 0 where it concerns the whole file.
    public let line: Int
    /// A sentence for whoever keeps the calendar.
    public let message: String

    /// A remark on a line.
    public init(line: Int, _ message: String) {
        self.line = line
        self.message = message
    }

    /// `line 12: …`.
    public var description: String { line > 0 ? "line \(line): \(message)" : message }
}
