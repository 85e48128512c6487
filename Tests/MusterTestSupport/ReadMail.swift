import Foundation

/// A mail as programs that are not ours understand it: Python's `email`, and three readers of calendars.
public struct ReadMail: Decodable, Sendable {
    /// What a reader of calendars finds in the calendar part; times in UTC.
    public struct Object: Decodable, Hashable, Sendable {
        /// `REQUEST` or `CANCEL`.
        public let method: String
        /// The identifier.
        public let uid: String
        /// The revision.
        public let sequence: Int
        /// When it begins, `2027-01-13T14:00:00Z`.
        public let start: String
        /// When it ends.
        public let end: String
        /// `CONFIRMED` or `CANCELLED`.
        public let status: String
        /// The organiser's address, with `mailto:`.
        public let organizer: String
        /// The attendees' addresses with `mailto:`, sorted.
        public let attendees: [String]

        /// What a reader should find; every field as described there.
        public init(
            method: String, uid: String, sequence: Int, start: String, end: String, status: String, organizer: String,
            attendees: [String]
        ) {
            self.method = method
            self.uid = uid
            self.sequence = sequence
            self.start = start
            self.end = end
            self.status = status
            self.organizer = organizer
            self.attendees = attendees
        }
    }

    /// The subject, decoded.
    public let subject: String
    /// The sender: `name <address>`, decoded.
    public let from: String
    /// The recipient: `name <address>`, decoded.
    public let to: String
    /// Its `Message-ID`, angle brackets and all.
    public let messageID: String
    /// `References`; nil where there are none.
    public let references: String?
    /// The types of its parts, indented by their depth.
    public let structure: [String]
    /// What is wrong with it.
    public let defects: [String]
    /// The plain text.
    public let text: String
    /// The `method` of the calendar part's type.
    public let contentMethod: String?
    /// Whether the attached object is the same as the calendar part.
    public let isAttachmentTheSame: Bool?
    /// What each reader of calendars finds, by its name; none where there is no calendar part.
    public let readings: [String: Object]

    /// What all three readers of calendars agree on; nil where they do not, or where there is no calendar part.
    public var object: Object? { readings.count == 3 && Set(readings.values).count == 1 ? readings.values.first : nil }

    /// Reads mails.
    ///
    /// - Throws: `Subprocess.Failure` with the complaint of the first reader that has one.
    public static func read(_ mails: [Data]) throws -> [ReadMail] {
        let input = mails.map { $0.base64EncodedString() + "\n" }.joined()
        return try JSONDecoder().decode(
            [ReadMail].self, from: Data(Subprocess.python(script, input: Data(input.utf8)).utf8))
    }

