import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterCommands
@testable import MusterOperations

@Suite struct `The file of a feed` {
    @Test func `is written only where it says something else, and gone when its feed is revoked`() async throws {
        let files = try ProgrammeFiles(operator: "feeds: { listen: 127.0.0.1:9618 }")
        let now = try #require(Instant(iso: ProgrammeFiles.now))
        let workspace = try Workspace(config: files.config, state: files.folder.path + "/state", now: { now })
        try await workspace.publish(try await workspace.propose(), note: "", isApproved: true)
        let folder = files.folder.path + "/feeds"
        func write(_ owners: String...) async throws -> FeedFiles {
            let request = ComposeFeeds.Request(owners: owners)
            return try FeedFiles(try await ComposeFeeds.run(request, in: workspace) { _ in }, in: folder)
        }
        let feed = try workspace.createFeed(of: .person("m.khan")).feed
        _ = try workspace.createFeed(of: .partnership("tamar"))
        #expect(try await write().written.count == 2)
        #expect(files.folder.names(in: "feeds") == ["partnership-tamar.ics", "person-m.khan.ics"])
        #expect(try await write().unchanged.count == 2)
        #expect(try await write("school:900001").written == [folder + "/school-900001.ics"])
        _ = try workspace.revokeFeed(feed.number)
        let last = try await write()
        #expect(last.removed == [folder + "/person-m.khan.ics"] && last.unchanged.count == 1)
        #expect(files.folder.names(in: "feeds") == ["partnership-tamar.ics", "school-900001.ics"])
    }
}
