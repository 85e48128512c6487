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
        /// Where the password is.
        public var password: Secret?
        /// A file of certificates to trust instead of the system's.
        public var authorities: String?
        /// Seconds for one mail.
        public var timeout = 60
    }

    /// How calendars are read.
    public struct Calendars: Sendable {
        /// Seconds for one.
        public var timeout = 30
        /// Megabytes of one at most.
        public var megabytes = 16
        /// Hours after which a copy is read anew.
        public var refreshHours = 4
        /// A file of certificates to trust instead of the system's.
        public var authorities: String?
    }

    /// What is done with a plan that differs from the published one.
    public enum Policy: String, CaseIterable, Sendable {
        /// It is said, and waits for `muster apply`.
        case propose
        /// It is published.
        case apply
    }

    /// How plans are made.
    public struct Planning: Sendable {
        /// Seconds at most.
        public var seconds = 20
        /// Rounds of improvement at most.
        public var rounds = 400
        /// The seed of every random choice.
        public var seed = 1
        /// Minutes between two sessions of one person.
        public var buffer = 15
        /// What the daemon does with a plan that differs from the published one.
        public var policy = Policy.propose
        /// Days from now within which nothing new is planned.
        public var notice = 7
    }

    /// The state directory; a relative path begins at the config.
    public var state = "../.muster"
    /// Who sends.
    public var organiser = Organiser()
    /// How mails leave.
    public var mail = MailRoute.maildir(directory: "mail")
    /// How calendars are read.
    public var calendars = Calendars()
    /// How plans are made.
    public var planning = Planning()
    /// Rooms that sessions share.
    public var rooms: [Room] = []

    /// Everything at its default.
    public init() {}

    /// The same with every path of a file made absolute by a function; a Maildir stays as it is, since it lies in the
    /// state directory.
    public func resolvingPaths(_ absolute: (String) -> String) -> Configuration {
        var copy = self
        copy.state = absolute(state)
        copy.calendars.authorities = calendars.authorities.map(absolute)
        if case .smtp(var smtp) = mail {
            smtp.authorities = smtp.authorities.map(absolute)
            if case .file(let path) = smtp.password { smtp.password = .file(absolute(path)) }
            copy.mail = .smtp(smtp)
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
}
