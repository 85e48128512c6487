import Mail

/// Feeds whatever the fuzzer thinks of to the reader of mails.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMIME(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    let reader = MailReader()
    guard let result = try? reader.read(bytes) else { return 0 }
    let leaves = result.mail.leaves
    guard leaves.count <= reader.limits.parts, leaves.reduce(0, { $0 + $1.content.count }) <= count else {
        preconditionFailure("there is more in the mail than was sent")
    }
    for leaf in leaves { _ = (leaf.text, leaf.filename, leaf.header.contentType) }
    for field in result.mail.header.fields {
        let header = result.mail.header
        guard !(header.text(field.name) ?? "").unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            preconditionFailure("a value brings a line of its own along")
        }
        _ = (header.mailboxes(field.name), header.messageIDs(field.name))
    }
    _ = (result.mail.calendarParts, result.mail.holdsTNEF)
    return 0
}
