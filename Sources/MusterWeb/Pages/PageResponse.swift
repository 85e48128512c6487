import Foundation
import Hummingbird

/// How pages are answered: nothing remote, no script, no frame around them, nothing kept.
enum PageResponse {
    /// A page.
    static func html(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
        with(headers, WebServer.text(text, status, type: "text/html; charset=utf-8"))
    }

    /// What is said where a button was pressed so soon that a program may have done it, or by one who opens many.
    static let tooSoon =
        "The mail has left only a moment ago, or several people's links were opened from here at once. Some mail systems press buttons by themselves then: please send your answer once more in a minute."

    /// Another address to look at, after something was done.
    static func seeOther(_ address: String) -> Response {
        var response = Response(status: .seeOther, headers: headers)
        response.headers[.location] = address
        return response
    }

    /// The stylesheet, which may be kept for an hour.
    static func stylesheet() -> Response {
        var response = WebServer.text(PageTemplates.stylesheet, .ok, type: "text/css; charset=utf-8")
        response.headers[.cacheControl] = "max-age=3600"
        response.headers.append(contentsOf: WebServer.discretion)
        return response
    }

    /// A file to keep.
    static func file(_ content: Data, name: String, type: String) -> Response {
        var response = with(
            headers,
            Response(
                status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(bytes: content))))
        response.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        return response
    }

    /// What a file is, by the end of its name; bytes where that says nothing.
    static func type(ofFile name: String) -> String {
        let types = [
            "pdf": "application/pdf", "txt": "text/plain; charset=utf-8", "csv": "text/csv; charset=utf-8",
            "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ]
        return types[name.split(separator: ".").last?.lowercased() ?? ""] ?? "application/octet-stream"
    }

    private static func with(_ headers: HTTPFields, _ response: Response) -> Response {
        var response = response
        response.headers.append(contentsOf: headers)
        return response
    }

    private static let headers: HTTPFields = {
        var headers = WebServer.fields([
            (
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            ), ("Cache-Control", "no-store"), ("Cross-Origin-Opener-Policy", "same-origin"),
        ])
        headers.append(contentsOf: WebServer.discretion)
        return headers
    }()
}

extension Request {
    /// Whether another site had the browser send this; a browser too old to say so is believed where it names no origin
    /// but ours.
    func isFromElsewhere(address: String) -> Bool {
        if let site = headers[Self.site] { return site != "same-origin" && site != "none" }
        guard let origin = headers[.origin] else { return false }
        return URL(string: origin)?.host() != URL(string: address)?.host()
    }

    private static let site = HTTPFields.Element.Name("Sec-Fetch-Site") ?? .origin

    /// The value of a cookie; nil where it was not sent.
    func cookie(_ name: String) -> String? {
        for pair in (headers[.cookie] ?? "").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name { return String(parts[1]) }
        }
        return nil
    }

    /// The fields of its form.
    ///
    /// - Throws: where it is too long.
    ///
    /// - Parameter people: how many people may be ticked in it, each a field more.
    func form(people: Int = 0) async throws -> FormFields {
        do {
            let text = try await body.collect(upTo: FormFields.mostBytes + people * FormFields.bytesOfPerson)
            return FormFields(String(buffer: text), most: FormFields.most + people)
        } catch {
            throw HTTPError(.contentTooLarge)
        }
    }
}

/// The fields of a form as browsers send it (`application/x-www-form-urlencoded`); the first of a name counts.
struct FormFields: Sendable {
    /// Bytes at most.
    static let mostBytes = 16 << 10
    /// Fields at most.
    static let most = 40
    /// Bytes of a field in which a person is ticked.
    static let bytesOfPerson = 200

    private let values: [String: String]

    init(_ text: String, most: Int = FormFields.most) {
        values = text.split(separator: "&").prefix(most).reduce(into: [:]) { values, pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            func decoded(_ part: Substring) -> String? { part.replacing("+", with: " ").removingPercentEncoding }
            guard parts.count == 2, let name = decoded(parts[0]), let value = decoded(parts[1]) else { return }
            if values[name] == nil { values[name] = value }
        }
    }

    /// A field as it was sent; nil for one that was not.
    subscript(name: String) -> String? { values[name] }

    /// A text as people write it, without control characters, at most so long; empty where there is none.
    func text(_ name: String, longest: Int = 500) -> String {
        let text = String((values[name] ?? "").filter { !$0.isNewline || $0 == "\n" }.prefix(longest))
        return String(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F || $0 == "\n" })
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
