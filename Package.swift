// swift-tools-version: 6.1
import PackageDescription

// The manifest is the architecture diagram: every section may import only from the sections above it,
// along the arrows written here. The build checks them (`make lint`, `--explicit-target-dependency-import-check error`).

let package = Package(
    name: "muster",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "muster", targets: ["muster"]),
        .library(name: "CivilTime", targets: ["CivilTime"]),
        .library(name: "ICalendar", targets: ["ICalendar"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.3"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // MARK: Formats: know nothing of muster
        .target(name: "CivilTime"),
        .target(name: "ConcurrentMap"),
        .target(name: "TextEncodings"),
        .target(name: "ICalendar", dependencies: ["CivilTime", "TextEncodings"]),
        .target(name: "Mail", dependencies: ["CivilTime", "TextEncodings"]),
        .target(name: "Workbook", dependencies: ["CivilTime", "TextEncodings"]),
        .target(
            name: "StandardWebhooks",
            dependencies: ["CivilTime", .product(name: "Crypto", package: "swift-crypto")]
        ),

        // MARK: Edges: where the outside world begins
        .target(name: "Transport"),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CurlTransport", dependencies: ["CCurl", "Transport"]),
        .target(
            name: "OAuth",
            dependencies: [
                "CivilTime", "Transport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]
        ),
        .target(name: "IMAP", dependencies: ["CivilTime", "Transport"]),
        .target(name: "MaildirTransport", dependencies: ["Transport"]),
        .systemLibrary(name: "CExpat", providers: [.apt(["libexpat1-dev"])]),
        .target(name: "XML", dependencies: ["CExpat"]),
        .target(name: "CalDAV", dependencies: ["CivilTime", "TextEncodings", "Transport", "XML"]),
        .target(
            name: "BigBlueButton",
            dependencies: ["TextEncodings", "Transport", "XML", .product(name: "Crypto", package: "swift-crypto")]
        ),
        .target(name: "Systemd"),
        .target(name: "CMemory"),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "Templates",
            dependencies: ["TextEncodings", .product(name: "Mustache", package: "swift-mustache")]
        ),

        // MARK: Model: a leaf of plain values
        .target(name: "MusterModel", dependencies: ["CivilTime"]),

        // MARK: Logic
        // Searching takes most of the time of tests, so it is optimised in every build.
        .target(
            name: "MusterPlanner", dependencies: ["ConcurrentMap"],
            swiftSettings: [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        .target(
            name: "MusterConfiguration",
            dependencies: [
                "CivilTime", "ConcurrentMap", "ICalendar", "Mail", "MusterModel", "TextEncodings", "Transport",
                .product(name: "Yams", package: "Yams"),
            ],
            resources: ["muster.yaml", "schools.csv", "people.csv", "terms.yaml", "partnership.yaml", "cycle.yaml"].map
            {
                .embedInCode("Starter/\($0)")
            }
        ),
        .target(
            name: "MusterCalendars",
            dependencies: [
                "CZlib", "CalDAV", "CivilTime", "ICalendar", "MusterConfiguration", "MusterModel", "Transport",
            ]
        ),
        .target(
            name: "MusterPlanning", dependencies: ["CivilTime", "ConcurrentMap", "MusterModel", "MusterPlanner"]),
        .target(
            name: "MusterStore",
            dependencies: [
                "CivilTime", "ConcurrentMap", "MusterModel", .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),

        // MARK: Services: do not know each other, they meet in the store
        .target(
            name: "MusterDelivery",
            dependencies: [
                "CivilTime", "ConcurrentMap", "ICalendar", "Mail", "MusterModel", "MusterStore", "StandardWebhooks",
                "Templates", "TextEncodings", "Transport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Mustache", package: "swift-mustache"),
            ],
            resources: [
                .embedInCode("Templates/message.txt.mustache"),
                .embedInCode("Templates/message.html.mustache"),
                .embedInCode("Templates/reminder.txt.mustache"),
            ]
        ),

        // MARK: Operations: one type a use case
        .target(
            name: "MusterOperations",
            dependencies: [
                "BigBlueButton", "CMemory", "CalDAV", "CivilTime", "ConcurrentMap", "CurlTransport", "IMAP", "Mail",
                "MaildirTransport", "MusterCalendars", "MusterConfiguration", "MusterDelivery", "MusterModel",
                "MusterPlanner", "MusterPlanning", "MusterStore", "OAuth", "StandardWebhooks", "TextEncodings",
                "Transport", "Workbook",
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),

        // MARK: Entrances
        .target(
            name: "MusterWeb",
            dependencies: [
                "CivilTime", "MusterDelivery", "MusterModel", "MusterOperations", "MusterStore", "Systemd", "Templates",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            resources: [
                "answer.html", "attendance.html", "deadlines.html", "done.html", "feedback.html", "foot.html",
                "head.html", "list.html",
                "loads.html", "mine.html",
                "overview.html",
                "people.html",
                "planner.html", "poll.html", "poll-result.html", "proposal.html", "report.html", "room.html",
                "season.html", "session.html", "sign-in.html", "step-in.html", "text.html", "timeline.html",
                "weeks.html",
            ].map { .embedInCode("Templates/\($0).mustache") } + [.embedInCode("Templates/pages.css")]
        ),
        .target(
            name: "MusterDaemon",
            dependencies: [
                "CMemory", "CivilTime", "MusterConfiguration", "MusterDelivery", "MusterModel", "MusterOperations",
                "MusterPlanner", "MusterStore", "MusterWeb", "Systemd",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "MusterCommands",
            dependencies: [
                "CMemory", "CivilTime", "ICalendar", "Mail", "MusterConfiguration", "MusterDaemon", "MusterDelivery",
                "MusterModel", "MusterOperations", "MusterPlanner", "MusterStore", "MusterWeb",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .executableTarget(name: "muster", dependencies: ["MusterCommands"]),

        // MARK: Measuring
        .executableTarget(
            name: "MusterBenchmarks",
            dependencies: [
                "CivilTime", "CurlTransport", "ICalendar", "MusterDelivery", "MusterModel", "MusterStore",
                "MusterTestSupport", "StandardWebhooks", "Transport",
            ],
            path: "Tests/MusterBenchmarks",
            exclude: ["Pages", "Planning", "Programme"]
        ),

        // MARK: Tests
        .target(name: "MusterTestSupport", dependencies: ["CivilTime"], path: "Tests/MusterTestSupport"),
        .testTarget(name: "CivilTimeTests", dependencies: ["CivilTime"]),
        .testTarget(name: "TextEncodingsTests", dependencies: ["MusterTestSupport", "TextEncodings"]),
        .testTarget(name: "ICalendarTests", dependencies: ["CivilTime", "ICalendar", "MusterTestSupport"]),
        .testTarget(name: "StandardWebhooksTests", dependencies: ["CivilTime", "StandardWebhooks"]),
        .testTarget(
            name: "OAuthTests",
            dependencies: [
                "CivilTime", "MusterTestSupport", "OAuth", "Transport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]
        ),
        .testTarget(name: "MailTests", dependencies: ["CivilTime", "Mail", "MusterTestSupport"]),
        .testTarget(
            name: "CurlTransportTests", dependencies: ["CurlTransport", "MusterTestSupport", "Transport"]),
        .testTarget(name: "IMAPTests", dependencies: ["CivilTime", "IMAP", "MusterTestSupport", "Transport"]),
        .testTarget(
            name: "EndToEndTests", dependencies: ["MusterTestSupport", "muster"], exclude: ["browser.py"]),
        .testTarget(
            name: "MusterDeliveryTests",
            dependencies: [
                "CivilTime", "ConcurrentMap", "Mail", "MaildirTransport", "MusterDelivery", "MusterModel",
                "MusterStore",
                "MusterTestSupport", "StandardWebhooks", "Transport",
            ]
        ),
        .testTarget(
            name: "MusterStoreTests",
            dependencies: [
                "CivilTime", "MusterModel", "MusterStore", "MusterTestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "MusterConfigurationTests",
            dependencies: ["CivilTime", "MusterConfiguration", "MusterModel", "MusterTestSupport"]
        ),
        .testTarget(
            name: "MusterCalendarsTests",
            dependencies: [
                "CalDAV", "CivilTime", "MusterCalendars", "MusterConfiguration", "MusterModel", "MusterTestSupport",
                "Transport",
            ]
        ),
        .testTarget(
            name: "MusterPlanningTests",
            dependencies: [
                "CivilTime", "MusterConfiguration", "MusterModel", "MusterPlanner", "MusterPlanning",
                "MusterTestSupport",
            ]
        ),
        .testTarget(
            name: "MusterCommandsTests",
            dependencies: ["CivilTime", "MusterCommands", "MusterModel", "MusterOperations", "MusterTestSupport"]
        ),
        .testTarget(
            name: "MusterOperationsTests",
            dependencies: [
                "CivilTime", "IMAP", "MusterConfiguration", "MusterDelivery", "MusterModel", "MusterOperations",
                "MusterPlanning", "MusterStore", "MusterTestSupport", "TextEncodings", "Transport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(name: "MusterModelTests", dependencies: ["CivilTime", "MusterModel", "MusterTestSupport"]),
        .testTarget(
            name: "MusterDaemonTests",
            dependencies: [
                "CivilTime", "MusterDaemon", "MusterDelivery", "MusterModel", "MusterOperations", "MusterStore",
                "MusterTestSupport", "MusterWeb", "Systemd",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(name: "BigBlueButtonTests", dependencies: ["BigBlueButton", "Transport"]),
        .testTarget(
            name: "CalDAVTests",
            dependencies: ["CalDAV", "CivilTime", "CurlTransport", "MusterTestSupport", "Transport"]),
        .testTarget(
            name: "MusterWebTests",
            dependencies: [
                "CivilTime", "MusterDelivery", "MusterModel", "MusterOperations", "MusterStore", "MusterTestSupport",
                "MusterWeb",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]
        ),
        .testTarget(name: "WorkbookTests", dependencies: ["CivilTime", "MusterTestSupport", "Workbook"]),
        .testTarget(name: "SystemdTests", dependencies: ["MusterTestSupport", "Systemd"]),
        .testTarget(name: "MusterPlannerTests", dependencies: ["MusterPlanner", "MusterTestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system && !["CCurl", "CMemory"].contains(target.name) {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
        ]
}
