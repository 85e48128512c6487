import Foundation
import Transport

extension CalDAVClient {
    /// The calendars at the address.
    ///
    /// A calendar is itself; a principal or a folder stands for the calendars in it. An address without a path is that
    /// of a server, where the calendars of whoever logs in are looked for (RFC 6764 §6, RFC 5397, RFC 4791 §6.2.1).
    ///
    /// - Throws: where there is none, or the server does not answer as it should.
    public func collections() async throws(TransportError) -> [CalendarCollection] {
        let isServer = ["", "/", "/.well-known/caldav"].contains(address.path)
        let place: Resource
        do {
            place = try await isServer ? entrance() : resource(address)
        } catch let error where error.status == 403 && !isServer {
            // Who may only ask when somebody is free may not look at the calendar itself.
            return [CalendarCollection(url: address)]
        }
        if let calendar = CalendarCollection(place) { return [calendar] }
        var found: [CalendarCollection] = []
        let homes = try await homes(of: place, isServer: isServer)
        guard homes.count <= Self.mostHomes else {
            throw TransportError(.refused, "it names \(homes.count) folders of calendars, of which nobody has so many")
        }
        for home in homes {
            let members = try await list(.propfind, url: home, depth: 1, question: .properties).resources
            found += members.compactMap(CalendarCollection.init)
            guard found.count <= Self.mostCalendars else {
                throw TransportError(
                    .refused,
                    "it has more than \(Self.mostCalendars) calendars there; name those that matter one by one")
            }
        }
        guard !found.isEmpty else { throw TransportError(.refused, "no calendar that this user may read is there") }
        return found
    }

    private static let mostHomes = 100
    private static let mostCalendars = 500

    /// Where a server says that its calendars begin; its root where it says nothing.
    private func entrance() async throws(TransportError) -> Resource {
        let root = address.resolving("/") ?? address
        let wellKnown = address.resolving("/.well-known/caldav") ?? root
        do {
            return try await resource(wellKnown)
        } catch let error where error.kind == .refused {
            return try await resource(root)
        }
    }

    private func resource(_ url: URL) async throws(TransportError) -> Resource {
        let answer = try await list(.propfind, url: url, depth: 0, question: .properties)
        guard let resource = answer.resources.first else {
            throw TransportError(.refused, "it says nothing of \(url.path)")
        }
        return resource
    }

    /// The folders with the calendars of a principal; the place itself where it names none.
    private func homes(of place: Resource, isServer: Bool) async throws(TransportError) -> [URL] {
        let named = place.links(.calendarHomeSet)
        guard named.isEmpty, isServer else { return named.isEmpty ? [place.url] : named }
        guard let principal = place.links(.currentUserPrincipal).first else {
            throw TransportError(
                .authentication, "it does not say whose calendars to read; a user and password may help")
        }
        let homes = try await resource(principal).links(.calendarHomeSet)
        return homes.isEmpty ? [principal] : homes
    }
}
