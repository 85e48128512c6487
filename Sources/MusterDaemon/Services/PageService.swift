import Logging
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterOperations
import MusterWeb

/// Lets people answer on pages, on an address of this machine, where the config names one.
struct PageService: ListeningService {
    let context: ServiceContext
    var wakeSignal: WakeSignal { context.pageSignal }
    let offer = "pages"
    private let deduplicator = LogDeduplicator()

    init(context: ServiceContext) {
        self.context = context
    }

    func address(in configuration: Configuration) -> Configuration.ListenAddress? { configuration.pages.listen }

    func serve(on address: Configuration.ListenAddress, whenOpen: @escaping @Sendable () -> Void) async throws {
        let context = context
        let answers = AnswerPages(
            now: { context.workspace.now() },
            find: { token in
                try deduplicator.reporting(of: offer, as: "a page could not be shown", to: context.logger) {
                    try context.workspace.answerPage(token).map(Self.page)
                }
            },
            answer: { token, choice, comment in
                do {
                    return try await keep(choice, comment: comment, by: token)
                } catch {
                    let message: Logger.Message = "an answer from a page could not be kept"
                    deduplicator.report(error, of: "answers", as: message, to: context.logger)
                    throw error
                }
            })
        try await PageServer(
            host: address.host, port: address.port,
            address: context.workspace.pageAddress ?? address.url, answers: answers,
            workspace: { context.workspace }, didChange: { context.wakeAll() },
            didFail: { deduplicator.report($0, of: offer, as: "a page could not be shown", to: context.logger) }
        ).run(whenOpen: whenOpen)
    }

    private func keep(_ choice: String, comment: String, by token: String) async throws -> AnswerPages.Outcome {
        guard let status = Answer.Status(rawValue: choice) else { return .unknown }
        switch try await context.workspace.answer(token, status, comment: comment) {
        case .kept:
            context.deliverySignal.notify()
            return .kept
        case .tooSoon: return .tooSoon
        case .unknown: return .unknown
        }
    }

    private static func page(_ page: Workspace.AnswerPage) -> AnswerPages.Page {
        AnswerPages.Page(
            title: page.session.details.title, partnership: page.session.details.partnership,
            rows: MailFacts.rows(of: page.session.details, for: page.participant),
            answer: page.answer.map { "You have answered that you \(Self.words($0.status))." })
    }

    private static func words(_ status: Answer.Status) -> String {
        switch status {
        case .accepted: "come"
        case .declined: "do not come"
        case .tentative: "may come"
        }
    }
}
