@testable import Ceremony
@testable import CertificateRecords
import Cryptography
import Foundation
import Groundwork
@testable import KeyCustody
@testable import LongTermEvidence

@testable import Audit
@testable import Authentication

/// Valid inputs of the forms that only this program writes, made anew by each run of `Tools/fuzz`.
struct Seeds {
    /// One folder for each target, there already.
    let directory: String

    private let now = Instant(seconds: 1_763_600_000)
    private let serial = SerialNumber.random(in: .real)

    func write() throws {
        try ceremony()
        try audit()
        try archive()
        try login()
        try put("moment", "seed", Array(now.rfc3339.utf8))
        try put("moment", "zone", Array("2026-11-21T10:00:00.5+08:00".utf8))
        try put("moment", "day", Array("2026-11-21".utf8))
        try put("bulk", "seed", Array("# 一批\n\(serial.hex)\n91310000631291289X # 一家\n\n".utf8))
        try put(
            "merkle", "seed", [0, 9, 3, 5, 0, 0, 0, 7] + [UInt8](repeating: 0, count: 7) + [8] + (0..<64).map { $0 })
        try put("joining", "seed", [32] + [1] + (0..<32).map { $0 } + [2] + (0..<32).map { $0 * 3 })
        try put("token-key", "point", PrivateKey.generate(.p256).publicKey.spki.suffix(65))
        try put("token-key", "modulus", [64] + (0..<128).map { $0 | 1 } + [1, 0, 1])
        for (name, text) in [
            "list": "7-delta", "origin": "https://app.example:8443", "serial": serial.hex, "oid": "1.2.840.10045.2.1",
            "base": "AAECAw==",
        ] { try put("words", name, text.utf8) }
        try put("lines", "seed", Array("12345678\n123\n\n1234567890123456".utf8))
    }

