import AgentProtocol
import CardAgent
import Cryptography
import Groundwork
import PIV
@testable import Personalisation
import SecurityKeys
import Storage
import Synchronization
import Testing
import VirtualKey

/// A plan × every interruption: the card vanishes before and after every frame, and the process dies at every named
/// step. Afterwards inserting the key again finishes the plan, and everything holds.
@Suite struct InterruptionTests {
    /// Stock-in makes no keys: one family is all of them.
    static let all: [(KeyPlan.Kind, AlgorithmFamily)] =
        [(.stockIn, .p256)]
        + [KeyPlan.Kind.enrol, .renewStaged, .renewInPlace, .reissue, .unlock].flatMap { kind in
            AlgorithmFamily.allCases.map { (kind, $0) }
        }

    @Test(arguments: all)
    func cardVanishesAtEveryFrame(kind: KeyPlan.Kind, family: AlgorithmFamily) async throws {
        let sweep = try await Sweep(kind, family)
        let whole = try await sweep.rehearse()
        for frame in 1...whole.frames {
            for vanishing in [VirtualCardTransport.Vanishing.before(frame), .after(frame)] {
                try await sweep.cut(by: vanishing)
            }
        }
    }

    @Test(arguments: all)
    func processDiesAtEveryStep(kind: KeyPlan.Kind, family: AlgorithmFamily) async throws {
        let sweep = try await Sweep(kind, family)
        let whole = try await sweep.rehearse()
        for step in 1...whole.steps { try await sweep.die(at: step) }
    }
}

/// One kind of plan in one family, from one prepared state that each run starts from again.
final class Sweep: Sendable {
    let desk: TestDesk
    let kind: KeyPlan.Kind
    let family: AlgorithmFamily
    private let name: MediumNumber
    private let lost: MediumNumber
    private let prepared: VirtualCardState
    private let issued: [String: TestAuthority.Entry]

    init(_ kind: KeyPlan.Kind, _ family: AlgorithmFamily) async throws {
        self.kind = kind
        self.family = family
        desk = try await TestDesk()
        let transport = VirtualCardTransport(desk.card(pool: .shared))
        if kind == .stockIn {
            name = MediumNumber.random(in: TestDesk.surroundings)
        } else {
            name = try await desk.stockIn(transport)
            if [.renewStaged, .renewInPlace, .unlock].contains(kind) { try await desk.enrol(name, family, transport) }
        }
        if kind == .reissue {
            let other = VirtualCardTransport(desk.card(VirtualCardOptions(serial: 2), pool: .shared))
            lost = try await desk.stockIn(other)
            try await desk.enrol(lost, family, other)
        } else {
            lost = name
        }
        prepared = transport.state
        issued = desk.authority.entries.withLock { $0 }
        try await desk.database.write { transaction in
            for table in Self.tables { try transaction.execute("CREATE TABLE kept_\(table) AS SELECT * FROM \(table)") }
        }
    }

    private static let tables = ["security_key", "key_certificate", "escrow_secret", "secret_tries", "key_plan"]

    /// Card, store and authority as they were prepared.
    private func restore(vanishing: VirtualCardTransport.Vanishing? = nil) async throws -> VirtualCardTransport {
        desk.authority.entries.withLock { $0 = issued }
        desk.observed.withLock { $0 = [] }
        desk.killAt.withLock { $0 = nil }
        desk.pins.type("735219")
        try await desk.database.write { transaction in
            for table in Self.tables.reversed() { try transaction.execute("DELETE FROM \(table)") }
            for table in Self.tables {
                try transaction.execute("INSERT INTO \(table) SELECT * FROM kept_\(table)")
            }
        }
        return VirtualCardTransport(desk.card(from: prepared, pool: .shared), vanishing: vanishing)
    }

