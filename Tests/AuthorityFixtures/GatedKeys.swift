import Cryptography
import Groundwork
import KeyCustody
import Synchronization

/// Where signatures of one role wait while it is closed.
final class SigningGate: Sendable {
    private struct State {
        var isClosed = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    var waiting: Int { state.withLock { $0.waiting.count } }
    func close() { state.withLock { $0.isClosed = true } }

    func open() {
        let all = state.withLock { state in
            state.isClosed = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for each in all { each.resume() }
    }

    func letOne() {
        state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }?.resume()
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if state.isClosed { state.waiting.append(continuation) }
                return !state.isClosed
            }
            if goesOn { continuation.resume() }
        }
    }
}

/// Keys in memory, those with a word in their name behind a gate.
final class GatedKeys: SigningKeys {
    private let keys = KeysInMemory()
    private let word: String
    private let gate: SigningGate

    init(_ word: String, _ gate: SigningGate) {
        self.word = word
        self.gate = gate
    }

    func contains(_ name: String) -> Bool { keys.contains(name) }
    func generate(_ name: String, family: AlgorithmFamily) async throws -> any Signer {
        gated(try await keys.generate(name, family: family), name)
    }
    func signer(_ name: String) throws -> any Signer { gated(try keys.signer(name), name) }

    private func gated(_ signer: any Signer, _ name: String) -> any Signer {
        name.lowercased().contains(word) ? GatedSigner(signer: signer, gate: gate) : signer
    }
}

private struct GatedSigner: Signer {
    let signer: any Signer
    let gate: SigningGate
    var algorithm: SignatureAlgorithm { signer.algorithm }
    var publicKey: PublicKey { signer.publicKey }

    func sign(_ message: [UInt8]) async throws -> [UInt8] {
        await gate.pass()
        return try await signer.sign(message)
    }
}
