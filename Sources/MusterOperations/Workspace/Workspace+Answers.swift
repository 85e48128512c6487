import CivilTime
import Foundation
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// Takes one mail.
    func take(_ bytes: [UInt8], _ access: WriteAccess) throws -> IncomingMail {
        let mail = ReceivedMail(bytes)
        let now = now()
        let reader = AnswerReader(mail, at: now)
        let webhooks = try webhookComposer
        let incoming = IncomingMail(at: now, sender: mail.sender, subject: mail.subject, state: .waiting, reason: "")
        return try access.store.take(incoming, digest: mail.digest, content: bytes) { known in
            try reader.decide(known)
        } announcing: { [programme] answer in
            let label = programme.label(of: answer.session.trackOfSession)
            let stage = programme.stage(of: answer.session)?.stage.name ?? answer.session.stageOfSession
            return webhooks.announcement(of: .answered(answer, "\(stage) at \(label)"))
        }
    }

    /// Whether somebody declined in a stretch of time.
    public func wasDeclined(in time: ClosedRange<Instant>) throws -> Bool {
        try store.wasDeclined(in: time)
    }

    /// Takes every mail that lies in the folder for answers; each is moved away once what follows from it is kept.
    ///
    /// - Returns: how many there were.
    public func takeAnswers() async throws -> Int {
        let folder = Self.path(configuration.answers, from: stateDirectory)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/new"))?.sorted() ?? []
        guard !names.isEmpty else { return 0 }
        try FileManager.default.createDirectory(atPath: folder + "/cur", withIntermediateDirectories: true)
        for name in names where !name.hasPrefix(".") {
            guard let file = FileHandle(forReadingAtPath: "\(folder)/new/\(name)"),
                let content = try? file.read(upToCount: TakeMail.mostBytes) ?? Data()
            else { continue }
            try? file.close()
            _ = try await withWriteAccess { try take([UInt8](content), $0) }
            try? FileManager.default.moveItem(atPath: "\(folder)/new/\(name)", toPath: "\(folder)/cur/\(name):2,S")
        }
        return names.count
    }
}
