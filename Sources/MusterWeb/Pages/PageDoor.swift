import Foundation
import Hummingbird
import MusterDelivery
import MusterModel
import MusterOperations

/// One request of somebody who is signed in.
struct PageVisit: Sendable {
    /// Who that is.
    let viewer: Viewer
    /// What stands in each form of theirs.
    let formToken: String
    /// The secret of their session.
    let secret: SecretToken
    /// The config and state, as they see them.
    let workspace: Workspace
    /// The path of the entry of the navigation at which they are.
    var section = "/"
}

/// Lets those in who are signed in, and keeps from others what is not theirs.
struct PageDoor: Sendable {
    let site: PageSite
    let workspace: @Sendable () -> Workspace
    let didChange: @Sendable (Consequence) -> Void
    let didFail: @Sendable (any Error) -> Void
    private let clients = LinkClients()

    /// Counts that somebody's own link is opened.
    func note(_ request: Request, opening person: PersonID) { _ = isProgram(request, opening: person) }

    /// The same; true where a program seems to do it.
    func isProgram(_ request: Request, opening person: PersonID) -> Bool {
        clients.isProgram(request, opening: person, at: workspace().now())
    }

    /// A page of somebody who is signed in; whoever is not is asked to.
    func page(
        _ request: Request, section: String = "/", _ show: (PageVisit) async throws -> Response
    ) async throws -> Response {
        guard var visit = try visit(request) else { return PageResponse.seeOther("\(site.base)/sign-in") }
        visit.section = section
        return try await answer(visit) { try await show(visit) }
    }

    /// Something that somebody does who is signed in, by a form of ours.
    func action(
        _ request: Request, section: String = "/", changes consequence: Consequence = .plan,
        _ perform: (PageVisit, FormFields) async throws -> Response
    ) async throws -> Response {
        guard var visit = try visit(request) else { return PageResponse.seeOther("\(site.base)/sign-in") }
        visit.section = section
        // A whole crowd may be ticked by those who are signed in.
        let form = try await request.form(people: 2000)
        guard !request.isFromElsewhere(address: site.address), form["form"] == visit.formToken else {
            return refusal(
                "Nothing was done: the form was not sent from here, or is of an earlier session.", for: visit,
                status: .forbidden)
        }
        return try await answer(visit) {
            let response = try await perform(visit, form)
            didChange(consequence)
            return response
        }
    }

    /// Something for people who need not sign in; where it cannot be had now, they are told so.
    func serve(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error as HTTPError {
            throw error
        } catch {
            didFail(error)
            throw HTTPError(.serviceUnavailable)
        }
    }

    /// That there is nothing at an address of somebody's own; whoever tries many is told to wait.
    ///
    /// - Parameter limiter: that of the kind of page.
    func nothing(
        _ title: String = "There is nothing to answer here", because text: String, _ limiter: FeedLimiter
    ) -> Response {
        if let wait = limiter.waitForUnknown(at: workspace().now()) { return WebServer.tooMany(wait) }
        return PageResponse.html(site.page("text", ["title": title, "text": text]), .notFound)
    }

    /// What went wrong, to somebody who is signed in.
    private func refusal(_ sentence: String, for visit: PageVisit, status: HTTPResponse.Status) -> Response {
        PageResponse.html(
            site.page("text", ["title": "That cannot be done", "text": sentence], for: visit, message: nil), status)
    }

    private func answer(_ visit: PageVisit, _ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let failure as Workspace.Failure {
            // EX_NOPERM: what is not theirs is not there.
            return refusal(failure.description, for: visit, status: failure.exitCode == 77 ? .notFound : .conflict)
        } catch {
            didFail(error)
            return refusal(
                "muster cannot do that now: \(OperationFailure(error))", for: visit, status: .serviceUnavailable)
        }
    }

    /// Who sends a request; nil for nobody who is signed in.
    private func visit(_ request: Request) throws -> PageVisit? {
        guard let secret = request.cookie(site.cookieName("session")).flatMap({ SecretToken($0) }) else { return nil }
        let workspace = workspace()
        do {
            return try workspace.browserSession(secret).map { session in
                PageVisit(
                    viewer: session.viewer, formToken: session.formToken, secret: secret,
                    workspace: workspace.seen(by: session.viewer))
            }
        } catch {
            didFail(error)
            throw HTTPError(.serviceUnavailable)
        }
    }
}

extension BasicRequestContext {
    /// The end of an address that proves whose it is; empty where it is missing.
    var token: String { parameters.get("token") ?? "" }
}
