package import AgentProtocol
package import Personalisation

/// A key where it is worked with, and who is told what a plan does with it.
package struct Terminal: Sendable {
    /// Where the key is.
    package var key: any KeyTerminal
    /// Told each named step; the shipped program only logs.
    package var observer: PlanObserver
    /// Tells the holder that an old key ends now.
    package var announce: @Sendable (KeyPurpose, MediumNumber) async throws -> Void

    /// - Parameters:
    ///   - observer: told each named step of a plan.
    ///   - announce: tells the holder that an old key ends now; what it throws stops the plan there.
    package init(
        _ key: any KeyTerminal, observer: @escaping PlanObserver = { _ in },
        announce: @escaping @Sendable (KeyPurpose, MediumNumber) async throws -> Void = { _, _ in }
    ) {
        self.key = key
        self.observer = observer
        self.announce = announce
    }
}
