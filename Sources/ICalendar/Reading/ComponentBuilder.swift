/// Puts content lines together into components.
struct ComponentBuilder {
    private let limits: CalendarReader.Limits
    private var calendars: [Component] = []
    private var open: [Component] = []
    private var skippedDepth = 0
    private var diagnostics: [CalendarDiagnostic] = []
    private var silenced = 0

    init(limits: CalendarReader.Limits) {
        self.limits = limits
    }

    mutating func add(_ line: ContentLines.Line) {
        if line.isCut {
            report(line.number, "the line is longer than \(limits.lineBytes) bytes; the rest of it is left out")
        }
        guard let property = PropertyParser.parse(line) else {
            report(line.number, "this is no property (a name, a colon and a value); left out")
            return
        }
        switch property.name {
        case "BEGIN": begin(property)
        case "END": end(property)
        default:
            guard skippedDepth == 0 else { return }
            guard !open.isEmpty else {
                return report(line.number, "\(property.name) stands outside any component; left out")
            }
            open[open.count - 1].properties.append(property)
        }
    }

    mutating func finish() -> CalendarReader.Result {
        let isCutOff = !open.isEmpty
        if let last = open.last { report(last.line, "\(last.name) has no END; the file may be cut off") }
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
        let name = property.value.trimmed.uppercased()
        if open.isEmpty, name != "VCALENDAR" { report(property.line, "\(name) stands outside a VCALENDAR") }
        open.append(Component(name, line: property.line))
    }

    private mutating func end(_ property: Property) {
        guard skippedDepth == 0 else {
            skippedDepth -= 1
            return
        }
        let name = property.value.trimmed.uppercased()
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

extension String {
    var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
