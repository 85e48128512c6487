import MusterModel

/// What the operator writes in `muster.yaml`, every option at its default.
public struct Configuration: Sendable {
    /// Who sends: a name and a mailbox whose replies are read.
    public struct Organiser: Hashable, Sendable {
        /// The name that participants see.
        public var name = "Peer reviews"
        /// The mailbox; also the `ORGANIZER` of every invitation.
        public var address = "reviews@localhost.localdomain"
    }

    /// How mails leave.
    public enum MailRoute: Sendable {
        /// Into a Maildir of this machine.
        case maildir(directory: String)
        /// To a mail server.
        case smtp(SMTP)
    }

    /// A mail server.
    public struct SMTP: Sendable {
        /// Its name.
        public var host = "localhost"
        /// Its port.
        public var port = 587
        /// `starttls`, `tls` or `none`.
        public var security = "starttls"
        /// Who muster is to it; nil for a server that does not ask.
        public var user: String?
        /// How it proves that.
        public var proof: Proof?
        /// A file of certificates to trust instead of the system's.
        public var authorities: String?
        /// Seconds for one mail.
        public var timeout = 60
        /// The name by which muster greets it; nil for that of the machine.
        public var greeting: String?
        /// Mails under way at a time.
        public var connections = 1
        /// Mails a minute; nil for as many as the server takes.
        public var perMinute: Int?

        /// How muster proves who it is.
        public enum Proof: Sendable {
            /// By a password.
            case password(Secret)
            /// By tokens that Microsoft 365 gives to a registered client.
            case microsoft365(tenant: String, client: String, secret: Secret, tokenURL: String?)
            /// By tokens that Google gives to a service account, whose key file this is.
            case google(key: Secret)
        }
    }

    /// An endpoint of webhooks.
    public struct Webhook: Sendable {
        /// What it is called.
        public var id: String
        /// Its address.
        public var url: URLSource
        /// The secrets by which it knows us; several while one takes the place of another.
        public var secrets: [Secret] = []
        /// How bodies are written.
        public var format = WebhookFormat.standard
        /// What is wanted there; empty for everything.
        public var events: [String] = []
        /// Who is told by mail when it is given up; nil for the organiser.
        public var owner: String?
        /// Whether it may lie in a private network.
        public var allowsPrivateNetwork = false
        /// Webhooks a minute; nil for as many as it takes.
        public var perMinute: Int?
        /// A file of certificates to trust instead of the system's.
        public var authorities: String?
    }

    /// A server on which meetings are opened.
    public struct MeetingServer: Hashable, Sendable {
        /// Below which its API lies, as `https://bbb.example/bigbluebutton`.
        public var address: String
        /// What it shares with us.
        public var secret: Secret
    }

    /// An address of the web that may be a secret by itself.
    public enum URLSource: Sendable {
        /// It stands in the config.
        case plain(String)
        /// It is kept elsewhere.
        case secret(Secret)
    }

    /// How calendars are read.
    public struct Calendars: Sendable {
        /// Everything at its default.
        public init() {}

        /// Seconds for one.
        public var timeout = 30
        /// Megabytes of one at most.
        public var megabytes = 16
        /// Hours after which a copy is read anew.
        public var refreshHours = 4
        /// A file of certificates to trust instead of the system's.
        public var authorities: String?
        /// Calendars that are read at a time from one host.
        public var perHost = 2
        /// Who muster is to servers that want to know.
        public var logins: [Login] = []

        /// Who muster is to the servers of a host, and those of hosts below it.
        public struct Login: Sendable {
            /// What proves it.
            public enum Proof: Sendable {
                /// User and password.
                case password(user: String, Secret)
                /// A bearer token.
                case token(Secret)
            }

            /// The host.
            public var host: String
            /// What proves it.
            public var proof: Proof
        }
    }

    /// How others get feeds, or pages.
    public struct Feeds: Sendable {
        /// Where the daemon serves them, `127.0.0.1:9618`; nil for nowhere.
        public var listen: ListenAddress?
        /// Below which address people reach that, without a slash at its end; nil where nothing stands in front.
        public var address: String?
        /// What proves the daemon where nothing stands in front; nil for nothing.
        public var certificate: Certificate?

