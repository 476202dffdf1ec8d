import Foundation
import CreditCodes

/// Codes to test with, and the shipped rules.
enum Codes {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func shippedRules() throws -> String {
        try String(contentsOf: root.appending(path: "Policies/uscc.yaml"), encoding: .utf8)
    }

    static func rules() throws -> CodeRules { try CodeRules(yaml: shippedRules()) }

    /// Registered codes of real entities; both check characters recomputed by hand.
    static let real = [
        "91310000631291289X", "91310000132260250X", "9131000010000595XD", "914403001922038216", "9144030071526726XG",
        "91330100799655058B", "91110108MA01R70K8D", "91110000101623741K", "911101066976941872", "9131000013221158XC",
        "91440300708461136T", "91350100M000100Y43",
    ]

    /// Reported as a genuine company's, though the 18th character should be R; its organization code is right.
    static let realButWrong = "91350211M0000XUF46"

    /// Codes that circulate as examples and were invented.
    static let invented = ["91310115MA1H8R7C6D", "91310115MA1G4L1WXK", "91350100M000100Y4Z"]
}
