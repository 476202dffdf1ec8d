// swift-tools-version: 6.2
import PackageDescription

// The rooms of the house, from the ground up. A room sees only the rooms named here (and what they reach);
// `Tests/HouseTests` holds this table against the documented one.
//
// YZT_ROOMS=PIV,Audit in the environment builds and tests those rooms alone (with what they stand on):
// the developer's loop, and the sanitizer and fuzz builds, use it.

struct Room {
    enum Kind { case cLibrary(pkgConfig: String?, apt: [String]), library, program }
    var name: String
    var kind: Kind = .library
    var sees: [String] = []
    var packages: [Target.Dependency] = []
    var tested = true
    var path: String?
    var testSees: [String] = []
    var testPackages: [Target.Dependency] = []
    /// Its tests read files in a folder `Fixtures`.
    var fixtures = false
}

let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let metrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let authorityTests = ["OtherPrograms", "SoftTokens", "AuthorityFixtures"]

let rooms: [Room] = [
    Room(name: "CLinux", kind: .cLibrary(pkgConfig: nil, apt: [])),
    Room(name: "Groundwork", sees: ["CLinux"], packages: [yams, metrics], testSees: ["OtherPrograms"]),
    Room(name: "COpenSSL", kind: .cLibrary(pkgConfig: "libcrypto", apt: ["libssl-dev"])),
    Room(name: "CPKCS11", kind: .cLibrary(pkgConfig: nil, apt: ["libp11-kit-dev"])),
    // Programs that we did not write, which judge what we made. Nothing that ships sees it.
    Room(name: "OtherPrograms", tested: false, path: "Tests/OtherPrograms"),
    Room(
        name: "Cryptography", sees: ["Groundwork", "COpenSSL", "CPKCS11"], testSees: ["OtherPrograms", "SoftTokens"],
        fixtures: true),
    // What several rooms' tests need: tokens of SoftHSM 2, and disks that are full. Nothing that ships sees it.
    Room(name: "SoftTokens", sees: ["Groundwork", "Cryptography"], tested: false, path: "Tests/SoftTokens"),
    // A small authority and a clock for the tests of several rooms. Nothing that ships sees it.
    Room(name: "TestSupport", sees: ["Groundwork", "Cryptography"], tested: false, path: "Tests/TestSupport"),
    // What the command lines of several programs of ours share.
    Room(name: "CommandOptions", sees: ["Groundwork"], packages: [arguments], testPackages: [arguments]),
    Room(name: "Storage", sees: ["Groundwork"], packages: [grdb]),
    Room(
        name: "Audit", sees: ["Groundwork", "Cryptography", "Storage"], testSees: ["OtherPrograms", "TestSupport"]),
    Room(name: "CreditCodes", sees: ["Groundwork"], testSees: ["OtherPrograms"]),
    Room(
        name: "Officers", sees: ["Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes"],
        testSees: ["OtherPrograms"]),
    Room(
        name: "LegalEntities", sees: ["Groundwork", "Storage", "Audit", "CreditCodes", "Officers"],
        testSees: ["Cryptography", "OtherPrograms"]),
    Room(name: "PIV", sees: ["Groundwork", "Cryptography"]),
    // Types and numbers alone: the library is opened when a reader is first used, so that what serves has none of it.
    Room(name: "CPCSC", kind: .cLibrary(pkgConfig: nil, apt: [])),
    Room(name: "PCSC", sees: ["Groundwork", "PIV", "CPCSC"], testSees: ["OtherPrograms"]),
    Room(
        name: "VirtualKey", sees: ["Groundwork", "Cryptography", "PIV"],
        testSees: ["OtherPrograms", "PCSC", "virtual-key"]),
    Room(
        name: "virtual-key", kind: .program,
        sees: ["Groundwork", "CommandOptions", "Cryptography", "PIV", "VirtualKey"],
        packages: [arguments], tested: false),
    Room(name: "AgentProtocol", sees: ["Groundwork", "Cryptography"]),
    Room(
        name: "CardAgent", sees: ["Groundwork", "Cryptography", "PIV", "PCSC", "AgentProtocol"],
        testSees: ["VirtualKey", "virtual-key"]),
    Room(
        name: "SecurityKeys",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "AgentProtocol",
        ], testSees: ["VirtualKey", "SoftTokens"], fixtures: true),
    Room(name: "CIDN2", kind: .cLibrary(pkgConfig: "libidn2", apt: ["libidn2-dev"])),
    // The authority, from pure rules up: each room sees those before it that its work needs.
    Room(
        name: "CertificateProfiles", sees: ["Groundwork", "Cryptography", "CreditCodes", "CIDN2"],
        testSees: authorityTests),
    Room(
        name: "CertificateRecords",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "CertificateProfiles",
        ], testSees: authorityTests),
    Room(
        name: "KeyCustody",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "CertificateProfiles", "CertificateRecords",
        ], testSees: authorityTests),
    Room(
        name: "TimeStamping",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "CertificateProfiles", "CertificateRecords", "KeyCustody",
        ], testSees: authorityTests),
    Room(
        name: "Issuance",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "CertificateProfiles", "CertificateRecords", "KeyCustody",
        ], testSees: authorityTests),
    Room(
        name: "Revocation",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "CertificateProfiles", "CertificateRecords", "KeyCustody", "TimeStamping",
        ], testSees: authorityTests),
    Room(
        name: "CertificateStatus",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "CertificateProfiles", "CertificateRecords", "KeyCustody",
        ], testSees: authorityTests),
    Room(
        name: "Ceremony",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "CertificateProfiles", "CertificateRecords", "KeyCustody", "TimeStamping", "Issuance", "Revocation",
            "CertificateStatus",
        ], testSees: authorityTests),
    Room(
        name: "LongTermEvidence",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "CertificateProfiles", "CertificateRecords", "KeyCustody", "TimeStamping", "Issuance", "Revocation",
            "CertificateStatus",
        ], testSees: authorityTests),
    Room(
        name: "Reconciliation",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "CertificateProfiles", "CertificateRecords", "KeyCustody", "TimeStamping", "Issuance", "Revocation",
            "CertificateStatus", "LongTermEvidence",
        ], testSees: authorityTests),
    Room(
        name: "Personalisation",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "AgentProtocol", "SecurityKeys", "CertificateProfiles", "CertificateRecords", "Issuance",
            "Revocation", "Reconciliation",
        ], testSees: ["PIV", "CardAgent", "VirtualKey", "Installation"]),
    Room(
        name: "Authentication",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "AgentProtocol", "SecurityKeys", "Personalisation",
        ], testSees: ["Installation", "TestSupport", "AuthorityFixtures"]),
    Room(
        name: "CPangoCairo",
        kind: .cLibrary(pkgConfig: "pangocairo", apt: ["libpango1.0-dev", "libcairo2-dev"])),
    Room(name: "SealImages", sees: ["Groundwork", "Cryptography", "CPangoCairo"]),
    Room(name: "CQPDF", kind: .cLibrary(pkgConfig: "libqpdf", apt: ["libqpdf-dev"])),
    Room(
        name: "PortableDocuments", sees: ["Groundwork", "Cryptography", "CQPDF"], testSees: ["OtherPrograms"]),
    Room(
        name: "ElectronicSeals",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "SealImages", "PortableDocuments",
        ], testSees: ["OtherPrograms", "Installation", "TestSupport", "AuthorityFixtures"]),
    // What people order and do: each use case with its inputs, its order and its outcome.
    Room(
        name: "Registration",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "AgentProtocol", "SecurityKeys", "CertificateProfiles", "CertificateRecords", "KeyCustody",
            "TimeStamping", "Issuance", "Revocation", "CertificateStatus", "Ceremony", "LongTermEvidence",
            "Reconciliation", "Personalisation", "Authentication", "ElectronicSeals",
        ]),
    // The rooms wired over one data directory: opening, schema, policies in force, retention, housekeeping.
    Room(
        name: "Installation",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "AgentProtocol", "SecurityKeys", "CertificateProfiles", "CertificateRecords", "KeyCustody",
            "TimeStamping", "Issuance", "Revocation", "CertificateStatus", "Ceremony", "LongTermEvidence",
            "Reconciliation", "Personalisation", "Authentication", "SealImages", "PortableDocuments",
            "ElectronicSeals", "Registration",
        ], packages: [lifecycle, log], testSees: authorityTests, testPackages: [lifecycle, log], fixtures: true),
    // What the tests of the authority's rooms share: a whole authority in a folder. Nothing that ships sees it.
    Room(
        name: "AuthorityFixtures",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "CertificateProfiles", "CertificateRecords", "KeyCustody", "TimeStamping", "Issuance", "Revocation",
            "CertificateStatus", "Ceremony", "LongTermEvidence", "Reconciliation", "Installation",
            "OtherPrograms", "SoftTokens",
        ], tested: false, path: "Tests/AuthorityFixtures"),
    Room(
        name: "WebService",
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities",
            "AgentProtocol", "SecurityKeys", "CertificateProfiles", "CertificateRecords", "KeyCustody",
            "TimeStamping", "Issuance", "Revocation", "CertificateStatus", "Ceremony", "LongTermEvidence",
            "Reconciliation", "Personalisation", "Authentication", "ElectronicSeals", "Installation",
        ], packages: [hummingbird, lifecycle, log, metrics], testSees: ["OtherPrograms", "AuthorityFixtures"],
        testPackages: [lifecycle, log, metrics]),
    Room(
        name: "yzt", kind: .program,
        sees: [
            "Groundwork", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers", "LegalEntities", "PIV",
            "PCSC", "AgentProtocol", "CardAgent", "SecurityKeys", "CertificateProfiles", "CertificateRecords",
            "KeyCustody", "TimeStamping", "Issuance", "Revocation", "CertificateStatus", "Ceremony",
            "LongTermEvidence", "Reconciliation", "Personalisation", "Authentication", "SealImages",
            "PortableDocuments", "ElectronicSeals", "Registration", "Installation", "WebService",
            "CommandOptions",
        ], packages: [arguments, lifecycle, log], testPackages: [arguments]),
]

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func closure(of names: [String]) -> Set<String> {
    var seen = Set<String>()
    var open = names
    while let name = open.popLast() {
        guard let room = rooms.first(where: { $0.name == name }) else { fatalError("there is no room called \(name)") }
        if seen.insert(name).inserted { open += room.sees + room.testSees }
    }
    return seen
}