        /// Served there; at their address, with a certificate, where they are given.
        public init(listen: ListenAddress? = nil, address: String? = nil, certificate: Certificate? = nil) {
            self.listen = listen
            self.address = address
            self.certificate = certificate
        }
    }

    /// A certificate for a server, and its key.
    public struct Certificate: Sendable {
        /// The certificate and those between it and an authority, as PEM.
        public var chain: Secret
        /// Its private key, as PEM.
        public var key: Secret

        fileprivate func resolvingPaths(_ absolute: (String) -> String) -> Certificate {
            Certificate(chain: chain.resolvingPath(absolute), key: key.resolvingPath(absolute))
        }
    }

    /// A mailbox on a mail server.
    public struct Mailbox: Sendable {
        /// The server.
        public var host: String
        /// Its port.
        public var port: Int
        /// `starttls`, `tls` or `none`.
        public var security = "tls"
        /// Who muster is to it.
        public var user: String
        /// How it proves that.
        public var proof: SMTP.Proof
        /// What the mailbox is called there.
        public var name = "INBOX"
        /// The mailbox into which mails are moved once what they say is kept; nil to leave them where they are.
        public var processed: String?
        /// A file of certificates to trust instead of the system's.
        public var authorities: String?

        /// The same mailbox has the same.
        public var id: String { "\(user)@\(host):\(port)/\(name)" }
    }

    /// A mailbox of Microsoft 365 that is read by Microsoft Graph.
    public struct GraphMailbox: Sendable {
        /// Whose mailbox, an address.
        public var user: String
        /// The tenant.
        public var tenant: String
        /// The client that is registered there.
        public var client: String
        /// How it proves who it is.
        public var secret: Secret
        /// The folder, by its well-known name or its id.
        public var folder = "inbox"
        /// The folder into which mails are moved once what they say is kept, by its name.
        public var processed = "Processed"
        /// Where Graph is.
        public var url = "https://graph.microsoft.com/v1.0"
        /// Where tokens are asked for; nil for the usual place.
        public var tokenURL: String?
        /// A file of certificates to trust instead of the system's.
        public var authorities: String?

        /// The same mailbox has the same.
        public var id: String { "\(user) by Microsoft Graph" }
    }

    /// How answers come.
    public struct Answers: Sendable {
        /// The mailbox of Microsoft 365 from which they are read; nil for none.
        public var graph: GraphMailbox?
        /// The mailbox from which they are read; nil for none.
        public var mailbox: Mailbox?
        /// The Maildir into which they are delivered; a relative path begins at the state directory.
        public var maildir = "answers"
        /// The name under which the mail server says what it found out about a sender (RFC 8601); nil to believe none.
        public var authenticatedBy: String?
    }

    /// How plans are made.
    public struct Planning: Sendable {
        /// Seconds at most.
        public var seconds = 20
        /// Rounds of improvement at most.
        public var rounds = 4000
        /// The seed of every random choice.
        public var seed = 1
        /// Minutes between two sessions of one person.
        public var buffer = 15
        /// What the daemon does with a plan that differs from the published one, where a cycle says nothing.
        public var policy = ChangePolicy.propose
        /// Days from now within which nothing new is planned.
        public var notice = 7
        /// Minutes before a session from which on the daemon changes nothing about it by itself.
        public var freeze = 2 * 1440
    }

    /// Who lets mails to participants go.
    public enum Approval: String, CaseIterable, Sendable {
        /// Nobody needs to.
        case automatic
        /// What the daemon decides is held until somebody applies a plan or releases the mails.
        case manual
    }

