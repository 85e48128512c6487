import Foundation
import MusterConfiguration
import MusterDelivery
import MusterModel

extension Workspace {
    /// What helps somebody with a session, as lines of a mail.
    ///
    /// Files are on the page on which the recipient answers, whose address is a secret: whoever passes a handbook on must
    /// not pass that on.
    var resourceShelf: ResourceShelf {
        let programme = programme
        let hasPages = configuration.pages.address != nil
        return { details, role in
            programme.resources(for: details.id, role: role).flatMap { resource in
                switch resource.place {
                case .link(let link): [resource.title, link]
                case .file: hasPages ? ["\(resource.title) (on the page below)"] : []
                }
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
    /// Where it is on a page, with files below its address.
    public func address(below address: String) -> String {
        switch place {
        case .link(let link): link
        case .file(let name):
            "\(address)/resources/\(name.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? name)"
        }
    }
}
