import Audit
import Ceremony
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import SoftTokens
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures

/// The service's half of a ceremony with its keys in a SoftHSM 2 token, and with a store that is locked. (The root's
/// half has neither: its key is divided among custodians, and it works in a folder.)
@Suite(.serialized) struct CeremonyTokenTests {
    private static let steps: [CeremonyStep] = [
        .requestOrdered, .requestMade, .bundleChecked, .authorityStored, .serviceCertified,
    ]

    private final class House: Sendable {
        let soft: SoftToken
        let faulty: FaultyCryptoki
        let bench: CeremonyBench
        let keys: TokenKeys
        private let isAway = Mutex(false)

        init() throws {
            soft = try SoftToken()
            faulty = try FaultyCryptoki(soft)
            bench = try CeremonyBench()
            keys = TokenKeys(
                token: try soft.opened(by: faulty),
                alarm: CustodyAlarm(place: "token", database: bench.database, audit: bench.audit))
        }

        deinit { soft.remove() }

        func installation(_ observer: @escaping CeremonyObserver = { _ in }) -> CeremonyInstallation {
            CeremonyInstallation(
                database: bench.database, audit: bench.audit, keys: keys, surroundings: bench.surroundings,
                observer: observer)
        }

        func takeAway() throws {
            guard !isAway.withLock({ $0 }) else { return }
            isAway.withLock { $0 = true }
            faulty.fail("C_Sign", with: FaultyCryptoki.Code.sessionHandleInvalid)
            try soft.takeAway()
        }

        func putBack() throws {
            if isAway.withLock({ $0 }) { try soft.putBack() }
            isAway.withLock { $0 = false }
            faulty.fail("none", with: 0)
        }

        func holds() async throws {
            let authority = try await Authority.open(
                database: bench.database, audit: bench.audit, keys: keys, surroundings: bench.surroundings)
            #expect(authority.services.count == ServiceRole.allCases.count)
            #expect(authority.issuers.issuing.count == 1)
            for table in ["authority_issuer", "certificate WHERE purpose = 'authority'"] {
                #expect(try await bench.count("SELECT count(*) AS n FROM \(table)") == 2)
            }
            #expect(
                try await bench.count(
                    "SELECT count(*) AS n FROM audit_event WHERE instr(CAST(line AS TEXT), 'ceremony.installed') > 0")
                    == 1)
        }
    }

    @Test(arguments: steps, [true, false])
    func `At each step the token goes or the program is killed: the next call finishes with the same keys`(
        _ step: CeremonyStep, _ isKill: Bool
    ) async throws {
        let house = try House()
        let bench = house.bench
        _ = try await bench.machine().makeRoot()
        try await house.installation().prepare(Bench.filesWithSuccessors(), statusBase: Bench.base)
        let disturbed = house.installation { at in
            guard at == step else { return }
            if isKill { throw CeremonyStop.Killed() }
            try house.takeAway()
        }
        func attempt(_ work: () async throws -> Void) async {
            do { try await work() } catch {
                #expect(isKill ? error is CeremonyStop.Killed : TokenBench.isNamed(error), "\(error)")
            }
        }
        await attempt { _ = try await disturbed.request(bench.generation) }
        try house.putBack()
        let request = try await house.installation().request(bench.generation).der
        #expect(try await house.installation().request(bench.generation).der == request)
        let stage = try await bench.machine().certifyIssuing(
            bench.generation, request: request, shares: bench.shares(1, 3, 4))
        let bundle = try CeremonyBundle.read(stage.path)
        await attempt { try await disturbed.install(bundle) }
        try house.putBack()
        try? await house.installation().install(bundle)
        try await house.holds()
    }

    @Test func `With a locked store each part of it is refused for now, and done when it is free`() async throws {
        let bench = try CeremonyBench()
        _ = try await bench.machine().makeRoot()
        var options = DatabaseOptions()
        options.busyTimeoutMilliseconds = 20
        let (impatient, _) = try Bench.open(bench.folder, bench.surroundings, options: options)
        let blocked = bench.installation(in: impatient)
        let busy = Refusal(StorageRefusal.busy)
        try await bench.whileHoldingTheStore {
            await #expect(throws: busy) {
                try await blocked.prepare(Bench.filesWithSuccessors(), statusBase: Bench.base)
            }
        }
        try await blocked.prepare(Bench.filesWithSuccessors(), statusBase: Bench.base)
        try await bench.whileHoldingTheStore {
            await #expect(throws: busy) { _ = try await blocked.request(bench.generation) }
        }
        let request = try await blocked.request(bench.generation).der
        let stage = try await bench.machine().certifyIssuing(
            bench.generation, request: request, shares: bench.shares(1, 3, 5))
        let bundle = try CeremonyBundle.read(stage.path)
        try await bench.whileHoldingTheStore {
            await #expect(throws: busy) { try await blocked.install(bundle) }
        }
        try await blocked.install(bundle)
        #expect(try await bench.open().issuers.issuing.count == 1)
        await impatient.close()
    }
}

extension CeremonyBench {
    /// Does something while a writer of another process holds the store.
    fileprivate func whileHoldingTheStore(_ body: () async -> Void) async throws {
        let (holder, _) = try Bench.open(folder, surroundings)
        let entered = AsyncStream<Void>.makeStream()
        let leave = DispatchSemaphore(value: 0)
        let held = Task {
            try await holder.write { _ in
                entered.continuation.yield()
                leave.wait()
            }
        }
        for await _ in entered.stream { break }
        await body()
        leave.signal()
        try await held.value
        await holder.close()
    }
}
