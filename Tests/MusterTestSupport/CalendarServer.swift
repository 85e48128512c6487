import Foundation

/// A real CalDAV server on loopback, empty but for what tests put there; it ends with the value.
public final class CalendarServer: Sendable {
    /// Which server it is.
    public enum Kind: String, CaseIterable, Sendable {
        /// Asks for a password, and lets `muster` read what is anybody's.
        case radicale
        /// Takes everybody for Alice.
        case xandikos
    }

    /// The password of `alice` and `muster` where one is asked for.
    public static let password = "secret"

    /// A file with that password.
    public let passwordFile: String
    /// Its address, without a path.
    public let address: String
    /// Its address for CalDAV clients, without a path.
    public var location: String { "caldav" + address.dropFirst(4) }
    /// The folder of Alice's calendars.
    public let home: String
    private let folder: TemporaryDirectory
    private let process = Process()

    /// Starts one and waits until it answers.
    public init(_ kind: Kind) throws {
        folder = try TemporaryDirectory()
        passwordFile = try folder.write(Self.password + "\n", to: "secret")
        let port = try LoopbackPort.free(1)[0]
        address = "http://127.0.0.1:\(port)"
        home = kind == .radicale ? "/alice" : "/alice/calendars"
        process.executableURL = URL(fileURLWithPath: "/usr/bin/\(kind.rawValue)")
        process.arguments =
            switch kind {
            case .radicale: ["--config", try Self.radicale(folder, port)]
            case .xandikos:
                [
                    "-d", folder.path, "--defaults", "--current-user-principal", "/alice", "-l", "127.0.0.1", "-p",
                    "\(port)",
                ]
            }
        process.standardOutput = FileHandle(forWritingAtPath: try folder.write("", to: "output"))
        process.standardError = FileHandle(forWritingAtPath: try folder.write("", to: "errors"))
        try process.run()
        do {
            try LoopbackPort.waitForAnswer(on: port)
        } catch {
            let errors = (try? String(contentsOfFile: folder.path + "/errors", encoding: .utf8)) ?? ""
            throw Subprocess.Failure(description: "\(error)\n\(errors)")
        }
    }

    deinit {
        process.end()
    }

    private static func radicale(_ folder: TemporaryDirectory, _ port: Int) throws -> String {
        try folder.write("alice:\(password)\nmuster:\(password)\n", to: "users")
        try folder.write(
            """
            [root]
            user: .+
            collection:
            permissions: R
            [own]
            user: .+
            collection: {user}(/.*)?
            permissions: RWrw
            [reader]
            user: muster
            collection: .*
            permissions: Rr
            """, to: "rights")
        return try folder.write(
            """
            [server]
            hosts = 127.0.0.1:\(port)
            [auth]
            type = htpasswd
            htpasswd_filename = \(folder.path)/users
            htpasswd_encryption = plain
            delay = 0
            [rights]
            type = from_file
            file = \(folder.path)/rights
            [storage]
            filesystem_folder = \(folder.path)/collections
            """, to: "radicale.conf")
    }

    /// Makes a calendar in Alice's folder, with properties such as `<c:schedule-calendar-transp>…`.
    public func make(_ calendar: String, properties: String = "") throws {
        try send(
            "MKCALENDAR", "\(home)/\(calendar)/",
            """
            <c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>\(properties)</d:prop>\
            </d:set></c:mkcalendar>
            """)
    }

    /// Puts an event of an hour into one of Alice's calendars, or another in its place.
    public func put(_ event: String, at start: String, in calendar: String) throws {
        try send(
            "PUT", "\(home)/\(calendar)/\(event).ics",
            [
                "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", "BEGIN:VEVENT", "UID:\(event)@example",
                "DTSTAMP:20270101T000000Z", "DTSTART:\(start)", "DURATION:PT1H", "SUMMARY:Jürgen & <Co>",
                "END:VEVENT", "END:VCALENDAR", "",
            ].joined(separator: "\r\n"))
    }

    /// Takes an event out of one of Alice's calendars.
    public func remove(_ event: String, from calendar: String) throws {
        try send("DELETE", "\(home)/\(calendar)/\(event).ics", "")
    }

    private func send(_ method: String, _ path: String, _ body: String) throws {
        let type = body.hasPrefix("<") ? "application/xml" : "text/calendar; charset=utf-8"
        _ = try Subprocess.python(
            """
            import base64, sys, urllib.request
            method, url, login, type = sys.argv[1:]
            request = urllib.request.Request(url, sys.stdin.buffer.read() or None, method=method, headers={
                "Authorization": "Basic " + base64.b64encode(login.encode()).decode(), "Content-Type": type})
            urllib.request.urlopen(request).read()
            """, [method, address + path, "alice:\(Self.password)", type], input: Data(body.utf8))
    }
}
