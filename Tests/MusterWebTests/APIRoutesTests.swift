import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import MusterWeb
import Testing

@testable import MusterOperations

@Suite struct `The operations for programs` {
    private let world: PageWorld

    init() throws { world = try PageWorld() }

    private func token(_ who: PageWorld.Who) async throws -> String {
        try await CreateToken.run(
            CreateToken.Request(address: who.rawValue, name: "a script"), in: try world.workspace()
        ) { _ in }.secret
    }

    /// The description, as it is served.
    private func description(_ browser: Browser) async throws -> [String: Any] {
        let page = try await browser.get("/api/v1/openapi.json")
        return try #require(JSONSerialization.jsonObject(with: Data(page.text.utf8)) as? [String: Any])
    }

    /// What the description says a request and its answer look like, by operation.
    private func schemas(
        _ browser: Browser
    ) async throws -> [String: (request: [String: Any], answer: [String: Any])] {
        func schema(_ body: Any?) -> [String: Any] {
            let content = (body as? [String: Any])?["content"] as? [String: Any]
            return (content?["application/json"] as? [String: Any])?["schema"] as? [String: Any] ?? [:]
        }
        let paths = try #require(try await description(browser)["paths"] as? [String: Any])
        return paths.reduce(into: [:]) { schemas, path in
            let post = (path.value as? [String: Any])?["post"] as? [String: Any] ?? [:]
            let answers = post["responses"] as? [String: Any] ?? [:]
            schemas[String(path.key.dropFirst("/api/v1/".count))] = (
                schema(post["requestBody"]), schema(answers["200"])
            )
        }
    }

    /// Where a value says something that its schema does not know.
    private func undescribed(_ value: Any, _ schema: [String: Any], at path: String = "") -> [String] {
        if let choices = schema["anyOf"] as? [[String: Any]] {
            return value is NSNull ? [] : undescribed(value, choices[0], at: path)
        }
        if let list = value as? [Any] {
            let items = schema["items"] as? [String: Any] ?? [:]
            return list.flatMap { undescribed($0, items, at: path + "[]") }
        }
        guard let object = value as? [String: Any] else { return schema["type"] == nil ? [path] : [] }
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        let others = schema["additionalProperties"] as? [String: Any]
        return object.flatMap { key, value in
            guard let known = properties[key] ?? others else { return [path + "." + key] }
            return undescribed(value, known, at: path + "." + key)
        }
    }

    /// The smallest value that a schema allows.
    private func example(_ schema: [String: Any]) -> Any {
        if let choices = schema["enum"] as? [String] { return choices[0] }
        if let choices = schema["anyOf"] as? [[String: Any]] { return example(choices[0]) }
        switch schema["type"] as? String {
        case "boolean": return false
        case "integer", "number": return 0
        case "string" where schema["format"] as? String == "date-time": return "2027-01-11T14:00:00Z"
        case "string" where schema["format"] as? String == "date": return "2027-01-11"
        case "string": return schema["contentEncoding"] == nil ? "x" : "eA=="
        case "array": return [example(schema["items"] as? [String: Any] ?? [:])]
        default:
            let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
            let required = schema["required"] as? [String] ?? []
            return required.reduce(into: [String: Any]()) { $0[$1] = example(properties[$1] ?? [:]) }
        }
    }

