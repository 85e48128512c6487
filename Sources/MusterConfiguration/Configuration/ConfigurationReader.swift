import Foundation
import Mail
import MusterModel

/// Reads `muster.yaml`.
struct ConfigurationReader {
    let collector: DiagnosticCollector

    func read(_ node: ConfigNode) -> Configuration {
        var configuration = Configuration()
        let keys = [
            "state", "organiser", "mail", "approval", "answers", "webhooks", "calendars", "planning", "rooms", "listen",
            "feeds",
            "metrics-file", "retention", "return-path", "pages",
        ]
        guard let mapping = node.mapping(keys) else { return configuration }
        mapping["state"]?.string().map { (configuration.state, configuration.namesState) = ($0, true) }
        if let node = mapping["organiser"] { readOrganiser(node, into: &configuration.organiser) }
        if let node = mapping["mail"] { configuration.mail = mail(node) ?? configuration.mail }
        if let node = mapping["answers"]?.mapping(["maildir", "authenticated-by", "imap", "graph"]) {
            configuration.answers.mailbox = node["imap"].flatMap(mailbox)
            configuration.answers.graph = node["graph"].flatMap(graphMailbox)
            if node["imap"] != nil, let graph = node["graph"] {
                graph.error("answers are read from one mailbox: leave out \"imap\" or \"graph\"")
            }
            node["maildir"]?.string().map { configuration.answers.maildir = $0 }
            configuration.answers.authenticatedBy = node["authenticated-by"]?.host()?.lowercased()
        }
        configuration.returnPath = mapping["return-path"].flatMap(returnPath)
        if let node = mapping["calendars"] { readCalendars(node, into: &configuration.calendars) }
        if let node = mapping["planning"] { readPlanning(node, into: &configuration.planning) }
        mapping["approval"]?.choice(Configuration.Approval.self).map { configuration.approval = $0 }
        configuration.webhooks = WebhooksReader().read(mapping["webhooks"])
        configuration.listen = mapping["listen"].flatMap { listen($0, of: "metrics", isProved: false) }
        if let node = mapping["feeds"] {
            readFeeds(node, named: "feeds", into: &configuration.feeds, others: [configuration.listen])
        }
        if let node = mapping["pages"] {
            let mapping = readFeeds(
                node, named: "pages", into: &configuration.pages,
                others: [configuration.listen, configuration.feeds.listen], keys: ["operators"])
            configuration.pageOperators = mapping?["operators"]?.items.compactMap { $0.address() } ?? []
        }
        configuration.rooms = mapping["rooms"]?.items.compactMap { room($0, in: &configuration) } ?? []
        configuration.metricsFile = mapping["metrics-file"]?.string()
        mapping["retention"].flatMap(months).map { configuration.retentionMonths = $0 }
        return configuration
    }

    /// `reviews+*@example.org`.
    private func returnPath(_ node: ConfigNode) -> String? {
        let text = node.scalar ?? ""
        let local = text.prefix { $0 != "@" }
        guard local.count(where: { $0 == "*" }) == 1, !text.dropFirst(local.count).contains("*"),
            local.utf8.count <= 33,
            MailAddress(address: text.replacing("*", with: "x")) != nil
        else {
            node.error(
                "\"\(text)\" should be an address with * where the name of each mail stands, such as reviews+*@example.org, and at most 32 other letters before the @"
            )
            return nil
        }
        return text
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
        let keys = [
            "host", "port", "security", "user", "password", "microsoft365", "google", "authorities", "timeout",
            "connections", "rate", "greeting",
        ]
        guard let mapping = node.mapping(keys) else { return nil }
        var smtp = Configuration.SMTP()
        mapping.require("host")?.host().map { smtp.host = $0 }
        mapping["security"]?.choice(["starttls", "tls", "none"]).map { smtp.security = $0 }
        smtp.port = mapping["port"]?.integer(1...65_535) ?? (smtp.security == "tls" ? 465 : 587)
        smtp.user = mapping["user"]?.string()
        smtp.proof = proof(mapping, node)
        smtp.authorities = mapping["authorities"]?.string()
        mapping["timeout"]?.integer(1...3600).map { smtp.timeout = $0 }
        mapping["connections"]?.integer(1...50).map { smtp.connections = $0 }
        smtp.perMinute = mapping["rate"]?.rate()
        smtp.greeting = mapping["greeting"]?.host()
        if smtp.user != nil, smtp.security == "none" {
            node.error("a password must not go over a connection without TLS; set \"security\" to starttls or tls")
        }
        return smtp
    }

