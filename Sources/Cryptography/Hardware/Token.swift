package import Groundwork
internal import Synchronization
internal import CPKCS11

/// A PKCS #11 token with its sessions: where private keys are made, stay and sign.
///
/// As many sessions as threads, each opened when it is first needed. A session that was lost is opened anew within the
/// same request; a token that failed refuses what is asked of it (to be tried again later) until a request finds it
/// back, by starting its module anew. A PIN that was refused is not tried again by this process: a few tries lock the
/// token.
package final class Token: Sendable {
    /// What a token is asked by.
    package struct Access: Sendable {
        /// The token's label: slots change their numbers, tokens keep their labels.
        package var label: String
        /// How many signatures are under way at the most.
        package var sessions: Int
        /// The maker's mechanisms for SM2, where the token has them: the standard has none.
        package var sm2: SM2Mechanisms?
        /// New private keys want the PIN for every signature. Keys that are there already say it for themselves.
        package var pinEachTime: Bool
        /// How long a token that failed is left alone before it is tried again.
        package var pauseNanoseconds: UInt64

        package init(
            label: String, sessions: Int = 4, sm2: SM2Mechanisms? = nil, pinEachTime: Bool = false,
            pauseNanoseconds: UInt64 = 1_000_000_000
        ) {
            self.label = label
            self.pinEachTime = pinEachTime
            self.sessions = max(1, min(64, sessions))
            self.sm2 = sm2
            self.pauseNanoseconds = pauseNanoseconds
        }
    }

    /// Numbers of CKM_VENDOR_DEFINED mechanisms: they take and give what CKM_EC_KEY_PAIR_GEN and CKM_ECDSA do, with
    /// SM3(Z_A ‖ M) as what is signed.
    package struct SM2Mechanisms: Hashable, Sendable, Codable {
        package var generate: UInt
        package var sign: UInt

        package init(generate: UInt, sign: UInt) {
            self.generate = generate
            self.sign = sign
        }
    }

    /// One session and the handles of the keys that it has found.
    struct Session: Sendable {
        let session: CryptokiSession
        let slot: UInt
        var keys: [KeyReference: Located] = [:]
        /// Whether the token was found for this very request. What an older session does not find may be there all the
        /// same, and what it finds missing may be the token.
        var isFresh = true
    }

    private struct State {
        var idle: [Session] = []
        /// Before the first request: that nothing is started yet.
        var failure: CryptokiFault? = .notStarted
        var mayTryAt: UInt64 = 0
        var waiting = 0
        /// When each request that is on a thread of the token's went there.
        var underWay: [UInt64: UInt64] = [:]
        var lastRequest: UInt64 = 0
    }

    package let access: Access
    let cryptoki: any Cryptoki
    let surroundings: Surroundings
    private let pin: SecretBytes
    private let pool: BlockingPool
    private let state = Mutex(State())
    private let recovery = Mutex<Void>(())

    /// More requests than this do not wait: the token is slower than its callers.
    private static let longestQueue = 4096
    /// A call that has not come back by then is taken for hung. Nobody can end it; but nobody else need wait behind it.
    private static let patienceNanoseconds: UInt64 = 30_000_000_000
    private static let tries = 3

    package init(
        _ access: Access, pin: borrowing SecretBytes, cryptoki: any Cryptoki, surroundings: Surroundings
    ) {
        self.access = access
        self.cryptoki = cryptoki
        self.surroundings = surroundings
        self.pin = pin.duplicate()
        pool = BlockingPool(threads: access.sessions, name: "token")
    }

    /// Why the token does not work, as far as is known; `nil` while it does.
    package var failure: Refusal? {
        let fault = state.withLock { $0.failure }
        if let fault, fault != .notStarted { return refusal(fault) }
        return isHung ? refusal(.hung) : nil
    }

    /// Whether every thread of the token's waits for a call that does not come back.
    private var isHung: Bool {
        let now = surroundings.monotonicNanoseconds()
        let late = state.withLock { state in
            state.underWay.values.count { now > $0 && now - $0 > Token.patienceNanoseconds }
        }
        return late >= access.sessions
    }

    /// Asks the token for a session and its mechanisms: finds a failure before anybody needs the token, and its end.
    package func check() async throws(Refusal) {
        _ = try await perform { [cryptoki] session throws(CryptokiFault) in
            try cryptoki.mechanisms(in: session.slot)
        }
    }

    /// Runs the body with a session on one of the token's threads.
    ///
    /// - Throws: `cryptography.token-unavailable` and its like.
    func perform<Value: Sendable>(
        writing: Bool = false, _ body: @escaping @Sendable (inout Session) throws(CryptokiFault) -> Value
    ) async throws(Refusal) -> Value {
        guard !isHung else { throw refusal(.hung) }
        let isRoom = state.withLock { state in
            guard state.waiting < Token.longestQueue else { return false }
            state.waiting += 1
            return true
        }
        guard isRoom else { throw Refusal(CryptographyRefusal.tokenBusy, detail: "token \(access.label)") }
        defer { state.withLock { $0.waiting -= 1 } }
        do {
            return try await pool.run { try self.carryOut(writing: writing, body) }
        } catch let refusal as Refusal { throw refusal } catch {
            throw Refusal(CryptographyRefusal.tokenUnavailable, detail: "token \(access.label): \(error)")
        }
    }

    /// Signs on the session's thread, with the PIN once more where the key wants it each time.
    func sign(
        _ data: [UInt8], mechanism: UInt, key: KeyReference, in session: inout Session
    ) throws(CryptokiFault) -> [UInt8] {
        let located = try session.located(key, by: cryptoki)
        guard located.wantsPIN else {
            return try cryptoki.sign(data, mechanism: mechanism, key: located.object, in: session.session)
        }
        return try cryptoki.sign(data, mechanism: mechanism, key: located.object, pin: pin, in: session.session)
    }

    private func carryOut<Value>(
        writing: Bool, _ body: (inout Session) throws(CryptokiFault) -> Value
    ) throws(Refusal) -> Value {
        let now = surroundings.monotonicNanoseconds()
        let request = state.withLock { state in
            state.lastRequest += 1
            state.underWay[state.lastRequest] = now
            return state.lastRequest
        }
        defer { state.withLock { $0.underWay[request] = nil } }
        try admit()
        // What makes objects is not begun twice: the caller looks first at what is there.
        var triesLeft = writing ? 1 : Token.tries
        while true {
            triesLeft -= 1
            do throws(CryptokiFault) {
                return try attempt(writing: writing, body)
            } catch {
                switch error.kind {
                case .session where triesLeft > 0: dropIdle()
                case .unsupported: throw refusal(error)
                case .session, .token, .pin: throw fail(error)
                }
            }
        }
    }

    private func attempt<Value>(
        writing: Bool, _ body: (inout Session) throws(CryptokiFault) -> Value
    ) throws(CryptokiFault) -> Value {
        var session: Session
        if !writing, let idle = state.withLock({ $0.idle.popLast() }) {
            session = idle
        } else {
            session = try open(writing: writing)
        }
        do throws(CryptokiFault) {
            let value = try body(&session)
            if writing {
                cryptoki.close(session.session)
            } else {
                session.isFresh = false
                state.withLock { [session] in $0.idle.append(session) }
            }
            return value
        } catch {
            cryptoki.close(session.session)
            throw error
        }
    }

    private func open(writing: Bool) throws(CryptokiFault) -> Session {
        let slot = try cryptoki.slot(ofToken: access.label)
        let session = try cryptoki.openSession(in: slot, writing: writing)
        do throws(CryptokiFault) {
            try cryptoki.login(session, pin: pin)
        } catch {
            cryptoki.close(session)
            throw error
        }
        return Session(session: session, slot: slot)
    }

    /// Lets a request go on, after a failure only once the token is back.
    private func admit() throws(Refusal) {
        guard state.withLock({ $0.failure }) != nil else { return }
        try recovery.withLock { _ throws(Refusal) in
            // Whoever waited here finds what the one before has found.
            let (failure, mayTryAt) = state.withLock { ($0.failure, $0.mayTryAt) }
            guard let failure else { return }
            guard failure.kind != .pin, surroundings.monotonicNanoseconds() >= mayTryAt else { throw refusal(failure) }
            do throws(CryptokiFault) {
                let session = try failure == .notStarted ? begin() : startAnew()
                state.withLock { state in
                    state.idle = [session]
                    state.failure = nil
                }
            } catch { throw fail(error) }
        }
    }

    private func begin() throws(CryptokiFault) -> Session {
        try cryptoki.start()
        do throws(CryptokiFault) {
            return try open(writing: false)
        } catch {
            guard error.kind != .pin else { throw error }
            // A token that was made after the module had started may show only after a restart.
            return try startAnew()
        }
    }

    private func startAnew() throws(CryptokiFault) -> Session {
        dropIdle()
        try cryptoki.restart()
        return try open(writing: false)
    }

    private func dropIdle() {
        let idle = state.withLock { state in
            defer { state.idle = [] }
            return state.idle
        }
        for session in idle { cryptoki.close(session.session) }
    }

    /// The token is out of use from here on.
    private func fail(_ fault: CryptokiFault) -> Refusal {
        dropIdle()
        let next = surroundings.monotonicNanoseconds() &+ access.pauseNanoseconds
        state.withLock { state in
            state.failure = fault
            state.mayTryAt = next
        }
        return refusal(fault)
    }

    private func refusal(_ fault: CryptokiFault) -> Refusal {
        let reason: CryptographyRefusal =
            switch fault.kind {
            case .pin: .tokenPIN
            case .unsupported: .tokenUnsupported
            case .session, .token: fault.code == CKR_TOKEN_NOT_PRESENT ? .tokenMissing : .tokenUnavailable
            }
        return Refusal(
            reason, detail: "token \(access.label): \(fault)", facts: ["token": access.label, "algorithm": fault.name])
    }
}
