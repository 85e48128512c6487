import Foundation
import MusterModel

/// What programs may ask for over the web, and how that is described to them.
extension OperationCatalogue {
    /// What coordinators may ask for: each of these looks itself at what is theirs.
    ///
    /// What is not here is for operators: it concerns everybody, or the machine. A mail is not shown, since it holds the
    /// address at which its recipient answers.
    private static let forCoordinators: [any Operation.Type] = [
        ShowOverview.self, ShowSession.self, ExplainEntity.self, ListEvents.self, ExportSeason.self, ListCalendars.self,
        PinSession.self, MoveSession.self, CancelTarget.self, RevertDecision.self, ListProposals.self,
        ShowProposal.self, ApproveProposal.self, RejectProposal.self, RecordAnswer.self, AskAgain.self,
        ListIncomingMails.self, ShowIncomingMail.self, SettleIncomingMail.self, AcceptIncomingMail.self,
        RefuseIncomingMail.self, ListMessages.self, ChangeMessages.self, RecordAbsence.self, ListAbsences.self,
        RemoveAbsence.self, AgreeQuestion.self, ListPolls.self, ShowPoll.self, ApplyPoll.self, ShowFeedback.self,
        ListDeadlines.self, FinishDeadline.self,
        ShowCycleReport.self, RecordPollAnswer.self, ListAttendance.self, RecordAttendance.self, ChooseDate.self,
        AskStandIns.self,
    ]
    private static let namesForCoordinators = Set(forCoordinators.map { $0.name })

    /// Whether somebody may ask for an operation over the web.
    public static func isOffered(_ name: String, to viewer: Viewer) -> Bool {
        viewer.partnerships == nil || namesForCoordinators.contains(name)
    }

    /// The description of all that is offered (OpenAPI 3.1), as JSON.
    ///
    /// - Parameter server: below which address it is offered.
    public static func openAPI(version: String, server: String) throws -> Data {
        let paths = names.reduce(into: [String: JSONValue]()) { paths, name in
            guard let schemas = schemas(name) else { return }
            paths["/api/v1/\(name)"] = .object([
                "post": .object(describe(name, request: schemas.request, answer: schemas.response))
            ])
        }
        let security = JSONValue.object(["type": .text("http"), "scheme": .text("bearer")])
        let failure = JSONValue.object([
            "type": .text("object"), "required": .list([.text("error")]),
            "properties": .object(["error": .object(["type": .text("string")])]),
        ])
        let description = JSONValue.object([
            "openapi": .text("3.1.0"),
            "info": .object(["title": .text("muster"), "version": .text(version)]),
            "servers": .list([.object(["url": .text(server)])]),
            "security": .list([.object(["token": .list([])])]),
            "components": .object([
                "securitySchemes": .object(["token": security]), "schemas": .object(["Failure": failure]),
            ]), "paths": .object(paths),
        ])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(description)
    }

    private static func describe(
        _ name: String, request: JSONValue, answer: JSONValue
    ) -> [String: JSONValue] {
        func response(_ text: String, _ schema: JSONValue) -> JSONValue {
            .object([
                "description": .text(text),
                "content": .object(["application/json": .object(["schema": schema])]),
            ])
        }
        let failure = JSONValue.object(["$ref": .text("#/components/schemas/Failure")])
        let words = name.replacing("-", with: " ")
        return [
            "operationId": .text(name), "summary": .text(words.prefix(1).uppercased() + words.dropFirst()),
            "description": .text(
                namesForCoordinators.contains(name) ? "For coordinators, of what is theirs." : "For operators alone."),
            "requestBody": .object([
                "required": .flag(true), "content": .object(["application/json": .object(["schema": request])]),
            ]),
            "responses": .object([
                "200": response("It is done.", answer), "400": response("It is not understood.", failure),
                "401": response("Nobody is known by that token.", failure),
                "404": response("It is not there, or not theirs.", failure),
                "409": response("It cannot be done, and why.", failure),
                "413": response("It is larger than a mebibyte.", failure),
                "429": .object(["description": .text("Too many requests.")]),
                "503": response("It cannot be done now.", failure),
            ]),
        ]
    }
}

/// A value of JSON that is written.
public indirect enum JSONValue: Encodable, Sendable {
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([JSONValue])
    case object([String: JSONValue])

    /// Writes it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .flag(let flag): try container.encode(flag)
        case .list(let list): try container.encode(list)
        case .object(let object): try container.encode(object)
        }
    }
}
