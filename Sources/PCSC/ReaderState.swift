internal import CPCSC

/// A reader and what is in it.
package struct ReaderState: Sendable, Hashable {
    /// The reader's name, as PC/SC has it.
    package let name: String
    /// A card that answered its reset.
    package let hasCard: Bool
    /// A card that gave no answer to its reset: upside down, dirty or broken.
    package let hasMuteCard: Bool
    /// Some program holds the card.
    package let isInUse: Bool
    /// ATR (ISO 7816-3); empty without a card that answers.
    package let answerToReset: [UInt8]
    /// The service's own word for it, to wait for a change.
    let raw: UInt

    /// - Parameter event: SCARD_READERSTATE's dwEventState.
    init(name: String, event: UInt, answerToReset: [UInt8]) {
        self.name = name
        let isPresent = event & UInt(CPCSC_state_present) != 0
        let isMute = event & UInt(CPCSC_state_mute) != 0
        hasCard = isPresent && !isMute
        hasMuteCard = isPresent && isMute
        isInUse = event & UInt(CPCSC_state_in_use | CPCSC_state_exclusive) != 0
        self.answerToReset = answerToReset
        raw = event & ~UInt(CPCSC_state_changed)
    }
}
