/// A content line: a name, parameters and a value (RFC 5545 §3.1).
///
/// Two properties are equal where they say the same, on whatever lines.
public struct Property: Hashable, Sendable {
    /// The name in upper case.
    public var name: String
    /// The parameters, in the order in which they stand.
    public var parameters: [Parameter]
    /// The value as it stands in the stream, escapes and all.
    public var value: String
    /// The line on which it begins in the file that was read; 0 for a property that was made.
    public var line: Int

    /// A property with its value as it is to stand in the stream.
    public init(_ name: String, _ parameters: [Parameter] = [], value: String, line: Int = 0) {
        self.name = name
        self.parameters = parameters
        self.value = value
        self.line = line
    }

    /// A property whose value is TEXT, escaped here (RFC 5545 §3.3.11).
    public init(_ name: String, _ parameters: [Parameter] = [], text: String) {
        self.init(name, parameters, value: Text.escaped(text))
    }

    /// The value as TEXT, escapes undone.
    public var text: String { Text.unescaped(value) }

    /// The first value of a parameter (upper case), if it is there.
    public func parameter(_ name: String) -> String? {
        parameters.first { $0.name == name }?.values.first
    }
}

extension Property {
    /// Whether both say the same; the lines on which they stood do not count.
    public static func == (left: Property, right: Property) -> Bool {
        left.name == right.name && left.parameters == right.parameters && left.value == right.value
    }

    /// Feeds what the property says.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(parameters)
        hasher.combine(value)
    }
}

/// A parameter of a property: `TZID=Europe/London`.
public struct Parameter: Hashable, Sendable {
    /// The name in upper case.
    public var name: String
    /// The values, without quotes and with RFC 6868's escapes undone.
    public var values: [String]

    /// A parameter with its values as people read them.
    public init(_ name: String, _ values: String...) {
        self.name = name
        self.values = values
    }

    init(name: String, values: [String]) {
        self.name = name
        self.values = values
    }
}
