import Foundation

@testable import CalDAV

/// Feeds whatever the fuzzer thinks of to what reads the answers of CalDAV servers.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCalDAV(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    guard let url = URL(string: "https://cal.example/alice/lessons/"),
        let answer = MultiStatus(Array(UnsafeBufferPointer(start: data, count: count)), url: url)
    else { return 0 }
    for resource in answer.resources {
        _ = CalendarCollection(resource)
        _ = resource.links(.calendarHomeSet) + resource.links(.currentUserPrincipal)
        guard CalendarObject(resource).map({ $0.data.count <= 3 * count }) ?? true else {
            preconditionFailure("there is more in the answer than was sent")
        }
    }
    return 0
}
