import Foundation
import MusterTestSupport
import Testing

@Suite(.serialized) struct `muster feed` {
    private struct Created: Decodable {
        let number: Int
        let subject: String
        let address: String
    }

    private struct Listed: Decodable {
        let number: Int
        let fetched: String?
        let program: String?
        let revoked: String?
    }

    private func list(_ muster: MusterProgram) throws -> [Listed] {
        try JSONDecoder().decode([Listed].self, from: Data(try muster("feed", "list", "--json").output.utf8))
    }

    @Test func `makes an address that the daemon serves until it is revoked, and that nothing else knows`() throws {
        let ports = try LoopbackPort.free(2)
        let files = try ProgrammeFiles(
            operator:
                "listen: 127.0.0.1:\(ports[0])\nfeeds: { listen: 127.0.0.1:\(ports[1]), address: https://reviews.example/feeds/ }"
        )
        let muster = MusterProgram(files: files)
        #expect(try muster("apply").status == 0)
        let result = try muster("feed", "create", "person:m.khan", "--json")
        let feed = try JSONDecoder().decode(Created.self, from: Data(result.output.utf8))
        #expect(feed.number == 1 && feed.subject == "person:m.khan")
        #expect(feed.address.hasPrefix("https://reviews.example/feeds/") && feed.address.hasSuffix(".ics"))
        let shown = try muster("feed", "create", "school:900001")
        #expect(
            shown.status == 0 && shown.output.split(separator: "\n").count == 1, "the address alone: \(shown.output)")
        #expect(shown.errors.contains("muster feed revoke 2"))
        let daemon = try DaemonProcess(files)
        _ = try daemon.wait(for: "READY=1")
        try LoopbackPort.waitForAnswer(on: ports[1])
        let path = try #require(URL(string: feed.address)).path
        func get(_ headers: [String: String] = [:], method: String = "GET") throws -> HTTPClient.Answer {
            let headers = headers.merging(["User-Agent": "Google-Calendar-Importer"]) { $1 }
            return try #require(try HTTPClient.send([HTTPClient.Request(method, path, headers)], to: ports[1]).first)
        }
        let first = try get()
        #expect(first.status == 200 && first.body.contains("SUMMARY:Improvement Workshop at Oakford Primary"))
        let tag = try #require(first.headers["etag"])
        #expect(try get(["If-None-Match": tag]).status == 304 && get(method: "HEAD").headers["etag"] == tag)
        #expect(try list(muster).first?.program == "Google Calendar")
        #expect(try muster("feed").output.contains("read moments ago by Google Calendar"))

        #expect(try muster("cancel", "900001/workshop").status == 0)
        #expect(try muster("apply").status == 0)
        let second = try get(["If-None-Match": tag])
        #expect(second.status == 200 && !second.body.contains("VEVENT"), "what is published is served at once")

        let unknown = try #require(
            try HTTPClient.send(
                [HTTPClient.Request("GET", "/feeds/\(String(repeating: "0", count: 40)).ics")], to: ports[1]
            ).first)
        #expect(try muster("feed", "revoke", "1").status == 0)
        let revoked = try get()
        #expect(revoked.status == 404 && revoked.body == unknown.body)
        #expect(revoked.headers.filter { $0.key != "date" } == unknown.headers.filter { $0.key != "date" })
        #expect(try muster("feed", "revoke", "1").status == 65)
        #expect(try list(muster).map { $0.revoked == nil } == [false, true])

        let paths = ["/metrics", "/healthz", "/readyz"].map { HTTPClient.Request("GET", $0) }
        #expect(try HTTPClient.send(paths, to: ports[1]).map(\.status) == [404, 404, 404])
        #expect(try HTTPClient.send(paths, to: ports[0]).map(\.status) == [200, 200, 200])
        #expect(daemon.stop() == 0)
        #expect(!daemon.log.contains(path.dropFirst(7).dropLast(4)), "no secret is logged: \(daemon.log)")
    }

    @Test func `writes a season that other programs read, and says what it cannot do`() throws {
        let muster = MusterProgram(files: try ProgrammeFiles())
        #expect(try muster("apply").status == 0)
        let folder = muster.files.folder.path + "/feeds"
        let create = try muster("feed", "create", "person:m.khan")
        #expect(create.status == 78 && create.errors.contains("listen: 127.0.0.1:9618"), "nothing would serve it")
        #expect(try muster("feed", "create", "m.khan").status == 64)
        #expect(try muster("feed", "create", "person:nobody").status == 65)
        #expect(try muster("feed").output.contains("muster feed create person:ID"))
        let subjects = ["person:a.marsh", "school:900001", "school:900002", "partnership:tamar"]
        let place = ["--config", muster.files.config, "--state", muster.files.folder.path + "/state"]
        func write() throws -> Subprocess.Result {
            try Subprocess.run(DaemonProcess.program, ["feed", "write", folder] + subjects + place)
        }
        #expect(try write().output.contains("4 feeds written, 0 unchanged, 0 removed."))
        #expect(try write().output == "0 feeds written, 4 unchanged, 0 removed.\n")
        for name in muster.files.folder.names(in: "feeds") {
            let check = try Subprocess.run(DaemonProcess.program, ["calendar", "check", folder + "/" + name])
            #expect(check.status == 0, "\(name) \(check.output)\(check.errors)")
        }
        try muster.files.folder.write("no folder", to: "file")
        let refused = try Subprocess.run(
            DaemonProcess.program, ["feed", "write", muster.files.folder.path + "/file/feeds"] + subjects + place)
        #expect(refused.status == 73 && refused.errors.contains("cannot be written"), "\(refused.errors)")
    }
}
