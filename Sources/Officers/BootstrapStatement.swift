package import Cryptography
package import Groundwork

/// What a root's key signs when nobody is left who may order: who the first officers are anew, for one use.
///
/// One RFC 8785 encoding, read back only in that form: `{"expiresAt", "issuedAt", "nonce", "number", "officers",
/// "reason", "regardless", "root", "version"}`. Times are milliseconds UTC, `root` is the SHA-256 of the root's
/// certificate, the nonce is 32 random bytes in hexadecimal digits.
package struct BootstrapStatement: Hashable, Sendable {
    package static let version: Int64 = 1
    /// No statement is longer.
    package static let sizeLimit = 16 * 1024
    /// How long after its making it may be taken in and used.
    package static let validDays: Int64 = 30
    /// The first bytes of what is signed, so that no certificate, list or transcript can pass for a statement.
    package static let domainTag = "YZT-BOOTSTRAP-1"

    /// Somebody who is to become an officer.
    package struct Named: Hashable, Sendable {
        package let name: String
        package let roles: Set<OfficerRole>

        package init(name: String, roles: Set<OfficerRole>) {
            self.name = name
            self.roles = roles
        }
    }

    /// SHA-256 of the root's certificate: another authority's statement is none.
    package let root: [UInt8]
    /// Counts the statements of this root from 1.
    package let number: Int64
    package let officers: [Named]
    /// Why nobody is left, in the custodians' words.
    package let reason: String
    /// Taken in although officers on record could still order: their keys are lost or blocked, which no record shows.
    package let isRegardless: Bool
    package let issuedAt: Instant
    package let expiresAt: Instant
    package let nonce: [UInt8]
    package let bytes: [UInt8]

    package init(
        root: Certificate, number: Int64, officers: [Named], reason: String, isRegardless: Bool,
        in surroundings: Surroundings
    ) {
        let now = surroundings.now()
        self.init(
            root: DigestAlgorithm.sha256.hash(root.der), number: number, officers: officers, reason: reason,
            isRegardless: isRegardless, issuedAt: now, expiresAt: now.adding(days: Self.validDays),
            nonce: surroundings.randomBytes(32))
    }

    private init(
        root: [UInt8], number: Int64, officers: [Named], reason: String, isRegardless: Bool, issuedAt: Instant,
        expiresAt: Instant, nonce: [UInt8]
    ) {
        self.root = root
        self.number = number
        self.officers = officers
        self.reason = reason
        self.isRegardless = isRegardless
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.nonce = nonce
        bytes =
            CanonicalJSON.object([
                "version": .integer(Self.version),
                "root": .string(Hex.encode(root)),
                "number": .integer(number),
                "officers": .array(
                    officers.map { officer in
                        .object([
                            "name": .string(officer.name),
                            "roles": .array(officer.roles.sorted().map { .string($0.rawValue) }),
                        ])
                    }),
                "reason": .string(reason),
                "regardless": .bool(isRegardless),
                "issuedAt": .integer(issuedAt.milliseconds),
                "expiresAt": .integer(expiresAt.milliseconds),
                "nonce": .string(Hex.encode(nonce)),
            ]).bytes
    }

    /// A statement from outside or from the store: exactly these members, in canonical form.
    /// - Throws: `officers.bootstrap-malformed`.
    package init(bytes: [UInt8]) throws(Refusal) {
        func malformed(_ detail: String) -> Refusal { Refusal(OfficersRefusal.bootstrapMalformed, detail: detail) }
        let read: CanonicalJSON
        do { read = try CanonicalJSON(parsingCanonical: bytes, limit: Self.sizeLimit) } catch {
            throw malformed("\(error)")
        }
        guard let members = read.object, members.count == 9, members["version"]?.integer == Self.version else {
            throw malformed("not the nine members of version 1")
        }
        guard let root = members["root"]?.string.flatMap({ Hex.decode($0) }), root.count == 32,
            let number = members["number"]?.integer, number >= 1, let reason = members["reason"]?.string,
            case .bool(let isRegardless)? = members["regardless"], let issuedAt = members["issuedAt"]?.integer,
            let expiresAt = members["expiresAt"]?.integer, issuedAt < expiresAt,
            let nonce = members["nonce"]?.string.flatMap({ Hex.decode($0) }), nonce.count == 32
        else { throw malformed("a member is missing or of another type") }
        self.init(
            root: root, number: number, officers: try Self.officers(members["officers"]), reason: reason,
            isRegardless: isRegardless, issuedAt: Instant(milliseconds: issuedAt),
            expiresAt: Instant(milliseconds: expiresAt), nonce: nonce)
        guard self.bytes == bytes else { throw malformed("not in canonical form") }
    }

    private static func officers(_ json: CanonicalJSON?) throws(Refusal) -> [Named] {
        var officers: [Named] = []
        for member in json?.array ?? [] {
            guard let name = member["name"]?.string, let roles = member["roles"]?.array?.map(\.string) else {
                throw Refusal(OfficersRefusal.bootstrapMalformed, detail: "officers")
            }
            let known = roles.compactMap { $0.flatMap(OfficerRole.init(rawValue:)) }
            guard known.count == roles.count else {
                throw Refusal(OfficersRefusal.bootstrapMalformed, detail: "an unknown role")
            }
            officers.append(Named(name: name, roles: Set(known)))
        }
        return officers
    }

    /// `"YZT-BOOTSTRAP-1" ‖ 0x00 ‖ statement`: what the root's key signs with its family's algorithm.
    package var signedBytes: [UInt8] { Array(Self.domainTag.utf8) + [0] + bytes }

    /// SHA-256 of what is signed, as the root key's journal has it.
    package var digest: [UInt8] { DigestAlgorithm.sha256.hash(signedBytes) }

    /// Refuses unless this root's key signed exactly this statement for its own authority.
    /// - Throws: `officers.bootstrap-foreign`.
    package func verify(_ signature: [UInt8], by root: Certificate) throws(Refusal) {
        guard self.root == DigestAlgorithm.sha256.hash(root.der) else {
            throw Refusal(OfficersRefusal.bootstrapForeign, detail: "of the root \(Hex.encode(self.root))")
        }
        guard root.publicKey.verifies(signature, over: signedBytes) else {
            throw Refusal(OfficersRefusal.bootstrapForeign, detail: "its signature does not verify")
        }
    }
}
