import CreditCodes
import Foundation

/// The shipped rules, and the code that needs an override under them.
enum Codes {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func rules() throws -> CodeRules {
        try CodeRules(yaml: String(contentsOf: root.appending(path: "Policies/uscc.yaml"), encoding: .utf8))
    }

    /// Reported as a genuine company's, though the 18th character should be R; its organization code is right.
    static let realButWrong = "91350211M0000XUF46"
}
