import MusterModel
import Transport

/// Reads the webhooks of `muster.yaml`.
struct WebhooksReader {
    static let keys = [
        "id", "url", "secrets", "format", "events", "owner", "private-network", "rate", "authorities",
    ]

    func read(_ node: ConfigNode?) -> [Configuration.Webhook] {
        var seen: Set<String> = []
        return (node?.items ?? []).compactMap { item in
            guard let webhook = webhook(item) else { return nil }
            if !seen.insert(webhook.id).inserted {
                item.error("two webhooks have the id \"\(webhook.id)\"; give each its own")
            }
            return webhook
        }
    }

    private func webhook(_ node: ConfigNode) -> Configuration.Webhook? {
        guard let mapping = node.mapping(Self.keys), let id = mapping.require("id").flatMap(id),
            let url = mapping.require("url").flatMap(url)
        else { return nil }
        var webhook = Configuration.Webhook(id: id, url: url)
        mapping["format"]?.choice(WebhookFormat.self).map { webhook.format = $0 }
        webhook.secrets = (mapping["secrets"]?.items ?? []).compactMap { $0.secret() }
        webhook.events = (mapping["events"]?.items ?? []).compactMap(event)
        webhook.owner = mapping["owner"]?.address()
        webhook.allowsPrivateNetwork = mapping["private-network"]?.bool() ?? false
        webhook.perMinute = mapping["rate"]?.rate()
        webhook.authorities = mapping["authorities"]?.string()
        if case .plain(let text) = url, !webhook.allowsPrivateNetwork, PrivateAddress.isNamed(in: text) {
            mapping["url"]?.warning(
                "this leads into a private network, where nothing is sent; write \"private-network: yes\" if it should")
        }
        if webhook.secrets.isEmpty, webhook.format == .standard {
            node.error(
                "the endpoint cannot know that a webhook is ours; write \"secrets\" (credential:NAME or file:PATH)")
        }
        return webhook
    }

    /// Ids name files and rows beside those of the mail.
    private func id(_ node: ConfigNode) -> String? {
        let text = node.scalar ?? ""
        let isPlain =
            !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        guard isPlain, text.count <= 40, text != "mail" else {
            node.error("\"\(text)\" should be letters, numbers, - and _ alone, and not \"mail\"")
            return nil
        }
        return text
    }

    private func url(_ node: ConfigNode) -> Configuration.URLSource? {
        let text = node.scalar ?? ""
        if text.hasPrefix("credential:") || text.hasPrefix("file:") { return node.secret().map { .secret($0) } }
        return node.link().map { .plain($0) }
    }

    private func event(_ node: ConfigNode) -> String? {
        let text = node.scalar ?? ""
        let known = EventKind.forWebhooks
        guard known.contains(where: { $0.matches(text) }) else {
            let names = known.map(\.rawValue)
            node.error("there is no event \"\(text)\"\(Suggestion.phrase(for: text, among: names))")
            return nil
        }
        return text
    }
}
