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

/// Cards and carriers that are not what they claim to be.
@Suite struct HostileCardTests {
    private func enrolled(_ desk: TestDesk) async throws -> (VirtualCardTransport, MediumNumber) {
        let transport = VirtualCardTransport(desk.card(pool: .shared))
        let name = try await desk.stockIn(transport)
        try await desk.enrol(name, .p256, transport)
        return (transport, name)
    }

    @Test func aFakeThatClaimsARealNameGetsNoSecret() async throws {
        let desk = try await TestDesk()
        let (real, name) = try await enrolled(desk)
        var fake = VirtualCardState(factoryFresh: VirtualCardOptions())
        fake.objects = real.state.objects
        let transport = VirtualCardTransport(desk.card(from: fake, pool: .shared))
        let recorded = RecordingTransport(transport)
        let unlock = try await desk.begin(.unlock(name), transport)
        await #expect(throws: Refusal(SecurityKeysRefusal.notProved)) {
            try await desk.personaliser.run(unlock, on: desk.medium(recorded))
        }
        #expect(recorded.instructions.isDisjoint(with: [0x24, 0x2C, 0xFF, 0x47, 0xDB]))
        #expect(transport.state == fake)
        // The real one goes on.
        #expect(try await desk.personaliser.recover(on: desk.medium(real))?.outcome == .finished)
    }

    @Test func anotherSerialNumberUnderTheSameNameIsRefused() async throws {
        let desk = try await TestDesk()
        let (real, name) = try await enrolled(desk)
        var other = real.state
        other.options.serial = 77
        let renewal = try await desk.begin(desk.renewal(name), real)
        let transport = VirtualCardTransport(desk.card(from: other, pool: .shared))
        await #expect(throws: Refusal(SecurityKeysRefusal.nameTaken)) {
            try await desk.personaliser.run(renewal, on: desk.medium(transport))
        }
        await #expect(throws: Refusal(SecurityKeysRefusal.nameTaken)) {
            try await desk.begin(desk.renewal(name), transport)
        }
        await #expect(throws: Refusal(SecurityKeysRefusal.nameTaken)) {
            let blank = VirtualCardTransport(desk.card(pool: .shared))
            _ = try await desk.stockIn(blank, name: name)
        }
    }

    @Test func aStrangersCardGetsSelectAndReadsOnly() async throws {
        let desk = try await TestDesk()
        let elsewhere = try await TestDesk()
        let (theirs, _) = try await enrolled(elsewhere)
        let before = theirs.state
        let recorded = RecordingTransport(theirs)
        await #expect(throws: Refusal(SecurityKeysRefusal.stranger)) { try await desk.stockIn(recorded) }
        #expect(try await desk.personaliser.recover(on: desk.medium(recorded)) == nil)
        #expect(theirs.state == before)
        #expect(recorded.instructions.isSubset(of: [0xA4, 0xCB, 0xC0, 0xF7, 0xF8, 0xFD, 0x20]))
        #expect(recorded.commands.allSatisfy { $0[1] != 0x20 || $0.count <= 5 }, "VERIFY with a PIN")
    }

    /// The carrier has a key of its own, with a request that is signed properly by it.
    @Test(arguments: [true, false])
    func aCarrierThatSwapsThePublicKeyIsRefused(keepsAttestation: Bool) async throws {
        let desk = try await TestDesk()
        let transport = VirtualCardTransport(desk.card(pool: .shared))
        let name = try await desk.stockIn(transport)
        let enrol = try await desk.begin(.enrol(name, for: TestDesk.holder, .p256), transport)
        let carrier = try SwappingCarrier(desk.medium(transport), keepsAttestation: keepsAttestation)
        await #expect(throws: (any Error).self) { try await desk.personaliser.run(enrol, on: carrier) }
        #expect(desk.authority.all.isEmpty)
        #expect(try await desk.personaliser.recover(on: desk.medium(transport))?.outcome == .finished)
        try await Invariants(desk: desk, transport: transport, name: name).hold(active: 2)
    }
}

/// Notes every command.
final class RecordingTransport: CardTransport {
    private let inner: any CardTransport
    private let seen = Mutex<[[UInt8]]>([])
    init(_ inner: any CardTransport) { self.inner = inner }

    var commands: [[UInt8]] { seen.withLock { $0 } }
    var instructions: Set<UInt8> { Set(commands.compactMap { $0.count > 1 ? $0[1] : nil }) }

    func transmit(_ command: [UInt8], within limit: Duration) async throws(CardError) -> [UInt8] {
        seen.withLock { $0.append(command) }
        return try await inner.transmit(command, within: limit)
    }
    func transmit(secret frame: consuming SecretBytes, within limit: Duration) async throws(CardError) -> [UInt8] {
        try await transmit(frame.withBytes { Array($0) }, within: limit)
    }
    func reset() async throws(CardError) { try await inner.reset() }
    func close() async { await inner.close() }
}

/// Says that the card made a key which it did not make.
struct SwappingCarrier: KeyMedium {
    let inner: any KeyMedium
    let key: PrivateKey
    let keepsAttestation: Bool

    init(_ inner: any KeyMedium, keepsAttestation: Bool) throws {
        self.inner = inner
        self.keepsAttestation = keepsAttestation
        key = try PrivateKey.generate(.p256)
    }

    func perform(_ action: MediumAction, lender: any SecretLender) async throws(MediumFailure) -> MediumEvent {
        switch action {
        case .request(_, _, let publicKey, let subject) where publicKey == key.publicKey.spki:
            do throws(Refusal) {
                let info = CertificateRequest.body(
                    subject: try DistinguishedName(der: subject), publicKey: key.publicKey)
                return .requested(
                    CertificateRequest.assemble(
                        info: info, algorithm: .ecdsaWithSHA256, signature: try key.sign(info)))
            } catch { throw .declined(error) }
        default:
            let event = try await inner.perform(action, lender: lender)
            guard case .generated(_, let attestation) = event else { return event }
            return .generated(publicKey: key.publicKey.spki, attestation: keepsAttestation ? attestation : [])
        }
    }
}