    /// The state directory; a relative path begins at the config.
    public var state = "../.muster"
    /// Whether the config names the state directory.
    public var namesState = false
    /// Who sends.
    public var organiser = Organiser()
    /// How mails leave.
    public var mail = MailRoute.maildir(directory: "mail")
    /// The address to which mails come back, with `*` where the name of the mail stands; nil for the organiser's.
    public var returnPath: String?
    /// How answers come.
    public var answers = Answers()
    /// Who lets mails to participants go.
    public var approval = Approval.automatic
    /// Where webhooks go.
    public var webhooks: [Webhook] = []
    /// How calendars are read.
    public var calendars = Calendars()
    /// How plans are made.
    public var planning = Planning()
    /// Rooms that sessions share.
    public var rooms: [Room] = []
    /// The servers on which rooms are opened, by the room's id.
    public var meetingServers: [String: MeetingServer] = [:]
    /// Where metrics and health can be asked for, `127.0.0.1:9617`; nil for nowhere.
    public var listen: ListenAddress?
    /// How calendar programs get feeds.
    public var feeds = Feeds()
    /// Where people answer on pages, and coordinators see the season.
    public var pages = Feeds()
    /// The addresses of those who see every partnership on the pages.
    public var pageOperators: [String] = []
    /// A file into which metrics are written each minute; nil for none.
    public var metricsFile: String?
    /// Months after which what was is forgotten.
    public var retentionMonths = 13

    /// Everything at its default.
    public init() {}

    /// The same with every path of a file made absolute by a function; a Maildir stays as it is, since it lies in the
    /// state directory.
    public func resolvingPaths(_ absolute: (String) -> String) -> Configuration {
        var copy = self
        copy.state = absolute(state)
        copy.calendars.authorities = calendars.authorities.map(absolute)
        copy.calendars.logins = calendars.logins.map { login in
            var login = login
            login.proof = login.proof.resolvingPaths(absolute)
            return login
        }
        if case .smtp(var smtp) = mail {
            smtp.authorities = smtp.authorities.map(absolute)
            smtp.proof = smtp.proof?.resolvingPaths(absolute)
            copy.mail = .smtp(smtp)
        }
        copy.feeds.certificate = feeds.certificate?.resolvingPaths(absolute)
        copy.pages.certificate = pages.certificate?.resolvingPaths(absolute)
        copy.answers.graph?.secret = answers.graph?.secret.resolvingPath(absolute) ?? .file("")
        copy.answers.graph?.authorities = answers.graph?.authorities.map(absolute)
        copy.answers.mailbox = answers.mailbox.map { mailbox in
            var mailbox = mailbox
            mailbox.authorities = mailbox.authorities.map(absolute)
            mailbox.proof = mailbox.proof.resolvingPaths(absolute)
            return mailbox
        }
        copy.metricsFile = metricsFile.map(absolute)
        copy.meetingServers = meetingServers.mapValues { server in
            MeetingServer(address: server.address, secret: server.secret.resolvingPath(absolute))
        }
        copy.webhooks = webhooks.map { webhook in
            var webhook = webhook
            webhook.secrets = webhook.secrets.map { $0.resolvingPath(absolute) }
            if case .secret(let secret) = webhook.url { webhook.url = .secret(secret.resolvingPath(absolute)) }
            webhook.authorities = webhook.authorities.map(absolute)
            return webhook
        }
        return copy
    }
}

/// Where a secret is; the secret itself never stands in the config.
public enum Secret: Hashable, Sendable {
    /// A credential of the unit, in `$CREDENTIALS_DIRECTORY`.
    case credential(String)
    /// A file that only muster may read.
    case file(String)

    func resolvingPath(_ absolute: (String) -> String) -> Secret {
        if case .file(let path) = self { .file(absolute(path)) } else { self }
    }
}

extension Configuration.Calendars.Login.Proof {
    fileprivate func resolvingPaths(_ absolute: (String) -> String) -> Self {
        switch self {
        case .password(let user, let secret): .password(user: user, secret.resolvingPath(absolute))
        case .token(let secret): .token(secret.resolvingPath(absolute))
        }
    }
}

extension Configuration.SMTP.Proof {
    fileprivate func resolvingPaths(_ absolute: (String) -> String) -> Self {
        switch self {
        case .password(let secret): .password(secret.resolvingPath(absolute))
        case .microsoft365(let tenant, let client, let secret, let url):
            .microsoft365(tenant: tenant, client: client, secret: secret.resolvingPath(absolute), tokenURL: url)
        case .google(let key): .google(key: key.resolvingPath(absolute))
        }
    }
}
