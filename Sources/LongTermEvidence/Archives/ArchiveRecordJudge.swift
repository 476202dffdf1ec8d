internal import Audit
internal import CertificateRecords
internal import Cryptography
internal import Groundwork

/// Whether an archive's record of a certificate follows from signatures: the issuer's over the certificate, the audit's
/// over each line of its history, and the authority's over the long-term answer.
struct ArchiveRecordJudge {
    private let trust: TimeStampedStatement.Trust
    private let issuers: [Certificate]
    /// By number; each signed by a trusted key and time-stamped.
    private let checkpoints: [Int64: SignedCheckpoint]

    /// An entry of a list in the archive.
    struct Listed {
        let issuer: DistinguishedName
        let since: Instant
    }

    init(
        trust: TimeStampedStatement.Trust, issuers: [Certificate], origin: String, checkpoints lines: [[UInt8]],
        auditKeys: [Certificate]
    ) throws(Refusal) {
        self.trust = trust
        self.issuers = issuers
        var checkpoints: [Int64: SignedCheckpoint] = [:]
        for line in lines {
            guard let signed = SignedCheckpoint(line: line) else { throw ArchiveReader.unproved("a checkpoint's form") }
            let number = signed.checkpoint.number
            guard signed.checkpoint.origin == origin else {
                throw ArchiveReader.unproved("checkpoint \(number): another log's")
            }
            guard
                let key = auditKeys.first(where: {
                    $0.publicKey.verifies(signed.signature, over: signed.checkpoint.body)
                }), key.facts.certificatePolicies.contains(trust.servicePolicy)
            else { throw ArchiveReader.unproved("checkpoint \(number): its signature") }
            guard let bytes = signed.token else { throw ArchiveReader.unproved("checkpoint \(number): no time stamp") }
            let token = try TimeStampToken(der: bytes)
            let stamped = SignedCheckpoint.stamped(body: signed.checkpoint.body, signature: signed.signature)
            guard let stamper = try? token.verify(over: stamped, among: issuers),
                trust.isTrusted(stamper, among: issuers, at: token.info.time),
                trust.isTrusted(key, among: issuers, at: token.info.time)
            else { throw ArchiveReader.unproved("checkpoint \(number): its time stamp or path") }
            guard AuditTrust.isTimely(token.info.time, for: signed.checkpoint) else {
                throw ArchiveReader.unproved("checkpoint \(number): its time stamp is of another time")
            }
            checkpoints[Int64(number)] = signed
        }
        self.checkpoints = checkpoints
    }

    /// - Parameter listed: what the archive's lists say of the serial number.
    func verify(_ record: ArchiveRecord, listed: [Listed]) throws(Refusal) {
        func unproved(_ what: String) -> Refusal { ArchiveReader.unproved("\(record.serial.hex): \(what)") }
        let certificate = try Certificate(der: record.der)
        let path = trust.path(of: certificate, among: issuers, at: certificate.notBefore)
        // The issuer that the record names is the one that the path leads through: the root's own is the root.
        guard certificate.serialNumber == record.serial, let issuer = path.dropFirst().first ?? path.first,
            issuer.fingerprint == record.issuer
        else { throw unproved("its path") }
        guard !record.history.isEmpty, record.history.map(\.version) == record.history.map(\.version).sorted() else {
            throw unproved("its history")
        }
        if let step = record.history.unlawfulStep { throw unproved("\(step) of the history") }
        var proved: [AuditedChange] = []
        for proof in record.proofs {
            guard let change = AuditedChange(line: proof.line) else { throw unproved("an event's form") }
            if change.serial == record.serial, isProved(proof) { proved.append(change) }
        }
        // An older store's lines name no event, and their versions may have gaps; a proof they need like all others.
        let named = record.history.drop { $0.event == nil }
        for (index, line) in named.enumerated() {
            guard line.event != nil, line.version == named[named.startIndex].version + Int64(index) else {
                throw unproved("a line of the history is missing")
            }
        }
        for line in record.history {
            let isBorneOut = proved.contains {
                $0.bearsOut(line, of: certificate.fingerprint) || $0.couldHaveMade(line, of: certificate.fingerprint)
            }
            guard isBorneOut else { throw unproved("line \(line.version) of the history") }
        }
        let answered = try verifyAnswer(record, certificate)
        // The list is younger than the record: what was revoked in between is in the list alone.
        let isListed = listed.contains { $0.issuer == certificate.issuer && $0.since.adding(seconds: 60) < answered }
        if isListed, record.history.last.map({ ![.revoked, .suspended].contains($0.state) }) ?? true {
            throw unproved("its history ends before what the list says")
        }
    }

    /// Whether the event stands in the audit.
    private func isProved(_ proof: ArchiveRecord.Proof) -> Bool {
        guard let checkpoint = checkpoints[proof.checkpoint] else { return false }
        return MerkleProof.includes(
            leafHash: MerkleHash.leaf(proof.line), leaf: Int(proof.leaf), size: checkpoint.checkpoint.size,
            path: proof.path, root: checkpoint.checkpoint.root)
    }

    /// - Returns: when it was given.
    private func verifyAnswer(_ record: ArchiveRecord, _ certificate: Certificate) throws(Refusal) -> Instant {
        func unproved(_ what: String) -> Refusal { ArchiveReader.unproved("\(record.serial.hex): the answer: \(what)") }
        let answer = try TimeStampedStatement(bytes: record.answer.bytes)
        let time: Instant
        do throws(Refusal) { time = try answer.verify(trust) } catch { throw unproved(error.detail) }
        guard let statement = ValidityStatement(body: answer.body) else { throw unproved("its form") }
        guard statement.certificate == certificate.fingerprint, statement.history == record.history else {
            throw unproved("it is about something else")
        }
        return time
    }
}
