package import Groundwork

/// Which delivery a key came with and which service point (服务网点) hands it out, as stated at stock-in. Its
/// certificates carry both, so that a bad batch, or what one counter gave out, can be found at once.
package struct KeyStock: Hashable, Sendable {
    package let batch: String?
    package let servicePoint: String?

    package static let unstated = KeyStock(storedBatch: nil, servicePoint: nil)

    /// - Throws: `security-keys.bad-stock-label` unless each is 1 to 32 letters, digits, dots, hyphens and underscores.
    package init(batch: String?, servicePoint: String?) throws(Refusal) {
        for label in [batch, servicePoint] {
            guard let label else { continue }
            guard (1...32).contains(label.utf8.count), label.utf8.allSatisfy(Self.isAllowed) else {
                throw Refusal(SecurityKeysRefusal.badStockLabel, facts: ["label": String(label.prefix(64))])
            }
        }
        self.init(storedBatch: batch, servicePoint: servicePoint)
    }

    init(storedBatch: String?, servicePoint: String?) {
        batch = storedBatch
        self.servicePoint = servicePoint
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }

    /// What the order to take a key into stock says beside the key's name: exactly what was stated.
    package var orderParameters: [String: CanonicalJSON] {
        var parameters: [String: CanonicalJSON] = [:]
        if let batch { parameters["batch"] = .string(batch) }
        if let servicePoint { parameters["servicePoint"] = .string(servicePoint) }
        return parameters
    }
}
