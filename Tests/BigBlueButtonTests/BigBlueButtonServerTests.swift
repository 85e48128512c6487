import Synchronization
import Testing
import Transport

@testable import BigBlueButton

/// Answers everything in the same way, and keeps what it was asked.
private final class Answering: HTTPTransport {
    private let asked = Mutex<[String]>([])
    private let response: HTTPResponse

    init(_ body: String, status: Int = 200) { response = HTTPResponse(status: status, body: Array(body.utf8)) }

    var addresses: [String] { asked.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        asked.withLock { $0.append(request.url) }
        return response
    }
}

@Suite struct `A BigBlueButton server` {
    private static let address = "https://bbb.example/bigbluebutton/"

    private func server(_ body: String = "", status: Int = 200, secret: String = "secret") -> (
        BigBlueButtonServer, Answering
    ) {
        let transport = Answering(body, status: status)
        return (BigBlueButtonServer(address: Self.address, secret: secret, transport: transport), transport)
    }

    @Test func `is asked with the checksum that a published example has`() {
        let (server, _) = server(secret: "replace-with-secret")
        let password = "replace-with-password"
        let signed = server.signed(
            "create",
            [
                ("name", "Demo"), ("meetingID", "replace-with-meeting-id"), ("attendeePW", password),
                ("moderatorPW", password),
            ])
        #expect(
            signed.hasSuffix("&checksum=7e5a0a48f1542462e56ca034dc83d741bff1deb5feab0cd9ef74fa6e009fe1fd"), "\(signed)")
        #expect(signed.hasPrefix("https://bbb.example/bigbluebutton/api/create?name=Demo&"))
    }

    @Test func `is told names in any script, and nothing in them begins another parameter`() {
        let (server, _) = server()
        let address = server.joinAddress("m", name: "Siân & role=MODERATOR #1+2", as: .viewer)
        #expect(
            address.contains(
                "fullName=Si%C3%A2n%20%26%20role%3DMODERATOR%20%231%2B2&meetingID=m&role=VIEWER&guest=true"))
        #expect(server.joinAddress("m", name: "Jo", as: .moderator).contains("role=MODERATOR&guest=false"))
    }

    @Test func `opens a meeting that cannot be recorded and has a lobby, once or twice`() async throws {
        let meeting = BigBlueButtonServer.Meeting(id: "m", name: "Review", logoutAddress: "https://reviews.example/x")
        for body in [
            "<response><returncode>SUCCESS</returncode><messageKey/></response>",
            "<response><returncode>SUCCESS</returncode><messageKey>duplicateWarning</messageKey></response>",
            "<response><returncode>FAILED</returncode><messageKey>idNotUnique</messageKey></response>",
        ] {
            let (server, transport) = server(body)
            try await server.create(meeting)
            let asked = transport.addresses.first ?? ""
            for part in ["record=false", "allowStartStopRecording=false", "guestPolicy=ASK_MODERATOR"] {
                #expect(asked.contains(part), "\(asked)")
            }
        }
    }

    @Test(
        arguments: [
            (
                "<response><returncode>FAILED</returncode><message>You did not pass the checksum</message></response>",
                200,
                "refused: You did not pass the checksum"
            ),
            ("<response><returncode>FAILED</returncode></response>", 200, "refused: no reason was given"),
            ("<html><body>Sign in</body></html>", 200, "no answer of BigBlueButton"),
            ("<?xml version=\"1.0\"?><?x?><response>", 200, "no answer of BigBlueButton"),
            ("", 200, "no answer of BigBlueButton"), ("oops", 502, "status 502"),
        ])
    func `that does not do it says why`(body: String, status: Int, reason: String) async {
        let (server, _) = server(body, status: status)
        let error = await #expect(throws: BigBlueButtonServer.Failure.self) { try await server.isRunning("m") }
        #expect(error?.description.contains(reason) ?? false, "\(error?.description ?? "")")
    }

    @Test(arguments: [("true", true), ("false", false), ("", false)])
    func `says whether somebody is in a meeting`(running: String, isRunning: Bool) async throws {
        let (server, _) = server(
            "<response><returncode>SUCCESS</returncode><running>\(running)</running></response>")
        #expect(try await server.isRunning("m") == isRunning)
    }
}
