package import AgentProtocol

/// Where the keys are that sign an order: requester, then approver.
package struct OrderingKeys: Sendable {
    package var terminals: [any KeyTerminal]
    /// Whether somebody named each key for this act; otherwise as many of them sign as the policy asks.
    package var areNamed: Bool

    package init(_ terminals: [any KeyTerminal], areNamed: Bool) {
        self.terminals = terminals
        self.areNamed = areNamed
    }
}
