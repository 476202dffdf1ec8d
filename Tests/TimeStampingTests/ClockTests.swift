import Audit
import CertificateRecords
import Cryptography
import Groundwork
import Installation
import KeyCustody
import Officers
import OtherPrograms
import Revocation
import Storage
import Synchronization
import Testing
import TimeStamping

@testable import AuthorityFixtures

/// A time stamp is only as good as the clock: whatever shakes it stops them, and nothing is said silently.
@Suite struct ClockTests {
    /// The bits of a rejection, or the accuracy of a token.
    private enum Outcome: Equatable {
        case granted(accuracy: Int?)
        case rejected(Set<Int>)
    }
    private static let unavailable = Outcome.rejected([14])

    private func ask(_ bench: Bench, by authority: Authority? = nil) async throws -> Outcome {
        let request = TimeStampRequest(
            imprint: MessageImprint(of: [1, 2, 3], digest: .sha256), nonce: bench.surroundings.randomBytes(8),
            certificateRequested: true)
        let answer = await (authority ?? bench.authority).timeStamps.respond(request.der)
        switch try TimeStampResponse(der: answer) {
        case .granted(let token):
            _ = try token.verify(answering: request)
            return .granted(accuracy: token.info.accuracyMilliseconds)
        case .rejected(let bits): return .rejected(bits)
        }
    }

    private func events(_ bench: Bench, _ act: String) async throws -> Int64 {
        try await bench.count(
            "SELECT count(*) AS n FROM audit_event WHERE CAST(line AS TEXT) LIKE '%\"act\":\"\(act)\"%'")
    }

    @Test
    func `A kept clock gives the bound of its error to the accuracy, and one whose bound is too large gives nothing`()
        async throws
    {
        let bench = try await Bench.create(policies: .inEarnest())
        #expect(try await ask(bench) == .granted(accuracy: 1000))
        bench.clock.machine.withLock { $0.errorMicroseconds = 2500 }
        #expect(try await ask(bench) == .granted(accuracy: 1010))
        bench.clock.machine.withLock { $0.errorMicroseconds = 300_000 }
        #expect(try await ask(bench) == Self.unavailable)
        #expect(try await bench.authority.clock.watch() == .untrusted(.inaccurate(milliseconds: 1200)))
    }

    @Test func `While nobody keeps the clock nothing is stamped, and no checkpoint is half made`() async throws {
        let bench = try await Bench.create(policies: .inEarnest())
        bench.clock.machine.withLock { $0.isSynchronised = false }
        #expect(try await ask(bench) == Self.unavailable)
        let authority = bench.authority
        let key = try authority.service(.checkpoints)
        @Sendable func checkpoint() async throws -> SignedCheckpoint {
            try await bench.audit.checkpoint(database: bench.database, signer: key.signer) { bytes in
                try await authority.timeStamps.token(over: bytes)
            }
        }
        do {
            _ = try await checkpoint()
            Issue.record("a checkpoint without a time")
        } catch let refusal as Refusal {
            #expect(refusal.isBecause(TimeStampingRefusal.clockUntrusted) && refusal.retry == .later)
        }
        #expect(try await bench.count("SELECT count(*) AS n FROM audit_checkpoint") == 0)
        bench.clock.machine.withLock { $0.isSynchronised = true }
        #expect(try await checkpoint().token != nil)
    }

    @Test func `An evaluation uses an unkept clock, and its tokens claim no accuracy`() async throws {
        let bench = try await Bench.create()
        bench.clock.machine.withLock { $0.isSynchronised = false }
        #expect(try await ask(bench) == .granted(accuracy: nil))
        #expect(try await bench.authority.clock.watch() == .trusted(.evaluation))
    }

    @Test(arguments: [Int64(-3600), -3, 3, 86_400])
    func `A clock that was set is not believed by any process, until it is set back`(_ seconds: Int64) async throws {
        let bench = try await Bench.create()
        bench.clock.machine.withLock { $0.isSynchronised = false }
        #expect(try await ask(bench) == .granted(accuracy: nil))
        bench.clock.turn(seconds: 100)
        bench.clock.set(bySeconds: seconds)
        #expect(try await ask(bench) == Self.unavailable)
        #expect(try await ask(bench) == Self.unavailable)
        // Another process, begun after the step, has never seen the clock as it was before.
        let other = try await bench.another()
        #expect(try await ask(bench, by: other) == Self.unavailable)
        #expect(try await events(bench, "clock.stepped") == 1)
        bench.clock.set(bySeconds: -seconds)
        bench.clock.turn(seconds: 1)
        #expect(try await ask(bench, by: other) == .granted(accuracy: nil))
        #expect(try await ask(bench) == .granted(accuracy: nil))
        #expect(try await events(bench, "clock.settled") == 1)
    }

