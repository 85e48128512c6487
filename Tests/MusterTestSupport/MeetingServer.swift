import Foundation

/// A server that answers as BigBlueButton documents it, on loopback; it ends with the value.
///
/// It works out checksums by itself, and keeps a line for each call.
public final class MeetingServer: Sendable {
    /// Its address, as `bbb-conf --secret` would print it.
    public let address: String
    /// A file with the secret that it shares.
    public let secretFile: String
    private let folder: TemporaryDirectory
    private let process = Process()

    /// Starts one and waits until it answers.
    public init() throws {
        folder = try TemporaryDirectory()
        let secret = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"
        secretFile = try folder.write(secret + "\n", to: "secret")
        let port = try LoopbackPort.free(1)[0]
        address = "http://127.0.0.1:\(port)/bigbluebutton/"
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.script, "\(port)", secret, folder.path]
        process.standardError = FileHandle(forWritingAtPath: try folder.write("", to: "errors"))
        try process.run()
        try LoopbackPort.waitForAnswer(on: port)
    }

    deinit {
        process.end()
    }

    /// What it was asked so far: `create Pre-review`, in order.
    public var calls: [String] {
        let log = (try? String(contentsOfFile: folder.path + "/calls", encoding: .utf8)) ?? ""
        return log.split(separator: "\n").map(String.init)
    }

    /// From now on it answers with a page of HTML, or properly again.
    public func answer(withHTML isOn: Bool) throws {
        if isOn {
            try folder.write("", to: "html")
        } else {
            try FileManager.default.removeItem(atPath: folder.path + "/html")
        }
    }

    /// Whether an address to join at would be let in, and as what: `MODERATOR Jo in Review`, or the refusal.
    public func join(_ address: String) throws -> String {
        try Subprocess.run("/usr/bin/env", ["curl", "-s", address]).output
    }

    private static let script = """
        import hashlib, http.server, os, sys, threading, urllib.parse
        port, secret, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3]
        meetings, lock = {}, threading.Lock()
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                path, _, query = self.path.partition("?")
                call = path.removeprefix("/bigbluebutton/api/")
                signed, _, checksum = query.rpartition("&checksum=")
                right = hashlib.sha256((call + signed + secret).encode()).hexdigest()
                values = dict(urllib.parse.parse_qsl(signed, keep_blank_values=True))
                if os.path.exists(folder + "/html"):
                    return self.say("<html><body>Maintenance</body></html>", "text/html")
                if checksum != right:
                    return self.response("FAILED", messageKey="checksumError", message="You did not pass the checksum security check")
                with lock:
                    with open(folder + "/calls", "a") as log: log.write(call + " " + values.get("name", values.get("fullName", "")) + "\\n")
                    meeting = meetings.get(values["meetingID"])
                    if call == "create":
                        if meeting: return self.response("SUCCESS", messageKey="duplicateWarning", message="This conference was already in existence")
                        assert values["record"] == "false" and values["guestPolicy"] == "ASK_MODERATOR"
                        meetings[values["meetingID"]] = {"name": values["name"], "people": []}
                        return self.response("SUCCESS", meetingID=values["meetingID"])
                    if call == "isMeetingRunning":
                        return self.response("SUCCESS", running="true" if meeting and meeting["people"] else "false")
                    if call == "join":
                        if not meeting: return self.response("FAILED", messageKey="notFound", message="We could not find a meeting")
                        if values["role"] == "MODERATOR" or meeting["people"]: meeting["people"].append(values["fullName"])
                        return self.say(values["role"] + " " + values["fullName"] + " in " + meeting["name"], "text/plain; charset=utf-8")
                self.response("FAILED", messageKey="unsupportedRequest", message="This request is not supported.")
            def response(self, code, **fields):
                inner = "".join(f"<{k}>{v}</{k}>" for k, v in fields.items())
                self.say(f"<response><returncode>{code}</returncode>{inner}</response>", "text/xml")
            def say(self, text, kind):
                body = text.encode()
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *a): pass
        http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
        """
}
