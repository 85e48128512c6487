import ArgumentParser
import Foundation
import MusterDelivery

struct TemplateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template", abstract: "Look at the texts of mails.", subcommands: [Show.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a built-in text, to put into the folder templates of the config and change there.",
            discussion: "Without a name: which texts there are, and the names that may stand in them.")

        @Argument(help: ArgumentHelp("The name of a text, as message.txt.mustache.", valueName: "name"))
        var name: String?

        func run() throws {
            guard let name else { return list() }
            guard let text = MessageTemplates.builtIn.first(where: { $0.key == name || $0.key == name + ".mustache" })
            else {
                let names = MessageTemplates.builtIn.map(\.key).joined(separator: ", ")
                throw ValidationError("There is no text \"\(name)\"; there are \(names).")
            }
            FileHandle.standardOutput.write(Data(text.value.utf8))
        }

        private func list() {
            Console.line("Texts")
            MessageTemplates.builtIn.forEach { Console.line("  \($0.key)") }
            Console.line()
            Console.line("Names in them, as {{subject}}; a section is {{#rows}} … {{/rows}}")
            MessageTemplates.variables.forEach { Console.line("  \($0.key.padded(14))\($0.value)") }
        }
    }
}