let chosen = Context.environment["YZT_ROOMS"].map { $0.split(separator: ",").map(String.init) }
let built =
    chosen.map { chosen in
        closure(
            of: chosen.filter { $0 != "House" && $0 != "Journeys" }
                + (chosen.contains("Journeys") ? ["yzt", "virtual-key", "OtherPrograms", "SoftTokens"] : []))
    } ?? Set(rooms.map(\.name))

let targets: [Target] = rooms.filter { built.contains($0.name) }.flatMap { room -> [Target] in
    let dependencies = room.sees.map { Target.Dependency(stringLiteral: $0) } + room.packages
    let tests: [Target] =
        room.tested && (chosen?.contains(room.name) ?? true)
        ? [
            .testTarget(
                name: "\(room.name)Tests",
                dependencies: ([room.name] + room.sees.filter { !isCLibrary($0) } + room.testSees)
                    .map { Target.Dependency(stringLiteral: $0) } + room.testPackages,
                exclude: room.fixtures ? ["Fixtures"] : [], swiftSettings: settings)
        ] : []
    switch room.kind {
    case .cLibrary(let pkgConfig, let apt):
        return [.systemLibrary(name: room.name, pkgConfig: pkgConfig, providers: apt.isEmpty ? nil : [.apt(apt)])]
    case .library:
        return [.target(name: room.name, dependencies: dependencies, path: room.path, swiftSettings: settings)] + tests
    case .program:
        return [.executableTarget(name: room.name, dependencies: dependencies, swiftSettings: settings)] + tests
    }
}

