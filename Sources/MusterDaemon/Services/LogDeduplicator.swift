import Logging
import Synchronization

/// What has been said about each thing, such as a destination, since the same trouble is no news.
final class LogDeduplicator: Sendable {
    private let said = Mutex<[String: String]>([:])

    func shouldLog(_ trouble: String, of thing: String) -> Bool {
        said.withLock { said in
            defer { said[thing] = trouble }
            return said[thing] != trouble
        }
    }

    func reset(_ thing: String) { said.withLock { $0[thing] = nil } }

    /// Logs why something failed, unless that was said before.
    func report(_ error: any Error, of thing: String, as message: Logger.Message, to logger: Logger) {
        guard shouldLog("\(error)", of: thing) else { return }
        logger.error(message, metadata: ["reason": "\(error)"])
    }

    /// Logs what goes wrong once, without saying who asked: whoever asks again and again must not fill the log.
    func reporting<Value>(
        of thing: String, as message: Logger.Message, to logger: Logger, _ body: () throws -> Value
    ) throws -> Value {
        do {
            let value = try body()
            reset(thing)
            return value
        } catch {
            report(error, of: thing, as: message, to: logger)
            throw error
        }
    }
}
