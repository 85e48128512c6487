import Hummingbird
import MusterModel
import MusterOperations

/// Serves pages: on which people answer, and on which those who look after partnerships see and decide.
///
/// Whatever a page does is an operation, of which each looks itself at what is theirs who ask.
public struct PageServer: Sendable {
    private let endpoint: Endpoint
    private let site: PageSite
    private let answers: AnswerPages
    private let polls: PollPages
    private let feedback: FeedbackPages
    private let deadlines: DeadlinePages
    private let rooms: RoomPages
    private let attendance: AttendancePages
    private let standIns: StandInPages
    private let signIns: SignInPages
    private let coordinators: CoordinatorPages
    private let programs: APIRoutes
    let backlog = Backlog()

    /// A server.
    ///
    /// - Parameters:
    ///   - version: the program's.
    ///   - workspace: the config and state in force.
    ///   - didChange: called after each change, with what may follow, so that it is done.
    ///   - didFail: called where a page could not be shown.
    /// - Throws: only if a built-in template is broken.
    public init(
        endpoint: Endpoint, version: String,
        workspace: @escaping @Sendable () -> Workspace,
        didChange: @escaping @Sendable (Consequence) -> Void = { _ in },
        didFail: @escaping @Sendable (any Error) -> Void = { _ in }
    ) throws {
        self.endpoint = endpoint
        site = try PageSite { workspace().pageAddress ?? "" }
        let door = PageDoor(site: site, workspace: workspace, didChange: didChange, didFail: didFail)
        answers = AnswerPages(door: door)
        polls = PollPages(door: door)
        feedback = FeedbackPages(door: door)
        deadlines = DeadlinePages(door: door)
        rooms = RoomPages(door: door)
        attendance = AttendancePages(door: door)
        standIns = StandInPages(door: door)
        signIns = SignInPages(door: door, backlog: backlog)
        coordinators = CoordinatorPages(door: door)
        programs = APIRoutes(door: door, version: version)
    }

    /// Serves until the task is cancelled or told to shut down.
    ///
    /// - Parameter whenOpen: called as soon as it takes connections.
    /// - Throws: where it is taken.
    public func run(whenOpen: @escaping @Sendable () -> Void) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { [backlog] in await backlog.run() }
            defer { backlog.close() }
            try await WebServer.run(router, on: endpoint, whenOpen: whenOpen)
        }
    }

    var router: Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.get("style.css") { _, _ in PageResponse.stylesheet() }
        answers.addRoutes(to: router)
        polls.addRoutes(to: router)
        feedback.addRoutes(to: router)
        deadlines.addRoutes(to: router)
        rooms.addRoutes(to: router)
        attendance.addRoutes(to: router)
        standIns.addRoutes(to: router)
        signIns.addRoutes(to: router)
        coordinators.addRoutes(to: router)
        programs.addRoutes(to: router)
        router.get("**") { [site] _, _ in
            let text = "The address may be incomplete, or of something that is over. The newest mail has the right one."
            return PageResponse.html(site.page("text", ["title": "There is nothing here", "text": text]), .notFound)
        }
        return router
    }
}
