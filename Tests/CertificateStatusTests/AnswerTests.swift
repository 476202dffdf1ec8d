import Ceremony
import CertificateProfiles
import CertificateRecords
import CertificateStatus
import Cryptography
import Foundation
import Groundwork
import Installation
import Issuance
import KeyCustody
import Revocation
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures

/// Answers from memory, ahead of questions, within limits, and never too old.
@Suite struct AnswerTests {
    private func request(
        _ bench: Bench, _ serial: SerialNumber, digest: DigestAlgorithm = .sha1, nonce: [UInt8]? = nil
    ) throws -> [UInt8] {
        OCSPRequest(
            certificates: [
                OCSPCertID(issuer: try bench.issuing.certificate, serialNumber: serial, digest: digest)
            ], nonce: nonce
        ).der
    }

    private func ask(_ bench: Bench, _ request: [UInt8], by status: StatusService? = nil) async throws -> OCSPAnswer {
        await (status ?? bench.authority.status).ocsp(request, issuer: try bench.issuing.generation)
    }

    private func status(_ answer: OCSPAnswer) throws -> OCSPStatus? {
        try OCSPResponse(der: answer.der).basic?.responses.first?.status
    }

    private func error(_ answer: OCSPAnswer) throws -> OCSPResponse.ErrorStatus? {
        try OCSPResponse(der: answer.der).error
    }