    private func go(on transport: any CardTransport) async throws {
        let holder = try TestDesk.holder
        let intent: KeyIntent
        switch kind {
        case .stockIn: intent = .stockIn(name, .unstated)
        case .enrol: intent = .enrol(name, for: holder, family)
        case .reissue: intent = .reissue(name, for: holder, family, lost: lost)
        case .renewStaged, .renewInPlace: intent = try desk.renewal(name, staged: kind == .renewStaged)
        case .unlock:
            desk.pins.type("864207")
            intent = .unlock(name)
        }
        try await desk.carryOut(intent, transport)
    }

    private var active: Int { kind == .stockIn ? 0 : 2 }

    func rehearse() async throws -> (frames: Int, steps: Int) {
        let transport = try await restore()
        try await go(on: transport)
        try await hold(transport, "uninterrupted")
        return (transport.frames, desk.observed.withLock { $0.count })
    }

    func cut(by vanishing: VirtualCardTransport.Vanishing) async throws {
        let transport = try await restore(vanishing: vanishing)
        let cut = "\(kind.rawValue) \(family.rawValue) \(vanishing)"
        await #expect(throws: Refusal.self, "\(cut)") { try await self.go(on: transport) }
        try await recover(transport, cut)
    }

    func die(at step: Int) async throws {
        let transport = try await restore()
        desk.killAt.withLock { $0 = step }
        do {
            try await go(on: transport)
            Issue.record("\(kind.rawValue) \(family.rawValue) did not die at step \(step)")
        } catch is TestDesk.Killed {}
        desk.killAt.withLock { $0 = nil }
        let named = desk.observed.withLock { $0.last ?? "" }
        try await recover(transport, "\(family.rawValue), died at \(named)")
    }

    /// The key is inserted again, by a new process.
    private func recover(_ transport: VirtualCardTransport, _ cut: String) async throws {
        transport.insert()
        let watched = WatchedTransport(transport)
        do {
            let ended = try await desk.personaliser.recover(on: desk.medium(watched))
            if ended == nil {
                // Nothing was begun, or it had just ended: what is to be done can be done.
                let finished = try await desk.database.read { [name] in
                    try $0.first(
                        "SELECT 1 AS one FROM key_plan WHERE medium = $1 AND state = 'finished' AND kind = $2",
                        name.bytes, self.kind.rawValue) != nil
                }
                if !finished { try await go(on: watched) }
            } else {
                #expect(ended?.outcome == .finished, "\(cut)")
            }
        } catch { Issue.record("\(cut): recovery stopped: \(error)") }
        #expect(watched.boldest.withLock { $0 } >= 3, "\(cut): a try with fewer than three left")
        try await hold(transport, cut)
    }

    private func hold(_ transport: VirtualCardTransport, _ cut: String) async throws {
        try await Invariants(desk: desk, transport: transport, name: name)
            .hold(active: active, cut, holderKnowsPIN: kind != .stockIn)
        let made = desk.authority.all.count - issued.count
        #expect(made == (kind == .stockIn || kind == .unlock ? 0 : 2), "\(cut): \(made) certificates were charged")
    }
}

/// Looks at each command that presents the unlock secret: how many tries were left just then?
final class WatchedTransport: CardTransport {
    private let inner: VirtualCardTransport
    let boldest = Mutex(Int.max)

    init(_ inner: VirtualCardTransport) { self.inner = inner }

    func transmit(_ command: [UInt8], within limit: Duration) async throws(CardError) -> [UInt8] {
        let presents = command.count > 3 && (command[1] == 0x2C || (command[1] == 0x24 && command[3] == 0x81))
        if presents {
            let left = inner.state.puk.triesLeft
            boldest.withLock { $0 = min($0, left) }
        }
        return try await inner.transmit(command, within: limit)
    }
    func transmit(secret frame: consuming SecretBytes, within limit: Duration) async throws(CardError) -> [UInt8] {
        try await transmit(frame.withBytes { Array($0) }, within: limit)
    }
    func reset() async throws(CardError) { try await inner.reset() }
    func close() async { await inner.close() }
}