    /// A login with everything in its place; the statement is the one that the script wrote.
    private func login() throws {
        guard let certificate = FuzzScratch.certificate else { return }
        func file(_ name: String) -> CanonicalJSON {
            .string(Base64.encode(Array((try? Data(contentsOf: URL(filePath: "\(directory)/\(name)"))) ?? Data())))
        }
        let der = CanonicalJSON.string(Base64.encode(certificate.der))
        let checkpoint = Checkpoint(
            origin: "seed", number: 0, size: 1, root: MerkleHash.leaf([0x7B, 0x7D]), time: now, previous: nil)
        let token = (try? Data(contentsOf: URL(filePath: "\(directory)/cms/token"))).map { Array($0) }
        let audit = AuditEvidence(
            line: [0x7B, 0x7D], leaf: 0, path: [],
            signed: SignedCheckpoint(checkpoint: checkpoint, signature: [0x30, 0], token: token))
        guard case .object(var joined) = audit.json else { return }
        joined["certificate"] = der
        let evidence: [String: CanonicalJSON] = [
            "format": .string(Evidence.format), "login": "login_1", "client": "c", "origin": "https://a",
            "statement": file("statement/seed"), "service_signature": "MAA=", "service_certificate": der,
            "signature": "MAA=", "certificate": der, "chain": [der], "ocsp": file("ocsp-answer/seed"),
            "verified_at": .integer(now.milliseconds), "sub": "s", "uscc": "91310000631291289X", "name": "n",
            "holder": "h", "acr": "a", "amr": ["hwk"], "audit_event": "audit_1", "audit": .object(joined),
        ]
        try put("evidence", "seed", CanonicalJSON.object(evidence).bytes)
        let request: CanonicalJSON = [
            "challenge": "challenge_01938f3e5d4a7000800000000000000a", "client": "c", "origin": "https://a.example",
            "statement": file("statement/seed"), "signature": "MAA=", "certificate": der,
        ]
        try put("login", "seed", request.bytes)
        try put("login", "challenge", Array(#"{"client":"c","origin":"https://a","purpose":"p","lifetime":60}"#.utf8))
    }

    private func put(_ target: String, _ name: String, _ bytes: some Sequence<UInt8>) throws {
        try Data(bytes).write(to: URL(filePath: "\(directory)/\(target)/\(name)"))
    }

    private func ceremony() throws {
        let passphrase = SecretBytes(copying: Array("seed".utf8))
        let shares = try SecretSharing.divide(SecretSharing.randomSecret(count: 32), among: 5, threshold: 3)
        let division = SealedRoot.Division(
            threshold: 3, shares: 5, custodians: ["一", "二", "三", "四", "五"],
            commitments: shares.map { Hex.encode($0.commitment(context: [1])) })
        let share = try CustodianShare.seal(
            shares[0], of: division, key: "00ff", generation: "seed-root-1", custodian: "一", passphrase: passphrase,
            rounds: 1)
        try put("share", "seed", share.encoded())
        let root = try SealedRoot.seal(
            PrivateKey.generate(.p256), generation: "seed-root-1", key: [0, 255],
            under: SecretBytes(copying: [UInt8](repeating: 0, count: 32)), division: division)
        try put("share", "root", root.encoded())
        var transcript = Transcript(resuming: nil)
        _ = transcript.add(.stage, "root seed-root-1", at: now)
        _ = transcript.add(.previous, "none", at: now)
        _ = transcript.add(.fact, "一个事实", at: now)
        _ = transcript.add(.artefact, "root.cer sha256 \(String(repeating: "0", count: 64)) size 5", at: now)
        _ = transcript.add(.end, "signed", at: now)
        try put("transcript", "seed", transcript.bytes)
        guard let key = AuthorityTargets.key else { return }
        var head = SigningLine.start(SigningLine.header(of: key))
        var journal: [UInt8] = []
        for content: SigningLine.Content in [
            .record(SigningRecord(kind: .certificate, serial: serial, digest: head, at: now)),
            .record(SigningRecord(kind: .list, serial: nil, digest: head, at: now)),
        ] {
            let (line, chain) = SigningLine.write(content, at: now, after: head)
            journal += line
            head = chain
        }
        let torn = Array("C 17".utf8)
        let resumed = SigningLine.write(
            .resumed(bytes: torn.count + 1, digest: DigestAlgorithm.sha256.hash(torn + [SigningLine.newline])), at: now,
            after: head)
        try put("journal", "seed", journal + torn + [SigningLine.newline] + resumed.line)
    }

    private func audit() throws {
        let signer = try PrivateKey.generate(.p256)
        let identifiers = (0..<3).map { _ in AuditEventIdentifier(in: Surroundings.real) }
        let commitment = PersonalCommitment("甲", in: .real)
        let events = identifiers.enumerated().map { index, identifier in
            AuditEvent(
                act: index == 2 ? AuditLogAct.personalForgotten : .personalOpened, actor: .officer("officer_1"),
                subject: index == 2 ? identifiers[0].shown : "thing_\(index)", facts: ["names": ["name"]]
            ).line(identifier: identifier, at: now, commitments: index == 0 ? ["name": commitment] : [:])
        }
        var nodes: [MerklePosition: [UInt8]] = [:]
        var frontier = MerkleFrontier()
        var checkpoints: [SignedCheckpoint] = []
        for event in events {
            for (place, hash) in frontier.append(leafHash: MerkleHash.leaf(event)) { nodes[place] = hash }
            let checkpoint = Checkpoint(
                origin: "seed", number: checkpoints.count, size: frontier.size, root: frontier.root, time: now,
                previous: checkpoints.last?.checkpoint.hash)
            checkpoints.append(
                SignedCheckpoint(checkpoint: checkpoint, signature: try signer.sign(checkpoint.body), token: nil))
        }
        let prover = MerkleProver { nodes[$0] ?? [] }
        let proof = AuditProof(
            events: [.init(line: events[0], leaf: 0, path: try prover.inclusion(of: 0, size: 3))],
            signed: checkpoints[2],
            continuation: .init(held: checkpoints[0].checkpoint, path: try prover.consistency(from: 1, to: 3)),
            openings: [PersonalOpening(event: identifiers[0], name: "name", salt: commitment.salt, datum: "甲")])
        try put("proof", "seed", proof.bytes)
        let order = CanonicalJSON.object([
            "act": .string(Countersignature.act), "issuedAt": .integer(now.milliseconds),
            "subject": .string(Countersignature.subject(for: checkpoints[2].checkpoint)),
            "parameters": .object(Countersignature.parameters(for: checkpoints[2].checkpoint)),
        ])
        let word = Countersignature(
            number: 2, request: order.bytes,
            signatures: [.init(certificate: FuzzScratch.certificate?.der ?? [], signature: [0x30, 0])], chain: [])
        func file(_ lines: [[UInt8]]) -> [UInt8] { lines.flatMap { $0 + [0x0A] } }
        try put("checkpoint", "seed", file(checkpoints.map(\.line)))
        try put("countersignature", "seed", file(checkpoints.map(\.line) + [word.line]))
        var personal = PersonalRecord()
        for (leaf, event) in events.enumerated() {
            personal.note(try CanonicalJSON(parsingCanonical: event), at: leaf)
        }
        let proofs: [AuditExportedProof] = [
            .consistency(from: 1, to: 2, path: try prover.consistency(from: 1, to: 2)),
            .inclusion(leaf: 1, size: 3, path: try prover.inclusion(of: 1, size: 3)),
        ]
        let parts = [
            file(events), file(events.map { Array(Hex.encode(MerkleHash.leaf($0)).utf8) }),
            file(checkpoints.map(\.line)), file(proofs.map(\.line)), file([word.line]), file(personal.lines),
        ]
        try put("export", "seed", Array(parts.joined(separator: [AuditTargets.separator])))
        try put("merkle", "line", proofs[0].line)
    }

    private func archive() throws {
        guard let certificate = FuzzScratch.certificate else { return }
        let history = [
            StatusEvent(
                version: 1, state: .active, reason: nil, since: now, recordedAt: now,
                event: AuditEventIdentifier(in: Surroundings.real)),
            StatusEvent(
                version: 2, state: .revoked, reason: .keyCompromise, since: now, recordedAt: now, event: nil),
        ]
        let statement = ValidityStatement(
            serial: serial, certificate: certificate.fingerprint, issuer: "seed",
            chain: [.init(subject: "seed", sha256: certificate.fingerprint, verdict: .good)], at: now,
            finding: ValidityFinding(.revoked, since: now, until: nil, reason: .keyCompromise), history: history,
            checkpoint: .init(origin: "seed", number: 1, size: 2, sha256: certificate.fingerprint), archive: nil,
            producedAt: now)
        let token = (try? Data(contentsOf: URL(filePath: "\(directory)/cms/token"))).map { Array($0) } ?? []
        let status = (try? Data(contentsOf: URL(filePath: "\(directory)/ocsp-answer/seed"))).map { Array($0) } ?? []
        let answer = TimeStampedStatement(
            body: statement.body, signature: [0x30, 0], token: token, signer: certificate, chain: [certificate],
            status: status)
        try put("answer", "seed", answer.json.bytes)
        try put("answer", "statement", statement.body)
        let record = ArchiveRecord(
            serial: serial, der: certificate.der, issuer: certificate.fingerprint, particulars: ["place": 1],
            issuedAt: now, history: history,
            proofs: [
                .init(
                    line: Array(#"{"act":"certificate.issued","id":"audit_1"}"#.utf8), leaf: 0,
                    path: [certificate.fingerprint], checkpoint: 1)
            ], answer: answer.json)
        try put("record", "seed", record.body)
        let event = AuditEvent(
            act: CertificateRecordsAct.revoked, actor: .system, subject: serial.hex,
            facts: [
                "reason": "keyCompromise", "version": 2, "since": .integer(now.milliseconds),
                "revokedAt": .integer(now.milliseconds),
            ]
        ).line(identifier: AuditEventIdentifier(in: Surroundings.real), at: now, commitments: [:])
        try put("history", "seed", event + [0x0A] + history[1].json.bytes)
        let manifest = ArchiveManifest(
            origin: "seed", statusBase: "http://seed", scope: .part(from: serial, to: serial, endedBefore: now),
            certificates: 1, sums: certificate.fingerprint, producedAt: now)
        try put("manifest", "seed", manifest.body)
        try put("manifest", "sums", "\(Hex.encode(certificate.fingerprint))  records/00/\(serial.hex).json\n".utf8)
    }
}
