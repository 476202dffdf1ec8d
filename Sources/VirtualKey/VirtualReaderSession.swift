package import Groundwork

/// A virtual card in a virtual reader: answers what the reader asks until one of them ends it.
///
/// The card's state is in its file before the answer leaves, so a card that is pulled out at any moment is afterwards
/// what its reader last heard, or one command ahead of it; never behind.
package struct VirtualReaderSession: Sendable {
    package private(set) var card: VirtualCard
    private let file: VirtualKeyFile?
    private let vanishing: VirtualCardTransport.Vanishing?
    /// Called once, when the reader first gives the card power.
    private let whenPowered: @Sendable () -> Void
    private var wasPowered = false
    /// Commands since the program began.
    package private(set) var commands = 0

    package enum End: Hashable, Sendable {
        /// The card was told to vanish here.
        case pulledOut(command: Int)
        case readerClosed
    }

    package init(
        _ card: VirtualCard, file: VirtualKeyFile? = nil, vanishing: VirtualCardTransport.Vanishing? = nil,
        whenPowered: @escaping @Sendable () -> Void = {}
    ) {
        self.card = card
        self.file = file
        self.vanishing = vanishing
        self.whenPowered = whenPowered
    }

    /// Runs until the reader closes, however it does, or the card vanishes.
    /// - Throws: `virtual-key.state-file` if the card could not be stored; the answer to that command was not sent.
    package mutating func run(over connection: VpcdConnection) throws(Refusal) -> End {
        do { return try answer(over: connection) } catch {
            if error.isBecause(VirtualKeyRefusal.connectionLost) { return .readerClosed }
            throw error
        }
    }

    private mutating func answer(over connection: VpcdConnection) throws(Refusal) -> End {
        card.reset()
        while let message = try connection.receive() {
            switch message {
            case .powerOff, .reset: card.reset()
            case .powerOn:
                card.reset()
                if !wasPowered { whenPowered() }
                wasPowered = true
            case .answerToReset: try connection.send(VirtualCard.answerToReset)
            case .command(let frame):
                commands += 1
                if vanishing == .before(commands) { return .pulledOut(command: commands) }
                let before = card.state
                let answer = card.process(frame)
                if let file, card.state != before { try file.save(card.state) }
                if vanishing == .after(commands) { return .pulledOut(command: commands) }
                if let answer { try connection.send(answer) }
            }
        }
        return .readerClosed
    }
}
