import Foundation
import Hummingbird
import MusterModel
import MusterOperations

extension CoordinatorPages {
    func addResourceRoutes(to router: Router<BasicRequestContext>) {
        router.get("resources") { request, _ in
            try await door.page(request, section: "/resources") { showResources($0) }
        }
        router.get("resources/:file") { request, context in
            try await door.page(request, section: "/resources") { visit in
                let name = context.parameters.get("file").flatMap(\.removingPercentEncoding) ?? ""
                guard visit.workspace.visibleResources.contains(where: { $0.place == .file(name) }),
                    let content = try visit.workspace.resourceFile(name)
                else { throw Workspace.Failure("There is no file \(name) here.", exitCode: 77) }
                return PageResponse.file(content, name: name, type: PageResponse.type(ofFile: name))
            }
        }
    }

    private func showResources(_ visit: PageVisit) -> Response {
        let resources = visit.workspace.visibleResources
        let table = ListTable(
            title: Wording.count(resources.count, "resource"),
            columns: ["What", "About", "For themes", "For stages", "For roles"],
            rows: resources.map { resource in
                [
                    ListTable.Cell(resource.title, address: resource.address(below: site.base)),
                    ListTable.Cell(resource.note),
                ]
                    + [resource.themes, resource.stages, resource.roles].map {
                        ListTable.Cell($0.isEmpty ? "all" : $0.sorted().joined(separator: ", "))
                    }
            })
        return html(
            "list",
            [
                "title": "Resources",
                "lead": "What stands in invitations, reminders and on people’s pages, by theme, stage and role.",
                "tables": [table.context],
            ], for: visit)
    }
}

extension Resource {
    /// How it stands on a page.
    func context(below address: String) -> [String: Any] {
        var context = ["title": title, "href": self.address(below: address)]
        if !note.isEmpty { context["note"] = note }
        return context
    }
}