    @Test func `An answer from memory is never older than another process's revocation`() async throws {
        let bench = try await Bench.create()
        let other = try await bench.another()
        let records = try await withThrowingTaskGroup(of: CertificateRecord.self) { group in
            for _ in 0..<20 { group.addTask { try await bench.active() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for record in records {
            let request = try request(bench, record.serialNumber)
            for _ in 0..<3 { #expect(try status(await ask(bench, request)) == .good) }
        }
        // Other changes in between: what did not change is given as it was.
        let first = try request(bench, records[0].serialNumber)
        let before = try await ask(bench, first)
        for record in records.dropFirst() {
            try await other.revocation.suspend(record.serialNumber, on: Bench.automatic)
            let request = try request(bench, record.serialNumber)
            let held = OCSPStatus.revoked(at: bench.surroundings.now(), reason: .certificateHold)
            #expect(try status(await ask(bench, request)) == held)
            #expect(try status(await ask(bench, request)) == held)
            try await other.revocation.resume(record.serialNumber, on: Bench.automatic)
            #expect(try status(await ask(bench, request)) == .good)
        }
        #expect(try await ask(bench, first) == before)
        #expect(before.maxAge(at: bench.surroundings.now()) == 60 && !before.tag.isEmpty)
    }

    @Test func `Many who ask while it is revoked: nobody hears good afterwards`() async throws {
        let bench = try await Bench.create()
        let other = try await bench.another()
        let serial = try await bench.active().serialNumber
        let isRevoked = RevokedFlag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try await Self.askMany(bench, serial, isRevoked) } }
            group.addTask {
                try await other.revocation.revoke(serial, reason: .keyCompromise, on: Bench.automatic)
                isRevoked.state.withLock { $0 = true }
            }
            try await group.waitForAll()
        }
        #expect(try await bench.ocspStatus(serial) != .good)
    }

    private final class RevokedFlag: Sendable { let state = Mutex(false) }

    private static func askMany(_ bench: Bench, _ serial: SerialNumber, _ isRevoked: RevokedFlag) async throws {
        for _ in 0..<60 {
            let wasRevoked = isRevoked.state.withLock { $0 }
            let status = try await bench.ocspStatus(serial)
            if wasRevoked { #expect(status != .good) }
        }
    }

    /// The status changes between reading and signing, signing and storing: what was signed is thrown away.
    @Test(arguments: [StatusStep.answerRead, .answerSigned])
    func `What changed while it was signed is not told`(_ step: StatusStep) async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        let isFirst = Mutex(true)
        let slow = bench.authority.status.observed { at, _ in
            guard at == step,
                isFirst.withLock({
                    let was = $0; $0 = false; return was
                })
            else { return }
            try await bench.authority.revocation.revoke(
                record.serialNumber, reason: .superseded, on: Bench.automatic)
        }
        let answer = try await ask(bench, request(bench, record.serialNumber), by: slow)
        #expect(try status(answer) == .revoked(at: bench.surroundings.now(), reason: .superseded))
        #expect(try await bench.count("SELECT count(*) AS n FROM ocsp_answer") == 1)
    }

    @Test(arguments: [StatusStep.answerRead, .answerSigned, .answerStored])
    func `Killed while it answers, nothing is wrong afterwards`(_ step: StatusStep) async throws {
        struct Killed: Error {}
        let bench = try await Bench.create()
        let record = try await bench.active()
        let request = try request(bench, record.serialNumber)
        let killed = bench.authority.status.observed { at, _ in if at == step { throw Killed() } }
        #expect(try error(await ask(bench, request, by: killed)) == .internalError)
        for _ in 0..<2 { #expect(try status(await ask(bench, request)) == .good) }
    }

    @Test func `Nonces within the limit; above it the stored answer, and nothing for what is not stored`() async throws
    {
        let bench = try await Bench.create()
        let record = try await bench.active()
        let generation = try bench.issuing.generation
        let nonce = [UInt8](repeating: 9, count: 16)
        func asked() async throws -> OCSPAnswer {
            try await ask(bench, request(bench, record.serialNumber, nonce: nonce))
        }
        let limit = try await bench.authority.policies.current().certificates.status.freshAnswersPerSecond
        for _ in 0..<limit {
            let answer = try await asked()
            #expect(answer.isFresh && answer.maxAge(at: bench.surroundings.now()) == nil)
        }
        let stored = try await asked()
        #expect(try !stored.isFresh && status(stored) == .good)
        #expect(try OCSPResponse(der: stored.der).basic?.nonce == nil)
        // Unknown serial numbers and several at once would each cost a signature: not now.
        let stranger = try request(bench, .random(in: bench.surroundings))
        #expect(try error(await ask(bench, stranger)) == .tryLater)
        let several = OCSPRequest(
            certificates: try OCSPRequest(der: stranger).certificates
                + OCSPRequest(der: request(bench, record.serialNumber)).certificates, nonce: nil)
        #expect(try error(await bench.authority.status.ocsp(several.der, issuer: generation)) == .tryLater)
        bench.clock.turn(seconds: 1)
        #expect(try status(await ask(bench, stranger)) == .unknown)
        #expect(try await asked().isFresh)
    }

    @Test func `What is asked about often is signed ahead: before it ages and after it changed`() async throws {
        let bench = try await Bench.create()
        let status = bench.authority.status
        let (often, seldom) = (try await bench.active(), try await bench.active())
        let asked = try request(bench, often.serialNumber, digest: .sha256)
        for _ in 0..<20 { _ = try await ask(bench, asked) }
        _ = try await ask(bench, request(bench, seldom.serialNumber))
        #expect(try await status.refreshAnswers() == 0)
        bench.clock.turn(seconds: 1500)
        #expect(try await status.refreshAnswers() == 1)
        #expect(try await status.refreshAnswers() == 0)
        // Past the half-life of the first: the one that was signed ahead is there, for every process.
        bench.clock.turn(seconds: 1000)
        let noSignature = try await bench.another().status.observed { step, _ in
            #expect(step != .answerSigned)
        }
        let ahead = try await ask(bench, asked, by: noSignature)
        #expect(ahead.thisUpdate == bench.surroundings.now().adding(seconds: -1000).truncatedToSecond)
        // After a change too.
        try await bench.authority.revocation.revoke(often.serialNumber, reason: .superseded, on: Bench.automatic)
        #expect(try await status.refreshAnswers() == 1)
        #expect(
            try self.status(await ask(bench, asked, by: noSignature))
                == .revoked(at: bench.surroundings.now(), reason: .superseded))
        // Nobody asks any more: it is forgotten.
        for _ in 0..<4 {
            bench.clock.turn(seconds: 3601)
            try await status.refreshAnswers()
        }
        #expect(try await status.refreshAnswers() == 0)
    }

    @Test func `Of two processes one signs ahead`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        let request = try request(bench, record.serialNumber)
        for _ in 0..<20 { _ = try await ask(bench, request) }
        bench.clock.turn(seconds: 1500)
        let other = try await bench.another().status
        let slow = bench.authority.status.observed { step, _ in
            guard step == .answerRead else { return }
            let signed = try await other.refreshAnswers()
            #expect(signed == 0)
        }
        // The asks were counted by the service that answered.
        try await bench.authority.status.refreshAnswers(limit: 0)
        #expect(try await slow.refreshAnswers() == 1)
    }

