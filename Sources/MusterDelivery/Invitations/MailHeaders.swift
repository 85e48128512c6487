/// Headers that keep other programs from answering ours.
enum MailHeaders {
    /// For what a person is to answer: no automatic reply.
    static let ofInvitations = [(name: "X-Auto-Response-Suppress", value: "OOF, AutoReply")]
    /// For what answers a mail by itself (RFC 3834).
    static let ofReplies = [(name: "Auto-Submitted", value: "auto-replied")] + ofInvitations
    /// For what is only to be read (RFC 3834).
    static let ofReminders = [(name: "Auto-Submitted", value: "auto-generated")] + ofInvitations
}
