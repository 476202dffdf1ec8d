/// The named steps of a ceremony. Tests stop there; the shipped program has no such switch.
package enum CeremonyStep: String, Sendable, CaseIterable {
    // On the machine without a network.
    case opened
    case rootKeyMade
    case rootBuilt
    case rootSigned
    case listSigned
    case keyDivided
    case shareWritten
    case sharesProved
    case sharesJoined
    case issuingBuilt
    case issuingSigned
    case artefactsWritten
    case transcriptSigned
    case committed
    // On the machine of the service.
    case requestOrdered
    case requestMade
    case bundleChecked
    case authorityStored
    case serviceCertified
    case completed
}

/// Is told of each step. What it throws stops the ceremony there as a kill would: nothing is tidied up.
package typealias CeremonyObserver = @Sendable (CeremonyStep) async throws -> Void
