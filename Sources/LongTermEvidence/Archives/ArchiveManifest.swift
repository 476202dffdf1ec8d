package import Cryptography
package import Groundwork

/// What an archive holds, as it is signed. `sums` is the SHA-256 of the file `SHA256SUMS`, which lists all others: so
/// the signature covers every byte.
package struct ArchiveManifest: Hashable, Sendable {
    package static let format = "yzt-archive-1"

    /// Whose records: the name of the authority's audit log, which no other has.
    package let origin: String
    package let statusBase: String
    package let scope: ArchiveScope
    package let certificates: Int
    package let sums: [UInt8]
    package let producedAt: Instant
    package let body: [UInt8]

    package init(
        origin: String, statusBase: String, scope: ArchiveScope, certificates: Int, sums: [UInt8], producedAt: Instant
    ) {
        self.origin = origin
        self.statusBase = statusBase
        self.scope = scope
        self.certificates = certificates
        self.sums = sums
        self.producedAt = producedAt
        body =
            CanonicalJSON.object([
                "format": .string(Self.format), "origin": .string(origin), "statusBase": .string(statusBase),
                "scope": scope.json, "certificates": .integer(Int64(certificates)), "sums": .string(Hex.encode(sums)),
                "producedAt": .string(producedAt.rfc3339),
            ]).bytes
    }

    package init?(body: [UInt8]) {
        guard let json = try? CanonicalJSON(parsingCanonical: body, limit: 1 << 20),
            json["format"]?.string == Self.format, let origin = json["origin"]?.string,
            let base = json["statusBase"]?.string, let scope = json["scope"].flatMap(ArchiveScope.init(json:)),
            let count = json["certificates"]?.integer, let sums = json["sums"]?.string.flatMap({ Hex.decode($0) }),
            let produced = json["producedAt"]?.string.flatMap({ Instant(rfc3339: $0) })
        else { return nil }
        self.init(
            origin: origin, statusBase: base, scope: scope, certificates: Int(count), sums: sums, producedAt: produced)
        guard self.body == body else { return nil }
    }

    /// Names the archive.
    package var hash: [UInt8] { DigestAlgorithm.sha256.hash(body) }
}

/// Which certificates an archive is about. The certificates of the authority itself always go along.
package enum ArchiveScope: Hashable, Sendable {
    case serials([SerialNumber])
    /// Whose validity ended before that moment.
    case endedBefore(Instant)
    case all
    /// One of several archives of a scope: the serial numbers from the first to the last, both included.
    case part(from: SerialNumber, to: SerialNumber, endedBefore: Instant?)

    var json: CanonicalJSON {
        switch self {
        case .serials(let serials): ["serials": .array(serials.sorted().map { .string($0.hex) })]
        case .endedBefore(let moment): ["endedBefore": .string(moment.rfc3339)]
        case .all: ["all": true]
        case .part(let from, let to, let moment):
            [
                "from": .string(from.hex), "to": .string(to.hex),
                "endedBefore": moment.map { .string($0.rfc3339) } ?? .null,
            ]
        }
    }

    init?(json: CanonicalJSON) {
        if let serials = json["serials"]?.array {
            let read = serials.compactMap { $0.string.flatMap { SerialNumber(hex: $0) } }
            guard read.count == serials.count else { return nil }
            self = .serials(read)
        } else if let from = json["from"]?.string.flatMap({ SerialNumber(hex: $0) }),
            let to = json["to"]?.string.flatMap({ SerialNumber(hex: $0) })
        {
            let moment = json["endedBefore"]?.string.flatMap { Instant(rfc3339: $0) }
            self = .part(from: from, to: to, endedBefore: moment)
        } else if let moment = json["endedBefore"]?.string.flatMap({ Instant(rfc3339: $0) }) {
            self = .endedBefore(moment)
        } else if json["all"]?.bool == true {
            self = .all
        } else {
            return nil
        }
    }
}