    @Test func `An expired certificate's status is still told, and since when statuses are kept`() async throws {
        let bench = try await Bench.create()
        let (good, revoked) = (try await bench.active("entity-signature"), try await bench.active("entity-signature"))
        try await bench.authority.revocation.revoke(
            revoked.serialNumber, reason: .superseded, on: Bench.automatic)
        #expect(try await bench.ocsp(good.serialNumber).basic?.responses.first?.archiveCutoff == nil)
        bench.clock.turn(seconds: 366 * 86_400)
        _ = try await bench.authority.renewResponders()
        for (record, isGood) in [(good, true), (revoked, false)] {
            let single = try #require(try await bench.ocsp(record.serialNumber).basic?.responses.first)
            #expect((single.status == .good) == isGood)
            #expect(single.archiveCutoff == single.thisUpdate.adding(days: -3653))
        }
    }

    @Test func `A number whose issuance did not finish is revoked, an unfinished one unknown`() async throws {
        let bench = try await Bench.create()
        bench.stop.stop(at: .signed)
        await #expect(throws: StopSign.Killed.self) { try await bench.authority.issuance.issue(bench.request()) }
        bench.stop.stop(at: nil)
        let serial = try #require(bench.stop.seen.withLock { $0.last })
        for digest in [DigestAlgorithm.sha1, .sha256] {
            #expect(try await bench.ocsp(serial, digest: digest).basic?.responses.first?.status == .unknown)
        }
        bench.clock.turn(seconds: 61)
        #expect(try await bench.authority.issuance.recoverIntents() == [serial])
        for digest in [DigestAlgorithm.sha1, .sha256] {
            let status = try await bench.ocsp(serial, digest: digest).basic?.responses.first?.status
            #expect(status == .revoked(at: bench.surroundings.now(), reason: nil))
        }
    }

    @Test func `A copy keeps its bound or says try later, and stores nothing`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        let seen = Mutex<Instant?>(nil)
        let copy = bench.authority.status.following(
            ReplicaBound(seconds: 30, lastSeen: { seen.withLock { $0 } }))
        let request = try request(bench, record.serialNumber)
        #expect(try error(await ask(bench, request, by: copy)) == .tryLater)
        seen.withLock { $0 = bench.surroundings.now() }
        bench.clock.turn(seconds: 10)
        for _ in 0..<2 {
            let answer = try await ask(bench, request, by: copy)
            #expect(try status(answer) == .good)
            #expect(answer.maxAge(at: bench.surroundings.now()) == 20)
        }
        #expect(try await bench.count("SELECT count(*) AS n FROM ocsp_answer") == 0)
        await #expect(throws: Refusal(CertificateRecordsRefusal.statusBusy)) {
            try await copy.crl(issuer: record.issuer, shard: record.shard)
        }
        let list = try await bench.authority.status.crl(issuer: record.issuer, shard: record.shard)
        #expect(try await copy.crl(issuer: record.issuer, shard: record.shard) == list)
        bench.clock.turn(seconds: 21)
        #expect(try error(await ask(bench, request, by: copy)) == .tryLater)
    }

    @Test func `No answer outlives its responder's certificate, and an ended responder says try later`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        let responder = try bench.authority.service(.ocspResponder).certificate
        let left = responder.notAfter.seconds - bench.surroundings.now().seconds
        bench.clock.turn(seconds: left - 600)
        let answer = try await ask(bench, request(bench, record.serialNumber))
        #expect(answer.nextUpdate == responder.notAfter)
        bench.clock.turn(seconds: 601)
        #expect(try error(await ask(bench, request(bench, record.serialNumber))) == .tryLater)
    }
}

