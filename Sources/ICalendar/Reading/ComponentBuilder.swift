/// Puts content lines together into components.
struct ComponentBuilder {
    private let limits: CalendarReader.Limits
    private var parser: PropertyParser
    /// Properties, components and parameters so far.
    private var count = 0
    private var calendars: [Component] = []
    private var open: [Component] = []
    /// How many properties the last component at each depth had: the next one mostly has as many.
    private var usualCounts: [Int]
    private var skippedDepth = 0
    /// Whether the outermost component was put there for one that stood alone.
    private var isImplied = false
    private var diagnostics: [CalendarDiagnostic] = []
    private var silenced = 0

    init(limits: CalendarReader.Limits, scope: CalendarReader.Scope, owners: Set<String>) {
        self.limits = limits
        usualCounts = Array(repeating: 12, count: limits.depth + 1)
        parser = PropertyParser(scope: scope, owners: owners, mostParameters: limits.parameters)
    }

    mutating func add(_ line: LineScanner.Line) {
        if line.isCut {
            report(line.number, "the line is longer than \(limits.lineBytes) bytes; the rest of it is left out")
        }
        switch parser.parse(line) {
        case .property(let property):
            for remark in parser.remarks { report(line.number, "\(property.name): \(remark)") }
            switch property.name.utf8.count {
            case 5 where property.name == "BEGIN": begin(property)
            case 3 where property.name == "END": end(property)
            default: keep(property)
            }
        case .outOfScope: return
        case .broken: report(line.number, "this is no property (a name, a colon and a value); left out")
        }
    }

    private mutating func keep(_ property: consuming Property) {
        guard skippedDepth == 0 else { return }
        guard !open.isEmpty else {
            return report(property.line, "\(property.name) stands outside any component; left out")
        }
        guard hasRoom(property.line, for: 1 + property.parameters.reduce(0) { $0 + 1 + $1.values.count }) else {
            return
        }
        let last = open.count - 1
        if open[last].properties.isEmpty { open[last].properties.reserveCapacity(min(usualCounts[last], 16)) }
        open[last].properties.append(property)
    }

    /// Whether there is room for so much more; the first time that there is none is told.
    private mutating func hasRoom(_ line: Int, for more: Int) -> Bool {
        guard count <= limits.properties else { return false }
        count += more
        if count > limits.properties {
            report(
                line,
                "the file has more than \(limits.properties) properties, components and parameters; what follows is left out"
            )
        }
        return count <= limits.properties
    }

    mutating func finish() -> CalendarReader.Result {
        let isCutOff = !open.isEmpty && !(isImplied && open.count == 1)
        if isCutOff, let last = open.last { report(last.line, "\(last.name) has no END; the file may be cut off") }
        while !open.isEmpty { close() }
        if silenced > 0 { diagnostics.append(CalendarDiagnostic(line: 0, "and \(silenced) more such remarks")) }
        return CalendarReader.Result(calendars: calendars, diagnostics: diagnostics, isCutOff: isCutOff)
    }

    private mutating func begin(_ property: Property) {
        guard open.count < limits.depth, skippedDepth == 0 else {
            if skippedDepth == 0 { report(property.line, "components lie more than \(limits.depth) deep; left out") }
            skippedDepth += 1
            return
        }
        guard hasRoom(property.line, for: 1) else {
            skippedDepth += 1
            return
        }
        let name = property.value.asName
        if open.isEmpty, name != "VCALENDAR" {
            report(property.line, "\(name.prefix(40)) stands outside a VCALENDAR; read as if it stood in one")
            isImplied = true
            open.append(Component("VCALENDAR", line: property.line))
        } else if open.isEmpty {
            isImplied = false
        } else if name == "VCALENDAR" {
            if !isImplied { report(property.line, "a VCALENDAR begins inside another, which has no END") }
            while !open.isEmpty { close() }
            isImplied = false
        } else if let index = open.dropFirst().firstIndex(where: { Self.standAlone.contains($0.name) }),
            Self.standAlone.contains(name)
        {
            report(open[index].line, "\(open[index].name) has no END before the next \(name) begins")
            while open.count > index { close() }
        }
        open.append(Component(name, line: property.line))
    }

    /// Components that stand side by side in a calendar and never inside one another (RFC 5545 §3.6, RFC 7953).
    static let standAlone: Set<String> = [
        "VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY",
    ]

    private mutating func end(_ property: Property) {
        guard skippedDepth == 0 else {
            skippedDepth -= 1
            return
        }
        let name = property.value.asName
        guard let match = open.lastIndex(where: { $0.name == name }) else {
            return report(property.line, "END:\(name.prefix(40)) has no BEGIN; left out")
        }
        while open.count > match {
            if open.count - 1 > match, let last = open.last { report(last.line, "\(last.name) has no END") }
            close()
        }
    }

    private mutating func close() {
        let component = open.removeLast()
        usualCounts[open.count] = component.properties.count
        if open.isEmpty {
            calendars.append(component)
        } else {
            open[open.count - 1].components.append(component)
        }
    }

    private mutating func report(_ line: Int, _ message: String) {
        if diagnostics.count < limits.diagnostics {
            diagnostics.append(CalendarDiagnostic(line: line, message))
        } else {
            silenced += 1
        }
    }
}
