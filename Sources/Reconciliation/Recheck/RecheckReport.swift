package import CertificateProfiles
package import Groundwork

/// What a pass over the store judges, in this order.
package enum RecheckPhase: String, Sendable, Codable, CaseIterable {
    case certificates, lists, answers, done

    package var label: LocalisedText {
        switch self {
        case .certificates: LocalisedText(zh: "证书", en: "certificates")
        case .lists: LocalisedText(zh: "吊销列表", en: "revocation lists")
        case .answers: LocalisedText(zh: "OCSP 响应", en: "OCSP answers")
        case .done: LocalisedText(zh: "完成", en: "done")
        }
    }

    var next: RecheckPhase {
        switch self {
        case .certificates: .lists
        case .lists: .answers
        case .answers, .done: .done
        }
    }

    /// What one of its objects is called in the table of findings.
    var kind: String {
        switch self {
        case .certificates: "certificate"
        case .lists: "list"
        case .answers, .done: "answer"
        }
    }
}

/// How far a pass has come.
package struct RecheckProgress: Sendable, Hashable {
    package let phase: RecheckPhase
    /// Objects judged in all phases, by whoever was at it.
    package let judged: Int
}

/// What a pass found, counted; ``StoreRecheck/findings(of:_:)`` gives each by the serial number (or the list's name)
/// and the rule.
package struct RecheckReport: Sendable {
    package struct Finding: Sendable, Hashable {
        /// `certificate`, `list` or `answer`.
        package let kind: String
        /// A serial number, a list's generation and shard, or an answer's serial number and digest.
        package let subject: String
        package let finding: LintFinding
    }

    let run: Int64
    package let judged: Int
    package let counts: [LintRule.Severity: Int]

    package var found: Int { counts.values.reduce(0, +) }
    /// Whether nothing is wrong by the rules of its own time. What only newer rules find is a notice.
    package var isClean: Bool { counts.allSatisfy { $0.key < .warning || $0.value == 0 } }
}

/// The named steps of a pass. Tests stop there; the shipped program shows its progress.
package enum RecheckStep: Sendable, Hashable {
    /// The pass is ours, new or taken up again.
    case begun
    /// A batch was judged; nothing of it is stored.
    case judged(RecheckPhase)
    /// Its findings and the place are stored.
    case stored(RecheckPhase)
}

package typealias RecheckObserver = @Sendable (RecheckStep) async throws -> Void
