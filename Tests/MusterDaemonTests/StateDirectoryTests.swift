import Testing

@testable import MusterOperations

@Suite struct `The state directory` {
    @Test(
        arguments: [
            ("/etc/muster", "/var/lib/muster"), ("/etc/muster/", "/var/lib/muster"),
            ("/etc/muster/tamar", "/var/lib/muster-tamar"), ("/etc/muster/a/b", nil), ("/srv/muster", nil),
        ] as [(String, String?)])
    func `of a config below etc is where the units keep it`(config: String, state: String?) {
        #expect(Workspace.packaged(config) == state)
    }
}
