extension RepairSearch {
    /// Steps of work at most.
    private static let steps = 300_000

    /// Looks through everything that may be cheaper than a way, as far as the steps go; returns the cheapest.
    func cheaper(than known: Way?) -> Way? {
        let limit = known.map { min(self.limit, tariff.worth($0.widenings)) } ?? self.limit
        var exact = Exact(limit: limit, steps: Self.steps)
        exact.team = [Int](repeating: -1, count: track.seatRoles.count)
        for role in track.roles {
            for (seat, person) in zip(role.seats, role.pinned) { exact.team[seat] = person }
        }
        let seats = tables.openSeats.sorted()
        chooseStart(&exact, seats, price: 0)
        return exact.found ?? known
    }

    private struct Exact {
        var limit: Float
        var steps: Int
        var starts: [Int] = []
        var days: [Int] = []
        var team: [Int] = []
        var found: Way?
    }

    private func chooseStart(_ exact: inout Exact, _ seats: [Int], price: Float) {
        let number = exact.starts.count
        guard number < columns.count else { return chooseSeat(&exact, seats[...], price: price) }
        for start in columns[number] {
            exact.steps -= 1
            guard exact.steps > 0 else { return }
            var price = price + start.price
            if number > 0 {
                let bothPinned = track.stages[number - 1].isPinned && track.stages[number].isPinned
                guard bothPinned || exact.starts[number - 1] + track.stages[number - 1].slots <= start.slot else {
                    continue
                }
                price += tariff.gap(number).price(from: exact.days[number - 1], to: start.day)
            }
            guard price < exact.limit else { continue }
            exact.starts.append(start.slot)
            exact.days.append(start.day)
            chooseStart(&exact, seats, price: price)
            exact.starts.removeLast()
            exact.days.removeLast()
        }
    }

    private func chooseSeat(_ exact: inout Exact, _ seats: ArraySlice<Int>, price: Float) {
        guard let seat = seats.first else { return settle(&exact) }
        let role = track.seatRoles[seat]
        // Seats of one role are alike, so their people ascend.
        let isAfterSame = track.roles[role].seats.contains(seat - 1) && tables.openSeats.contains(seat - 1)
        let least = isAfterSame ? exact.team[seat - 1] : -1
        for option in options[role] where option.person > least && !exact.team.contains(option.person) {
            exact.steps -= 1
            guard exact.steps > 0 else { return }
            var price = price + option.price
            for number in track.roles[role].stages where price < exact.limit {
                let stage = track.stages[number]
                guard !stage.required.contains(option.person) else { continue }
                price += tariff.free(option.person, at: exact.starts[number], slots: stage.slots)
            }
            guard price < exact.limit else { continue }
            exact.team[seat] = option.person
            chooseSeat(&exact, seats.dropFirst(), price: price)
            exact.team[seat] = -1
        }
    }

    private func settle(_ exact: inout Exact) {
        let placement = Placement(starts: exact.starts, people: exact.team)
        guard let widenings = state.widenings(index, placement), tariff.worth(widenings) < exact.limit else { return }
        exact.limit = tariff.worth(widenings)
        exact.found = (placement, widenings)
    }
}
