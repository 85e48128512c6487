import Foundation
import MusterConfiguration

/// Reads secrets from where the config says they are.
enum Secrets {
    static func read(_ secret: Secret) throws -> String {
        let path: String
        switch secret {
        case .credential(let name):
            guard let directory = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"] else {
                throw Workspace.Failure(
                    "credential:\(name) is given by systemd (LoadCredential=), and this program was not started by it; use file:PATH to run by hand",
                    exitCode: 78)
            }
            path = directory + "/" + name
        case .file(let file): path = file
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Workspace.Failure(
                "the secret \(path) cannot be read; check that it is there and its rights", exitCode: 78)
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// Why secrets cannot be had, each as a sentence that begins with its use.
    ///
    /// - Parameter isUnit: whether this is the program that systemd started, which alone has the unit's credentials; of
    ///   another those are not said to be missing.
    static func failures(of configuration: Configuration, isUnit: Bool = Secrets.isUnit) -> [String] {
        configuration.secrets.compactMap { named in
            if case .credential = named.secret, !isUnit { return nil }
            do {
                return try read(named.secret).isEmpty ? "\(named.use): the secret is empty" : nil
            } catch {
                return "\(named.use): \(error)"
            }
        }
    }

    /// Whether systemd started this program.
    static var isUnit: Bool {
        let environment = ProcessInfo.processInfo.environment
        return environment["CREDENTIALS_DIRECTORY"] != nil || environment["NOTIFY_SOCKET"] != nil
    }
}
