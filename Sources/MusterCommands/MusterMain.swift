import ArgumentParser
import CMemory
import Foundation
import MusterDaemon
import MusterOperations
import MusterStore

/// Runs the command line, and ends the program with the exit code that fits.
public enum MusterMain {
    /// Runs what the arguments of the process say; does not return where that failed.
    public static func run() async {
        // One for each thread that computes, and one for those that wait; but what one gives back, no other can use.
        cmemory_use_pools(Int32(min(ProcessInfo.processInfo.activeProcessorCount, Self.mostPools)) + 1)
        do {
            var command = try MusterCommand.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as ExitFailure {
            end(failure.description, failure.code)
        } catch  where error is Workspace.Failure || error is StoreError || error is OperationFailure {
            let failure = OperationFailure(error)
            end(failure.description, failure.exitCode)
        } catch {
            MusterCommand.exit(withError: error)
        }
    }

    private static let mostPools = 8

    private static func end(_ message: String, _ code: Int32) -> Never {
        Console.endProgress()
        Console.error(message)
        exit(code)
    }
}
