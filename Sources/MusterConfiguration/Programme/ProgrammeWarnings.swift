import CivilTime
import Foundation
import MusterModel

/// Finds what only shows in the whole: mistakes, and what is written correctly and will still go wrong.
struct ProgrammeWarnings {
    let programme: Programme
    let directory: String
    let collector: DiagnosticCollector

    /// What nothing may be planned with, and shows in the whole alone.
    func reportMistakes() {
        for (job, people) in jobShares where Set(people.map(\.school)).count > 1 {
            collector.error(
                location("people.csv"),
                "\(Self.list(people.map(\.name))) share the job \"\(job)\" and are of different schools; give each job its own name"
            )
        }
    }

    /// What can be lived with.
    func report() {
        let holders = RoleHolders(programme)
        for cycle in programme.cycles {
            reportDates(cycle)
            reportRoles(cycle, holders)
            reportTrusts(cycle, holders)
        }
        reportCalendars()
        reportWords()
        reportMissingFiles()
        reportDoubleAddresses()
        reportForeignAddresses()
        reportLonelyShares()
        reportStrayInsetDays()
    }

    private func location(_ file: String) -> Diagnostic.Location { Diagnostic.Location(file: directory + "/" + file) }

    private func reportDates(_ cycle: Cycle) {
        let schools = cycle.hosts.compactMap { programme.school($0.school) }
        let unopened = schools.filter { school in !cycle.dates.contains { school.days.kind(of: $0) == .open } }
        let byCause = Dictionary(grouping: unopened) { school in
            school.days.terms.map(\.dates.upperBound).max().map { "terms end on \($0)" } ?? "no terms are known"
        }
        for (cause, schools) in byCause.sorted(by: { $0.key < $1.key }) {
            collector.warning(
                location("cycles"),
                "\(names(schools)) \(schools.count == 1 ? "is" : "are") never open during the cycle \"\(cycle.id)\" (\(cycle.dates.lowerBound) to \(cycle.dates.upperBound)): \(cause); add term dates in terms/",
                restingOn: .terms)
        }
        let ends = schools.compactMap(\.days.bankHolidaysEnd)
        if let end = ends.min(), end < cycle.dates.upperBound {
            collector.warning(
                location("terms"),
                "the bank holidays end on \(end), before the cycle \"\(cycle.id)\" does (\(cycle.dates.upperBound)); fetch them again from gov.uk/bank-holidays",
                restingOn: .terms)
        } else if ends.isEmpty, !schools.isEmpty {
            collector.warning(
                location("terms"),
                "no layer of the cycle \"\(cycle.id)\" has bank holidays; add \"bank-holidays\" to one",
                restingOn: .terms)
        }
    }

    private func reportRoles(_ cycle: Cycle, _ holders: RoleHolders) {
        for role in cycle.team {
            let able = holders.counts[role.id] ?? 0
            guard able < role.count else { continue }
            collector.warning(
                location("people.csv"),
                "the cycle \"\(cycle.id)\" needs \(role.count) with the role \"\(role.id)\" in each team and \(able) have it; give it to more people, or check its spelling",
                restingOn: .people)
        }
    }

    private func reportTrusts(_ cycle: Cycle, _ holders: RoleHolders) {
        guard cycle.rules.sameTrust == .never else { return }
        for role in cycle.team {
            let trusts = holders.trusts[role.id] ?? []
            guard trusts.count == 1, let trust = trusts.first ?? nil else { continue }
            let hosts = cycle.hosts.compactMap { programme.school($0.school) }.filter { $0.trust == trust }.map(\.name)
            guard !hosts.isEmpty else { continue }
            collector.warning(
                location("people.csv"),
                "everyone with the role \"\(role.id)\" is of the trust \(trust), as \(Wording.list(hosts)) \(hosts.count == 1 ? "is" : "are"); with same-trust: never nobody can fill it there",
                restingOn: .people)
        }
    }

