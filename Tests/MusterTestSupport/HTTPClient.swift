import Foundation

/// Asks a server of this machine, by a client that is not ours, over one connection each.
public enum HTTPClient {
    /// What is asked.
    public struct Request: Encodable {
        let method: String
        let path: String
        let headers: [String: String]

        /// A request without a body.
        public init(_ method: String, _ path: String, _ headers: [String: String] = [:]) {
            self.method = method
            self.path = path
            self.headers = headers
        }
    }

    /// What was answered; names of headers in lower case.
    public struct Answer: Decodable, Hashable {
        /// The status code.
        public let status: Int
        /// The header.
        public let headers: [String: String]
        /// The body.
        public let body: String
    }

    /// Sends requests one after the other.
    public static func send(_ requests: [Request], to port: Int) throws -> [Answer] {
        let output = try Subprocess.python(
            """
            import sys, json, http.client
            answers = []
            for request in json.load(sys.stdin):
                connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=60)
                connection.request(request['method'], request['path'], headers=request['headers'])
                answer = connection.getresponse()
                answers.append({'status': answer.status, 'headers': {k.lower(): v for k, v in answer.getheaders()}, 'body': answer.read().decode()})
                connection.close()
            print(json.dumps(answers))
            """, [String(port)], input: JSONEncoder().encode(requests))
        return try JSONDecoder().decode([Answer].self, from: Data(output.utf8))
    }
}
