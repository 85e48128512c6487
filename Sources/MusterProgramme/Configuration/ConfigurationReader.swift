import Mail
import MusterModel

/// Reads `muster.yaml`.
struct ConfigurationReader {
    let collector: DiagnosticCollector

    func read(_ node: ConfigNode) -> Configuration {
        var configuration = Configuration()
        let keys = ["state", "organiser", "mail", "calendars", "planning", "rooms"]
        guard let mapping = node.mapping(keys) else { return configuration }
        mapping["state"]?.string().map { configuration.state = $0 }
        if let node = mapping["organiser"] { readOrganiser(node, into: &configuration.organiser) }
        if let node = mapping["mail"] { configuration.mail = mail(node) ?? configuration.mail }
        if let node = mapping["calendars"] { readCalendars(node, into: &configuration.calendars) }
        if let node = mapping["planning"] { readPlanning(node, into: &configuration.planning) }
        configuration.rooms = mapping["rooms"]?.items.compactMap(room) ?? []
        return configuration
    }

    private func readOrganiser(_ node: ConfigNode, into organiser: inout Configuration.Organiser) {
        guard let mapping = node.mapping(["name", "address"]) else { return }
        mapping["name"]?.string().map { organiser.name = $0 }
        mapping["address"]?.address().map { organiser.address = $0 }
    }

    private func mail(_ node: ConfigNode) -> Configuration.MailRoute? {
        guard let mapping = node.mapping(["transport", "directory", "smtp"]),
            let transport = mapping.require("transport")?.choice(["maildir", "smtp"])
        else { return nil }
        guard transport == "smtp" else { return .maildir(directory: mapping["directory"]?.string() ?? "mail") }
        guard let smtp = mapping.require("smtp") else { return nil }
        return self.smtp(smtp).map(Configuration.MailRoute.smtp)
    }

    private func smtp(_ node: ConfigNode) -> Configuration.SMTP? {
        let keys = ["host", "port", "security", "user", "password", "authorities", "timeout"]
        guard let mapping = node.mapping(keys) else { return nil }
        var smtp = Configuration.SMTP()
        mapping.require("host")?.string().map { smtp.host = $0 }
        mapping["security"]?.choice(["starttls", "tls", "none"]).map { smtp.security = $0 }
        smtp.port = mapping["port"]?.integer(1...65_535) ?? (smtp.security == "tls" ? 465 : 587)
        smtp.user = mapping["user"]?.string()
        smtp.password = mapping["password"].flatMap(secret)
        smtp.authorities = mapping["authorities"]?.string()
        mapping["timeout"]?.integer(1...3600).map { smtp.timeout = $0 }
        if smtp.user != nil, smtp.password == nil {
            node.error("\"user\" needs \"password\", as credential:NAME or file:PATH")
        }
        if smtp.user != nil, smtp.security == "none" {
            node.error("a password must not go over a connection without TLS; set \"security\" to starttls or tls")
        }
        return smtp
    }

    private func secret(_ node: ConfigNode) -> Secret? {
        let parts = (node.scalar ?? "").split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts.first, parts.last) {
        case ("credential", .some(let name)) where parts.count == 2: return .credential(name)
        case ("file", .some(let path)) where parts.count == 2: return .file(path)
        default:
            node.error("secrets do not stand in the config; write credential:NAME or file:PATH")
            return nil
        }
    }

    private func readCalendars(_ node: ConfigNode, into calendars: inout Configuration.Calendars) {
        guard let mapping = node.mapping(["timeout", "megabytes", "refresh-hours", "authorities"]) else { return }
        mapping["timeout"]?.integer(1...600).map { calendars.timeout = $0 }
        mapping["megabytes"]?.integer(1...256).map { calendars.megabytes = $0 }
        mapping["refresh-hours"]?.integer(0...168).map { calendars.refreshHours = $0 }
        calendars.authorities = mapping["authorities"]?.string()
    }

    private func readPlanning(_ node: ConfigNode, into planning: inout Configuration.Planning) {
        guard let mapping = node.mapping(["seconds", "rounds", "seed", "buffer", "notice", "policy"]) else { return }
        mapping["seconds"]?.integer(1...3600).map { planning.seconds = $0 }
        mapping["rounds"]?.integer(0...10_000_000).map { planning.rounds = $0 }
        mapping["seed"]?.integer(0...1_000_000_000).map { planning.seed = $0 }
        mapping["policy"]?.choice(Configuration.Policy.self).map { planning.policy = $0 }
        mapping["buffer"]?.minutes(0...600).map { planning.buffer = $0 }
        if let node = mapping["notice"], let minutes = node.minutes(0...525_600) {
            if !minutes.isMultiple(of: 1440) { node.error("write whole days, such as 7 days") }
            planning.notice = minutes / 1440
        }
    }

    private func room(_ node: ConfigNode) -> Room? {
        guard let mapping = node.mapping(["id", "name", "capacity", "link"]), let id = mapping.require("id")?.string()
        else {
            return nil
        }
        return Room(
            id: id, name: mapping["name"]?.string() ?? id, capacity: mapping["capacity"]?.integer(1...10_000) ?? 1,
            link: mapping["link"]?.link())
    }
}

extension ConfigNode {
    /// A mail address that mail can safely be sent to.
    func address() -> String? {
        guard let scalar, MailAddress(address: scalar) != nil else {
            error("\"\(scalar?.filter { !$0.isNewline } ?? "…")\" should be a mail address such as reviews@example.org")
            return nil
        }
        return scalar
    }

    /// An address of the web.
    func link() -> String? {
        guard let scalar, LinkRule.accepts(scalar) else {
            error("\"\(scalar ?? "…")\" should be an address that begins with https://")
            return nil
        }
        return scalar
    }
}
