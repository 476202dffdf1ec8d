internal import CertificateRecords
internal import CertificateStatus
internal import Cryptography
internal import Foundation
internal import Groundwork
internal import Storage

/// What relying parties get, against what is stored: every list byte for byte, and the status of everything revoked or
/// held, of everything that was asked about, and of some others.
extension ReconciliationRun {
    mutating func compareServed(_ served: ServedStatus, progress: (Double) -> Void) async throws {
        let names = try await reconciliation.database.read { try StoredCRL.names(in: $0) }
        for (index, name) in names.enumerated() {
            progress(Double(index) / Double(names.count) / 2)
            try await compare(name, served)
        }
        var last: [UInt8] = []
        while true {
            let page = try await reconciliation.database.read { [last] in try AskedSerials.page(after: last, in: $0) }
            guard let end = page.last else { break }
            last = end.bytes
            progress(0.5 + Double(end.bytes.first ?? 0) / 256)
            try await ask(page, served)
        }
        let random = (0..<served.sample).map { _ in SerialNumber.random(in: reconciliation.surroundings).bytes }
        let others = try await reconciliation.database.read { try AskedSerials.from(random, in: $0) }
        try await ask(others, served)
    }

    private mutating func compare(_ name: StoredCRL.Name, _ served: ServedStatus) async throws {
        servedLists += 1
        let database = reconciliation.database
        // A list may be made anew between two looks: only one that differs from all that was stored meanwhile does.
        let before = try await database.read { try StoredCRL.bytes(name, in: $0) }
        let answer: ServedStatus.Answer
        do { answer = try await served.get(name.path) } catch {
            return try found(.notServed, name.text, "\(error)")
        }
        guard answer.status == 200 else { return try found(.notServed, name.text, "HTTP \(answer.status)") }
        guard let after = try await database.read({ try StoredCRL.bytes(name, in: $0) }), let before,
            answer.body != after, answer.body != before
        else { return }
        guard let read = try? CertificateList(der: answer.body, kind: name.parsedKind),
            let stored = try? CertificateList(der: after, kind: name.parsedKind)
        else { return try found(.servedListDiffers, name.text, "it cannot be read") }
        var rest: [SerialNumber: RevokedEntry] = [:]
        for entry in read.entries { rest[entry.serialNumber] = entry }
        var isNamed = false
        for entry in stored.entries {
            let given = rest.removeValue(forKey: entry.serialNumber)
            guard given != entry else { continue }
            isNamed = true
            try found(
                .servedListDiffers, entry.serialNumber.hex,
                "\(name.text) number \(read.number ?? 0): \(given.map { "\($0.reason)" } ?? "not named"), stored \(entry.reason)"
            )
        }
        for serial in rest.keys.sorted() {
            isNamed = true
            try found(.servedListDiffers, serial.hex, "\(name.text) number \(read.number ?? 0): named, stored not")
        }
        guard !isNamed else { return }
        try found(
            .servedListDiffers, name.text, "number \(read.number ?? 0), stored \(stored.number ?? 0); the same entries")
    }

    /// Eight at a time; the differences come in the order of the serial numbers.
    private mutating func ask(_ serials: [SerialNumber], _ served: ServedStatus) async throws {
        servedAnswers += serials.count
        let reconciliation = reconciliation
        for start in stride(from: 0, to: serials.count, by: 8) {
            let part = serials[start..<min(start + 8, serials.count)]
            let differences = try await withThrowingTaskGroup(of: (SerialNumber, Difference?).self) { group in
                for serial in part {
                    group.addTask { (serial, try await reconciliation.difference(about: serial, served)) }
                }
                return try await group.reduce(into: [SerialNumber: Difference]()) { $0[$1.0] = $1.1 }
            }
            for serial in part {
                guard let difference = differences[serial] else { continue }
                try found(difference.kind, difference.subject, difference.detail)
            }
        }
    }
}

extension StoreReconciliation {
    /// What is wrong with the answer that a relying party gets about one certificate.
    fileprivate func difference(about serial: SerialNumber, _ served: ServedStatus) async throws -> Difference? {
        func fact() async throws -> (fact: StatusFact, issuer: String?) {
            try await database.read { transaction in
                (
                    try StatusFact(serial, issuer: nil, in: transaction),
                    try IntentStore.issuer(of: serial, in: transaction)
                )
            }
        }
        for _ in 0..<3 {
            let before = try await fact()
            guard let generation = before.issuer,
                let issuer = journals.first(where: { $0.issuer == generation })?.certificate, !issuer.isSelfIssued
            else { return nil }
            let id = OCSPCertID(issuer: issuer, serialNumber: serial, digest: .sha1)
            let question = Base64.encode(OCSPRequest(certificates: [id], nonce: nil).der)
                .replacing("+", with: "%2B").replacing("/", with: "%2F").replacing("=", with: "%3D")
            let answer: ServedStatus.Answer
            do { answer = try await served.get("/ocsp/\(generation)/\(question)") } catch {
                return Difference(.notServed, serial.hex, "\(error)")
            }
            let read = try? OCSPResponse(der: answer.body)
            guard answer.status == 200, let basic = read?.basic, let response = basic.response(for: id) else {
                return Difference(
                    .notServed, serial.hex, "HTTP \(answer.status), \(read?.error.map { "\($0)" } ?? "-")")
            }
            // Changed meanwhile: the answer may be either's.
            guard try await fact().fact == before.fact else { continue }
            guard
                basic.certificates.contains(where: {
                    $0.extendedKeyUsage.contains(.ocspSigning) && $0.isSigned(by: issuer.publicKey)
                        && basic.isSigned(by: $0.publicKey)
                })
            else { return Difference(.servedAnswerUnsigned, serial.hex) }
            let expected = before.fact.ocsp(at: response.thisUpdate)
            guard response.status != expected else { return nil }
            return Difference(
                .servedAnswerDiffers, serial.hex, "it says \(response.status), the store \(expected)")
        }
        return nil
    }
}

/// Which certificates are asked for.
private enum AskedSerials {
    /// Everything revoked or held, and everything that was asked about, in order.
    static func page(after last: [UInt8], in transaction: any ReadTransaction) throws(Refusal) -> [SerialNumber] {
        let listed = try RevocationStore.serials(after: last, limit: size, in: transaction)
        let asked = try StoredResponseRecord.serials(after: last, limit: size, in: transaction)
        return Array(Set(listed).union(asked).sorted().prefix(size))
    }

    private static let size = 200

    /// The next certificate after each of these that nobody asked about and that is neither revoked nor suspended.
    static func from(_ starts: [[UInt8]], in transaction: any ReadTransaction) throws(Refusal) -> [SerialNumber] {
        var found = Set<SerialNumber>()
        for start in starts {
            if let serial = try StoredResponseRecord.unasked(after: start, in: transaction) { found.insert(serial) }
        }
        return found.sorted()
    }
}