// What holds of the house as a whole: who imports whom, which C library belongs to whom, which words are kept out.
let house: [Target] =
    chosen?.contains("House") ?? true ? [.testTarget(name: "HouseTests", swiftSettings: settings)] : []

// Whole lives, run by the shipped programs and judged by programs of others.
let journeys: [Target] =
    chosen?.contains("Journeys") ?? true
    ? [
        .testTarget(
            name: "JourneysTests", dependencies: ["yzt", "virtual-key", "OtherPrograms", "SoftTokens"],
            path: "Tests/Journeys",
            swiftSettings: settings)
    ] : []

// What Tools/fuzz and Tools/benchmark run. Both are compiled with everything else, so that nothing changes under them;
// Tools/fuzz builds its own once more around libFuzzer, Tools/benchmark builds its own optimised.
let fuzz: [Target] =
    chosen == nil || Context.environment["YZT_FUZZ"] != nil
    ? [
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "Groundwork", "Cryptography", "PIV", "AgentProtocol", "Audit", "CreditCodes", "Officers",
                "LegalEntities", "CertificateProfiles", "CertificateRecords", "KeyCustody", "TimeStamping",
                "Issuance", "Revocation", "CertificateStatus", "Ceremony", "LongTermEvidence", "Reconciliation",
                "Installation", "PortableDocuments", "ElectronicSeals", "Authentication",
            ],
            path: "Tools/Fuzz",
            swiftSettings: settings
                + (Context.environment["YZT_FUZZ"] == nil
                    ? [] : [.define("LIBFUZZER"), .unsafeFlags(["-parse-as-library"])]))
    ] : []

let benchmark: [Target] =
    chosen == nil || Context.environment["YZT_BENCHMARK"] != nil
    ? [
        .executableTarget(
            name: "benchmark",
            dependencies: [
                "Groundwork", "CommandOptions", "Cryptography", "Storage", "Audit", "CreditCodes", "Officers",
                "LegalEntities", "PIV", "PCSC", "VirtualKey", "AgentProtocol", "CardAgent", "SecurityKeys",
                "CertificateProfiles", "CertificateRecords", "KeyCustody", "TimeStamping", "Issuance",
                "Revocation", "CertificateStatus", "Ceremony", "LongTermEvidence", "Reconciliation",
                "Installation", "Personalisation", "Authentication", "ElectronicSeals", hummingbird,
            ],
            path: "Tools/Benchmark", swiftSettings: settings)
    ] : []

func isCLibrary(_ name: String) -> Bool {
    if case .cLibrary = rooms.first(where: { $0.name == name })?.kind { return true }
    return false
}

let package = Package(
    name: "yizhengtong",
    dependencies: [
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: targets + house + journeys + fuzz + benchmark
)
