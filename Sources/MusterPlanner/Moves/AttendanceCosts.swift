/// What it costs people to attend the stages of tracks: a number for each start, infinite where they are not free.
///
/// What does not change during a search is worked out once for each person and role, and kept as long as there is room.
final class AttendanceCosts {
    private let instance: Instance
    /// For each track what is kept of each role and candidate, one after the other; nil where it is not.
    private var kept: [[UnsafeMutablePointer<Float>?]]
    private var blocks: [UnsafeMutablePointer<Float>] = []
    private var used = 0
    private let mostBlocks: Int
    private static let blockSize = 1 << 18

    /// - Parameter most: bytes to be kept at most.
    init(_ instance: Instance, most: Int) {
        self.instance = instance
        kept = Array(repeating: [], count: instance.tracks.count)
        mostBlocks = most / (Self.blockSize * MemoryLayout<Float>.size)
    }

    deinit { blocks.forEach { $0.deallocate() } }

    /// What it costs a candidate to attend each stage of a role: first the least of each stage, then for each stage a
    /// number for each of its starts; nil where there is no room to keep it.
    func kept(_ track: Int, role: Int, candidate: Int, in tables: TrackTables) -> UnsafePointer<Float>? {
        let index = tables.firsts[role] + candidate
        if kept[track].isEmpty { kept[track] = Array(repeating: nil, count: tables.firsts[tables.firsts.count - 1]) }
        if let known = kept[track][index] { return UnsafePointer(known) }
        let data = instance.tracks[track].roles[role]
        let stages = tables.timetable.stages
        let count = data.stages.reduce(data.stages.count) { $0 + stages[$1].count }
        guard let memory = room(for: count) else { return nil }
        var position = data.stages.count
        for (number, stage) in data.stages.enumerated() {
            let costs = memory + position
            fill(
                stage, of: track, tables.timetable, for: tables.candidates[role][candidate], isPinned: false,
                into: costs - stages[stage].lowerBound)
            memory[number] = UnsafeBufferPointer(start: costs, count: stages[stage].count).min() ?? .infinity
            position += stages[stage].count
        }
        kept[track][index] = memory
        return UnsafePointer(memory)
    }

    /// The least that is known before anything is worked out: what is kept, or nothing.
    func leastKept(_ track: Int, role: Int, candidate: Int, in tables: TrackTables) -> Float {
        guard !kept[track].isEmpty, let known = kept[track][tables.firsts[role] + candidate] else { return 0 }
        var sum: Float = 0
        for stage in instance.tracks[track].roles[role].stages.indices { sum += known[stage] }
        return sum
    }

    /// Writes what it costs somebody to attend a stage at each of its starts, their diary left aside; `costs` is a vector
    /// of the whole track.
    func fill(
        _ stage: Int, of track: Int, _ table: Timetable, for person: Int, isPinned: Bool,
        into costs: UnsafeMutablePointer<Float>
    ) {
        let data = instance.people[person]
        let slots = instance.tracks[track].stages[stage].slots
        var (free, avoid) = (0, 0)
        data.free.withUnsafeBufferPointer { intervals in
            data.avoid.ranges.withUnsafeBufferPointer { ranges in
                table.starts.withUnsafeBufferPointer { starts in
                    for position in table.stages[stage] {
                        let start = Int(starts[position])
                        let end = start + slots
                        while free < intervals.count, intervals[free].to < end { free += 1 }
                        guard isPinned || free < intervals.count && intervals[free].from <= start else {
                            costs[position] = .infinity
                            continue
                        }
                        while avoid < ranges.count, ranges[avoid].to <= start { avoid += 1 }
                        var (cost, next) = (0, avoid)
                        while next < ranges.count, ranges[next].from < end {
                            cost += (min(ranges[next].to, end) - max(ranges[next].from, start)) * ranges[next].weight
                            next += 1
                        }
                        costs[position] = Float(cost)
                    }
                }
            }
        }
    }

    private func room(for count: Int) -> UnsafeMutablePointer<Float>? {
        guard count <= Self.blockSize else { return nil }
        if blocks.isEmpty || used + count > Self.blockSize {
            guard blocks.count < mostBlocks else { return nil }
            blocks.append(.allocate(capacity: Self.blockSize))
            used = 0
        }
        defer { used += count }
        return blocks[blocks.count - 1] + used
    }
}

extension State {
    /// Rules out the starts of a stage that somebody's diary and school forbid (rules 4 and 7).
    ///
    /// - Parameter costs: gives a vector of the whole track; asked only where there is something to rule out.
    func block(
        _ person: Int, track: Instance.Track, number: Int, table: Timetable, isByRole: Bool,
        costs: () -> UnsafeMutablePointer<Float>
    ) {
        let data = instance.people[person]
        let stage = track.stages[number]
        let diary = bookings[person]
        func block(_ from: Int, _ to: Int) {
            let positions = table.positions(number, from: from, to: to)
            if !positions.isEmpty { costs().forbid(positions) }
        }
        func block(day: Int, count: Int = 1) {
            block(instance.firstSlot(day, offset: data.offset), instance.firstSlot(day + count, offset: data.offset))
        }
        for booking in diary {
            block(Int(booking.start) - stage.slots - instance.buffer + 1, Int(booking.end) + instance.buffer)
        }
        if data.maxPerDay < .max {
            if data.maxPerDay == 0 { costs().forbid(table.stages[number]) }
            for booking in diary where diary.count(where: { $0.day == booking.day }) >= data.maxPerDay {
                block(day: Int(booking.day))
            }
        }
        if data.maxPerWeek < .max {
            if data.maxPerWeek == 0 { costs().forbid(table.stages[number]) }
            for booking in diary {
                let week = instance.week(Int(booking.day))
                if diary.count(where: { instance.week(Int($0.day)) == week }) >= data.maxPerWeek {
                    block(day: instance.firstDay(ofWeek: week), count: 7)
                }
            }
        }
        guard isByRole, data.school >= 0, instance.schoolLimits[data.school] < .max else { return }
        if instance.schoolLimits[data.school] > 0 {
            for day in fullDays[data.school] where !isAway(person, day) { block(day: day) }
        } else {
            for position in table.stages[number]
            where !isAway(person, instance.day(Int(table.starts[position]), offset: data.offset)) {
                costs().forbid(position..<position + 1)
            }
        }
    }
}

extension UnsafeMutablePointer<Float> {
    /// Rules out a range of starts.
    func forbid(_ positions: Range<Int>) {
        for position in positions { self[position] = .infinity }
    }
}
