import CivilTime
import Logging
import MusterOperations
import ServiceLifecycle

/// Reads the mailbox to which people answer, where the config names one: as soon as the server says that something came,
/// and now and then besides.
struct MailboxService: Service {
    /// A server may end a connection on which nothing happens for half an hour (RFC 2177), and networks do so sooner.
    private static let longestWait = 9 * 60
    /// A server that cannot tell by itself is asked so often, in seconds.
    private static let pause = 60
    private static let longestPause = 15 * 60

    let context: ServiceContext
    private let deduplicator = LogDeduplicator()

    init(context: ServiceContext) {
        self.context = context
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = Self.pause
            while !Task.isCancelled {
                guard let id = context.workspace.mailboxID else {
                    await sleep(Self.pause)
                    continue
                }
                do {
                    try await follow(id) { pause = Self.pause }
                } catch {
                    guard !Task.isCancelled else { return }
                    await note(error)
                    await sleep(pause)
                    pause = min(2 * pause, Self.longestPause)
                }
            }
        }
    }

    /// Stays connected as long as the same mailbox is meant.
    private func follow(_ id: String, whenRead: () -> Void) async throws {
        let mailbox = try await context.workspace.openMailbox()
        do {
            while !Task.isCancelled, context.workspace.mailboxID == id {
                if try await context.workspace.readMailbox(mailbox) > 0 { context.deliverySignal.notify() }
                deduplicator.reset(id)
                whenRead()
                if try await !mailbox.wait(atMost: Self.longestWait) { await sleep(Self.pause) }
            }
        } catch {
            await mailbox.close()
            throw error
        }
        await mailbox.close()
    }

    private func note(_ error: any Error) async {
        try? await context.workspace.noteMailboxFailure("\(error)")
        deduplicator.report(
            error, of: context.workspace.mailboxID ?? "", as: "the mailbox cannot be read; it is tried again",
            to: context.logger)
    }

    private func sleep(_ seconds: Int) async { try? await Task.sleep(for: .seconds(seconds)) }
}
