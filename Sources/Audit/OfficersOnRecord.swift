internal import Cryptography
internal import Groundwork

/// Who the officers are by the log's own events, up to some leaf: enrolled, with these roles and this certificate, and
/// whether their orders count.
///
/// Whoever verifies a log has no register; what it keeps grows with the officers and the counter-signatures, not with
/// the log.
package struct OfficersOnRecord: Sendable {
    /// The events of the officers' room that say so.
    package enum Act: String, CaseIterable, Sendable {
        case enrolled = "officer.enrolled"
        case rolesChanged = "officer.roles.changed"
        case certificateChanged = "officer.certificate.changed"
        case suspended = "officer.suspended"
        case resumed = "officer.resumed"
    }

    /// The events of the authority's room that end a certificate or hold it; the subject is its serial number.
    package enum CertificateAct: String, CaseIterable, Sendable {
        case suspended = "certificate.suspended"
        case resumed = "certificate.resumed"
        case revoked = "certificate.revoked"
    }

    /// The role whose word a counter-signature is.
    package static let countersigningRole = "auditAdministrator"

    /// Whose signatures count at one leaf: the present certificates' SHA-256 in hexadecimal digits.
    struct Signers: Hashable, Sendable {
        fileprivate(set) var officers: Set<String> = []
        fileprivate(set) var auditAdministrators: Set<String> = []
        /// Serial numbers of certificates that were held or revoked then.
        fileprivate var stopped: Set<String> = []

        /// Whether the first signature is an audit administrator's, and each an officer's by a certificate that was
        /// neither held nor revoked.
        func cover(_ signatures: [Countersignature.Signature]) -> Bool {
            let names = signatures.map { Hex.encode(DigestAlgorithm.sha256.hash($0.certificate)) }
            return names.first.map(auditAdministrators.contains) ?? false && names.allSatisfy(officers.contains)
                && signatures.allSatisfy { $0.serial.map { !stopped.contains($0) } ?? false }
        }
    }

    private struct Officer {
        var roles: Set<String> = []
        var certificate: String?
        var isActive = false
    }

    private var officers: [String: Officer] = [:]
    /// Serial numbers of the certificates whose fate is followed, and of those among them that were revoked.
    private let followed: Set<String>
    private var revoked: Set<String> = []
    private(set) var signers = Signers()

    init(following serials: Set<String>) { followed = serials }

    /// Takes in one event, in the order of leaves.
    mutating func note(_ event: CanonicalJSON) {
        guard let name = event["act"]?.string, let subject = event["subject"]?.string else { return }
        if let act = CertificateAct(rawValue: name) { return note(act, of: subject) }
        guard let act = Act(rawValue: name) else { return }
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

    /// A revocation is for ever, whatever is written after it.
    private mutating func note(_ act: CertificateAct, of serial: String) {
        guard followed.contains(serial), !revoked.contains(serial) else { return }
        switch act {
        case .suspended: signers.stopped.insert(serial)
        case .resumed: signers.stopped.remove(serial)
        case .revoked:
            revoked.insert(serial)
            signers.stopped.insert(serial)
        }
    }
}

extension Countersignature.Signature {
    /// The certificate's serial number, as events name it.
    fileprivate var serial: String? { (try? Certificate(der: certificate))?.serialNumber.hex }
}

/// The counter-signatures that the log's events record: by the order's SHA-256, where, and who could sign there.
struct RecordedCountersignatures {
    struct Record {
        let leaf: Int
        let signers: OfficersOnRecord.Signers
    }

    private var officers: OfficersOnRecord
    private(set) var records: [String: Record] = [:]

    /// - Parameter lines: ``Countersignature/line`` each: the certificates in them are followed.
    init(of lines: [[UInt8]]) {
        let signatures = lines.compactMap { Countersignature(line: $0) }.flatMap(\.signatures)
        officers = OfficersOnRecord(following: Set(signatures.compactMap(\.serial)))
    }

    /// Takes in one event, in the order of leaves.
    mutating func note(_ event: CanonicalJSON, at leaf: Int) {
        officers.note(event)
        guard event["act"]?.string == AuditLogAct.checkpointCountersigned.rawValue,
            let request = event["facts"]?["request"]?.string
        else { return }
        records[request] = Record(leaf: leaf, signers: officers.signers)
    }
}
