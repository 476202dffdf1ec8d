package import PIV

/// Everything that a virtual card keeps without power. Its private keys are in here in clear: a virtual key is an
/// evaluation tool and protects nothing.
package struct VirtualCardState: Hashable, Sendable, Codable {
    package struct Key: Hashable, Sendable, Codable {
        package var algorithm: UInt8
        /// PKCS#8, DER.
        package var privateKey: [UInt8]
        package var pinPolicy: PINPolicy
        package var touchPolicy: UInt8
        package var isGenerated: Bool
    }

    package struct Reference: Hashable, Sendable, Codable {
        package var value: [UInt8]
        package var tries: Int
        package var triesLeft: Int
    }

    package static let factoryPIN = Array("123456".utf8) + [0xFF, 0xFF]
    package static let factoryPUK = Array("12345678".utf8)
    /// 01 to 08 three times; for longer or shorter keys the same bytes go on or end earlier.
    package static func factoryManagementKey(_ algorithm: ManagementAlgorithm) -> [UInt8] {
        (0..<algorithm.keyLength).map { UInt8($0 % 8 + 1) }
    }

    package var options: VirtualCardOptions
    package var pin: Reference
    package var puk: Reference
    package var managementKey: [UInt8]
    package var managementAlgorithm: ManagementAlgorithm
    /// Keys by place.
    package var keys: [UInt8: Key]
    /// Data objects by tag.
    package var objects: [UInt32: [UInt8]]

    /// A card as it leaves the factory: default PIN, PUK and management key, no keys, no objects.
    package init(factoryFresh options: VirtualCardOptions) {
        self.options = options
        pin = Reference(value: Self.factoryPIN, tries: options.pinTries, triesLeft: options.pinTries)
        puk = Reference(value: Self.factoryPUK, tries: options.unlockTries, triesLeft: options.unlockTries)
        managementAlgorithm = options.managementAlgorithm
        managementKey = Self.factoryManagementKey(options.managementAlgorithm)
        keys = [:]
        objects = [:]
    }
}