/// The line in which the public waits.
@Suite struct SigningQueueTests {
    @Test func `A full line says so, an urgent act leaves one place, and everybody comes in the end`() async throws {
        let queue = SigningQueue()
        let key: [UInt8] = [1]
        let (inside, entered) = AsyncStream<Int>.makeStream()
        let release = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<2 {
                group.addTask { () async throws -> Void in
                    try await queue.forPublic(key, places: 2, limit: 1) {
                        _ = entered.yield(index)
                        await release.wait()
                    }
                }
            }
            var arrivals = inside.makeAsyncIterator()
            _ = await arrivals.next()
            _ = await arrivals.next()
            // Both places are taken: one waits, the next is refused. Another key has its own line.
            group.addTask { () async throws -> Void in
                try await queue.forPublic(key, places: 2, limit: 1) { _ = entered.yield(2) }
            }
            while queue.waiting(for: key) == 0 { await Task.yield() }
            await #expect(throws: Refusal(CertificateRecordsRefusal.statusBusy)) {
                try await queue.forPublic(key, places: 2, limit: 1) {}
            }
            #expect(try await queue.forPublic([2], places: 2, limit: 1) { 7 } == 7)
            release.open()
            try await group.waitForAll()
            #expect(await arrivals.next() == 2)
        }
        // While something urgent is in hand one place is left.
        let second = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { () async throws -> Void in
                await queue.urgently {
                    _ = entered.yield(10)
                    await second.wait()
                }
            }
            var arrivals = inside.makeAsyncIterator()
            #expect(await arrivals.next() == 10)
            group.addTask { () async throws -> Void in
                try await queue.forPublic(key, places: 2, limit: 8) {
                    _ = entered.yield(11)
                    await second.wait()
                }
            }
            #expect(await arrivals.next() == 11)
            await #expect(throws: Refusal(CertificateRecordsRefusal.statusBusy)) {
                try await queue.forPublic(key, places: 2, limit: 0) {}
            }
            second.open()
            try await group.waitForAll()
        }
        #expect(try await queue.forPublic(key, places: 2, limit: 0) { 1 } == 1)
    }

}

/// Opens once, for all who wait.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            return state.waiting
        }
        for each in waiting { each.resume() }
    }
}

extension AnswerTests {
    @Test func `Padded questions are answered, and are no more in memory than one`() async throws {
        let bench = try await Bench.create()
        let serial = try await bench.active().serialNumber
        let name = OCSPCertID(issuer: try bench.issuing.certificate, serialNumber: serial, digest: .sha1)
        let plain = OCSPRequest(certificates: [name], nonce: nil).der
        let status = bench.authority.status
        let first = await status.ocsp(plain, issuer: "p256-entity-1")
        #expect(status.remembered == 1)
        for length in [1, 40, 4000] {
            let extras = CertificateExtension.sequence([
                .raw(
                    try OID(validating: "1.3.6.1.4.1.99999"),
                    value: DER.octetString(Array(repeating: 1, count: length)))
            ])
            let padded = DER.sequence([
                DER.sequence([DER.sequence([DER.sequence([name.der])]), DER.explicit(2, extras)])
            ])
            #expect(try OCSPRequest(der: padded).certificates == [name])
            #expect(await status.ocsp(padded, issuer: "p256-entity-1") == first)
            #expect(await status.ocsp(padded, issuer: "p256-entity-1") == first)
        }
        #expect(status.remembered == 1)
        // Shorter ones, that leave the parameters of SHA-1 away, are as plain.
        #expect(await status.ocsp(plain, issuer: "p256-entity-1") == first)
    }
}

