import MusterDelivery
import MusterTestSupport
import Testing

@Suite struct `Texts of one's own` {
    @Test(arguments: [
        ("message.txt.mustache", "{{opening}}\n{{#rows}}{{label}}{{text}}{{/rows}}", nil),
        ("message.txt.mustache", "{{opening}}\n\n{{openning}}", "openning"),
        ("reminder.txt.mustache", "{{#row}}{{label}}{{/row}}", "row"),
        ("message.html.mustache", "<p>{{{ titel }}}</p>", "titel"),
        ("message.html.mustache", "{{#rows}}", "every {{#section}}"),
        ("mesage.txt.mustache", "{{opening}}", "no mail uses this file"),
    ])
    func `are refused where they would silently leave something out`(name: String, text: String, complaint: String?)
        throws
    {
        let folder = try TemporaryDirectory()
        try folder.write(text, to: "templates/" + name)
        do throws(MessageTemplates.Failure) {
            _ = try MessageTemplates(directory: folder.path + "/templates")
            #expect(complaint == nil)
        } catch {
            #expect(complaint.map { error.description.contains($0) } == true, "\(error)")
            #expect(error.file.hasSuffix(name))
        }
    }

    @Test func `begin with those that are built in`() throws {
        let folder = try TemporaryDirectory()
        for (name, text) in MessageTemplates.builtIn { try folder.write(text, to: "templates/" + name) }
        _ = try MessageTemplates(directory: folder.path + "/templates")
    }
}
