package import Groundwork

/// One revoked certificate in a list.
package struct RevokedEntry: Hashable, Sendable {
    package var serialNumber: SerialNumber
    package var revokedAt: Instant
    package var reason: RevocationReason
    /// Since when the key is known or suspected to have been misused, where that is earlier (RFC 5280, 5.3.2).
    package var invalidSince: Instant?

    package init(
        serialNumber: SerialNumber, revokedAt: Instant, reason: RevocationReason, invalidSince: Instant? = nil
    ) {
        self.serialNumber = serialNumber
        self.revokedAt = revokedAt
        self.reason = reason
        self.invalidSince = invalidSince
    }
}

/// The entries of a list as they are written: one buffer that grows, so that a hundred thousand of them cost their
/// bytes and nothing else.
package struct RevokedEntries: Sendable {
    package private(set) var count = 0
    private(set) var bytes: [UInt8] = []

    /// - Parameter expected: how many will come, about.
    package init(reserving expected: Int = 0) { bytes.reserveCapacity(expected * 52) }

    package init(_ entries: [RevokedEntry]) {
        self.init(reserving: entries.count)
        for entry in entries {
            append(
                serialNumber: entry.serialNumber.bytes, revokedAt: entry.revokedAt, reason: entry.reason,
                invalidSince: entry.invalidSince)
        }
    }

    /// Writes one entry (RFC 5280, 5.1.2.6); `unspecified` is left out, as 5.3.1 asks.
    /// - Parameter serialNumber: the content of the INTEGER, at most 32 bytes.
    package mutating func append(
        serialNumber: some Collection<UInt8>, revokedAt: Instant, reason: RevocationReason, invalidSince: Instant?
    ) {
        let time = (1950...2049).contains(revokedAt.utc.year) ? 15 : 17
        let extensions = (reason == .unspecified ? 0 : 12) + (invalidSince == nil ? 0 : 26)
        let length = 2 + serialNumber.count + time + (extensions == 0 ? 0 : 2 + extensions)
        DER.appendHeader(0x30, length: length, to: &bytes)
        DER.appendHeader(0x02, length: serialNumber.count, to: &bytes)
        bytes.append(contentsOf: serialNumber)
        DER.appendTime(revokedAt, to: &bytes)
        count += 1
        guard extensions > 0 else { return }
        DER.appendHeader(0x30, length: extensions, to: &bytes)
        if reason != .unspecified {
            bytes.append(contentsOf: [0x30, 0x0A, 0x06, 0x03, 0x55, 0x1D, 0x15, 0x04, 0x03, 0x0A, 0x01])
            bytes.append(UInt8(reason.rawValue))
        }
        if let invalidSince {
            bytes.append(contentsOf: [0x30, 0x18, 0x06, 0x03, 0x55, 0x1D, 0x18, 0x04, 0x11])
            DER.appendGeneralizedTime(invalidSince, to: &bytes)
        }
    }
}
