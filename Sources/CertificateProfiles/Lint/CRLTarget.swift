package import Cryptography
internal import Groundwork

/// A revocation list as its bytes have it, and what is known about how it came to be.
///
/// Read by itself, not by the reader that relying on lists needs: that one refuses what a rule must be able to name.
package final class CRLTarget: Sendable {
    package let context: CRLContext
    /// `nil` where the version is left out.
    let version: Int?
    let algorithm: SignatureAlgorithm?
    let algorithmIdentifier: [UInt8]
    /// Whether the identifier outside says the same; `true` before there is an outside.
    let algorithmsAgree: Bool
    /// DER of the issuer's name.
    let issuer: [UInt8]
    let thisUpdate: Instant
    let thisUpdateType: UInt8
    let nextUpdate: Instant?
    let nextUpdateType: UInt8
    /// revokedCertificates is there and empty.
    let hasEmptyEntries: Bool
    let entries: [Entry]
    let extensions: [CertificateExtension]
    /// DER TBSCertList.
    let body: [UInt8]
    /// Empty before it is signed.
    let signature: [UInt8]

    struct Entry: Sendable {
        let serial: ArraySlice<UInt8>
        let revokedAt: Instant
        let timeType: UInt8
        /// `nil` where the extension is left out.
        var reason: Int?
        var invalidityDate: Instant?
        /// invalidityDate is a UTCTime.
        var hasWrongDateType = false
        /// A critical extension, or one that is not of RFC 5280, 5.3.
        var hasForeignExtension = false
    }

    /// DER CertificateList.
    package convenience init(der: [UInt8], context: CRLContext) throws(DERFault) {
        let (body, algorithm, signature) = try DERElement(parsing: der, limit: 1 << 28).sequence {
            members throws(DERFault) in
            (
                try members.required(), try members.required().encoded,
                try members.required().bitStringBytes()
            )
        }
        try self.init(body, outerAlgorithm: algorithm, signature: signature, context)
    }

    /// DER TBSCertList, before it is signed.
    convenience init(body: [UInt8], context: CRLContext) throws(DERFault) {
        try self.init(DERElement(parsing: body, limit: 1 << 28), outerAlgorithm: nil, signature: [], context)
    }

    private init(
        _ element: DERElement, outerAlgorithm: [UInt8]?, signature: [UInt8], _ context: CRLContext
    ) throws(DERFault) {
        self.context = context
        body = element.encoded
        self.signature = signature
        var members = try element.members()
        version = try members.optional(0x02)?.integer()
        let identifier = try members.required()
        algorithmIdentifier = identifier.encoded
        algorithmsAgree = outerAlgorithm.map { $0 == identifier.encoded } ?? true
        var algorithmMembers = try identifier.members()
        algorithm = SignatureAlgorithm(oid: try algorithmMembers.required().oid())
        issuer = try members.required().encoded
        let first = try members.required()
        (thisUpdate, thisUpdateType) = (try first.time(), first.identifier)
        if members.nextIdentifier == 0x17 || members.nextIdentifier == 0x18 {
            let next = try members.required()
            (nextUpdate, nextUpdateType) = (try next.time(), next.identifier)
        } else {
            (nextUpdate, nextUpdateType) = (nil, 0)
        }
        var entries: [Entry] = []
        var hasList = false
        if let revoked = members.optional(0x30) {
            hasList = true
            entries.reserveCapacity(revoked.content.count / 48)
            var list = try revoked.members()
            while let entry = list.next() { entries.append(try CRLTarget.entry(entry)) }
        }
        hasEmptyEntries = hasList && entries.isEmpty
        isSorted = zip(entries, entries.dropFirst()).allSatisfy { $0.serial.lexicographicallyPrecedes($1.serial) }
        self.entries = entries
        var extensions: [CertificateExtension] = []
        if let tagged = members.optional(0xA0) {
            extensions = try tagged.sequence(0xA0) { inner throws(DERFault) in
                try CRLTarget.extensions(inner.required())
            }
        }
        self.extensions = extensions
        guard members.next() == nil else { throw .malformed("unexpected element at the end of the list") }
    }

    private static func entry(_ element: DERElement) throws(DERFault) -> Entry {
        var members = try element.members()
        let serial = try members.required().integerContent()
        let time = try members.required()
        var entry = Entry(serial: serial, revokedAt: try time.time(), timeType: time.identifier)
        guard let list = members.optional(0x30) else { return entry }
        var extensions = try list.members()
        while let next = extensions.next() {
            let each = try CertificateExtension.read(next)
            switch each.oid {
            case .reasonCode:
                entry.reason = try DERElement(parsing: each.value, limit: 16).enumerated()
                if each.critical { entry.hasForeignExtension = true }
            case .invalidityDate:
                let date = try DERElement(parsing: each.value, limit: 32)
                entry.invalidityDate = try date.time()
                entry.hasWrongDateType = date.identifier != 0x18
                if each.critical { entry.hasForeignExtension = true }
            default: entry.hasForeignExtension = true
            }
        }
        return entry
    }

    private static func extensions(_ element: DERElement) throws(DERFault) -> [CertificateExtension] {
        var extensions: [CertificateExtension] = []
        for each in try element.list(limit: 64) { extensions.append(try CertificateExtension.read(each)) }
        return extensions
    }

    func value(of oid: OID) -> CertificateExtension? { extensions.first { $0.oid == oid } }

    /// An extension's INTEGER as its content bytes; `nil` if the extension is not there or holds something else.
    func integer(_ oid: OID) -> ArraySlice<UInt8>? {
        value(of: oid).flatMap { try? DERElement(parsing: $0.value, limit: 64).integerContent() }
    }

    /// A delta list names the list that it builds on (RFC 5280, 5.2.4).
    var isDelta: Bool { value(of: .deltaCRLIndicator) != nil }
    var isOurs: Bool { context.isOurs }
    /// Whether the serial numbers ascend, so that none stands twice.
    let isSorted: Bool
}

