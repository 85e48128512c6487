import Foundation
import MusterTestSupport
import Systemd
import Testing

@Suite struct `Telling systemd` {
    @Test(arguments: [false, true])
    func `goes to a socket of the file system and to an abstract one`(isAbstract: Bool) throws {
        let folder = try TemporaryDirectory()
        let path = isAbstract ? "@muster-test-\(UUID().uuidString)" : folder.path + "/notify"
        let listener = try DatagramListener(path)
        let notifier = Notifier(environment: ["NOTIFY_SOCKET": path])
        notifier.ready()
        #expect(String(decoding: listener.receive(), as: UTF8.self) == "READY=1")
        notifier.status("two\nlines")
        #expect(String(decoding: listener.receive(), as: UTF8.self) == "STATUS=two lines")
        notifier.reloading()
        #expect(String(decoding: listener.receive(), as: UTF8.self).contains("RELOADING=1\nMONOTONIC_USEC="))
    }

    @Test func `is silent where nobody listens`() {
        Notifier(environment: [:]).ready()
        Notifier(environment: ["NOTIFY_SOCKET": "/nowhere/at/all"]).ready()
    }

    @Test(
        arguments: [("60000000", nil, Duration.seconds(15)), ("60000000", "1", nil), (nil, nil, nil)]
            as [(String?, String?, Duration?)])
    func `feeds the watchdog at a quarter of its time, where it is ours`(
        microseconds: String?, pid: String?, expected: Duration?
    ) {
        var environment: [String: String] = [:]
        environment["WATCHDOG_USEC"] = microseconds
        environment["WATCHDOG_PID"] = pid
        #expect(Notifier(environment: environment).watchdogInterval == expected)
    }
}