    @Test func `ask for a token, and do for each what is theirs`() async throws {
        try await world.publish()
        let tokens = [try await token(.other), try await token(.coordinator), try await token(.machine)]
        let (tamar, mersey) = (#"{"session": "spring/900001/review"}"#, #"{"session": "mersey/900004/visit"}"#)
        // Of the other partnership's coordinator, the coordinator, and an operator.
        let table: [(name: String, body: String, statuses: [Int])] = [
            ("show-overview", "{}", [200, 200, 200]), ("show-session", tamar, [404, 200, 200]),
            ("show-session", mersey, [200, 404, 200]), ("report-status", "{}", [404, 404, 200]),
            ("show-message", #"{"number": 1}"#, [404, 404, 200]),
            ("erase-person", #"{"person": "x"}"#, [404, 404, 409]),
            ("create-token", #"{"address": "x", "name": "y"}"#, [404, 404, 409]), ("nothing", "{}", [404, 404, 404]),
            ("ask-again", tamar, [404, 200, 200]), ("show-session", "{}", [400, 400, 400]),
            ("show-session", "[", [400, 400, 400]), ("list-calendars", "{}", [200, 200, 200]),
            ("show-session", #"{"session": "none"}"#, [404, 404, 409]),
        ]
        try await world.browse { browser in
            for (name, body, statuses) in table {
                for (token, status) in zip(tokens, statuses) {
                    let answer = try await browser.call(name, body, token: token)
                    #expect(answer.status == status, "\(name) \(body): \(answer.text)")
                    #expect(answer.fields["content-type"] == "application/json")
                    #expect((try? JSONSerialization.jsonObject(with: Data(answer.text.utf8))) != nil)
                    #expect(status == 200 || answer.text.contains("\"error\""))
                }
                for wrong in ["", "x", String(repeating: "0", count: 40)] {
                    #expect(try await [401, 429].contains(browser.call(name, body, token: wrong).status))
                }
            }
            try await browser.signIn(.machine)
            let byCookie = try await browser.post("/api/v1/show-overview", [:])
            #expect([401, 429].contains(byCookie.status), "a cookie is no token")
        }
        #expect(try world.workspace().store.tokens().allSatisfy { $0.used != nil })
    }

    @Test func `wake the planner unless no plan rests on them`() {
        let names = OperationCatalogue.names
        #expect(names.filter { OperationCatalogue.consequence(of: $0) == .mails }.count == 16)
        for name in ["move-session", "record-answer", "record-absence", "approve-proposal", "record-school-event"] {
            #expect(OperationCatalogue.consequence(of: name) == .plan, "\(name)")
        }
        for name in ["create-sign-in", "ask-again", "finish-deadline"] {
            #expect(OperationCatalogue.consequence(of: name) == .mails, "\(name)")
        }
        #expect(OperationCatalogue.consequence(of: "show-overview") == nil)
    }

    @Test func `make no file of what a stranger calls something`() async throws {
        let token = try await token(.machine)
        let folder = world.files.folder.path
        @Sendable func everything() throws -> Set<String> {
            Set(try FileManager.default.subpathsOfDirectory(atPath: folder))
        }
        try await world.browse { browser in
            _ = try await browser.call("test-webhook", #"{"id": "none"}"#, token: token)
            let before = try everything()
            for id in ["x", "../x", "/tmp/x", "..", "spring/900001/review"] {
                let answer = try await browser.call("test-webhook", #"{"id": "\#(id)"}"#, token: token)
                #expect(answer.status == 409 && answer.text.contains("error"), "\(id): \(answer.text)")
            }
            #expect(try everything() == before)
        }
    }

    @Test func `are of no use with a token that was taken back, or of somebody who looks after nothing now`()
        async throws
    {
        let tokens = [try await token(.coordinator), try await token(.other)]
        _ = try await RevokeToken.run(RevokeToken.Request(number: 1), in: try world.workspace()) { _ in }
        await #expect(throws: Workspace.Failure.self) {
            _ = try await RevokeToken.run(RevokeToken.Request(number: 1), in: try world.workspace()) { _ in }
        }
        try world.files.replace(
            "other@example.test", with: "new@example.test", in: "programme/partnerships/mersey.yaml")
        try await world.browse { browser in
            for token in tokens {
                let answer = try await browser.call("show-overview", "{}", token: token)
                #expect(answer.status == 401)
            }
        }
        let titles = try world.workspace().store.events().filter { $0.kind == "token.changed" }.map(\.title)
        #expect(
            titles.reversed() == [
                "the token 1 was made for coordinator of tamar", "the token 2 was made for coordinator of mersey",
                "the token 1 was taken back",
            ])
    }

    @Test func `are described as they are: what the description allows is understood, and nothing less`() async throws {
        try await world.publish()
        let token = try await token(.machine)
        try await world.browse { browser in
            let schemas = try await schemas(browser)
            #expect(schemas.count == OperationCatalogue.names.count && schemas.count > 50)
            #expect(schemas["move-session"]?.request["required"] as? [String] == ["session", "time", "reason"])
            // Those that mail, wait for servers or take long are asked nowhere but in their own tests.
            let left: Set = [
                "send-test", "fetch-answers", "find-calendars", "send-due-messages", "publish-plan", "plan-season",
            ]
            for (name, schemas) in schemas.sorted(by: { $0.key < $1.key }) where !left.contains(name) {
                let schema = schemas.request
                let least = try JSONSerialization.data(withJSONObject: example(schema))
                let answer = try await browser.call(name, String(decoding: least, as: UTF8.self), token: token)
                #expect(answer.status != 400 && answer.status != 500, "\(name): \(answer.status) \(answer.text)")
                if answer.status == 200 {
                    let value = try JSONSerialization.jsonObject(with: Data(answer.text.utf8))
                    let unknown = Set(undescribed(value, schemas.answer))
                    #expect(unknown.isEmpty, "\(name): \(unknown.sorted())")
                }
                for missing in schema["required"] as? [String] ?? [] {
                    var less = example(schema) as? [String: Any] ?? [:]
                    less[missing] = nil
                    let body = String(decoding: try JSONSerialization.data(withJSONObject: less), as: UTF8.self)
                    #expect(
                        try await browser.call(name, body, token: token).status == 400, "\(name) without \(missing)")
                }
            }
        }
    }
}
