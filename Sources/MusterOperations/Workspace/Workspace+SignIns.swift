import CivilTime
import Crypto
import Foundation
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore
import TextEncodings

/// What a browser may do that somebody has signed in with.
public struct BrowserSession: Sendable {
    /// Who that is.
    public let viewer: Viewer
    /// What stands in each form of theirs, so that no other site can send one in their name.
    public let formToken: String
}

extension Workspace {
    /// What is mailed is of use for so many seconds.
    public static let signInTime = 15 * 60
    /// A session that nobody uses ends after so many seconds.
    private static let idleTime = 12 * 3600
    /// Every session ends after so many.
    public static let sessionTime = 7 * 86_400

    /// Who an address belongs to among those who look after something; nil for anybody else.
    public func viewer(_ address: String) -> Viewer? {
        programme.viewer(address, operators: configuration.pageOperators)
    }

    /// - Throws: `Failure` where an address looks after nothing.
    func requireViewer(_ address: String) throws -> Viewer {
        guard let viewer = viewer(address) else {
            throw Failure(
                "\(address) is no coordinator of a partnership, nor one of the \"operators\" of \"pages\" in muster.yaml.",
                exitCode: 64)
        }
        return viewer
    }

    /// Mails somebody what signs them in; whoever looks after nothing gets no mail, and nobody hears of that.
    ///
    /// - Parameter browser: the secret of the browser that asks.
    /// - Returns: whether a mail is to leave.
    public func askToSignIn(_ address: String, in browser: SecretToken) async throws -> Bool {
        guard let viewer = viewer(address), let pages = pageAddress else { return false }
        let now = now()
        let (link, code) = (SecretToken(), Self.code())
        let mail = try ownerNoticeComposer.signIn(
            to: viewer.address, link: "\(pages)/sign-in/\(link.text)", code: code, at: now,
            expires: now + Self.signInTime)
        let signIn = SignIn(
            digest: link.digest, code: Self.digest(of: code, in: browser), browser: browser.digest,
            address: viewer.address, expires: now + Self.signInTime)
        return try await withWriteAccess { try $0.store.add(signIn, sending: mail, at: now) }
    }

    /// An address that signs somebody in once, in any browser, for whoever may act on this machine.
    ///
    /// - Throws: `Failure` where they look after nothing, or there are no pages.
    func signInAddress(of address: String) async throws -> String {
        guard let pages = pageAddress else {
            throw Failure(
                "There are no pages: write \"pages: { listen: 127.0.0.1:9619 }\" into muster.yaml.", exitCode: 78)
        }
        let viewer = try requireViewer(address)
        let (link, now) = (SecretToken(), now())
        let signIn = SignIn(
            digest: link.digest, code: SecretToken().digest, browser: nil, address: viewer.address,
            expires: now + Self.signInTime)
        guard try await withWriteAccess({ try $0.store.add(signIn, sending: nil, at: now) }) else {
            throw Failure(
                "Three addresses of \(address) wait to be used; the oldest is of use for a quarter of an hour.",
                exitCode: 75)
        }
        return "\(pages)/sign-in/\(link.text)"
    }

    /// Whether what was mailed signs somebody in: in this browser (true), in another (false), or not at all (nil).
    public func isSignIn(_ link: SecretToken, in browser: SecretToken?) throws -> Bool? {
        try store.isSignIn(link.digest, of: browser?.digest, at: now())
    }

    /// Signs somebody in by the address that was mailed.
    ///
    /// - Returns: the secret of the session; nil where it is not of use (any more), or of another browser.
    public func signIn(by link: SecretToken, in browser: SecretToken?) async throws -> SecretToken? {
        try await beginSession(by: .address(digest: link.digest, browser: browser?.digest))
    }

    /// Signs somebody in by the code that was mailed.
    ///
    /// - Returns: the secret of the session; nil for a wrong code, or after five.
    public func signIn(byCode code: String, in browser: SecretToken) async throws -> SecretToken? {
        let digits = code.filter(\.isNumber)
        return try await beginSession(
            by: .code(digest: Self.digest(of: digits, in: browser), browser: browser.digest))
    }

    private func beginSession(by proof: SignInProof) async throws -> SecretToken? {
        let (secret, now) = (SecretToken(), now())
        let address = try await withWriteAccess { access in
            try access.store.beginSession(secret.digest, by: proof, at: now) { address in
                viewer(address).map { Event.done(.viewerSignedIn, "\($0.id) signed in", by: $0.id, at: now) }
            }
        }
        return address == nil ? nil : secret
    }

    /// What a browser may do that has a secret; nil where it is not signed in (any more), or they look after nothing now.
    public func browserSession(_ secret: SecretToken) throws -> BrowserSession? {
        let address = try store.browserSession(
            secret.digest, idle: Self.idleTime, age: Self.sessionTime, at: now())
        guard let viewer = address.flatMap(viewer) else { return nil }
        let proof = HMAC<SHA256>.authenticationCode(
            for: Data("form".utf8), using: SymmetricKey(data: Data(secret.text.utf8)))
        return BrowserSession(viewer: viewer, formToken: proof.prefix(20).hexadecimal)
    }

    /// Whether a browser has yet to give a password of an app.
    public func needsPassword(_ secret: SecretToken) throws -> Bool {
        try store.needsPassword(secret.digest, after: now() - Self.signInTime)
    }

    /// Takes a password of an app for a browser's session.
    ///
    /// - Returns: whether it was right; after five that were not the session is over.
    public func takePassword(_ digits: String, for secret: SecretToken) async throws -> Bool {
        let (digits, now) = (digits.filter(\.isNumber), now())
        return try await withWriteAccess {
            try $0.store.takePassword(secret.digest, after: now - Self.signInTime, at: now) {
                OneTimePassword(secret: $0).step(of: digits, at: now)
            }
        }
    }

    /// Ends the session of a browser, or of all browsers that somebody is signed in with.
    public func signOut(_ secret: SecretToken, everywhere: Bool) async throws {
        let event = Event.done(.viewerSignedOut, "\(viewer.id) signed out", by: viewer.id, at: now())
        try await withWriteAccess {
            try $0.store.endSessions(secret.digest, andAllOf: everywhere ? viewer.address : nil, recording: event)
        }
    }

    /// Below which address people reach the pages; nil where there are none.
    public var pageAddress: String? { configuration.pages.address ?? configuration.pages.listen?.url }

    private static func code() -> String {
        var source = SystemRandomNumberGenerator()
        return (0..<6).map { _ in String(Int.random(in: 0...9, using: &source)) }.joined()
    }

    private static func digest(of code: String, in browser: SecretToken) -> [UInt8] {
        Array(SHA256.hash(data: Data(browser.digest + Array(code.utf8))))
    }
}

/// Makes an address that signs a coordinator or an operator in to the pages, for where no mail arrives.
public enum CreateSignIn: Operation {
    /// The name on the socket.
    public static let name = "create-sign-in"

    /// Whom it signs in.
    public struct Request: Codable, Sendable {
        /// Their address.
        public var address: String

        /// A request.
        public init(address: String) { self.address = address }
    }

    /// What was made.
    public struct Response: Codable, Sendable {
        /// What to open, once, within a quarter of an hour.
        public var address: String
    }

    /// Makes it.
    ///
    /// - Throws: `Failure` where they look after nothing, or there are no pages.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        Response(address: try await workspace.signInAddress(of: request.address))
    }
}
