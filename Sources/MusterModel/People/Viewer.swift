/// Who looks, and what they may see and decide: an operator everything, a coordinator what their partnerships do.
public struct Viewer: Hashable, Sendable, Codable {
    /// What the history calls them: an id of the config, never an address.
    public var id: String
    /// What they are called.
    public var name: String
    /// Where mail reaches them; empty for whoever works on the machine itself.
    public var address: String
    /// The partnerships that they look after; nil for all.
    public var partnerships: Set<PartnershipID>?

    /// A viewer; every field as described there.
    public init(id: String, name: String, address: String, partnerships: Set<PartnershipID>?) {
        self.id = id
        self.name = name
        self.address = address
        self.partnerships = partnerships
    }

    /// Whoever works on the machine itself.
    public static let machine = Viewer(id: Event.muster, name: "", address: "", partnerships: nil)

    /// Whether a partnership is theirs.
    public func sees(_ partnership: PartnershipID) -> Bool { partnerships?.contains(partnership) ?? true }
}

extension Programme {
    /// Who an address belongs to among those who look after something; nil for anybody else.
    ///
    /// - Parameter operators: the addresses of those who look after the machine.
    public func viewer(_ address: String, operators: [String]) -> Viewer? {
        let address = address.lowercased()
        let own = partnerships.filter { $0.coordinator?.address.lowercased() == address }
        let person = owner(ofAddress: address)
        if operators.contains(where: { $0.lowercased() == address }) {
            let name = person?.name ?? own.first?.coordinator?.name ?? address
            return Viewer(id: person?.id.rawValue ?? "operator", name: name, address: address, partnerships: nil)
        }
        guard let first = own.first else { return nil }
        return Viewer(
            id: person?.id.rawValue ?? "coordinator of \(first.id)", name: first.coordinator?.name ?? address,
            address: address,
            partnerships: Set(own.map(\.id)))
    }

    /// The cycles that somebody may see; nil for all.
    public func cycles(seenBy viewer: Viewer) -> Set<CycleID>? {
        viewer.partnerships.map { own in Set(cycles.filter { own.contains($0.partnership) }.map(\.id)) }
    }
}