    @Test func `After a step the kernel is believed again once it has said so for the policy's time`() async throws {
        let bench = try await Bench.create(policies: .inEarnest())
        #expect(try await ask(bench) == .granted(accuracy: 1000))
        bench.clock.set(bySeconds: 30)
        #expect(try await ask(bench) == Self.unavailable)
        bench.clock.turn(seconds: 60)
        #expect(try await ask(bench) == Self.unavailable)
        bench.clock.turn(seconds: 5)
        #expect(try await ask(bench) == .granted(accuracy: 1000))
        #expect(try await events(bench, "clock.settled") == 1)
        // One moment without a server begins the waiting anew after the next step.
        bench.clock.set(bySeconds: 30)
        #expect(try await ask(bench) == Self.unavailable)
        bench.clock.machine.withLock { $0.isSynchronised = false }
        #expect(try await ask(bench) == Self.unavailable)
        bench.clock.machine.withLock { $0.isSynchronised = true }
        bench.clock.turn(seconds: 63)
        #expect(try await ask(bench) == Self.unavailable)
        bench.clock.turn(seconds: 64)
        #expect(try await ask(bench) == .granted(accuracy: 1000))
    }

    @Test func `An officer's word stands in, for its hours, its run of the machine, and while nobody sets the clock`()
        async throws
    {
        let bench = try await Bench.create(policies: .inEarnest())
        let officers = try await BenchOfficers(bench)
        let clock = bench.authority.clock
        bench.clock.machine.withLock { $0.isSynchronised = false }
        @Sendable func giveWord(hours: Int = 8) async throws {
            try await clock.trust(by: officers.order(clock.request(toTrustForHours: hours, justification: "比对过")))
        }
        await #expect(throws: Refusal(TimeStampingRefusal.wordTooLong)) { try await giveWord(hours: 25) }
        try await giveWord()
        // 1000 of the token, 2000 of the word.
        #expect(try await ask(bench) == .granted(accuracy: 3000))
        #expect(try await ask(bench, by: bench.another()) == .granted(accuracy: 3000))
        bench.clock.turn(seconds: 8 * 3600)
        #expect(try await ask(bench) == Self.unavailable)

        try await giveWord()
        bench.clock.set(bySeconds: 60)
        #expect(try await ask(bench) == Self.unavailable)
        // The word after the step accepts the clock as it is now.
        try await giveWord()
        #expect(try await ask(bench) == .granted(accuracy: 3000))
        bench.clock.machine.withLock { $0.boot = "second" }
        #expect(try await ask(bench) == Self.unavailable)
        #expect(try await events(bench, "clock.trusted") == 3)
    }