    /// Roles and themes that nobody asks for are mostly slips of the pen.
    private func reportWords() {
        let roles = Set(programme.cycles.flatMap { $0.team.map(\.id) } + ["head"])
        var holders: [RoleID: [Person]] = [:]
        for person in programme.people {
            for role in person.roles.subtracting(roles) { holders[role, default: []].append(person) }
        }
        for (role, people) in holders.sorted(by: { $0.key < $1.key }) {
            collector.warning(
                location("people.csv"),
                "\(Self.list(people.map(\.name))) \(people.count == 1 ? "has" : "have") the role \"\(role)\", and no cycle has it\(Suggestion.phrase(for: role, among: roles.sorted()))"
            )
        }
        let themes = Set(programme.people.flatMap(\.themes))
        for cycle in programme.cycles {
            for theme in Set(cycle.hosts.compactMap(\.theme)).subtracting(themes).sorted() {
                collector.warning(
                    location("cycles"),
                    "the cycle \"\(cycle.id)\" has the theme \"\(theme)\", and nobody in people.csv knows it\(Suggestion.phrase(for: theme, among: themes.sorted()))",
                    restingOn: .people)
            }
        }
    }

    private func reportMissingFiles() {
        for source in programme.calendars
        where !source.isRemote && !FileManager.default.isReadableFile(atPath: source.location) {
            collector.warning(
                Diagnostic.Location(file: source.location),
                "this calendar is named in the config and is not there; correct its name or put it there")
        }
    }

    private var jobShares: [(job: String, people: [Person])] {
        let jobs = Dictionary(grouping: programme.people.filter { $0.jobShare != nil }) { $0.jobShare ?? "" }
        return jobs.sorted { $0.key < $1.key }.map { (job: $0.key, people: $0.value) }
    }

    private func reportLonelyShares() {
        for (job, people) in jobShares where people.count == 1 {
            collector.warning(
                location("people.csv"), "\(people[0].name) shares the job \"\(job)\" with nobody; leave it out")
        }
    }

    private func reportDoubleAddresses() {
        var known: [String: PersonID] = [:]
        for person in programme.people {
            if let other = known[person.address.lowercased()] {
                collector.warning(
                    location("people.csv"),
                    "\(person.id) has the same e-mail address as \(other); each gets the other's mails")
            } else {
                known[person.address.lowercased()] = person.id
            }
        }
    }

    private func reportForeignAddresses() {
        let foreign = programme.people.filter { person in !person.address.utf8.allSatisfy { $0 < 0x80 } }
        guard !foreign.isEmpty else { return }
        collector.warning(
            location("people.csv"),
            "\(Self.list(foreign.map(\.address))): many mail servers take no address with such letters (SMTPUTF8); ask for another one, or try it with muster send-test"
        )
    }

    private func reportStrayInsetDays() {
        var strays: [String: [School]] = [:]
        for school in programme.schools {
            guard let first = school.days.terms.map(\.dates.lowerBound).min(),
                let last = school.days.terms.map(\.dates.upperBound).max()
            else { continue }
            for day in school.days.insetDays where !(first - 31...last + 31).contains(day) {
                strays["an INSET day on \(day), far outside the terms (\(first) to \(last))", default: []].append(
                    school)
            }
        }
        for (what, schools) in strays.sorted(by: { $0.key < $1.key }) {
            collector.warning(location("terms"), "\(names(schools)) \(schools.count == 1 ? "has" : "have") \(what)")
        }
    }

    private func names(_ schools: [School]) -> String { Self.list(schools.map(\.name)) }

    /// All of a few, the first of many.
    private static func list(_ names: [String]) -> String {
        names.count <= 4 ? Wording.list(names) : Wording.list(Array(names.prefix(3)) + ["\(names.count - 3) others"])
    }

    private func reportCalendars() {
        let teams = Set(programme.cycles.flatMap { $0.team.map(\.id) } + ["head"])
        let without = programme.people.filter { $0.calendars.isEmpty && !$0.roles.isDisjoint(with: teams) }
        guard !without.isEmpty else { return }
        let names = without.prefix(5).map(\.name).joined(separator: ", ") + (without.count > 5 ? ", …" : "")
        collector.warning(
            location("people.csv"),
            "\(Wording.count(without.count, "person")) without a calendar (\(names)): planned by their hours alone, and less gladly than others; ask them for an address of their calendar"
        )
    }
}

/// Who has each role: counted once, and not for each cycle.
private struct RoleHolders {
    private(set) var counts: [RoleID: Int] = [:]
    /// The trusts that they are of; nil stands for none.
    private(set) var trusts: [RoleID: Set<String?>] = [:]

    init(_ programme: Programme) {
        for person in programme.people {
            let trust = person.school.flatMap(programme.school)?.trust
            for role in person.roles {
                counts[role, default: 0] += 1
                trusts[role, default: []].insert(trust)
            }
        }
    }
}
