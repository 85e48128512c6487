import XML

extension Element {
    /// What prefixes mean that calendar servers write and do not always declare.
    static let customaryPrefixes = [
        "d": "DAV:", "D": "DAV:", "c": "urn:ietf:params:xml:ns:caldav", "C": "urn:ietf:params:xml:ns:caldav",
        "cal": "urn:ietf:params:xml:ns:caldav", "CAL": "urn:ietf:params:xml:ns:caldav",
        "cs": "http://calendarserver.org/ns/", "CS": "http://calendarserver.org/ns/",
    ]
}

extension Element.Name {
    // RFC 4918 (WebDAV), RFC 5397, RFC 6578.
    static let multiStatus = dav("multistatus")
    static let response = dav("response")
    static let reference = dav("href")
    static let status = dav("status")
    static let propertyStatus = dav("propstat")
    static let properties = dav("prop")
    static let resourceType = dav("resourcetype")
    static let displayName = dav("displayname")
    static let currentUserPrincipal = dav("current-user-principal")
    static let syncToken = dav("sync-token")

    // RFC 4791 (CalDAV), RFC 6638.
    static let calendar = calDAV("calendar")
    static let calendarHomeSet = calDAV("calendar-home-set")
    static let calendarData = calDAV("calendar-data")
    static let supportedComponents = calDAV("supported-calendar-component-set")
    static let transparency = calDAV("schedule-calendar-transp")
    static let transparent = calDAV("transparent")

    // What servers give who know no sync-token.
    static let collectionTag = Self(namespace: "http://calendarserver.org/ns/", local: "getctag")

    private static func dav(_ local: String) -> Self { Self(namespace: "DAV:", local: local) }

    private static func calDAV(_ local: String) -> Self {
        Self(namespace: "urn:ietf:params:xml:ns:caldav", local: local)
    }
}