/// What the signer knows about a list. A rule that needs what is missing stays silent.
package final class CRLContext: Sendable {
    package let issuer: Certificate?
    /// Whether the list is, or is to be, one of ours.
    package let isOurs: Bool
    /// The address that the list's certificates name.
    package let address: String?
    /// The address of this list's deltas; `nil` where there are none, or it is not known.
    package let deltaAddress: String?
    /// Which of how many lists; `nil` for one that covers all.
    package let shard: Int?
    package let shards: Int?
    /// The longest time from thisUpdate to nextUpdate.
    package let longestLifeSeconds: Int64?

    /// For a list of ours.
    package convenience init(
        _ issuer: Certificate, _ generation: String, _ shards: Int, _ addresses: StatusAddresses, _ name: CRLName,
        longestLifeSeconds: Int64
    ) {
        var shard: Int?
        if case .shard(let number) = name.scope { shard = number }
        // A delta has its complete list's scope, so it has its distribution point too.
        self.init(
            issuer: issuer, isOurs: true,
            address: shard == nil ? nil : addresses.list(generation, CRLName(name.scope)),
            // A root, which is offline, makes no deltas.
            deltaAddress: issuer.isSelfIssued ? nil : addresses.list(generation, CRLName(name.scope, .delta)),
            shard: shard, shards: shards, longestLifeSeconds: longestLifeSeconds)
    }

    package init(
        issuer: Certificate? = nil, isOurs: Bool = false, address: String? = nil,
        deltaAddress: String? = nil, shard: Int? = nil, shards: Int? = nil, longestLifeSeconds: Int64? = nil
    ) {
        self.issuer = issuer
        self.isOurs = isOurs
        self.address = address
        self.deltaAddress = deltaAddress
        self.shard = shard
        self.shards = shards
        self.longestLifeSeconds = longestLifeSeconds
    }
}
