import BigBlueButton
import CivilTime
import CurlTransport
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore
import Transport

/// A server that opens rooms for sessions: what is behind `rooms: bigbluebutton`, and what another kind would have to do.
protocol MeetingProvider: Sendable {
    /// Opens the room of a session for somebody who leads it; one that is open stays as it is.
    ///
    /// - Returns: the address at which their browser enters.
    func open(_ room: MeetingRoom, for name: String) async throws -> String

    /// The address at which the browser of somebody else enters, who is let in by who leads; nil while nobody is there.
    func enter(_ room: MeetingRoom, as name: String) async throws -> String?
}

/// The room of a session.
struct MeetingRoom: Sendable {
    /// A name that nobody can guess, for the session's life.
    let id: String
    /// What people read.
    let title: String
    /// Where browsers go when it is over.
    let page: String
}

extension BigBlueButtonServer: MeetingProvider {
    func open(_ room: MeetingRoom, for name: String) async throws -> String {
        try await create(Meeting(id: room.id, name: room.title, logoutAddress: room.page))
        return joinAddress(room.id, name: name, as: .moderator)
    }

    func enter(_ room: MeetingRoom, as name: String) async throws -> String? {
        try await isRunning(room.id) ? joinAddress(room.id, name: name, as: .viewer) : nil
    }
}

extension Workspace {
    /// A room can be entered so long before its session begins, in seconds, and after it has ended.
    private static let opensBefore = 30 * 60
    private static let closesAfter = 2 * 3600

    /// What is shown at the door of a session's room.
    public struct RoomPage: Sendable {
        /// The session.
        public let session: PublishedSession
        /// Who is there; nil for whoever has the address that is the same for everybody.
        public let participant: SessionDetails.Participant?
        /// Whether they lead the session, so that the room opens for them.
        public let isModerator: Bool
        /// The names of those for whom the room opens.
        public let moderators: [String]
        /// When it can be entered.
        public let open: Range<Instant>
    }

    /// What came of knocking.
    public enum RoomEntry: Sendable {
        /// The browser enters at this address.
        case open(String)
        /// It is not the time, nobody who leads is there, or they have no place; as a sentence.
        case closed(String)
        /// The server of the room did not do its part; why is for operators.
        case failed(any Error)
    }

    /// The door at the end of an address: of one person, or of the session as feeds and exports name it; nil where there
    /// is none, or the session was called off.
    public func roomPage(_ token: String) throws -> RoomPage? {
        guard let links = try answerLinks, let address = configuration.pages.address else { return nil }
        guard let name = AnswerLinks.sessionName(in: token) else {
            guard token.wholeMatch(of: /[0-9a-f]{32}/) != nil else { return nil }
            return try store.session(linked: Room.linkStart(address) + token).map { roomPage($0, for: nil) }
        }
        guard let session = try store.considering({ try $0.session(named: name) }),
            session.details.link?.hasPrefix(Room.linkStart(address)) ?? false
        else { return nil }
        let uid = AnswerLinks.Purpose.room(uid: session.uid).uid
        return session.details.participants.first { links.isValid(token, uid: uid, person: $0.person) }.map {
            roomPage(session, for: $0)
        }
    }

    private func roomPage(_ session: PublishedSession, for participant: SessionDetails.Participant?) -> RoomPage {
        let details = session.details
        let leaders = moderators(of: details)
        return RoomPage(
            session: session, participant: participant,
            isModerator: participant.map { leaders.map(\.person).contains($0.person) } ?? false,
            moderators: leaders.map(\.name),
            open: details.start - Self.opensBefore..<details.end + Self.closesAfter)
    }

    /// Who leads the team; of a session without such a person the host or trainer; else whoever is required, or comes.
    private func moderators(of details: SessionDetails) -> [SessionDetails.Participant] {
        let lead = programme.track(details.id.track)?.cycle.team.first?.id
        let choices: [(SessionDetails.Participant) -> Bool] = [
            { $0.role == lead }, { $0.role == Duty.host || $0.role == Duty.trainer }, \.isRequired, { _ in true },
        ]
        return choices.lazy.map { details.participants.filter($0) }.first { !$0.isEmpty } ?? []
    }

    /// Knocks at the door.
    ///
    /// - Parameter name: what who comes is called; of somebody who is known by their address, not asked.
    public func enterRoom(_ page: RoomPage, name: String) async throws -> RoomEntry {
        let details = page.session.details
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        guard page.open.contains(now()) else {
            return .closed(
                now() < page.open.lowerBound
                    ? "The room opens at \(Wording.moment(page.open.lowerBound, in: zone))." : "The session is over.")
        }
        if let person = page.participant, details.places != nil, person.role == Duty.invited,
            try !(place(of: person.person, at: page.session)?.isPlaced ?? false)
        {
            return .closed("You have no place at this event: the page behind the link in your invitation says more.")
        }
        let name = page.participant?.name ?? name
        guard !name.isEmpty else { return .closed("Please say who you are.") }
        do {
            guard let (provider, room) = try provider(for: details) else {
                return .failed(Failure("the config has no room for \(details.id) any more", exitCode: 78))
            }
            if page.isModerator { return .open(try await provider.open(room, for: name)) }
            return try await provider.enter(room, as: name).map(RoomEntry.open)
                ?? .closed(
                    "The room opens when \(Wording.list(page.moderators, "or")) comes. Please try again in a minute.")
        } catch {
            return .failed(error)
        }
    }

    private func provider(for details: SessionDetails) throws -> (any MeetingProvider, MeetingRoom)? {
        guard let room = programme.stage(of: details.id)?.stage.room,
            let server = configuration.meetingServers[room], let link = details.link
        else { return nil }
        let provider = BigBlueButtonServer(
            address: server.address, secret: try Secrets.read(server.secret), transport: CurlHTTPTransport())
        return (provider, MeetingRoom(id: try roomNames()(details.id), title: details.title, page: link))
    }
}
