package import PIV

/// What a virtual card is like: the differences between real cards that a card manager must bear.
package struct VirtualCardOptions: Hashable, Sendable, Codable {
    /// What other cards lack.
    package enum Lack: String, Hashable, Sendable, Codable, CaseIterable {
        case attest
        case setPINRetries = "set-pin-retries"
        case metadata
        case sm2
        case retiredPlaces = "retired-places"
        case pinPolicy = "pin-policy"
        case serial
        case version
        /// The tries left are not told by an empty VERIFY.
        case triesQuery = "tries-query"
    }

    /// How a broken or hostile card answers every command after SELECT.
    package enum Misbehaviour: String, Hashable, Sendable, Codable, CaseIterable {
        case garbage
        case wrongLengths = "wrong-lengths"
        case silent
    }

    package var pinTries: Int
    package var unlockTries: Int
    package var lacks: Set<Lack>
    package var managementAlgorithm: ManagementAlgorithm
    /// The longest data object, in bytes.
    package var objectLimit: Int
    package var serial: UInt32
    package var version: [UInt8]
    /// The identifier under which the card knows SM2.
    package var sm2Identifier: UInt8
    package var misbehaviour: Misbehaviour?

    package init(
        pinTries: Int = 3, unlockTries: Int = 3, lacks: Set<Lack> = [],
        managementAlgorithm: ManagementAlgorithm = .tripleDES, objectLimit: Int = 3_072, serial: UInt32 = 1,
        version: [UInt8] = [5, 4, 3], sm2Identifier: UInt8 = 0x54, misbehaviour: Misbehaviour? = nil
    ) {
        self.pinTries = pinTries
        self.unlockTries = unlockTries
        self.lacks = lacks
        self.managementAlgorithm = managementAlgorithm
        self.objectLimit = objectLimit
        self.serial = serial
        self.version = version
        self.sm2Identifier = sm2Identifier
        self.misbehaviour = misbehaviour
    }
}
