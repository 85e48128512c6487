import Foundation
import Transport

/// Delivers mails into a Maildir of this machine, which any mail client opens.
///
/// A file is written under `tmp`, synced, and then moved to `new`, so nobody ever sees half a mail. Its name is made
/// from the mail's identifier: sending the same mail again replaces the file instead of doubling it.
public struct MaildirTransport: MailTransport {
    private let directory: URL

    /// A Maildir in a folder, which is made when it is needed.
    public init(directory: String) {
        self.directory = URL(fileURLWithPath: directory, isDirectory: true)
    }

    /// Writes the mail; it is on disk when this returns.
    public func send(_ envelope: MailEnvelope, over connection: Int, once gate: CommitGate)
        async throws(TransportError)
    {
        let name = String(
            envelope.identifier.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-.@".contains($0)) ? $0 : "_" })
        let temporary = directory.appending(path: "tmp/\(name)")
        let final = directory.appending(path: "new/\(name)")
        let seen = directory.appending(path: "cur/\(name):2,S")
        do {
            for folder in ["", "tmp", "new", "cur"] { try make(directory.appending(path: folder)) }
            guard !FileManager.default.fileExists(atPath: seen.path) else { return }
            let header = "Return-Path: <\(envelope.sender)>\r\nDelivered-To: \(envelope.recipient)\r\n"
            try write(Array(header.utf8) + envelope.message, to: temporary)
            guard rename(temporary.path, final.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
            synchronize(directory.appending(path: "new"))
        } catch {
            throw TransportError(
                .storage,
                "The mail cannot be written to \(directory.path): \(Self.reason(error)). Free space or rights, then try again."
            )
        }
    }

    /// Makes a folder where it is missing.
    ///
    /// Root leaves it to whoever owns the folder above: the daemon is another user.
    private func make(_ folder: URL) throws {
        guard !FileManager.default.fileExists(atPath: folder.path) else { return }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var owner = stat()
        guard geteuid() == 0, stat(folder.deletingLastPathComponent().path, &owner) == 0 else { return }
        _ = lchown(folder.path, owner.st_uid, owner.st_gid)
    }

    private func write(_ bytes: [UInt8], to file: URL) throws {
        guard FileManager.default.createFile(atPath: file.path, contents: nil) else {
            throw CocoaError(.fileWriteNoPermission)
        }
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        try handle.write(contentsOf: Data(bytes.filter { $0 != 0x0D }))
        try handle.synchronize()
    }

    /// Brings the new name in a folder to the disk.
    private func synchronize(_ folder: URL) {
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let underlying, underlying.domain == NSPOSIXErrorDomain {
            return String(cString: strerror(Int32(underlying.code)))
        }
        return (error as NSError).localizedDescription
    }
}
