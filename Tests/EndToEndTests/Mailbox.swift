import Foundation
import MusterTestSupport

/// A participant's mailbox, read over IMAP and understood by two independent parsers, neither of them ours.
struct Mailbox {
    /// A mail as Python's `email`, `icalendar` and `vobject` see it.
    struct Mail: Decodable, Equatable {
        /// A calendar object as one parser sees it; times in UTC.
        struct Object: Decodable, Equatable {
            let uid: String
            let sequence: Int
            let start: String
            let end: String
            let organizer: String
            let attendees: [String]
            let status: String
        }

        let subject: String
        let messageID: String
        let references: String?
        let structure: [String]
        let defects: [String]
        let text: String
        let contentMethod: String
        let method: String
        let isAttachmentTheSame: Bool
        let icalendar: Object
        let vobject: Object
    }

    /// Every mail of a mailbox, in the order of delivery.
    static func read(_ user: String, _ servers: Servers) throws -> [Mail] {
        let output = try Subprocess.python(
            script, [String(servers.ports.imaps), servers.authorities, user + "@" + Servers.domain, Servers.password])
        return try JSONDecoder().decode([Mail].self, from: Data(output.utf8))
    }

    /// Waits until a mailbox holds so many mails: IMAP's own IDLE would do no better for a server that answers at once.
    static func read(_ user: String, count: Int, _ servers: Servers) throws -> [Mail] {
        let deadline = Date().addingTimeInterval(20)
        var mails = try read(user, servers)
        while mails.count < count, Date() < deadline { mails = try read(user, servers) }
        return mails
    }

    private static let script = """
        import sys, ssl, json, imaplib, email, email.policy, datetime
        import icalendar, vobject
        port, authorities, user, password = sys.argv[1:]
        box = imaplib.IMAP4_SSL('localhost', int(port), ssl_context=ssl.create_default_context(cafile=authorities))
        box.login(user, password)
        box.select('INBOX', readonly=True)
        def utc(time): return time.astimezone(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')
        def structure(part, depth=0): return ['  ' * depth + part.get_content_type()] + [line for child in (part.iter_parts() if part.is_multipart() else []) for line in structure(child, depth + 1)]
        def address(value): return str(value).lower()
        mails = []
        for number in box.search(None, 'ALL')[1][0].split():
            mail = email.message_from_bytes(box.fetch(number, '(RFC822)')[1][0][1], policy=email.policy.default)
            parts = {part.get_content_type(): part for part in mail.walk()}
            part = parts['text/calendar']
            data = part.get_payload(decode=True)
            one = icalendar.Calendar.from_ical(data)
            event = one.walk('VEVENT')[0]
            assert not one.errors and not event.errors, (one.errors, event.errors)
            two = vobject.readOne(data.decode())
            other = two.vevent
            attendees = event.get('ATTENDEE', [])
            attendees = attendees if isinstance(attendees, list) else [attendees]
            mails.append({
                'subject': mail['Subject'], 'messageID': mail['Message-ID'], 'references': mail['References'],
                'structure': structure(mail), 'defects': [str(d) for p in mail.walk() for d in p.defects],
                'text': parts['text/plain'].get_content(), 'contentMethod': part['Content-Type'].params.get('method', ''),
                'method': str(one['METHOD']), 'isAttachmentTheSame': parts['application/ics'].get_payload(decode=True) == data,
                'icalendar': {'uid': str(event['UID']), 'sequence': int(event['SEQUENCE']), 'start': utc(event['DTSTART'].dt), 'end': utc(event['DTEND'].dt),
                    'organizer': address(event['ORGANIZER']), 'attendees': sorted(map(address, attendees)), 'status': str(event['STATUS'])},
                'vobject': {'uid': other.uid.value, 'sequence': int(other.sequence.value), 'start': utc(other.dtstart.value), 'end': utc(other.dtend.value),
                    'organizer': address(other.organizer.value), 'attendees': sorted(address(a.value) for a in other.attendee_list), 'status': other.status.value}})
        print(json.dumps(mails))
        """
}