    private func mailbox(_ node: ConfigNode) -> Configuration.Mailbox? {
        let keys = [
            "host", "port", "security", "user", "password", "microsoft365", "google", "mailbox", "processed",
            "authorities",
        ]
        guard let mapping = node.mapping(keys), let host = mapping.require("host")?.host(),
            let user = mapping.require("user")?.string(), let proof = proof(mapping, node)
        else { return nil }
        let security = mapping["security"]?.choice(["starttls", "tls", "none"]) ?? "tls"
        var mailbox = Configuration.Mailbox(
            host: host, port: mapping["port"]?.integer(1...65_535) ?? (security == "tls" ? 993 : 143), user: user,
            proof: proof)
        mailbox.security = security
        mapping["mailbox"].flatMap(mailboxName).map { mailbox.name = $0 }
        mailbox.processed = mapping["processed"].flatMap(mailboxName)
        mailbox.authorities = mapping["authorities"]?.string()
        if security == "none" {
            node.error("a password must not go over a connection without TLS; set \"security\" to starttls or tls")
        }
        if mailbox.processed == mailbox.name {
            mapping["processed"]?.error("mails cannot be moved to where they are; name another mailbox, or none")
        }
        return mailbox
    }

    private func graphMailbox(_ node: ConfigNode) -> Configuration.GraphMailbox? {
        let keys = ["user", "tenant", "client", "secret", "folder", "processed", "url", "token-url", "authorities"]
        guard let mapping = node.mapping(keys), let user = mapping.require("user")?.address(),
            let tenant = mapping.require("tenant")?.string(), let client = mapping.require("client")?.string(),
            let secret = mapping.require("secret")?.secret()
        else { return nil }
        var mailbox = Configuration.GraphMailbox(user: user, tenant: tenant, client: client, secret: secret)
        mapping["folder"].flatMap(mailboxName).map { mailbox.folder = $0 }
        mapping["processed"].flatMap(mailboxName).map { mailbox.processed = $0 }
        mapping["url"]?.link().map { mailbox.url = $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        mailbox.tokenURL = mapping["token-url"]?.link()
        mailbox.authorities = mapping["authorities"]?.string()
        return mailbox
    }

    private func mailboxName(_ node: ConfigNode) -> String? {
        guard let text = node.string(), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x26 }) else {
            node.error("the name of a mailbox should be of plain letters, such as Processed")
            return nil
        }
        return text
    }

    private func proof(_ mapping: ConfigMapping, _ node: ConfigNode) -> Configuration.SMTP.Proof? {
        let ways = ["password", "microsoft365", "google"].filter { mapping[$0] != nil }
        guard ways.count == (mapping["user"] == nil ? 0 : 1) else {
            node.error(
                mapping["user"] == nil
                    ? "\"\(ways[0])\" needs \"user\""
                    : "\"user\" needs one of \"password\" (credential:NAME or file:PATH), \"microsoft365\" and \"google\""
            )
            return nil
        }
        if let password = mapping["password"] { return password.secret().map(Configuration.SMTP.Proof.password) }
        if let google = mapping["google"]?.mapping(["key"]) {
            return google.require("key")?.secret().map(Configuration.SMTP.Proof.google)
        }
        guard let client = mapping["microsoft365"]?.mapping(["tenant", "client", "secret", "token-url"]),
            let tenant = client.require("tenant")?.string(), let id = client.require("client")?.string(),
            let secret = client.require("secret")?.secret()
        else { return nil }
        let address = client["token-url"]?.link()
        if let address, address.hasPrefix("http://"), !["127.0.0.1", "localhost"].contains(URL(string: address)?.host) {
            client["token-url"]?.error("the secret must not go over a connection without TLS; write https://")
        }
        return .microsoft365(tenant: tenant, client: id, secret: secret, tokenURL: address)
    }

    private func readCalendars(_ node: ConfigNode, into calendars: inout Configuration.Calendars) {
        guard
            let mapping = node.mapping(["timeout", "megabytes", "refresh-hours", "per-host", "authorities", "logins"])
        else { return }
        mapping["timeout"]?.integer(1...600).map { calendars.timeout = $0 }
        mapping["megabytes"]?.integer(1...256).map { calendars.megabytes = $0 }
        mapping["per-host"]?.integer(1...50).map { calendars.perHost = $0 }
        mapping["refresh-hours"]?.integer(0...168).map { calendars.refreshHours = $0 }
        calendars.authorities = mapping["authorities"]?.string()
        calendars.logins = (mapping["logins"]?.items ?? []).compactMap(login)
    }

    private func login(_ node: ConfigNode) -> Configuration.Calendars.Login? {
        guard let mapping = node.mapping(["host", "user", "password", "token"]),
            let host = mapping.require("host")?.string()?.lowercased()
        else { return nil }
        switch (mapping["user"]?.string(), mapping["password"]?.secret(), mapping["token"]?.secret()) {
        case (let user?, let password?, nil):
            return Configuration.Calendars.Login(host: host, proof: .password(user: user, password))
        case (nil, nil, let token?): return Configuration.Calendars.Login(host: host, proof: .token(token))
        default:
            node.error("a login needs \"user\" and \"password\", or \"token\" alone (credential:NAME or file:PATH)")
            return nil
        }
    }

    private func readPlanning(_ node: ConfigNode, into planning: inout Configuration.Planning) {
        guard let mapping = node.mapping(["seconds", "rounds", "seed", "buffer", "notice", "freeze", "policy"])
        else { return }
        mapping["seconds"]?.integer(1...3600).map { planning.seconds = $0 }
        mapping["rounds"]?.integer(0...10_000_000).map { planning.rounds = $0 }
        mapping["seed"]?.integer(0...1_000_000_000).map { planning.seed = $0 }
        // Version 1.0 wrote "apply" for "all".
        mapping["policy"]?.choice(ChangePolicy.allCases.map(\.rawValue) + ["apply"]).map {
            planning.policy = ChangePolicy(rawValue: $0) ?? .all
        }
        mapping["freeze"]?.minutes(0...525_600).map { planning.freeze = $0 }
        mapping["buffer"]?.minutes(0...600).map { planning.buffer = $0 }
        if let node = mapping["notice"], let minutes = node.minutes(0...525_600) {
            if !minutes.isMultiple(of: 1440) { node.error("write whole days, such as 7 days") }
            planning.notice = minutes / 1440
        }
    }

    @discardableResult
    private func readFeeds(
        _ node: ConfigNode, named offer: String, into feeds: inout Configuration.Feeds, others: [ListenAddress?],
        keys: [String] = []
    ) -> ConfigMapping? {
        guard let mapping = node.mapping(["listen", "address", "certificate", "key"] + keys) else { return nil }
        if let certificate = mapping["certificate"] {
            if let chain = certificate.secret(), let key = mapping.require("key")?.secret() {
                feeds.certificate = Configuration.Certificate(chain: chain, key: key)
            }
            _ = mapping.require("address")
        } else if let key = mapping["key"] {
            key.error(
                "a key proves nothing without the \"certificate\" that it belongs to; write both, or leave both out")
        }
        let isProved = mapping["certificate"] != nil
        feeds.listen = mapping["listen"].flatMap { listen($0, of: offer, isProved: isProved) }
        if let own = feeds.listen, others.contains(where: { $0?.isSamePlace(as: own) ?? false }) {
            mapping["listen"]?.error(
                "this needs a port or socket of its own, since others may read it and must not read metrics or anything else; write another one"
            )
        }
        if let own = feeds.listen, own.url == nil, mapping["address"] == nil {
            mapping["listen"]?.error("no browser opens \(own); write the \"address\" at which people reach it")
        }
        guard let node = mapping["address"], let address = node.link() else { return mapping }
        feeds.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        if !address.hasPrefix("https://"), !address.hasPrefix("http://127.0.0.1"),
            !address.hasPrefix("http://localhost")
        {
            node.warning(
                "whoever listens on the way can read this, and the secrets in its addresses; have the web server speak https"
            )
        }
        return mapping
    }

    /// Bytes of a socket's path at most (`sun_path` holds 108).
    private static let longestPath = 100

    /// `127.0.0.1:9617`, `/run/muster/pages.sock`: metrics tell too much for others to read, and what is no secret to a
    /// web server in front is one to others on the way.
    ///
    /// - Parameters:
    ///   - offer: what is served there, after which a unit names its socket.
    ///   - isProved: whether there is a certificate, with which it may be any address.
    private func listen(_ node: ConfigNode, of offer: String, isProved: Bool) -> ListenAddress? {
        let text = node.scalar ?? ""
        if text == "systemd" { return .systemd(name: offer) }
        if text.hasPrefix("/") {
            guard text.utf8.count <= Self.longestPath, !text.hasSuffix("/") else {
                node.error("the path of a socket has at most \(Self.longestPath) bytes, such as /run/muster/pages.sock")
                return nil
            }
            return .socket(text)
        }
        let colon = text.lastIndex(of: ":") ?? text.startIndex
        let host = String(text[..<colon].filter { !"[]".contains($0) })
        guard isProved && !host.isEmpty || ["127.0.0.1", "::1", "localhost"].contains(host),
            let port = Int(text[colon...].dropFirst()),
            (1...65_535).contains(port)
        else {
            node.error(
                "\"\(text)\" should be an address of this machine alone, such as 127.0.0.1:9617, the path of a socket, or \"systemd\" for the socket of a unit"
            )
            return nil
        }
        return .port(port, host: host == "localhost" ? "127.0.0.1" : host)
    }

    /// `13 months`.
    private func months(_ node: ConfigNode) -> Int? {
        let words = (node.scalar ?? "").split(separator: " ")
        guard words.count == 2, let count = Int(words[0]), (1...120).contains(count), words[1].hasPrefix("month") else {
            node.error("\"\(node.scalar ?? "…")\" should be a number of months such as 13 months")
            return nil
        }
        return count
    }

    private func room(_ node: ConfigNode, in configuration: inout Configuration) -> Room? {
        let kinds = ["link", "jitsi", "bigbluebutton"]
        guard let mapping = node.mapping(["id", "name", "capacity", "secret"] + kinds),
            let id = mapping.require("id")?.string()
        else { return nil }
        let named = kinds.compactMap { mapping[$0] }
        if named.count > 1 {
            named[1].error(
                "a room has one \"link\" for all sessions, or one for each on \"jitsi\" or \"bigbluebutton\"; leave out one"
            )
        }
        var kind = Room.Kind.fixed(link: mapping["link"]?.link())
        if let server = mapping["jitsi"]?.link() { kind = .jitsi(server: withoutSlash(server)) }
        if let node = mapping["bigbluebutton"], let server = node.link(),
            let secret = mapping.require("secret")?.secret()
        {
            configuration.meetingServers[id] = Configuration.MeetingServer(
                address: withoutSlash(server), secret: secret)
            if let pages = configuration.pages.address {
                kind = .opened(pages: pages)
            } else {
                node.error("a room on BigBlueButton is entered through muster's pages: set \"pages: address\"")
            }
        } else if let secret = mapping["secret"], mapping["bigbluebutton"] == nil {
            secret.error("only a room on \"bigbluebutton\" has a secret")
        }
        return Room(
            id: id, name: mapping["name"]?.string() ?? id, capacity: mapping["capacity"]?.integer(1...10_000) ?? 1,
            kind: kind)
    }

    private func withoutSlash(_ address: String) -> String {
        address.hasSuffix("/") ? String(address.dropLast()) : address
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

    /// `credential:NAME` or `file:PATH`.
    func secret() -> Secret? {
        let parts = (scalar ?? "").split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts.first, parts.last) {
        case ("credential", .some(let name)) where parts.count == 2: return .credential(name)
        case ("file", .some(let path)) where parts.count == 2: return .file(path)
        default:
            error("secrets do not stand in the config; write credential:NAME or file:PATH")
            return nil
        }
    }

    /// `30 per minute`.
    func rate() -> Int? {
        let words = (scalar ?? "").split(separator: " ")
        guard words.count == 3, words[1] == "per", words[2] == "minute", let count = Int(words[0]),
            (1...1_000_000).contains(count)
        else {
            error("\"\(scalar ?? "…")\" should be a rate such as 30 per minute")
            return nil
        }
        return count
    }

    /// The name or the address of a host, without a port; an IPv6 address gets its brackets.
    func host() -> String? {
        guard let text = scalar else { return nil }
        if text.count(where: { $0 == ":" }) > 1, text.allSatisfy({ $0.isHexDigit || ":.[]".contains($0) }) {
            return text.hasPrefix("[") ? text : "[\(text)]"
        }
        guard text.utf8.count <= 253, text.wholeMatch(of: /[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?/) != nil else {
            let port = text.contains(":") ? "; the port stands under \"port\"" : ""
            error("\"\(text)\" should be the name of a host such as smtp.example, and nothing else\(port)")
            return nil
        }
        return text
    }

    /// An address of the web.
    func link() -> String? {
        guard let scalar, LinkRule.accepts(scalar) else {
            error("\"\(scalar ?? "…")\" should be an address that begins with https://")
            return nil
        }
        guard !LinkRule.hasPassword(scalar) else {
            error("there is a password in this address, and everybody who gets it can read it; leave it out")
            return nil
        }
        return scalar
    }
}
