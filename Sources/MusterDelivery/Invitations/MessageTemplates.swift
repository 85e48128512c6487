import Foundation
import Mustache

/// The texts of mails: built in, or a coordinator's own.
public struct MessageTemplates: Sendable {
    /// Why a template cannot be used.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// The file.
        public let file: String
        /// The line, where it is known.
        public let line: Int?
        /// A sentence.
        public let description: String
    }

    let text: MustacheTemplate
    let html: MustacheTemplate
    let reminder: MustacheTemplate

    /// The built-in texts, except where a folder holds a file of the same name (`message.txt.mustache`,
    /// `message.html.mustache`, `reminder.txt.mustache`).
    ///
    /// - Throws: `Failure` for a file that is no template.
    public init(directory: String?) throws(Failure) {
        text = try Self.template("message.txt.mustache", PackageResources.message_txt_mustache, directory)
        html = try Self.template("message.html.mustache", PackageResources.message_html_mustache, directory)
        reminder = try Self.template("reminder.txt.mustache", PackageResources.reminder_txt_mustache, directory)
    }

    private static func template(
        _ name: String, _ builtIn: [UInt8], _ directory: String?
    ) throws(Failure) -> MustacheTemplate {
        let path = directory.map { $0 + "/" + name }
        let own = path.flatMap { FileManager.default.contents(atPath: $0) }
        let source = own.map { String(decoding: $0, as: UTF8.self) } ?? String(decoding: builtIn, as: UTF8.self)
        do {
            return try MustacheTemplate(string: source)
        } catch let error as MustacheTemplate.ParserError {
            throw Failure(
                file: path ?? name, line: error.context.lineNumber,
                description:
                    "this is no valid template (\(error.error)); check that every {{#section}} has its {{/section}}")
        } catch {
            throw Failure(file: path ?? name, line: nil, description: "this is no valid template (\(error))")
        }
    }
}
