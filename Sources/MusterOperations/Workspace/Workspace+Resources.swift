import Foundation
import MusterDelivery
import MusterModel

extension Workspace {
    /// What helps somebody with a session, for mails: the address of each.
    ///
    /// Files are on the pages alone, below the address at which the recipient answers.
    var resourceShelf: ResourceShelf {
        let programme = programme
        return { details, role, answerAddress in
            programme.resources(for: details.id, role: role).compactMap { resource in
                resource.address(below: answerAddress).map { (resource.title, $0) }
            }
        }
    }

    /// What the config has for those who take part in a partnership, in its order.
    public func resources(of partnership: PartnershipID) -> [Resource] {
        programme.resources.filter { ($0.partnership ?? partnership) == partnership }
    }

    /// The resources that are theirs who look after partnerships.
    public var visibleResources: [Resource] {
        programme.resources.filter { $0.partnership.map(viewer.sees) ?? true }
    }

    /// A file that a resource names; nil for any other.
    public func resourceFile(_ name: String) throws -> Data? {
        guard programme.resources.contains(where: { $0.place == .file(name) }) else { return nil }
        return try Data(contentsOf: URL(fileURLWithPath: "\(configDirectory)/programme/resources/\(name)"))
    }
}

extension Resource {
    /// Where it is, with files below an address; nil for a file where there is none.
    public func address(below address: String?) -> String? {
        switch place {
        case .link(let link): link
        case .file(let name):
            address.map {
                "\($0)/resources/\(name.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? name)"
            }
        }
    }
}
