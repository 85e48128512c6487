extension Configuration {
    /// A secret that the config names, and where.
    public struct NamedSecret: Sendable {
        /// What it is for: `mail: smtp: password`.
        public var use: String
        /// Where it is.
        public var secret: Secret
    }

    /// Every secret that the config names.
    public var secrets: [NamedSecret] {
        var found: [NamedSecret] = []
        if case .smtp(let smtp) = mail, let proof = smtp.proof { found.append(proof.secret(of: "mail: smtp")) }
        if let graph = answers.graph { found.append(NamedSecret(use: "answers: graph: secret", secret: graph.secret)) }
        if let mailbox = answers.mailbox { found.append(mailbox.proof.secret(of: "answers: imap")) }
        for (name, feeds) in [("feeds", feeds), ("pages", pages)] {
            guard let certificate = feeds.certificate else { continue }
            found.append(NamedSecret(use: "\(name): certificate", secret: certificate.chain))
            found.append(NamedSecret(use: "\(name): key", secret: certificate.key))
        }
        for login in calendars.logins {
            let secret =
                switch login.proof {
                case .password(_, let secret), .token(let secret): secret
                }
            found.append(NamedSecret(use: "calendars: login at \(login.host)", secret: secret))
        }
        found += meetingServers.sorted { $0.key < $1.key }.map { room, server in
            NamedSecret(use: "rooms: \(room): secret", secret: server.secret)
        }
        for webhook in webhooks {
            if case .secret(let secret) = webhook.url {
                found.append(NamedSecret(use: "webhook \(webhook.id): url", secret: secret))
            }
            found += webhook.secrets.map { NamedSecret(use: "webhook \(webhook.id): secrets", secret: $0) }
        }
        return found
    }
}

extension Configuration.SMTP.Proof {
    fileprivate func secret(of use: String) -> Configuration.NamedSecret {
        switch self {
        case .password(let secret): Configuration.NamedSecret(use: use + ": password", secret: secret)
        case .microsoft365(_, _, let secret, _): Configuration.NamedSecret(use: use + ": microsoft365", secret: secret)
        case .google(let key): Configuration.NamedSecret(use: use + ": google", secret: key)
        }
    }
}
