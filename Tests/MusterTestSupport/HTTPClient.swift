import Foundation

/// Asks a server of this machine, by a client that is not ours, over one connection each.
public enum HTTPClient {
    /// What is asked.
    public struct Request: Encodable, Sendable {
        let method: String
        let path: String
        let headers: [String: String]
        let body: String?

        /// A request, with a body or without.
        public init(_ method: String, _ path: String, _ headers: [String: String] = [:], body: String? = nil) {
            self.method = method
            self.path = path
            self.headers = headers
            self.body = body
        }
    }

    /// What was answered; names of headers in lower case.
    public struct Answer: Decodable, Hashable, Sendable {
        /// The status code.
        public let status: Int
        /// The header.
        public let headers: [String: String]
        /// The body.
        public let body: String

        /// The value of a header, whatever the case of its name.
        public subscript(name: String) -> String? { headers[name.lowercased()] }
    }

    /// Sends requests to a server of the same process, which must go on meanwhile.
    public static func ask(_ request: Request, of port: Int) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try send([request], to: port)[0] })
            }
        }
    }

    /// Sends requests one after the other.
    public static func send(_ requests: [Request], to port: Int) throws -> [Answer] {
        let output = try Subprocess.python(
            """
            import sys, json, http.client
            answers = []
            for request in json.load(sys.stdin):
                connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=240)
                connection.request(request['method'], request['path'], request.get('body'), headers=request['headers'])
                answer = connection.getresponse()
                answers.append({'status': answer.status, 'headers': {k.lower(): v for k, v in answer.getheaders()}, 'body': answer.read().decode()})
                connection.close()
            print(json.dumps(answers))
            """, [String(port)], input: JSONEncoder().encode(requests))
        return try JSONDecoder().decode([Answer].self, from: Data(output.utf8))
    }
}
