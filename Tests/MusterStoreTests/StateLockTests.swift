import Dispatch
import Foundation
import MusterStore
import MusterTestSupport
import Synchronization
import Testing

@Suite struct `A lock that another holds` {
    /// A descriptor that is closed twice is somebody else's the second time: a database's, or a connection's.
    @Test func `closes nothing that is not its own, however often it is tried`() throws {
        let folder = try TemporaryDirectory()
        let held = try StateLock(directory: folder.path, name: "test.lock")
        let refused = Atomic(0)
        let lost = Atomic(0)
        let isOver = Atomic(false)
        DispatchQueue.concurrentPerform(iterations: 2) { thread in
            guard thread == 1 else {
                for _ in 0..<4000 where (try? StateLock(directory: folder.path, name: "test.lock")) == nil {
                    refused.add(1, ordering: .relaxed)
                }
                isOver.store(true, ordering: .relaxed)
                return
            }
            while !isOver.load(ordering: .relaxed) {
                let descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC)
                var byte: UInt8 = 1
                let isRead = (0..<20).allSatisfy { _ in read(descriptor, &byte, 1) == 1 }
                if close(descriptor) != 0 || !isRead { lost.add(1, ordering: .relaxed) }
            }
        }
        #expect(refused.load(ordering: .relaxed) == 4000 && lost.load(ordering: .relaxed) == 0)
        withExtendedLifetime(held) {}
    }
}
