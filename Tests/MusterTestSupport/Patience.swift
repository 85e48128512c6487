import Foundation

/// How long a test waits for another process: longer than any machine takes, since only what is broken takes so long.
public enum Patience {
    /// Seconds.
    public static let seconds = 240.0

    /// Waits until something is so; false where it never came to be.
    public static func until(_ isSo: () throws -> Bool) rethrows -> Bool {
        let deadline = Date().addingTimeInterval(seconds)
        while try !isSo() {
            guard Date() < deadline else { return false }
            poll(nil, 0, 50)
        }
        return true
    }
}
