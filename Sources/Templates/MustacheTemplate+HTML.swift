import Mustache
import TextEncodings

extension MustacheTemplate {
    /// A template of HTML, in which whatever is filled in is text.
    ///
    /// The library's own escaping goes by `Character`, so that a quote with an accent behind it would end an attribute.
    ///
    /// - Throws: the library's `ParserError` for a text that is no template.
    public init(html source: String) throws {
        Self.registerHTML
        try self.init(string: "{{% CONTENT_TYPE:HTML}}" + source)
    }

    private static let registerHTML: Void = MustacheContentTypes.register(HTMLText(), named: "HTML")
}

/// Most of what templates fill in is text: so they know at once how to show it, and need not ask what else it could be.
extension String: @retroactive MustacheCustomRenderable {
    /// The text itself.
    public var renderText: String { self }

    /// Never: an empty text is one, too.
    public var isNull: Bool { false }
}

private struct HTMLText: MustacheContentType {
    func escapeText(_ text: String) -> String { Markup.escaped(text) }
}
