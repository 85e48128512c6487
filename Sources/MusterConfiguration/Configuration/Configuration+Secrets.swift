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
        if case .smtp(let smtp) = mail {
            switch smtp.proof {
            case .password(let secret): found.append(NamedSecret(use: "mail: smtp: password", secret: secret))
            case .microsoft365(_, _, let secret, _):
                found.append(NamedSecret(use: "mail: smtp: microsoft365", secret: secret))
            case .google(let key): found.append(NamedSecret(use: "mail: smtp: google", secret: key))
            case nil: break
            }
        }
        for login in calendars.logins {
            let secret =
                switch login.proof {
                case .password(_, let secret), .token(let secret): secret
                }
            found.append(NamedSecret(use: "calendars: login at \(login.host)", secret: secret))
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
