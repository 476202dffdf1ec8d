internal import CertificateProfiles
package import CertificateRecords
package import Cryptography
package import Groundwork
package import KeyCustody
package import Storage
internal import Synchronization

/// Answers "is it still valid?": by OCSP, by list, and to the other rooms.
package struct StatusService: Sendable {
    let database: Database
    let surroundings: Surroundings
    let policies: PolicyStore
    let issuers: IssuerDirectory
    let services: ServiceKeys
    let process: StatusProcess
    /// `nil` on a primary node.
    let replica: ReplicaBound?
    /// How many milliseconds a list that another process makes is waited for before the stored one serves once more.
    package var patience: Int64 = 5000

    package init(
        database: Database, surroundings: Surroundings, policies: PolicyStore, issuers: IssuerDirectory,
        services: ServiceKeys, queue: SigningQueue,
        observer: @escaping StatusObserver = { _, _ in }, replica: ReplicaBound? = nil
    ) {
        self.database = database
        self.surroundings = surroundings
        self.policies = policies
        self.issuers = issuers
        self.services = services
        self.replica = replica
        process = StatusProcess(owner: surroundings.randomBytes(16), queue: queue, observer: observer)
    }

    private init(_ other: StatusService, replica: ReplicaBound?, observer: @escaping StatusObserver) {
        database = other.database
        surroundings = other.surroundings
        policies = other.policies
        issuers = other.issuers
        services = other.services
        self.replica = replica
        process = StatusProcess(
            owner: surroundings.randomBytes(16), queue: other.process.queue, observer: observer)
    }

    /// The same over a copy of the store that follows a primary's: nothing is stored, and what is too far behind is not
    /// told.
    package func following(_ bound: ReplicaBound) -> StatusService {
        StatusService(self, replica: bound, observer: process.observer)
    }

    /// Whether answers may be given at this moment; a primary's always may.
    package func keepsItsBound(at now: Instant) -> Bool { replica.map { $0.left(at: now) != nil } ?? true }

    /// The longest that anybody may repeat what is given now, in seconds; `nil` where only the policy bounds it.
    package func repeatable(at now: Instant) -> Int? { replica.map { $0.left(at: now) ?? 0 } }

    /// The same with its steps announced; tests stop there.
    package func observed(by observer: @escaping StatusObserver) -> StatusService {
        StatusService(self, replica: replica, observer: observer)
    }

    /// The state at this moment; `nil` for a serial number that we never stored.
    package func status(of serial: SerialNumber) async throws -> CertificateState? {
        try issuers.storeStatus.require()
        let now = surroundings.now()
        return try await database.read { transaction in
            if let record = try CertificateStore.certificate(serial, in: transaction) { return record.state(at: now) }
            return try StatusFact(serial, issuer: nil, in: transaction).version == nil ? nil : .revoked
        }
    }

    /// An issuing generation's certificate in DER: what `/ca/{issuer}.cer` gives.
    package func issuerCertificate(_ generation: String) throws(Refusal) -> [UInt8] {
        try issuers.issuer(generation: generation).certificate.der
    }
}

/// The named steps of what this service does. Tests stop there; the shipped program only logs them.
package enum StatusStep: String, Sendable, CaseIterable {
    /// This process alone may make the list now.
    case listLeased
    /// Its entries were read.
    case listRead
    case listSigned
    case listStored
    /// The status was read, and no answer is signed yet.
    case answerRead
    case answerSigned
    case answerStored
}

/// Is told of each step and of what it is about: a list's address or a serial number. What it throws stops the work
/// there as a kill would.
package typealias StatusObserver = @Sendable (StatusStep, String) async throws -> Void

/// What this process keeps in memory for the service: nothing that the store does not know better.
final class StatusProcess: Sendable {
    /// Names this process's leases.
    let owner: [UInt8]
    let queue: SigningQueue
    let observer: StatusObserver
    let responses = CountedOften(.ocspResponses)
    /// So many in a second, and as many at once after a quiet second.
    let freshAnswers = Mutex<TokenBucket?>(nil)
    let signing = SingleFlight<StoredResponse.Name>()
    let printing = SingleFlight<ListKey>()
    let lists = Mutex<[ListKey: RevocationListAnswer]>([:])
    private let answers = Mutex<ResponseCache?>(nil)
    private let contexts = Mutex<[SerialNumber: ResponseContext]>([:])

    init(owner: [UInt8], queue: SigningQueue, observer: @escaping StatusObserver) {
        self.owner = owner
        self.queue = queue
        self.observer = observer
    }

    /// What the rules know about a responder, worked out when it answers first.
    func context(_ issuer: Issuer, _ responder: ServiceKey, lifeSeconds: Int) -> ResponseContext {
        let serial = responder.certificate.serialNumber
        return contexts.withLock { contexts in
            if let known = contexts[serial], known.longestLifeSeconds == Int64(lifeSeconds) { return known }
            let made = ResponseContext(
                issuer: issuer.certificate, responder: responder.certificate, longestLifeSeconds: Int64(lifeSeconds))
            contexts[serial] = made
            return made
        }
    }

    /// Opened when first needed: an authority that answers nobody needs no watch on the store.
    func cache(_ database: Database) throws(Refusal) -> ResponseCache {
        let outcome: Result<ResponseCache, Refusal> = answers.withLock { answers in
            if let answers { return .success(answers) }
            do throws(Refusal) {
                let made = try ResponseCache(database)
                answers = made
                return .success(made)
            } catch { return .failure(error) }
        }
        return try outcome.get()
    }
}

/// What the store says about one serial number: the status, and the version that an answer must carry.
package struct StatusFact: Sendable, Hashable {
    /// `nil` if nothing is stored.
    package let version: Int64?
    package let revocation: RevocationFact?
    package let notAfter: Instant?

    /// `good` is said only of stored certificates; a closed intent is revoked; an open one is nothing yet.
    package init(_ serial: SerialNumber, issuer: String?, in transaction: any ReadTransaction) throws(Refusal) {
        guard let stored = try CertificateStore.status(of: serial, in: transaction),
            issuer == nil || stored.issuer == issuer
        else {
            self = .unknown
            return
        }
        version = stored.version
        revocation = stored.revocation
        notAfter = stored.notAfter
    }

    /// As an answer of that moment says it: no date lies after it; see ``RevokedEntry/told(at:)``.
    package func ocsp(at moment: Instant) -> OCSPStatus {
        guard version != nil else { return .unknown }
        guard let revocation else { return .good }
        return .revoked(
            at: min(revocation.revokedAt, moment), reason: revocation.reason == .unspecified ? nil : revocation.reason)
    }

    /// What an answer says about it. An expired certificate's status is still known for as long as policy keeps it, and
    /// the answer says since when (RFC 6960, 4.4.4).
    package func response(
        _ certificate: OCSPCertID, from thisUpdate: Instant, to nextUpdate: Instant, kept days: Int
    ) -> OCSPSingleResponse {
        let isExpired = notAfter.map { $0 < thisUpdate } ?? false
        return OCSPSingleResponse(
            certificate: certificate, status: ocsp(at: thisUpdate), thisUpdate: thisUpdate, nextUpdate: nextUpdate,
            archiveCutoff: isExpired ? thisUpdate.adding(days: -Int64(days)) : nil,
            invalidSince: revocation?.invalidSince.map { min($0, thisUpdate) })
    }

    package static let unknown = StatusFact()

    private init() {
        version = nil
        revocation = nil
        notAfter = nil
    }
}
