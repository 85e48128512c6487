import CivilTime
import Crypto
import CryptoExtras
import Foundation
import MusterTestSupport
import OAuth
import Synchronization
import Testing
import Transport

/// A token endpoint that counts.
private final class Endpoint: HTTPTransport {
    private let state = Mutex((requests: [HTTPRequest](), answers: [HTTPResponse]()))

    init(_ answers: HTTPResponse...) { state.withLock { $0.answers = answers } }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let answer = state.withLock { state -> HTTPResponse? in
            state.requests.append(request)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        guard let answer else { throw TransportError(.unreachable, "no connection") }
        return answer
    }
}

@Suite struct `A token` {
    private func token(_ name: String, for seconds: Int = 3600) -> HTTPResponse {
        HTTPResponse(status: 200, body: Array(#"{"access_token":"\#(name)","expires_in":\#(seconds)}"#.utf8))
    }

    private let grant = ClientCredentials.microsoft365(tenant: "school.example", client: "id", secret: "s&c=t +ü")

    private func keeper(_ endpoint: Endpoint, _ clock: Clock) -> CachingTokenSource {
        CachingTokenSource(grant, transport: endpoint, now: { clock.now })
    }

    @Test func `is asked for as Microsoft wants it, and the form is encoded`() async throws {
        let endpoint = Endpoint(token("one"))
        #expect(try await keeper(endpoint, Clock(Instant(seconds: 1_800_000_000))).token() == "one")
        let request = try #require(endpoint.requests.first)
        #expect(request.url == "https://login.microsoftonline.com/school.example/oauth2/v2.0/token")
        #expect(
            String(decoding: request.body ?? [], as: UTF8.self)
                == "grant_type=client_credentials&client_id=id&client_secret=s%26c%3Dt%20%2B%C3%BC&scope=https%3A%2F%2Foutlook.office365.com%2F.default"
        )
    }

    @Test func `is kept until shortly before it runs out, and fetched anew when it is refused`() async throws {
        let clock = Clock(Instant(seconds: 1_800_000_000))
        let endpoint = Endpoint(token("one"), token("two"), token("three"))
        let keeper = keeper(endpoint, clock)
        #expect(try await keeper.token() == "one")
        clock.later(3400)
        #expect(try await keeper.token() == "one")
        clock.later(100)
        #expect(try await keeper.token() == "two")
        await keeper.discard("one")
        #expect(try await keeper.token() == "two")
        await keeper.discard("two")
        #expect(try await keeper.token() == "three")
    }

    @Test(arguments: ["9223372036854775807", "1e300", "86400.5"])
    func `is kept for a day at most, whatever the server says`(seconds: String) async throws {
        let clock = Clock(Instant(seconds: 1_800_000_000))
        let endless = HTTPResponse(status: 200, body: Array(#"{"access_token":"one","expires_in":\#(seconds)}"#.utf8))
        let keeper = keeper(Endpoint(endless, token("two")), clock)
        #expect(try await keeper.token() == "one")
        clock.later(86_000)
        #expect(try await keeper.token() == "one")
        clock.later(400)
        #expect(try await keeper.token() == "two")
    }

    @Test(arguments: [
        (
            400, #"{"error":"invalid_client","error_description":"The secret has expired."}"#,
            TransportError.Kind.authentication, "The secret has expired."
        ),
        (503, "busy", .unreachable, "status 503"), (200, "<html>", .authentication, "status 200"),
    ])
    func `that is not given is a sentence with the reason, and of the kind that fits`(
        status: Int, body: String, kind: TransportError.Kind, words: String
    ) async throws {
        let endpoint = Endpoint(HTTPResponse(status: status, body: Array(body.utf8)))
        let error = await #expect(throws: TransportError.self) {
            try await keeper(endpoint, Clock(Instant(seconds: 1_800_000_000))).token()
        }
        #expect(error?.kind == kind && error?.description.contains(words) == true)
    }

    @Test func `of a service account is asked for with an assertion that its public key proves`() async throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        struct KeyFile: Encodable {
            let type = "service_account"
            let client_email = "muster@project.iam.example"
            let private_key: String
            let token_uri = "https://oauth2.example/token"
        }
        let file = String(
            decoding: try JSONEncoder().encode(KeyFile(private_key: key.pemRepresentation)), as: UTF8.self)
        let account = try ServiceAccount(keyFile: file, user: "reviews@school.example")
        let form = try account.form(at: Instant(seconds: 1_800_000_000))
        #expect(form.first?.value == "urn:ietf:params:oauth:grant-type:jwt-bearer")
        let parts = try #require(form.last).value.split(separator: ".").map { part -> Data in
            let text = part.replacing("-", with: "+").replacing("_", with: "/")
            return Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4)) ?? Data()
        }
        let claims = try #require(try JSONSerialization.jsonObject(with: parts[1]) as? [String: Any])
        #expect(claims["iss"] as? String == "muster@project.iam.example")
        #expect(claims["sub"] as? String == "reviews@school.example")
        #expect(claims["aud"] as? String == account.url && claims["exp"] as? Int == 1_800_003_600)
        let content = try #require(form.last).value.split(separator: ".").prefix(2).joined(separator: ".")
        let signature = _RSA.Signing.RSASignature(rawRepresentation: parts[2])
        #expect(
            key.publicKey.isValidSignature(
                signature, for: SHA256.hash(data: Data(content.utf8)), padding: .insecurePKCS1v1_5))
    }

    @Test func `of something that is no key file is refused with a sentence`() {
        #expect(throws: TransportError.self) { try ServiceAccount(keyFile: "{}", user: "a@b.example") }
    }

    @Test func `is had or not, whatever the endpoint answers, and is never kept for ever`() async {
        let seeds = [
            #"{"access_token":"t","expires_in":3600,"token_type":"Bearer"}"#,
            #"{"access_token":"t","expires_in":"3600"}"#, #"{"error":"invalid_client","error_description":"no"}"#,
        ]
        let clock = Clock(Instant(seconds: 1_795_000_000))
        for bytes in Mutations(of: seeds, count: 3000, seed: 3) {
            let keeper = keeper(Endpoint(HTTPResponse(status: 200, body: bytes)), clock)
            guard let token = try? await keeper.token() else { continue }
            #expect(!token.isEmpty && token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "\(token.debugDescription)")
        }
    }
}
