internal import Cryptography
internal import Groundwork

/// Who the officers are by the log's own events, up to some leaf: enrolled, with these roles and this certificate, and
/// whether their orders count.
///
/// Whoever verifies a log has no register; what it keeps grows with the officers, not with the log.
package struct OfficersOnRecord: Sendable {
    /// The events of the officers' room that say so.
    package enum Act: String, CaseIterable, Sendable {
        case enrolled = "officer.enrolled"
        case rolesChanged = "officer.roles.changed"
        case certificateChanged = "officer.certificate.changed"
        case suspended = "officer.suspended"
        case resumed = "officer.resumed"
    }

    /// The role whose word a counter-signature is.
    package static let countersigningRole = "auditAdministrator"

    /// Whose signatures count at one leaf: the present certificates' SHA-256 in hexadecimal digits.
    struct Signers: Hashable, Sendable {
        fileprivate(set) var officers: Set<String> = []
        fileprivate(set) var auditAdministrators: Set<String> = []

        /// Whether the first signature is an audit administrator's, and each an officer's.
        func cover(_ signatures: [Countersignature.Signature]) -> Bool {
            let names = signatures.map { Hex.encode(DigestAlgorithm.sha256.hash($0.certificate)) }
            return names.first.map(auditAdministrators.contains) ?? false && names.allSatisfy(officers.contains)
        }
    }

    private struct Officer {
        var roles: Set<String> = []
        var certificate: String?
        var isActive = false
    }

    private var officers: [String: Officer] = [:]
    private(set) var signers = Signers()

    init() {}

    /// Takes in one event, in the order of leaves.
    mutating func note(_ event: CanonicalJSON) {
        guard let act = event["act"]?.string.flatMap(Act.init), let subject = event["subject"]?.string else { return }
        var officer = officers[subject] ?? Officer()
        if let roles = event["facts"]?["roles"]?.array { officer.roles = Set(roles.compactMap(\.string)) }
        if let certificate = event["facts"]?["certificate"]?.string { officer.certificate = certificate }
        switch act {
        case .enrolled, .resumed: officer.isActive = true
        case .suspended: officer.isActive = false
        case .rolesChanged, .certificateChanged: break
        }
        officers[subject] = officer
        let active = officers.values.filter(\.isActive)
        signers.officers = Set(active.compactMap(\.certificate))
        signers.auditAdministrators = Set(
            active.filter { $0.roles.contains(Self.countersigningRole) }.compactMap(\.certificate))
    }
}

/// The counter-signatures that the log's events record: by the order's SHA-256, where, and who could sign there.
struct RecordedCountersignatures {
    struct Record {
        let leaf: Int
        let signers: OfficersOnRecord.Signers
    }

    private var officers = OfficersOnRecord()
    private(set) var records: [String: Record] = [:]

    /// Takes in one event, in the order of leaves.
    mutating func note(_ event: CanonicalJSON, at leaf: Int) {
        officers.note(event)
        guard event["act"]?.string == AuditLogAct.checkpointCountersigned.rawValue,
            let request = event["facts"]?["request"]?.string
        else { return }
        records[request] = Record(leaf: leaf, signers: officers.signers)
    }
}
