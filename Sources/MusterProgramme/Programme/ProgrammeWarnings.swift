import CivilTime
import MusterModel

/// Finds what is written correctly and will still go wrong.
struct ProgrammeWarnings {
    let programme: Programme
    let directory: String
    let collector: DiagnosticCollector

    func report() {
        for cycle in programme.cycles {
            reportDates(cycle)
            reportRoles(cycle)
            reportTrusts(cycle)
        }
        reportCalendars()
    }

    private func location(_ file: String) -> Diagnostic.Location { Diagnostic.Location(file: directory + "/" + file) }

    private func reportDates(_ cycle: Cycle) {
        let schools = cycle.hosts.compactMap { programme.school($0.school) }
        let unopened = schools.filter { school in !cycle.dates.contains { school.days.kind(of: $0) == .open } }
        for school in unopened {
            let known =
                school.days.terms.map(\.dates.upperBound).max().map { "its terms end on \($0)" } ?? "it has no terms"
            collector.warning(
                location("cycles"),
                "\(school.name) is never open during the cycle \"\(cycle.id)\" (\(cycle.dates.lowerBound) to \(cycle.dates.upperBound)): \(known); add its term dates in terms/"
            )
        }
        let ends = schools.compactMap(\.days.bankHolidaysEnd)
        if let end = ends.min(), end < cycle.dates.upperBound {
            collector.warning(
                location("terms"),
                "the bank holidays end on \(end), before the cycle \"\(cycle.id)\" does (\(cycle.dates.upperBound)); fetch them again from gov.uk/bank-holidays"
            )
        } else if ends.isEmpty, !schools.isEmpty {
            collector.warning(
                location("terms"),
                "no layer of the cycle \"\(cycle.id)\" has bank holidays; add \"bank-holidays\" to one")
        }
    }

    private func reportRoles(_ cycle: Cycle) {
        for role in cycle.team {
            let able = programme.people.filter { $0.roles.contains(role.id) }
            guard able.count < role.count else { continue }
            collector.warning(
                location("people.csv"),
                "the cycle \"\(cycle.id)\" needs \(role.count) with the role \"\(role.id)\" in each team and \(able.count) have it; give it to more people, or check its spelling"
            )
        }
    }

    private func reportTrusts(_ cycle: Cycle) {
        guard cycle.rules.sameTrust == .never else { return }
        for host in cycle.hosts {
            guard let school = programme.school(host.school), let trust = school.trust else { continue }
            for role in cycle.team {
                let able = programme.people.filter { $0.roles.contains(role.id) }
                guard !able.isEmpty, able.allSatisfy({ $0.school.flatMap(programme.school)?.trust == trust }) else {
                    continue
                }
                collector.warning(
                    location("people.csv"),
                    "everyone with the role \"\(role.id)\" is of the trust \(trust), as \(school.name) is; with same-trust: never nobody can fill it there"
                )
            }
        }
    }

    private func reportCalendars() {
        let teams = Set(programme.cycles.flatMap { $0.team.map(\.id) } + ["head"])
        let without = programme.people.filter { $0.calendars.isEmpty && !$0.roles.isDisjoint(with: teams) }
        guard !without.isEmpty else { return }
        let names = without.prefix(5).map(\.id).joined(separator: ", ") + (without.count > 5 ? ", …" : "")
        collector.warning(
            location("people.csv"),
            "\(Wording.count(without.count, "person")) without a calendar (\(names)): planned by their hours alone, and less gladly than others; ask them for an address of their calendar"
        )
    }
}
