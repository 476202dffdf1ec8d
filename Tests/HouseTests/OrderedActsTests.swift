import Foundation
import Testing

/// An act that officers can order and no room looks at would be done on anybody's word.
@Suite struct OrderedActsTests {
    /// Acts that a later room does: nothing can be done on such an order yet.
    static let toCome: Set<String> = ["activateApplication"]

    @Test func everyActIsRequiredBySomeRoom() throws {
        let table = try String(
            contentsOf: House.root.appending(path: "Sources/Officers/OfficerAct.swift"), encoding: .utf8)
        let enumeration = try #require(table.firstMatch(of: /enum OfficerAct[^{]*\{([^}]*?)\n\n/)).1
        let acts = enumeration.matches(of: /[a-zA-Z]+/).map { String($0.0) }.filter { $0 != "case" }
        #expect(acts.count > 40)
        let tables = [
            "Sources/Officers/OfficerAct.swift", "Sources/Officers/OrderForm", "Sources/Officers/DualControl",
        ]
        let checking = House.swiftFiles(under: "Sources").filter { file in
            !tables.contains { file.path.hasPrefix($0) }
                && [".require(", "KeyOrder(", "acts: [OfficerAct]", "-> OfficerAct"].contains {
                    file.text.contains($0)
                }
        }
        for act in acts {
            let name = try Regex("\\.\(act)\\b")
            #expect(checking.contains { $0.text.contains(name) } || Self.toCome.contains(act), "\(act)")
        }
    }

    /// An order is for all of it: nobody checks the act and leaves the parameters out.
    @Test func requireTakesAllParameters() throws {
        let room = House.swiftFiles(under: "Sources/Officers").map(\.text).joined()
        #expect(!room.contains(/func require\([^)]*parameters: \[String: CanonicalJSON\]\?/))
        #expect(!room.contains(/func require\([^)]*parameters: \[String: CanonicalJSON\] =/))
    }
}
