import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import MusterWeb
import Testing

@testable import MusterOperations

@Suite struct `What helps to prepare` {
    private let world: PageWorld

    init() throws {
        world = try PageWorld()
        try world.files.folder.write("How it works.", to: "config/programme/resources/how.pdf")
        try world.files.folder.write("Secret of nobody.", to: "config/programme/resources/other.txt")
        try world.files.folder.write(
            """
            partnership: tamar
            resources:
              - { title: "How & why", file: how.pdf, note: "Two <pages>." }
              - { title: Questions, link: https://resources.example/q, stages: [review], roles: [lead] }
            """, to: "config/programme/resources/tamar.yaml")
    }

    private func text(_ person: PersonID, _ stage: String) throws -> String {
        let mail = try #require(
            try world.workspace().store.messages().first {
                $0.person == person && $0.session?.id.rawValue.hasSuffix(stage) ?? false
            }
        )
        return String(decoding: mail.content, as: UTF8.self).replacing("=\r\n", with: "")
    }

    private func path(_ person: PersonID, _ stage: String) throws -> String {
        String(
            try #require(
                try text(person, stage).firstMatch(of: /https:\/\/reviews\.example(\/answer\/[0-9a-f]{72})/)?.1))
    }

    @Test func `stands in mails for those for whom it is, without anybody's secret address`() async throws {
        try await world.publish()
        let lead = try #require(try world.session("900001/review").details.participants.first { $0.role == "lead" })
        let review = try text(lead.person, "/review")
        #expect(review.contains("How & why (on the page below)") && review.contains("https://resources.example/q"))
        #expect(!review.contains("/resources/how.pdf"), "whoever passes it on would pass the link on")
        #expect(try text(lead.person, "/pre-review").contains("How & why"))
        #expect(try !text(lead.person, "/pre-review").contains("https://resources.example/q"))
        let visit = try world.session("visit").details
        #expect(try !text(try #require(visit.participants.first).person, "/visit").contains("How & why"))
        let before = try world.workspace().store.messages().count
        try world.files.replace("Questions", with: "Other questions", in: "programme/resources/tamar.yaml")
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try world.workspace()) { _ in }
        #expect(try world.workspace().store.messages().count == before, "another resource makes no mail")
    }

    @Test func `is handed out to those who are asked, and nothing else of the folder or the machine`() async throws {
        try await world.publish()
        let own = try path("a.marsh", "/review")
        let visit = try world.session("visit").details
        let other = try path(try #require(visit.participants.first).person, "/visit")
        try await world.browse { browser in
            let page = try await browser.get(own).text
            #expect(page.contains("\(own)/resources/how.pdf") && page.contains("Two &lt;pages&gt;."))
            let file = try await browser.get("\(own)/resources/how.pdf")
            #expect(
                file.status == 200 && file.text == "How it works." && file.fields["content-type"] == "application/pdf")
            #expect(file.fields["content-disposition"] == "attachment; filename=\"how.pdf\"")
            for name in ["other.txt", "tamar.yaml", "..%2Fpeople.csv", "%2Fetc%2Fpasswd", "%00", "%"] {
                let answer = try await browser.get("\(own)/resources/\(name)")
                #expect(answer.status == 404 && !answer.text.contains("nobody."), "\(name)")
            }
            #expect(try await browser.get("\(other)/resources/how.pdf").status == 404, "it is another partnership's")
            let (coordinator, mersey) = (browser.another, browser.another)
            try await coordinator.signIn(.coordinator)
            try await mersey.signIn(.other)
            #expect(try await coordinator.get("/resources").text.contains("How &amp; why"))
            #expect(try await coordinator.get("/resources/how.pdf").text == "How it works.")
            #expect(try await coordinator.get("/resources/other.txt").status == 404)
            #expect(try await !mersey.get("/resources").text.contains("How &amp; why"))
            #expect(try await mersey.get("/resources/how.pdf").status == 404)
            let nobody = try await browser.another.get("/resources/how.pdf")
            #expect(nobody.status == 303)
        }
    }
}
