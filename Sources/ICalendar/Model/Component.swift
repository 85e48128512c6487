/// A block of an iCalendar stream between `BEGIN` and `END`, with everything in it kept in order (RFC 5545 §3.6).
///
/// Two components are equal where they say the same, on whatever lines.
public struct Component: Hashable, Sendable {
    /// `VCALENDAR`, `VEVENT`, …, in upper case.
    public var name: String
    /// The properties, in the order in which they stand.
    public var properties: [Property]
    /// The components inside, in the order in which they stand.
    public var components: [Component]
    /// The line of `BEGIN` in the file that was read; 0 for a component that was made.
    public var line: Int

    /// A component of that name.
    public init(_ name: String, properties: [Property] = [], components: [Component] = [], line: Int = 0) {
        self.name = name
        self.properties = properties
        self.components = components
        self.line = line
    }

    /// The first property of that name (upper case), if any.
    public func first(_ name: String) -> Property? {
        properties.first { $0.name == name }
    }

    /// All properties of that name (upper case).
    public func all(_ name: String) -> [Property] {
        properties.filter { $0.name == name }
    }

    /// The first value of that name as TEXT, escapes undone.
    public func text(_ name: String) -> String? {
        first(name)?.text
    }
}

extension Component {
    /// Whether both say the same; the lines on which they stood do not count.
    public static func == (left: Component, right: Component) -> Bool {
        left.name == right.name && left.properties == right.properties && left.components == right.components
    }

    /// Feeds what the component says.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(properties)
        hasher.combine(components)
    }
}