    @Test func `A word is not taken when the clock was set after it was signed, nor twice, nor for something else`()
        async throws
    {
        let bench = try await Bench.create(policies: .inEarnest())
        let officers = try await BenchOfficers(bench)
        let clock = bench.authority.clock
        let signed = try await officers.order(clock.request(toTrustForHours: 1, justification: "比对过"))
        bench.clock.set(bySeconds: 60)
        await #expect(throws: Refusal(TimeStampingRefusal.clockUntrusted)) {
            try await clock.trust(by: signed)
        }
        bench.clock.set(bySeconds: -60)
        try await clock.trust(by: signed)
        await #expect(throws: Refusal(OfficersRefusal.alreadyUsed)) { try await clock.trust(by: signed) }
        let other = try await officers.order(
            CanonicalRequest(
                .suspendCertificate, subject: "00", parameters: ["name": "x", "entity": .null, "profile": "x"],
                reason: "x", in: bench.surroundings))
        await #expect(throws: Refusal(OfficersRefusal.wrongAct)) { try await clock.trust(by: other) }
    }

    @Test func `Tokens never go back, not even by less than a step`() async throws {
        let bench = try await Bench.create()
        bench.clock.turn(seconds: 10)
        #expect(try await ask(bench) == .granted(accuracy: 1000))
        bench.clock.set(bySeconds: -1)
        #expect(try await ask(bench) == Self.unavailable)
        bench.clock.turn(seconds: 1)
        #expect(try await ask(bench) == .granted(accuracy: 1000))
    }

    @Test(arguments: [true, false])
    func `A clock that was set back while the machine was off is behind the newest checkpoint`(_ isKept: Bool)
        async throws
    {
        let bench = try await Bench.create(policies: isKept ? .inEarnest() : Bench.policyFiles())
        let officers = try await BenchOfficers(bench)
        let authority = bench.authority
        bench.clock.turn(seconds: 7200)
        _ = try await bench.audit.checkpoint(
            database: bench.database, signer: authority.service(.checkpoints).signer
        ) { bytes in try await authority.timeStamps.token(over: bytes) }
        bench.clock.machine.withLock {
            $0.boot = "second"
            $0.isSynchronised = isKept
        }
        bench.clock.set(bySeconds: -3600)
        let other = try await bench.another()
        #expect(try await ask(bench, by: other) == Self.unavailable)
        #expect(try await other.clock.watch() == .untrusted(.wentBack))
        // Whoever compared it with another clock may say that it is the checkpoint which was wrong.
        let clock = other.clock
        try await clock.trust(by: officers.order(clock.request(toTrustForHours: 1, justification: "比对过")))
        #expect(try await ask(bench, by: other) == .granted(accuracy: 3000))
        bench.clock.turn(seconds: 3601)
        #expect(try await ask(bench, by: bench.another()) == .granted(accuracy: isKept ? 1000 : nil))
    }

    @Test func `A request with an extension is told so, and openssl reads why`() async throws {
        let bench = try await Bench.create()
        let plain = TimeStampRequest(
            imprint: MessageImprint(of: [1], digest: .sha256), nonce: nil, certificateRequested: true)
        var members = Array(plain.der.dropFirst(2))
        // [0] IMPLICIT Extensions: 1.2.3, not critical, an empty OCTET STRING.
        members += [0xA0, 0x08, 0x30, 0x06, 0x06, 0x02, 0x2A, 0x03, 0x04, 0x00]
        let answer = await bench.authority.timeStamps.respond(DER.element(0x30, members))
        guard case .rejected(let bits) = try TimeStampResponse(der: answer) else {
            Issue.record("granted")
            return
        }
        #expect(bits == [16])
        let stranger = try Stranger()
        defer { stranger.clean() }
        try stranger.write(answer, "answer.tsr")
        let text = try stranger.run("openssl ts -reply -in answer.tsr -text")
        #expect(text.contains("Status: Rejected") && text.contains("extension is not supported"), "\(text)")
    }

    @Test func `A step that cannot be recorded is still a step`() async throws {
        let bench = try await Bench.create()
        #expect(try await ask(bench) == .granted(accuracy: 1000))
        var small = DatabaseOptions()
        small.maximumPages = 1
        let full = try await bench.another(options: small)
        bench.clock.machine.withLock { $0.isSynchronised = false }
        bench.clock.set(bySeconds: 30)
        let outcome = try await ask(bench, by: full)
        #expect(outcome != .granted(accuracy: nil) && outcome != .granted(accuracy: 1000))
        #expect(try await ask(bench) == Self.unavailable)
    }

    @Test func `Serial numbers are random, and the certificate is named by its hash`() async throws {
        let bench = try await Bench.create()
        var serials = Set<SerialNumber>()
        for _ in 0..<20 {
            let token = try TimeStampToken(der: await bench.authority.timeStamps.token(over: [1]))
            serials.insert(token.info.serialNumber)
            let signer = try #require(token.signedData.signers.first)
            #expect(signer.signedValue(.attributeSigningCertificateV2) != nil)
        }
        #expect(serials.count == 20 && serials.allSatisfy { $0.bytes.count == 16 })
    }

    @Test func `The public waits while our own is signed, and beyond the line is told to come later`() async throws {
        let policies = try Bench.policyFiles().replacing(
            "publicWaiting: 64", with: "publicWaiting: 1", in: "Policies/certificates.yaml")
        let bench = try await Bench.create(policies: policies)
        let authority = bench.authority
        let busy = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    do {
                        _ = try await authority.timeStamps.respondToPublic([0x30, 0x00])
                        return false
                    } catch let refusal as Refusal {
                        #expect(refusal.isBecause(TimeStampingRefusal.timeStampsBusy))
                        #expect(refusal.retry == .later)
                        return true
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(busy < 32)
        _ = try await authority.timeStamps.token(over: [1])
    }

    /// Third parties fill their line; issuance, revocation and our own time stamps do not stand in it, and while one of
    /// those is in hand one stranger at a time is signed for.
    @Test func `Issuance and revocation come before strangers' time stamps`() async throws {
        let gate = SigningGate()
        let policies = try Bench.policyFiles().replacing(
            "publicWaiting: 64", with: "publicWaiting: 2", in: "Policies/certificates.yaml")
        let bench = try await Bench.create(policies: policies) { _, _ in GatedKeys("timestamping", gate) }
        let authority = bench.authority
        let request = TimeStampRequest(
            imprint: MessageImprint(of: [1], digest: .sha256), policy: nil, nonce: nil, certificateRequested: true
        ).der
        gate.close()
        let answered = Mutex(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { @Sendable () async throws -> Void in
                    let answer = try await authority.timeStamps.respondToPublic(request)
                    guard case .granted = try TimeStampResponse(der: answer) else {
                        Issue.record("rejected")
                        return
                    }
                    answered.withLock { $0 += 1 }
                }
            }
            // Two are being signed, two wait, and there is no room for a fifth.
            while gate.waiting < 2 || authority.queue.waiting(for: TimeStampAuthority.line) < 2 { await Task.yield() }
            await #expect(throws: Refusal(TimeStampingRefusal.timeStampsBusy)) {
                _ = try await authority.timeStamps.respondToPublic(request)
            }
            let record = try await bench.active()
            try await authority.revocation.revoke(record.serialNumber, reason: .superseded, on: Bench.automatic)
            #expect(try await bench.list(record).entry(for: record.serialNumber) != nil)
            #expect(gate.waiting == 2 && authority.queue.waiting(for: TimeStampAuthority.line) == 2)
            // Something urgent is in hand: whoever leaves lets nobody in but the last place's.
            await authority.queue.urgently {
                gate.letOne()
                while answered.withLock({ $0 }) != 1 { await Task.yield() }
                #expect(gate.waiting == 1 && authority.queue.waiting(for: TimeStampAuthority.line) == 2)
                gate.letOne()
                while authority.queue.waiting(for: TimeStampAuthority.line) != 1 { await Task.yield() }
            }
            while authority.queue.waiting(for: TimeStampAuthority.line) != 0 { await Task.yield() }
            gate.open()
            try await group.waitForAll()
        }
        _ = try await authority.timeStamps.token(over: [1])
    }

    @Test func `A key gets its successor while the service runs, and every process follows`() async throws {
        let bench = try await Bench.create()
        let other = try await bench.another()
        let old = try bench.authority.service(.timeStamping).certificate
        let before = try await bench.authority.timeStamps.token(over: [1])
        #expect(try await bench.authority.renewStampKeys() == [])
        bench.clock.turn(seconds: 365 * 86_400)
        #expect(try await bench.authority.renewStampKeys() == [try bench.issuing.generation])
        #expect(try await bench.authority.renewStampKeys() == [])
        let new = try bench.authority.service(.timeStamping).certificate
        #expect(new != old)
        #expect(try await other.renewStampKeys() == [])
        for authority in [bench.authority, other] {
            let token = try TimeStampToken(der: await authority.timeStamps.token(over: [1]))
            #expect(try token.verify(over: [1]) == new)
        }
        #expect(try TimeStampToken(der: before).verify(over: [1]) == old)
    }

    @Test func `With a store that another process holds, a step is refused all the same`() async throws {
        let bench = try await Bench.create()
        #expect(try await ask(bench) == .granted(accuracy: 1000))
        var hasty = DatabaseOptions()
        hasty.busyTimeoutMilliseconds = 20
        let waiting = try await bench.another(options: hasty)
        bench.clock.machine.withLock { $0.isSynchronised = false }
        bench.clock.set(bySeconds: 30)
        try await bench.whileHoldingTheStore {
            let outcome = try await ask(bench, by: waiting)
            #expect(outcome != .granted(accuracy: nil))
        }
        #expect(try await ask(bench, by: waiting) == Self.unavailable)
        #expect(try await events(bench, "clock.stepped") == 1)
    }
}
