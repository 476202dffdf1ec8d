package import AgentProtocol
package import Groundwork

/// Where the keys are that sign an order: requester, then approver.
package struct OrderingKeys: Sendable {
    /// The requester's key first, then the approver's.
    package var terminals: [any KeyTerminal]
    /// Whether somebody named each key for this act; otherwise as many of them sign as the policy asks.
    package var areNamed: Bool
    /// Shows an order's whole text where the PIN window has no room for it.
    package var showWhole: @Sendable (LocalisedText) -> Void

    /// - Parameter areNamed: see ``areNamed``.
    package init(
        _ terminals: [any KeyTerminal], areNamed: Bool,
        showWhole: @escaping @Sendable (LocalisedText) -> Void = { _ in }
    ) {
        self.terminals = terminals
        self.areNamed = areNamed
        self.showWhole = showWhole
    }
}
