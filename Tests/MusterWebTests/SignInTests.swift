import CivilTime
import Foundation
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import MusterWeb
import Testing

@testable import MusterOperations

@Suite struct `Signing in to the pages` {
    private let world: PageWorld
    private static let address = "coordinator@example.test"

    init() throws { world = try PageWorld() }

    /// The newest mail that signs somebody in: its link and its code.
    private func mailed() throws -> (link: String, code: String)? {
        let mails = try world.workspace().store.messages().filter { $0.reason == "sign-in" }
        return try mails.first.map { mail in
            let text = String(decoding: mail.content, as: UTF8.self).replacing("=\r\n", with: "")
            let link = try #require(text.firstMatch(of: /https:\/\/reviews\.example(\/sign-in\/[0-9a-f]{40})/)?.1)
            let code = try #require(text.firstMatch(of: /there: (\d{3} \d{3})/)?.1)
            #expect(mail.recipient == Self.address)
            return (String(link), String(code))
        }
    }

    @Test func `takes the link of the mail in the browser that asked, once, and a button`() async throws {
        try await world.browse { browser in
            #expect(try await browser.get("/").location == "/sign-in")
            let asked = try await browser.post("/sign-in", ["address": " Coordinator@Example.TEST "])
            #expect(asked.status == 200 && asked.text.contains("a mail is on its way"))
            let (link, _) = try #require(try mailed())
            for _ in 0..<2 {
                let page = try await browser.get(link)
                #expect(page.status == 200 && page.text.contains("<button"), "reading it uses nothing up")
            }
            let other = browser.another
            #expect(try await other.get(link).text.contains("not the browser in which you asked"))
            #expect(try await other.post(link, [:]).status == 404)
            #expect(try await browser.post(link, [:], site: "cross-site").status == 403)
            let entered = try await browser.post(link, [:])
            #expect(entered.status == 303 && entered.location == "/")
            let cookie = try #require(entered.fields["set-cookie"])
            #expect(
                cookie.hasPrefix("__Host-muster-session=") && cookie.contains("; HttpOnly; SameSite=Lax; Secure")
                    && cookie.contains("Path=/;"))
            #expect(try await browser.get("/").text.contains("Tamar Valley"))
            #expect(try await browser.post(link, [:]).status == 404, "it is used up")
            #expect(try await other.get("/").location == "/sign-in")
        }
        let events = try world.workspace().store.events().filter { $0.kind == "viewer.signed-in" }
        #expect(events.map(\.title) == ["coordinator of tamar signed in"])
    }

    @Test func `takes the code of the mail where the browser asked, and not after five wrong ones`() async throws {
        try await world.browse { browser in
            _ = try await browser.post("/sign-in", ["address": Self.address])
            let (_, code) = try #require(try mailed())
            #expect(try await browser.another.post("/sign-in/code", ["code": code]).status == 400)
            #expect(try await browser.post("/sign-in/code", ["code": "1"]).status == 403)
            #expect(try await browser.post("/sign-in/code", ["code": code]).location == "/")

            let guesser = browser.another
            _ = try await guesser.post("/sign-in", ["address": Self.address])
            let (link, second) = try #require(try mailed())
            for _ in 0..<5 { #expect(try await guesser.post("/sign-in/code", ["code": "x"]).status == 403) }
            #expect(try await guesser.post("/sign-in/code", ["code": second]).status == 403)
            #expect(try await guesser.post(link, [:]).status == 404)
        }
    }

    @Test func `answers whoever it is before anything is done, so that the time tells nothing`() async throws {
        try await world.browse { browser in
            let state = try world.workspace().stateDirectory
            var lock: StateLock? = try StateLock(directory: state, name: "muster.lock")
            for address in [Self.address, "nobody@elsewhere.test"] {
                #expect(try await browser.hasty.post("/sign-in", ["address": address]).status == 200)
            }
            #expect(try world.workspace().store.messages().isEmpty, "somebody else is writing")
            withExtendedLifetime(lock) {}
            lock = nil
            _ = try await browser.get("/sign-in")
            #expect(try world.workspace().store.messages().count == 1)
        }
    }

    @Test func `says the same to those who look after nothing, and mails them nothing`() async throws {
        try await world.browse { browser in
            let known = try await browser.post("/sign-in", ["address": Self.address])
            let before = try world.workspace().store.messages().count
            for address in [
                "a.marsh@example.test", "nobody@elsewhere.test", "x@y", "coordinator@example.test\r\nBcc: x@y",
            ] {
                let unknown = try await browser.another.post("/sign-in", ["address": address])
                #expect(unknown.text == known.text && unknown.status == known.status)
            }
            #expect(try world.workspace().store.messages().count == before)
            #expect(world.changes.count == 1, "nobody is woken by strangers")
            for address in ["", "x"] {
                #expect(try await browser.another.post("/sign-in", ["address": address]).status == 400)
            }
        }
    }

    @Test func `fills nobody's mailbox, and lasts a quarter of an hour`() async throws {
        try await world.browse { browser in
            for _ in 0..<8 { _ = try await browser.post("/sign-in", ["address": Self.address]) }
            #expect(try world.workspace().store.messages().count == 3)
            let (link, code) = try #require(try mailed())
            world.clock.later(15 * 60)
            #expect(try await browser.post(link, [:]).status == 404)
            #expect(try await browser.post("/sign-in/code", ["code": code]).status == 403)
            _ = try await browser.post("/sign-in", ["address": Self.address])
            #expect(try world.workspace().store.messages().count == 4)
        }
    }

    @Test func `asks for the password of an app too, where that was set, and takes each once`() async throws {
        let set = try await SetSecondFactor.run(
            SetSecondFactor.Request(address: Self.address, isNeeded: true), in: world.workspace()
        ) { _ in }
        let uri = try #require(set.address)
        #expect(uri.hasPrefix("otpauth://totp/muster:") && uri.hasSuffix("&issuer=muster"))
        /// What the app shows: worked out anew by another implementation.
        @Sendable func shown(_ seconds: Int) throws -> String {
            try Subprocess.python(
                """
                import base64, hashlib, hmac, re, struct, sys
                key = base64.b32decode(re.search('secret=([A-Z2-7]+)', sys.argv[1]).group(1))
                mac = hmac.new(key, struct.pack('>Q', int(sys.argv[2]) // 30), hashlib.sha1).digest()
                at = mac[19] & 15
                print('%06d' % ((struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000), end='')
                """, [uri, "\(seconds)"])
        }
        try await world.browse { browser in
            _ = try await browser.post("/sign-in", ["address": Self.address])
            let (link, _) = try #require(try mailed())
            #expect(try await browser.post(link, [:]).location == "/sign-in/password")
            #expect(try await browser.get("/").location == "/sign-in", "the link alone lets nobody in")
            #expect(try await browser.get("/sign-in/password").text.contains("The six digits"))
            let code = try shown(world.clock.now.seconds)
            #expect(try await browser.post("/sign-in/password", ["password": code], site: "cross-site").status == 403)
            #expect(try await browser.post("/sign-in/password", ["password": "000"]).status == 403)
            #expect(try await browser.post("/sign-in/password", ["password": code]).location == "/")
            #expect(try await browser.get("/").status == 200)

            let second = browser.another
            try await second.signIn(.coordinator)
            #expect(try await second.post("/sign-in/password", ["password": code]).status == 403, "it was used")
            world.clock.later(60)
            let wrong = try shown(world.clock.now.seconds - 300)
            for _ in 0..<3 { #expect(try await second.post("/sign-in/password", ["password": wrong]).status == 403) }
            #expect(try await second.post("/sign-in/password", ["password": wrong]).location == "/sign-in")
            let right = try shown(world.clock.now.seconds)
            #expect(
                try await second.post("/sign-in/password", ["password": right]).location == "/sign-in", "it is over")
            let (guesser, owner) = (browser.another, browser.another)
            try await guesser.signIn(.coordinator)
            world.clock.later(60)
            let guess = try shown(world.clock.now.seconds - 300)
            for _ in 0..<5 { _ = try await guesser.post("/sign-in/password", ["password": guess]) }
            try await owner.signIn(.coordinator)
            let shownNow = try shown(world.clock.now.seconds)
            #expect(
                try await owner.post("/sign-in/password", ["password": shownNow]).status == 403,
                "ten wrong ones, in whatever browsers, lock it for an hour")
            world.clock.later(3600)
            try await owner.signIn(.coordinator)
            let later = try shown(world.clock.now.seconds)
            #expect(try await owner.post("/sign-in/password", ["password": later]).location == "/")
            let third = browser.another
            try await third.signIn(.coordinator)
            world.clock.later(15 * 60)
            let late = try shown(world.clock.now.seconds)
            #expect(
                try await third.post("/sign-in/password", ["password": late]).location == "/sign-in",
                "a link lets nobody in for longer than it is of use")
            let nobody = try await browser.another.post("/sign-in/password", ["password": right])
            #expect(nobody.location == "/sign-in")
        }
        _ = try await SetSecondFactor.run(
            SetSecondFactor.Request(address: Self.address, isNeeded: false), in: world.workspace()
        ) { _ in }
        try await world.browse { browser in
            try await browser.signIn(.coordinator)
            let page = try await browser.get("/")
            #expect(page.status == 200)
        }
        #expect(try world.workspace().store.events().count { $0.kind == "second-factor.changed" } == 2)
    }

    @Test func `ends by signing out here or everywhere, unused for half a day, and after a week`() async throws {
        try await world.browse { browser in
            @Sendable func isIn(_ browser: Browser) async throws -> Bool {
                try await browser.get("/people").status == 200
            }
            try await browser.signIn(.coordinator)
            let second = browser.another
            try await second.signIn(.coordinator)
            let out = try await second.act("/sign-out", [:])
            #expect(out.location == "/sign-in" && out.fields["set-cookie"]?.contains("Max-Age=0") == true)
            #expect(try await isIn(browser))
            try await second.signIn(.coordinator)
            _ = try await second.act("/sign-out", ["everywhere": "yes"])
            #expect(try await !isIn(browser))

            try await browser.signIn(.coordinator)
            for _ in 0..<13 {
                #expect(try await isIn(browser))
                world.clock.later(11 * 3600)
            }
            #expect(try await isIn(browser))
            world.clock.later(12 * 3600 + 1)
            #expect(try await !isIn(browser), "nobody used it")
            try await browser.signIn(.coordinator)
            for _ in 0..<16 {
                world.clock.later(11 * 3600)
                _ = try await isIn(browser)
            }
            #expect(try await !isIn(browser), "a week is over")
        }
    }

    @Test func `is worth nothing once somebody looks after nothing any more, and an address is made for no other`()
        async throws
    {
        let browserCookie = try await world.browse { browser in
            try await browser.signIn(.coordinator)
            return browser.cookie("__Host-muster-session")
        }
        #expect(browserCookie != nil)
        try world.files.replace(
            "address: coordinator@example.test", with: "address: next@example.test",
            in: "programme/partnerships/tamar.yaml")
        let session = try browserCookie.flatMap { try world.workspace().browserSession(#require(.init($0))) }
        #expect(session == nil)
        await #expect(throws: Workspace.Failure.self) {
            _ = try await CreateSignIn.run(
                CreateSignIn.Request(address: "coordinator@example.test"), in: try world.workspace()
            ) { _ in }
        }
    }
}
