package import Cryptography

/// The named steps of an issuance, in order. Tests stop there; the shipped program only logs them.
package enum IssuanceStep: String, Sendable, CaseIterable {
    /// Nothing is stored yet.
    case requested
    /// The serial number and the intent are stored.
    case intended
    case built
    case linted
    case signed
    case verified
    /// Certificate, status and the closing of the intent are stored.
    case stored
}

/// Is told of each step. What it throws stops the issuance there as a kill would: nothing is tidied up.
package typealias IssuanceObserver = @Sendable (IssuanceStep, SerialNumber) async throws -> Void

/// The observer stopped the flow: whatever it left is for recovery.
struct IssuanceStopped: Error {
    let reason: any Error
}