    /// libical takes zones from the object itself, `icalendar` and `vobject` from the system and from pytz: where all
    /// three agree, the object's zones are right.
    private static let script = """
        import base64, ctypes, datetime, email, email.header, email.policy, email.utils, json, sys
        import icalendar, icalendar.parser, vobject

        utc = datetime.timezone.utc
        def text(time): return time.astimezone(utc).strftime('%Y-%m-%dT%H:%M:%SZ')

        def by_icalendar(data):
            for line in icalendar.parser.Contentlines.from_ical(data):
                if line: icalendar.parser.Contentline(line, strict=True).parts()
            calendar = icalendar.Calendar.from_ical(data)
            event, = calendar.walk('VEVENT')
            assert not calendar.errors and not event.errors, (calendar.errors, event.errors)
            attendees = event.get('ATTENDEE', [])
            return dict(
                method=calendar['METHOD'], uid=event['UID'], sequence=int(event['SEQUENCE']), status=event['STATUS'],
                start=text(event['DTSTART'].dt), end=text(event['DTEND'].dt), organizer=event['ORGANIZER'],
                attendees=sorted(attendees if isinstance(attendees, list) else [attendees]))

        def by_vobject(data):
            calendar, = vobject.readComponents(data.decode())
            calendar.validate(raiseException=True)
            event, = calendar.vevent_list
            return dict(
                method=calendar.method.value, uid=event.uid.value, sequence=int(event.sequence.value),
                status=event.status.value, start=text(event.dtstart.value), end=text(event.dtend.value),
                organizer=event.organizer.value, attendees=sorted(each.value for each in event.attendee_list))

        class Time(ctypes.Structure):
            names = 'year month day hour minute second is_date is_daylight'.split()
            _fields_ = [(name, ctypes.c_int) for name in names] + [('zone', ctypes.c_void_p)]

        libical = ctypes.CDLL('libical.so.3')
        pointer, string, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
        def function(name, result, *arguments):
            found = getattr(libical, name)
            found.restype, found.argtypes = result, arguments
            return found
        parse = function('icalparser_parse_string', pointer, string)
        restrict = function('icalrestriction_check', number, pointer)
        errors = function('icalcomponent_count_errors', number, pointer)
        written = function('icalcomponent_as_ical_string', string, pointer)
        free = function('icalcomponent_free', None, pointer)
        kind = function('icalproperty_string_to_kind', number, string)
        component = function('icalcomponent_get_first_component', pointer, pointer, number)
        next_component = function('icalcomponent_get_next_component', pointer, pointer, number)
        first = function('icalcomponent_get_first_property', pointer, pointer, number)
        following = function('icalcomponent_get_next_property', pointer, pointer, number)
        value = function('icalproperty_get_value_as_string', string, pointer)
        time = function('icalproperty_get_datetime_with_component', Time, pointer, pointer)
        seconds = function('icaltime_as_timet_with_zone', ctypes.c_int64, Time, pointer)
        vevent = function('icalcomponent_string_to_kind', number, string)(b'VEVENT')

        def by_libical(data):
            calendar = parse(data)
            restrict(calendar)
            assert errors(calendar) == 0, written(calendar).decode()
            event = component(calendar, vevent)
            assert event and not next_component(calendar, vevent)
            def one(name, owner): return value(first(owner, kind(name))).decode()
            def moment(name):
                found = time(first(event, kind(name)), event)
                return text(datetime.datetime.fromtimestamp(seconds(found, found.zone), utc))
            attendees, attendee = [], first(event, kind(b'ATTENDEE'))
            while attendee:
                attendees.append(value(attendee).decode())
                attendee = following(event, kind(b'ATTENDEE'))
            read = dict(
                method=one(b'METHOD', calendar), uid=one(b'UID', event), sequence=int(one(b'SEQUENCE', event)),
                status=one(b'STATUS', event), start=moment(b'DTSTART'), end=moment(b'DTEND'),
                organizer=one(b'ORGANIZER', event), attendees=sorted(attendees))
            free(calendar)
            return read

        def structure(part, depth=0):
            children = part.iter_parts() if part.is_multipart() else []
            return ['  ' * depth + part.get_content_type()] + [l for child in children for l in structure(child, depth + 1)]

        # The newer reader of addresses keeps the spaces between encoded words, which RFC 2047 takes out.
        def mailbox(mail, header):
            raw = ''.join(dict(mail.raw_items())[header].splitlines())
            name, address = email.utils.parseaddr(raw)
            return f'{email.header.make_header(email.header.decode_header(name))} <{address}>'

        def read(data):
            mail = email.message_from_bytes(data, policy=email.policy.default)
            parts = {part.get_content_type(): part for part in mail.walk()}
            defects = [d for part in mail.walk() for d in [*part.defects, *(d for h in part.values() for d in h.defects)]]
            seen = dict(
                subject=mail['Subject'], messageID=mail['Message-ID'], references=mail['References'],
                to=mailbox(mail, 'To'), **{'from': mailbox(mail, 'From')}, structure=structure(mail),
                defects=[str(defect) for defect in defects], text=parts['text/plain'].get_content(), readings={})
            if part := parts.get('text/calendar'):
                object = part.get_payload(decode=True)
                seen['contentMethod'] = part['Content-Type'].params.get('method')
                seen['isAttachmentTheSame'] = parts['application/ics'].get_payload(decode=True) == object
                readers = by_icalendar, by_vobject, by_libical
                seen['readings'] = {reader.__name__: reader(object) for reader in readers}
            return seen

        print(json.dumps([read(base64.b64decode(line)) for line in sys.stdin]))
        """
}
