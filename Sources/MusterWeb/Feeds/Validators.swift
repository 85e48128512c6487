import CivilTime

/// By what a reader can tell whether what it has is what there is (RFC 9110 §8.8).
struct Validators {
    /// A strong entity tag, with quotes.
    let entityTag: String
    /// Since when the contents are what they are.
    let changed: Instant

    /// Whether the conditions of a GET or HEAD say that its sender has it already (RFC 9110 §13.1).
    ///
    /// Tags are compared weakly, since a server in between that compresses makes them weak; where there are any, the
    /// date does not count.
    ///
    /// - Parameters:
    ///   - ifNoneMatch: each field of that name, with its list of tags or `*`.
    ///   - ifModifiedSince: the field; what is no date is not there.
    func areKnown(ifNoneMatch: [String], ifModifiedSince: String?) -> Bool {
        guard ifNoneMatch.isEmpty else { return ifNoneMatch.contains(where: names) }
        guard let since = ifModifiedSince.flatMap(HTTPDate.read) else { return false }
        return changed <= since
    }

    private func names(_ list: String) -> Bool {
        // No tag of ours holds a comma: one inside a tag of somebody else divides what is not ours anyway.
        list.split(separator: ",").map { $0.trimming(while: { $0 == " " || $0 == "\t" }) }.contains { tag in
            tag == "*" || (tag.hasPrefix("W/") ? tag.dropFirst(2) : tag) == entityTag
        }
    }
}

extension Substring {
    fileprivate func trimming(while isBlank: (Character) -> Bool) -> Substring {
        var rest = drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}
