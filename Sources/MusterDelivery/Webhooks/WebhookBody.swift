import CivilTime
import Foundation
import MusterModel
import TextEncodings

/// Writes the body of a webhook in the format of its endpoint.
enum WebhookBody {
    /// Slack takes 2,000 characters in a field, which an escaped text of this length stays below; ten of them and a title
    /// stay far below the 28 kB of Teams.
    private static let mostCharacters = 250

    static func bytes(_ event: Event, _ format: WebhookFormat) -> [UInt8] {
        switch format {
        case .standard: encoded(Standard(event))
        case .teams: encoded(TeamsCard(event))
        case .slack: encoded(SlackMessage(event))
        case .googleChat: encoded(GoogleChatCard(event))
        }
    }

    private static func encoded(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Values of text and numbers alone can always be written.
        return Array((try? encoder.encode(value)) ?? Data("{}".utf8))
    }

    fileprivate static func short(_ text: String) -> String {
        text.count > mostCharacters ? text.prefix(mostCharacters) + "…" : text
    }
}

/// Standard Webhooks 1.0.0: what happened, when, and its data.
private struct Standard: Encodable {
    private enum Key: CodingKey {
        case type, timestamp, data
    }

    let event: Event

    init(_ event: Event) {
        self.event = event
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(event.kind.rawValue, forKey: .type)
        try container.encode(event.at, forKey: .timestamp)
        try event.data.encode(to: container.superEncoder(forKey: .data))
    }
}

/// An Adaptive Card, which the Workflow "When a Teams webhook request is received" posts.
private struct TeamsCard: Encodable {
    struct Attachment: Encodable {
        let contentType = "application/vnd.microsoft.card.adaptive"
        let content: Content
    }

    struct Content: Encodable {
        private enum CodingKeys: String, CodingKey {
            case schema = "$schema"
            case type, version, body
        }

        let schema = "http://adaptivecards.io/schemas/adaptive-card.json"
        let type = "AdaptiveCard"
        let version = "1.4"
        let body: [Block]
    }

    struct Block: Encodable {
        var type: String
        var text: String?
        var weight: String?
        var wrap: Bool?
        var facts: [Fact]?
    }

    struct Fact: Encodable {
        let title: String
        let value: String
    }

    let type = "message"
    let attachments: [Attachment]

    init(_ event: Event) {
        var body = [Block(type: "TextBlock", text: WebhookBody.short(event.title), weight: "bolder", wrap: true)]
        if !event.facts.isEmpty {
            let facts = event.facts.prefix(10).map { Fact(title: $0.name, value: WebhookBody.short($0.value)) }
            body.append(Block(type: "FactSet", facts: facts))
        }
        attachments = [Attachment(content: Content(body: body))]
    }
}

/// A message of Slack: `&`, `<` and `>` are escaped, since `<!channel>` would call everybody.
private struct SlackMessage: Encodable {
    struct Block: Encodable {
        let type = "section"
        let text: Text
        let fields: [Text]?
    }

    struct Text: Encodable {
        let type = "mrkdwn"
        let text: String
    }

    let text: String
    let blocks: [Block]

    init(_ event: Event) {
        text = Markup.escaped(WebhookBody.short(event.title), quotes: false)
        let fields = event.facts.prefix(10).map {
            Text(text: "*\($0.name)*\n\(Markup.escaped(WebhookBody.short($0.value), quotes: false))")
        }
        blocks = [Block(text: Text(text: "*\(text)*"), fields: fields.isEmpty ? nil : fields)]
    }
}

/// A card of Google Chat, with its text for notifications.
///
/// It reads marks of HTML and shows `&amp;` as it stands, so that a text has other signs in place of `<` and `>`.
private struct GoogleChatCard: Encodable {
    struct Named: Encodable {
        let cardId = "muster"
        let card: Card
    }

    struct Card: Encodable {
        let header: [String: String]
        let sections: [Section]
    }

    struct Section: Encodable {
        let widgets: [Widget]
    }

    struct Widget: Encodable {
        let decoratedText: [String: String]
    }

    let text: String
    let cardsV2: [Named]

    init(_ event: Event) {
        text = WebhookBody.short(event.title)
        let widgets = event.facts.prefix(10).map { fact in
            Widget(decoratedText: [
                "topLabel": fact.name,
                "text": WebhookBody.short(fact.value).replacing("<", with: "‹").replacing(">", with: "›"),
            ])
        }
        cardsV2 = [
            Named(
                card: Card(
                    header: ["title": WebhookBody.short(event.title)],
                    sections: widgets.isEmpty ? [] : [Section(widgets: widgets)]))
        ]
    }
}
