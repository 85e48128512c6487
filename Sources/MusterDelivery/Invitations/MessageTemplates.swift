import Foundation
import Mustache
import Templates

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

    /// The built-in text of each template, by its name.
    public static let builtIn: KeyValuePairs<String, String> = [
        "message.txt.mustache": String(decoding: PackageResources.message_txt_mustache, as: UTF8.self),
        "message.html.mustache": String(decoding: PackageResources.message_html_mustache, as: UTF8.self),
        "reminder.txt.mustache": String(decoding: PackageResources.reminder_txt_mustache, as: UTF8.self),
    ]

    /// The names that templates know, and what each stands for.
    public static var variables: KeyValuePairs<String, String> { MailText.variables }

    let text: MustacheTemplate
    let html: MustacheTemplate
    let reminder: MustacheTemplate

    /// The built-in texts, except where a folder holds a file of the same name.
    ///
    /// - Throws: `Failure` for a file that is no template, that uses a name that templates do not know, or that is
    ///   called like no template.
    public init(directory: String?) throws(Failure) {
        if let directory { try Self.checkNames(in: directory) }
        text = try Self.template("message.txt.mustache", directory)
        html = try Self.template("message.html.mustache", directory)
        reminder = try Self.template("reminder.txt.mustache", directory)
    }

    private static func checkNames(in directory: String) throws(Failure) {
        let known = builtIn.map(\.key)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names.sorted() where name.hasSuffix(".mustache") && !known.contains(name) {
            throw Failure(
                file: directory + "/" + name, line: nil,
                description: "no mail uses this file; the names are \(known.joined(separator: ", "))")
        }
    }

    private static func template(_ name: String, _ directory: String?) throws(Failure) -> MustacheTemplate {
        let path = directory.map { $0 + "/" + name }
        let own = path.flatMap { FileManager.default.contents(atPath: $0) }.map { String(decoding: $0, as: UTF8.self) }
        let source = own ?? builtIn.first { $0.key == name }?.value ?? ""
        do {
            let template =
                try name.contains(".html.") ? MustacheTemplate(html: source) : MustacheTemplate(string: source)
            try checkVariables(of: source, file: path ?? name)
            return template
        } catch let error as MustacheTemplate.ParserError {
            throw Failure(
                file: path ?? name, line: error.context.lineNumber,
                description:
                    "this is no valid template (\(error.error)); check that every {{#section}} has its {{/section}}")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(file: path ?? name, line: nil, description: "this is no valid template (\(error))")
        }
    }

    /// A name that nobody knows would silently be nothing in every mail.
    private static func checkVariables(of source: String, file: String) throws(Failure) {
        let known = variables.map(\.key) + ["."]
        for (index, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            for match in line.matches(of: /\{\{\{? *[#^\/&]? *([\p{L}\p{N}_.-]+)/)
            where !known.contains(String(match.1)) {
                throw Failure(
                    file: file, line: index + 1,
                    description: "templates know no \"\(match.1)\"; muster template show lists what they know")
            }
        }
    }
}
