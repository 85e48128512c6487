import CivilTime

/// The calendar of somebody whose client keeps the standards: of all that it gets about a UID, the highest SEQUENCE
/// counts, and among equals the latest DTSTAMP (RFC 5546 §2.1.5).
struct ClientCalendar {
    private struct Entry {
        let sequence: Int
        let stamp: String
        /// What is seen of the session; nil after a cancellation.
        let seen: String?
    }

    private var entries: [String: Entry] = [:]

    /// Takes a mail in, whatever came before it.
    mutating func receive(_ mail: OutgoingMail) {
        guard let object = mail.object, let uid = object["UID"], let sequence = object.sequence,
            let stamp = object["DTSTAMP"]
        else { return }
        if let known = entries[uid], (known.sequence, known.stamp) >= (sequence, stamp) { return }
        let isCancelled = object.calendar("METHOD") == "CANCEL"
        let seen = "\(object["SUMMARY"] ?? "") \(start(object)) \(question(object))"
        entries[uid] = Entry(sequence: sequence, stamp: stamp, seen: isCancelled ? nil : seen)
    }

    /// Seconds since 1970 at which a session in London begins in winter.
    private func start(_ object: OutgoingObject) -> Int {
        let digits = Array((object["DTSTART"] ?? "").filter(\.isNumber))
        guard digits.count == 14 else { return 0 }
        let parts = [0..<4, 4..<6, 6..<8, 8..<10, 10..<12, 12..<14].map { String(digits[$0]) }
        let text = "\(parts[0])-\(parts[1])-\(parts[2])T\(parts[3]):\(parts[4]):\(parts[5])Z"
        return Instant(iso: text)?.seconds ?? 0
    }

    /// The enquiry question between its quotation marks; empty where there is none.
    private func question(_ object: OutgoingObject) -> String {
        let quoted = (object["DESCRIPTION"] ?? "").split(separator: "“", maxSplits: 1).dropFirst().first ?? ""
        return String(quoted.prefix { $0 != "”" })
    }

    /// What is seen of each session in it, sorted: title, start and enquiry question.
    var sessions: [String] { entries.values.compactMap(\.seen).sorted() }
}