/// A responder's key is exchanged while the service answers.
@Suite struct ResponderTests {
    @Test func `Before its end a responder gets a new key, once, and every process answers with it`() async throws {
        let bench = try await Bench.create()
        let other = try await bench.another()
        let record = try await bench.active()
        let first = try bench.authority.service(.ocspResponder).certificate
        #expect(try await bench.ocsp(record.serialNumber).basic?.certificates == [first])
        #expect(try await bench.authority.renewResponders().isEmpty)
        bench.clock.turn(seconds: first.notAfter.seconds - bench.surroundings.now().seconds - 29 * 86_400)
        #expect(try await bench.authority.renewResponders() == ["p256-entity-1"])
        #expect(try await other.renewResponders().isEmpty)
        #expect(try await bench.authority.renewResponders().isEmpty)
        let second = try bench.authority.service(.ocspResponder).certificate
        #expect(second != first && second.extendedKeyUsage == [.ocspSigning])
        for authority in [bench.authority, other] {
            let basic = try #require(try await bench.ocsp(record.serialNumber, by: authority).basic)
            #expect(basic.certificates == [second] && basic.isSigned(by: second.publicKey))
        }
    }

    @Test func `The last responder ends with its generation, and no generation keeps another from its own`()
        async throws
    {
        let bench = try await Bench.create(policies: Bench.filesWithSuccessors())
        let (first, second) = ("p256-entity-1", "p256-entity-2")
        let end = try bench.issuing.certificate.notAfter
        // Ten days before the end the first generation's responder has run out long ago, and the second's is due too.
        bench.clock.turn(seconds: end.seconds - bench.surroundings.now().seconds - 3000 * 86_400)
        try await bench.installation().rollOver(to: second)
        _ = try await bench.authority.refresh()
        bench.clock.turn(seconds: 2990 * 86_400)
        try await bench.database.write { transaction in
            try transaction.execute(
                """
                CREATE TRIGGER stuck BEFORE INSERT ON service_key WHEN NEW.issuer = 'p256-entity-1'
                BEGIN SELECT RAISE(ABORT, 'a test'); END
                """)
        }
        await #expect(throws: Refusal.self) { try await bench.authority.renewResponders() }
        #expect(bench.authority.serviceKeys(.ocspResponder, issuer: second).count == 2)
        #expect(bench.authority.serviceKeys(.ocspResponder, issuer: first).count == 1)
        try await bench.database.write { try $0.execute("DROP TRIGGER stuck") }
        // The lease went back: the next try is at once.
        #expect(try await bench.authority.renewResponders() == [first])
        let last = try #require(bench.authority.serviceKeys(.ocspResponder, issuer: first).last)
        #expect(last.certificate.notAfter == end)
        #expect(try await bench.authority.renewResponders().isEmpty)
        bench.clock.turn(seconds: 10 * 86_400 + 1)
        #expect(try await bench.authority.renewResponders().isEmpty)
    }

    @Test func `A time stamp key late in a generation's life ends with it`() async throws {
        let bench = try await Bench.create()
        let end = try bench.issuing.certificate.notAfter
        bench.clock.turn(seconds: end.seconds - bench.surroundings.now().seconds - 1000 * 86_400)
        #expect(try await bench.authority.renewStampKeys() == ["p256-entity-1"])
        #expect(try bench.authority.service(.timeStamping).certificate.notAfter == end)
        bench.clock.turn(seconds: 700 * 86_400)
        #expect(try await bench.authority.renewStampKeys().isEmpty)
    }
}
