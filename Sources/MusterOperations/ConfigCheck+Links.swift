import CurlTransport
import MusterConfiguration
import MusterModel
import Transport

extension ConfigCheck {
    /// So many addresses are asked at once.
    private static let atOnce = 8
    /// Bytes of an answer at most: it is read and thrown away.
    private static let mostBytes = 64 << 20

    /// Which addresses of resources do not answer, or answer that there is nothing there: a warning each.
    public func brokenLinks(_ transport: any HTTPTransport = CurlHTTPTransport()) async -> [Diagnostic] {
        let links = programme.resources.compactMap { resource -> (title: String, link: String)? in
            guard case .link(let link) = resource.place else { return nil }
            return (resource.title, link)
        }
        return await withTaskGroup(of: (Int, Diagnostic?).self) { group in
            var found: [Int: Diagnostic] = [:]
            for (number, resource) in links.enumerated() {
                if number >= Self.atOnce, let (number, diagnostic) = await group.next() { found[number] = diagnostic }
                group.addTask { [directory] in
                    (
                        number,
                        await Self.broken(resource.title, link: resource.link, in: directory, transport: transport)
                    )
                }
            }
            for await (number, diagnostic) in group { found[number] = diagnostic }
            return links.indices.compactMap { found[$0] }
        }
    }

    private static func broken(
        _ title: String, link: String, in directory: String, transport: any HTTPTransport
    ) async -> Diagnostic? {
        var request = HTTPRequest(url: link, maximumBytes: mostBytes, timeout: 30)
        request.receive = { _ in }
        let problem: String
        do {
            let status = try await transport.send(request).status
            guard status >= 400 else { return nil }
            problem = "answers \(status)"
        } catch {
            problem = "cannot be reached: \(error)"
        }
        return Diagnostic(
            .warning, at: Diagnostic.Location(file: directory + "/programme/resources"),
            "“\(title)”: \(link) \(problem); correct the address or leave the resource out")
    }
}
