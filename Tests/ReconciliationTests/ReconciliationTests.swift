import CertificateStatus
import Cryptography
import Foundation
import Groundwork
import Installation
import Issuance
import Revocation
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures
@testable import CertificateProfiles
@testable import CertificateRecords
@testable import KeyCustody
@testable import Reconciliation

/// Each way in which signers, store, lists, answers and keys can disagree is found, by its serial number, and nothing
/// else is.
@Suite struct ReconciliationTests {
    /// Two entities' certificates, one of them revoked, lists and answers published, records of keys to match.
    final class Desk: Sendable {
        let bench: Bench
        let keys: RecordsInMemory
        let good: CertificateRecord
        let revoked: CertificateRecord

        init(_ family: AlgorithmFamily = .p256) async throws {
            bench = try await Bench.create(family)
            good = try await bench.active("entity-authentication")
            let other = try await bench.active("entity-signature")
            try await bench.authority.revocation.revoke(
                other.serialNumber, reason: .superseded, on: Bench.automatic)
            revoked = try #require(try await bench.authority.certificates.certificate(other.serialNumber))
            keys = RecordsInMemory([try Self.written(good), try Self.written(revoked)])
            for record in [good, revoked] {
                _ = try await bench.list(record)
                _ = try await bench.ocsp(record.serialNumber)
            }
        }

        static func written(
            _ record: CertificateRecord, medium: [UInt8]? = nil, slot: UInt8? = nil
        ) throws -> WrittenCertificate {
            WrittenCertificate(
                serial: record.serialNumber, fingerprint: try record.certificate().fingerprint,
                medium: medium ?? record.medium ?? [], slot: slot ?? record.slot ?? 0, entity: record.creditCode)
        }

        struct Outcome {
            var differences: [Difference]
            var summary: ReconciliationSummary
            func of(_ kind: Difference.Kind) -> [String] {
                differences.filter { $0.kind == kind }.map(\.subject)
            }
        }

        func reconcile(journals: [String] = [], served: ServedStatus? = nil) async throws -> Outcome {
            let found = Mutex<[Difference]>([])
            let summary = try await bench.authority.reconciliation(
                keysDirectory: bench.keysFolder, journals: journals, keys: keys, served: served,
                scratch: bench.folder.path
            ).run { difference in found.withLock { $0.append(difference) } }
            return Outcome(differences: found.withLock { $0 }, summary: summary)
        }

        func sql(_ text: String, _ values: [SQLValue]) async throws {
            try await bench.database.write { _ = try $0.execute(text, with: values) }
        }

        /// Signs something with the issuing key's journal, outside every order.
        func journal(_ generation: String? = nil) throws -> SigningJournal {
            let issuer = try generation.map { try bench.authority.issuers.issuer(generation: $0) } ?? bench.issuing
            return SigningJournal(
                path: SigningJournal.path(in: bench.keysFolder, key: issuer.generation),
                key: issuer.certificate.publicKey, surroundings: bench.surroundings)
        }

        /// A body like a stored certificate's, with another serial number.
        func body(_ serial: SerialNumber) throws -> [UInt8] {
            let certificate = try good.certificate()
            return CertificateBody(
                serialNumber: serial, signatureAlgorithm: bench.family.signatureAlgorithm,
                issuer: certificate.issuer, notBefore: certificate.notBefore, notAfter: certificate.notAfter,
                subject: certificate.subject, publicKey: certificate.publicKey, extensions: certificate.extensions
            ).der
        }
    }

    final class RecordsInMemory: KeyRecords {
        let records: Mutex<[WrittenCertificate]>
        let inWork = Mutex(Set<[UInt8]>())
        init(_ records: [WrittenCertificate]) { self.records = Mutex(records) }

        func add(_ record: WrittenCertificate) { records.withLock { $0.append(record) } }
        func replace(_ record: WrittenCertificate) {
            records.withLock { $0 = $0.map { $0.serial == record.serial ? record : $0 } }
        }
        func change(_ body: (inout [WrittenCertificate]) -> Void) { records.withLock { body(&$0) } }

