import ArgumentParser
import MusterDaemon

/// The command `muster`: a verb a file.
public struct MusterCommand: AsyncParsableCommand {
    /// What `--help` shows.
    public static let configuration = CommandConfiguration(
        commandName: "muster",
        abstract: "Plans peer reviews for partnerships of schools, and invites everyone to them.",
        discussion:
            "Every day: check, plan, apply, send, status. A coordinator never needs to fear a command: only apply and send reach anybody.",
        version: Daemon.version,
        groupedSubcommands: [
            CommandGroup(
                name: "Every day:",
                subcommands: [
                    Check.self, PlanCommand.self, Apply.self, Send.self, Status.self, Explain.self, History.self,
                ]),
            CommandGroup(
                name: "Beginning:",
                subcommands: [Init.self, SchoolsCommand.self, CycleCommand.self, TemplateCommand.self]),
            CommandGroup(
                name: "Overruling the planner:",
                subcommands: [
                    Proposals.self, Pin.self, Unpin.self, Move.self, Cancel.self, QuestionCommand.self,
                    EventCommand.self,
                ]),
            CommandGroup(
                name: "Who comes, and what they think:",
                subcommands: [
                    AnswerCommand.self, AskCommand.self, Replies.self, Reply.self, PollCommand.self,
                    FeedbackCommand.self, DeadlinesCommand.self, AttendanceCommand.self,
                ]),
            CommandGroup(
                name: "Running it:",
                subcommands: [
                    Serve.self, SendTestCommand.self, FeedCommand.self, Webhook.self, Backup.self, Restore.self,
                    PersonCommand.self, SignInCommand.self, TokenCommand.self,
                ]),
            CommandGroup(
                name: "Looking inside:", subcommands: [Outbox.self, Export.self, CalendarCommand.self, Solve.self]),
        ])

    /// A command.
    public init() {}
}