        func page(after cursor: [UInt8], limit: Int) async throws -> (records: [WrittenCertificate], cursor: [UInt8]) {
            // One on each page, so that paging is seen.
            let all = records.withLock { $0 }
            let index = cursor.first.map { Int($0) } ?? 0
            return index < all.count ? ([all[index]], [UInt8(index + 1)]) : ([], cursor)
        }
        func record(fingerprint: [UInt8]) async throws -> WrittenCertificate? {
            records.withLock { $0.first { $0.fingerprint == fingerprint } }
        }
        func isInWork(_ medium: [UInt8]) async throws -> Bool { inWork.withLock { $0.contains(medium) } }
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func `Nothing differs where nothing was touched`(family: AlgorithmFamily) async throws {
        let desk = try await Desk(family)
        let held = try await desk.bench.active()
        let written = try Desk.written(held)
        desk.keys.change { $0.append(written) }
        try await desk.bench.authority.revocation.suspend(held.serialNumber, on: Bench.automatic)
        // An issuance that was killed, its intent closed by recovery; and one that is on its way.
        desk.bench.stop.stop(at: .signed)
        _ = try? await desk.bench.authority.issuance.issue(desk.bench.request())
        desk.bench.clock.turn(seconds: 3600)
        #expect(try await desk.bench.authority.issuance.recoverIntents().count == 1)
        _ = try? await desk.bench.authority.issuance.issue(desk.bench.request())
        let outcome = try await desk.reconcile()
        #expect(outcome.differences.isEmpty, "\(outcome.differences)")
        let summary = outcome.summary
        #expect(summary.differences == 0 && summary.journalsElsewhere.isEmpty)
        #expect(Int64(summary.certificates) == (try await desk.bench.count("SELECT count(*) AS n FROM certificate")))
        #expect(summary.intents == summary.certificates + 2)
        #expect(summary.revocations == 3 && summary.keyRecords == 3 && summary.answers == 2)
        #expect(summary.journals.map(\.issuer) == ["\(family.rawValue)-root-1", "\(family.rawValue)-entity-1"])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: desk.bench.folder.path).allSatisfy {
                !$0.hasPrefix("reconcile-")
            })
    }

    @Test func `What a signer signed and nobody intended, or signed twice, or signed for another`() async throws {
        let desk = try await Desk()
        let stray = SerialNumber.random(in: .real)
        try await desk.journal().record(try desk.body(stray))
        try await desk.journal().record(try desk.good.certificate().tbs)
        try await desk.journal("p256-root-1").record(try desk.revoked.certificate().tbs)
        try await desk.journal().record([1, 2, 3])
        // Certificates of version 1 that begin as a list and as a request do.
        let like = try desk.good.certificate()
        for number in [1, 0] {
            try await desk.journal().record(
                DER.sequence([
                    DER.integer(number), desk.bench.family.signatureAlgorithm.identifier, like.issuer.der,
                    DER.sequence([DER.time(like.notBefore), DER.time(like.notAfter)]), like.subject.der,
                    like.publicKey.spki,
                ]))
        }
        let outcome = try await desk.reconcile()
        #expect(outcome.of(.signedWithoutIntent) == [stray.hex])
        #expect(Set(outcome.of(.signedTwice)) == [desk.good.serialNumber.hex, desk.revoked.serialNumber.hex])
        #expect(outcome.of(.signedByAnother) == [desk.revoked.serialNumber.hex])
        #expect(outcome.of(.signedForeign) == Array(repeating: "p256-entity-1", count: 3))
        #expect(outcome.differences.count == 7)
    }

    @Test func `A stored certificate that no signer knows, or that is not what was signed`() async throws {
        let desk = try await Desk()
        let path = SigningJournal.path(in: desk.bench.keysFolder, key: "p256-entity-1")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let kept = text.split(separator: "\n").filter { !$0.contains(desk.revoked.serialNumber.hex) }
        // Rewritten as one who can write there would, with a chain that fits.
        try FileManager.default.removeItem(atPath: path)
        let journal = try desk.journal()
        for line in kept.dropFirst() where line.hasPrefix("C") {
            let serial = try #require(SerialNumber(hex: String(line.split(separator: " ")[2])))
            let record = try #require(try await desk.bench.authority.certificates.certificate(serial))
            try await journal.record(try record.certificate().tbs)
        }
        for row in try await desk.bench.database.read({ try $0.query("SELECT der FROM revocation_list") }) {
            try await journal.record(try CertificateList(der: row.blob("der")).tbs)
        }
        var outcome = try await desk.reconcile()
        #expect(outcome.of(.storedNotSigned) == [desk.revoked.serialNumber.hex])
        try await desk.sql(
            "UPDATE certificate SET der = $1 WHERE serial = $2",
            [.blob(try desk.revoked.certificate().der), .blob(desk.good.serialNumber.bytes)])
        outcome = try await desk.reconcile()
        #expect(outcome.of(.storedDiffers) == [desk.good.serialNumber.hex])
        #expect(outcome.of(.keyRecordDiffers) == [desk.good.serialNumber.hex])
    }

    /// Each of an authority's keys may have been on several machines, and each machine's journal is given.
    @Test func `Hundreds of journals are read like one`() async throws {
        let desk = try await Desk()
        let path = SigningJournal.path(in: desk.bench.keysFolder, key: "p256-entity-1")
        let header = try #require(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").first)
        let others = (0..<300).map { "\(desk.bench.folder.path)/machine-\($0).signed" }
        for other in others { try "\(header)\n".write(toFile: other, atomically: false, encoding: .utf8) }
        let alone = try await desk.reconcile()
        let outcome = try await desk.reconcile(journals: others)
        #expect(outcome.differences.isEmpty, "\(outcome.differences)")
        #expect(outcome.summary.journals.count == alone.summary.journals.count + 300)
        #expect(outcome.summary.signatures == alone.summary.signatures)
    }

    @Test func `An altered, shortened or missing journal`() async throws {
        let desk = try await Desk()
        let path = SigningJournal.path(in: desk.bench.keysFolder, key: "p256-entity-1")
        let whole = try String(contentsOfFile: path, encoding: .utf8)
        #expect(try await desk.reconcile().differences.isEmpty)
        // A copy of what lies here anyway signs nothing a second time.
        let copy = desk.bench.folder.path + "/copy.signed"
        try whole.write(toFile: copy, atomically: false, encoding: .utf8)
        #expect(try await desk.reconcile(journals: [copy]).differences.isEmpty)
        let altered = whole.replacingOccurrences(
            of: desk.good.serialNumber.hex, with: SerialNumber.random(in: .real).hex)
        try altered.write(toFile: path, atomically: false, encoding: .utf8)
        var outcome = try await desk.reconcile()
        #expect(outcome.of(.journalBroken) == ["p256-entity-1"])
        #expect(outcome.of(.storedNotSigned) == [desk.good.serialNumber.hex])
        // Its last lines are taken away: the chain is whole, but an earlier reconciliation saw more.
        let short = whole.split(separator: "\n", omittingEmptySubsequences: false).dropLast(3).joined(separator: "\n")
        try (short + "\n").write(toFile: path, atomically: false, encoding: .utf8)
        outcome = try await desk.reconcile()
        #expect(outcome.of(.journalRewritten).count == 1 && outcome.of(.journalBroken).isEmpty)
        try FileManager.default.removeItem(atPath: path)
        outcome = try await desk.reconcile()
        #expect(outcome.of(.journalMissing) == ["p256-entity-1"])
        #expect(outcome.of(.storedNotSigned).isEmpty)
        // Given from elsewhere, it is compared as its own.
        let elsewhere = desk.bench.folder.path + "/copy.signed"
        try whole.write(toFile: elsewhere, atomically: false, encoding: .utf8)
        outcome = try await desk.reconcile(journals: [elsewhere])
        #expect(outcome.differences.isEmpty, "\(outcome.differences)")
        try "something".write(toFile: elsewhere, atomically: false, encoding: .utf8)
        await #expect(throws: Refusal(KeyCustodyRefusal.foreignJournal)) {
            try await desk.reconcile(journals: [elsewhere])
        }
    }

    @Test func `Intents that were left open, or closed or finished without what belongs to it`() async throws {
        let desk = try await Desk()
        desk.bench.stop.stop(at: .intended)
        _ = try? await desk.bench.authority.issuance.issue(desk.bench.request())
        desk.bench.stop.stop(at: .signed)
        for _ in 0..<2 { _ = try? await desk.bench.authority.issuance.issue(desk.bench.request()) }
        desk.bench.stop.stop(at: nil)
        let left = desk.bench.stop.seen.withLock { $0 }
        desk.bench.clock.turn(seconds: 3600)
        try await desk.sql(
            "UPDATE issuance_intent SET progress = 'closed' WHERE serial = $1", [.blob(left[1].bytes)])
        try await desk.sql(
            "UPDATE issuance_intent SET progress = 'issued' WHERE serial = $1", [.blob(left[2].bytes)])
        try await desk.sql(
            "UPDATE issuance_intent SET progress = 'intended' WHERE serial = $1",
            [.blob(desk.good.serialNumber.bytes)])
        let outcome = try await desk.reconcile()
        #expect(Set(outcome.of(.intentLeftOpen)) == [left[0].hex, desk.good.serialNumber.hex])
        #expect(outcome.of(.closedNotRevoked) == [left[1].hex])
        #expect(outcome.of(.issuedNotStored) == [left[2].hex])
        #expect(outcome.of(.storedNotIssued) == [desk.good.serialNumber.hex])
    }

    @Test func `A state and the table of revocations that disagree`() async throws {
        let desk = try await Desk()
        try await desk.sql("DELETE FROM revocation WHERE serial = $1", [.blob(desk.revoked.serialNumber.bytes)])
        try await desk.sql(
            "UPDATE certificate SET state = 'suspended' WHERE serial = $1", [.blob(desk.good.serialNumber.bytes)])
        let outcome = try await desk.reconcile()
        #expect(
            Set(outcome.of(.stateWithoutEntry)) == [desk.good.serialNumber.hex, desk.revoked.serialNumber.hex])
        #expect(outcome.of(.listedNotRevoked) == [desk.revoked.serialNumber.hex])
        #expect(outcome.of(.answerStale) == [desk.revoked.serialNumber.hex])
        let other = try await Desk()
        try await other.sql(
            "UPDATE certificate SET state = 'active' WHERE serial = $1", [.blob(other.revoked.serialNumber.bytes)])
        #expect(try await other.reconcile().of(.entryWithoutState) == [other.revoked.serialNumber.hex])
    }

    @Test func `A list that does not say what is revoked`() async throws {
        let desk = try await Desk()
        // Behind the authority's back: the list was not made anew, and thinks itself current.
        try await desk.sql(
            "INSERT INTO revocation (serial, issuer, shard, reason, revoked_at, not_after) "
                + "SELECT serial, issuer, shard, 1, $1, not_after FROM certificate WHERE serial = $2",
            [
                .integer(Bench.start.adding(seconds: -100).milliseconds), .blob(desk.good.serialNumber.bytes),
            ])
        try await desk.sql(
            "UPDATE certificate SET state = 'revoked' WHERE serial = $1", [.blob(desk.good.serialNumber.bytes)])
        try await desk.sql(
            "UPDATE revocation SET reason = 1 WHERE serial = $1", [.blob(desk.revoked.serialNumber.bytes)])
        var outcome = try await desk.reconcile()
        #expect(outcome.of(.revokedNotListed) == [desk.good.serialNumber.hex])
        #expect(outcome.of(.listedOtherwise) == [desk.revoked.serialNumber.hex])
        #expect(Set(outcome.of(.answerStale)) == [desk.good.serialNumber.hex, desk.revoked.serialNumber.hex])
        // A list that nobody signed, and one whose time is over.
        desk.bench.clock.turn(seconds: 10 * 86_400)
        try await desk.sql(
            "UPDATE revocation_list SET der = (SELECT der FROM certificate WHERE serial = $1) WHERE scope = $2 AND kind = 'complete'",
            [.blob(desk.good.serialNumber.bytes), .integer(Int64(desk.good.shard))])
        outcome = try await desk.reconcile()
        #expect(outcome.of(.listNotSigned) == ["p256-entity-1/\(desk.good.shard)"])
        if desk.good.shard != desk.revoked.shard {
            #expect(outcome.of(.listOverdue) == ["p256-entity-1/\(desk.revoked.shard)"])
        }
    }

    @Test func `Records of keys that the store does not bear out`() async throws {
        let desk = try await Desk()
        let unrecorded = try await desk.bench.active()
        let stray = SerialNumber.random(in: .real)
        let elsewhere = [UInt8](repeating: 9, count: 16)
        desk.keys.change { records in
            records[0] = WrittenCertificate(
                serial: records[0].serial, fingerprint: records[0].fingerprint, medium: elsewhere, slot: 0x9C,
                entity: "91310000132200003K")
            records.append(
                WrittenCertificate(
                    serial: stray, fingerprint: Array(repeating: 1, count: 32), medium: elsewhere, slot: 1,
                    entity: nil))
            records.append(
                WrittenCertificate(
                    serial: nil, fingerprint: Array(repeating: 2, count: 32), medium: elsewhere, slot: 1,
                    entity: nil))
        }
        var outcome = try await desk.reconcile()
        #expect(Set(outcome.of(.keyRecordUnknown)) == [stray.hex, Hex.encode(elsewhere)])
        #expect(outcome.of(.keyRecordElsewhere) == [desk.good.serialNumber.hex])
        #expect(outcome.of(.holderDiffers) == [desk.good.serialNumber.hex])
        #expect(outcome.of(.keyRecordMissing) == [unrecorded.serialNumber.hex])
        #expect(outcome.differences.count == 5)
        // Where a plan is on its way, its records may lag behind.
        desk.keys.inWork.withLock { $0 = [elsewhere, unrecorded.medium ?? []] }
        outcome = try await desk.reconcile()
        #expect(outcome.of(.holderDiffers).isEmpty && outcome.of(.keyRecordMissing).isEmpty)
    }

    @Test func `What is issued meanwhile is no difference`() async throws {
        let desk = try await Desk()
        let found = Mutex<[Difference]>([])
        let late = Mutex<[CertificateRecord]>([])
        let reconciliation = try await desk.bench.authority.reconciliation(
            keysDirectory: desk.bench.keysFolder, keys: nil, scratch: desk.bench.folder.path)
        // The journals were read when the records of keys are: then certificates come.
        let records = CallingRecords {
            let record = try await desk.bench.active()
            late.withLock { $0.append(record) }
        }
        let meanwhile = StoreReconciliation(
            database: reconciliation.database, audit: reconciliation.audit, surroundings: reconciliation.surroundings,
            journals: reconciliation.journals, keys: records, scratch: reconciliation.scratch)
        _ = try await meanwhile.run { difference in found.withLock { $0.append(difference) } }
        #expect(late.withLock { $0.count } == 1)
        #expect(found.withLock { $0 }.filter { $0.kind != .keyRecordMissing }.isEmpty)
    }

    private struct CallingRecords: KeyRecords {
        let act: @Sendable () async throws -> Void
        func page(after cursor: [UInt8], limit: Int) async throws -> (records: [WrittenCertificate], cursor: [UInt8]) {
            try await act()
            return ([], cursor)
        }
        func record(fingerprint: [UInt8]) async throws -> WrittenCertificate? { nil }
        func isInWork(_ medium: [UInt8]) async throws -> Bool { false }
    }

    /// Deltas: what was revoked and what was let go after the base, each by its serial number.
    @Test func `A delta that does not say what changed`() async throws {
        let desk = try await Desk()
        let bench = desk.bench
        let (held, later, next) = (try await bench.active(), try await bench.active(), try await bench.active())
        for record in [held, later, next] { desk.keys.add(try Desk.written(record)) }
        try await bench.authority.revocation.suspend(held.serialNumber, on: Bench.automatic)
        _ = try await bench.list(.full)
        bench.clock.turn(seconds: 60)
        try await bench.authority.revocation.resume(held.serialNumber, on: Bench.automatic)
        try await bench.authority.revocation.suspend(later.serialNumber, on: Bench.automatic)
        let delta = try await bench.list(.full, .delta)
        #expect(delta.entry(for: held.serialNumber)?.reason == .removeFromCRL && delta.entries.count == 2)
        var outcome = try await desk.reconcile()
        #expect(outcome.differences == [])
        // What changes afterwards is the next one's.
        try await bench.authority.revocation.suspend(next.serialNumber, on: Bench.automatic)
        try await bench.authority.revocation.resume(later.serialNumber, on: Bench.automatic)
        outcome = try await desk.reconcile()
        #expect(outcome.differences.filter { $0.kind != .answerStale } == [])
        #expect(try await bench.list(.full, .delta).entries.count == 3)
        outcome = try await desk.reconcile()
        #expect(outcome.differences == [])

        // Behind the authority's back.
        try await desk.sql(
            "DELETE FROM revocation_removal WHERE serial = $1", [.blob(held.serialNumber.bytes)])
        try await desk.sql(
            "UPDATE revocation SET reason = 1 WHERE serial = $1", [.blob(next.serialNumber.bytes)])
        try await desk.sql(
            "INSERT INTO revocation_removal SELECT serial, issuer, shard, $1, not_after, "
                + "(SELECT number FROM status_change) FROM certificate WHERE serial = $2",
            [.integer(bench.surroundings.now().milliseconds), .blob(desk.good.serialNumber.bytes)])
        outcome = try await desk.reconcile()
        let name = "\(bench.family.rawValue)-entity-1/full-delta"
        func serials(_ kind: Difference.Kind) -> [String] {
            outcome.differences.filter { $0.kind == kind && $0.detail.hasPrefix(name) }.map(\.subject)
        }
        #expect(serials(.listedNotRevoked) == [held.serialNumber.hex])
        #expect(serials(.listedOtherwise) == [next.serialNumber.hex])
        #expect(serials(.removalNotListed) == [desk.good.serialNumber.hex])

        try await desk.sql(
            "UPDATE revocation_list SET base_number = base_number + 1 WHERE kind = 'delta'", [])
        #expect(try await desk.reconcile().of(.listMisfiled) == [name])
    }

    /// A service like ours that lies in one way or another.
    @Test func `What is served is held against what is stored`() async throws {
        let desk = try await Desk()
        let bench = desk.bench
        let responses = Mutex<[String: ServedStatus.Answer]>([:])
        let honest = ServedStatus { path in
            if let lie = responses.withLock({ $0[path] }) { return lie }
            let parts = path.split(separator: "/").map(String.init)
            if parts[0] == "crl" {
                let name = try #require(CRLName(parts[2].dropLast(4)))
                let list = try await bench.authority.status.crl(issuer: parts[1], name)
                return ServedStatus.Answer(status: 200, body: list.der)
            }
            let question = try #require(parts[2].removingPercentEncoding.flatMap { Base64.decode($0) })
            // Asked about what is stored, a lie is told under the serial number.
            let serial = try OCSPRequest(der: question).certificates[0].serialNumber.hex
            if let lie = responses.withLock({ $0[serial] }) { return lie }
            return ServedStatus.Answer(
                status: 200, body: await bench.authority.status.ocsp(question, issuer: parts[1]).der)
        }
        let outcome = try await desk.reconcile(served: honest)
        #expect(outcome.differences == [])
        #expect(outcome.summary.servedLists >= 1 && outcome.summary.servedAnswers >= 2)

        // Another's answer, none, an unsigned one; a list that is not there, or is none.
        let good = try await bench.active()
        desk.keys.add(try Desk.written(good))
        let hex = good.serialNumber.hex
        let goodAnswer = try await bench.ocsp(good.serialNumber)
        let before = try await bench.list(.full).der
        let (path, name) = ("/crl/\(good.issuer)/full.crl", "\(good.issuer)/full")
        let forged = try Self.altered(goodAnswer.der, in: #require(goodAnswer.basic).signature)
        let another = try await bench.ocsp(desk.revoked.serialNumber).der
        for (slot, status, body, kind, subject) in [
            (hex, 200, another, .notServed, hex), (hex, 503, [], .notServed, hex),
            (hex, 200, forged, .servedAnswerUnsigned, hex), (path, 404, [], .notServed, name),
            (path, 200, [1], .servedListDiffers, name),
        ] as [(String, Int, [UInt8], Difference.Kind, String)] {
            responses.withLock { $0 = [slot: ServedStatus.Answer(status: status, body: body)] }
            let outcome = try await desk.reconcile(served: honest)
            #expect(
                outcome.differences.map(\.kind) == [kind] && outcome.of(kind) == [subject], "\(outcome.differences)")
        }
        // What was true once: each serial number of which it is not any more.
        bench.clock.turn(seconds: 1000)
        try await bench.authority.revocation.revoke(good.serialNumber, reason: .superseded, on: Bench.automatic)
        desk.keys.replace(try Desk.written(good))
        _ = try await bench.list(.full)
        responses.withLock {
            $0 = [
                path: ServedStatus.Answer(status: 200, body: before),
                hex: ServedStatus.Answer(status: 200, body: goodAnswer.der),
            ]
        }
        let late = try await desk.reconcile(served: honest)
        #expect(late.of(.servedListDiffers) == [hex] && late.of(.servedAnswerDiffers) == [hex], "\(late.differences)")
        #expect(late.differences.count == 2)
    }

    private static func altered(_ bytes: [UInt8], in part: [UInt8]) throws -> [UInt8] {
        let at = try #require(
            (0...(bytes.count - part.count)).first { bytes[$0..<($0 + part.count)].elementsEqual(part) })
        var bytes = bytes
        bytes[at + part.count - 1] ^= 1
        return bytes
    }

    @Test func `Every kind of difference has a name of its own in both languages`() {
        let kinds = Difference.Kind.allCases
        #expect(kinds.allSatisfy { !$0.title.zh.isEmpty && !$0.title.en.isEmpty })
        #expect(Set(kinds.map(\.title.zh)).count == kinds.count && Set(kinds.map(\.title.en)).count == kinds.count)
    }
}
