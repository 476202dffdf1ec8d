import PIV

/// PIN and PUK: VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER (SP 800-73-4, part 2, 3.2) and the makers'
/// extensions.
extension VirtualCard {
    mutating func verify(_ command: CommandAPDU) -> ResponseAPDU {
        guard command.p2 == 0x80 else { return ResponseAPDU(status: .referenceNotFound) }
        if command.p1 == 0xFF {
            session.pinVerified = false
            return ResponseAPDU(status: .done)
        }
        guard command.p1 == 0 else { return ResponseAPDU(status: .incorrectParameters) }
        if command.data.isEmpty {
            if session.pinVerified { return ResponseAPDU(status: .done) }
            if state.options.lacks.contains(.triesQuery) { return ResponseAPDU(status: .wrongLength) }
            return ResponseAPDU(status: status(of: state.pin))
        }
        guard command.data.count == 8 else { return ResponseAPDU(status: .wrongData) }
        let status = Self.check(command.data, against: &state.pin)
        session.pinVerified = status == .done
        session.pinFresh = session.pinVerified
        return ResponseAPDU(status: status)
    }

    mutating func changeReference(_ command: CommandAPDU) -> ResponseAPDU {
        guard command.p1 == 0, [0x80, 0x81].contains(command.p2), command.data.count == 16 else {
            return ResponseAPDU(status: .wrongData)
        }
        let old = Array(command.data[..<8])
        let new = Array(command.data[8...])
        guard Self.isWellFormed(new) else { return ResponseAPDU(status: .wrongData) }
        let status: StatusWord
        if command.p2 == 0x80 {
            status = Self.check(old, against: &state.pin)
            session.pinVerified = status == .done
            if status == .done { state.pin.value = new }
        } else {
            status = Self.check(old, against: &state.puk)
            if status == .done { state.puk.value = new }
        }
        return ResponseAPDU(status: status)
    }

    mutating func resetRetryCounter(_ command: CommandAPDU) -> ResponseAPDU {
        guard command.p1 == 0, command.p2 == 0x80, command.data.count == 16 else {
            return ResponseAPDU(status: .wrongData)
        }
        let new = Array(command.data[8...])
        guard Self.isWellFormed(new) else { return ResponseAPDU(status: .wrongData) }
        let status = Self.check(Array(command.data[..<8]), against: &state.puk)
        if status == .done {
            state.pin.value = new
            state.pin.triesLeft = state.pin.tries
            session.pinVerified = false
        }
        return ResponseAPDU(status: status)
    }

    /// SET PIN RETRIES: both counters anew, and both references back to the factory's.
    mutating func setRetries(_ command: CommandAPDU) -> ResponseAPDU {
        guard session.managementProved, session.pinVerified else {
            return ResponseAPDU(status: .securityStatusNotSatisfied)
        }
        guard (1...15).contains(command.p1), (1...15).contains(command.p2) else {
            return ResponseAPDU(status: .incorrectParameters)
        }
        let pinTries = Int(command.p1)
        let unlockTries = Int(command.p2)
        state.pin = .init(value: VirtualCardState.factoryPIN, tries: pinTries, triesLeft: pinTries)
        state.puk = .init(value: VirtualCardState.factoryPUK, tries: unlockTries, triesLeft: unlockTries)
        session.pinVerified = false
        return ResponseAPDU(status: .done)
    }

    /// RESET: only once both references are blocked, so that nobody erases a card in use by accident.
    mutating func resetApplication() -> ResponseAPDU {
        guard state.pin.triesLeft == 0, state.puk.triesLeft == 0 else {
            return ResponseAPDU(status: .securityStatusNotSatisfied)
        }
        state = VirtualCardState(factoryFresh: state.options)
        let selected = session.isSelected
        session = Session()
        session.isSelected = selected
        return ResponseAPDU(status: .done)
    }

    private func status(of reference: VirtualCardState.Reference) -> StatusWord {
        reference.triesLeft == 0 ? .authenticationMethodBlocked : .triesLeft(reference.triesLeft)
    }

    private static func check(_ value: [UInt8], against reference: inout VirtualCardState.Reference) -> StatusWord {
        guard reference.triesLeft > 0 else { return .authenticationMethodBlocked }
        if value == reference.value {
            reference.triesLeft = reference.tries
            return .done
        }
        reference.triesLeft -= 1
        return reference.triesLeft == 0 ? .authenticationMethodBlocked : .triesLeft(reference.triesLeft)
    }

    /// Six to eight bytes, then FF to the end (SP 800-73-4, part 2, 2.4.3).
    private static func isWellFormed(_ value: [UInt8]) -> Bool {
        let significant = value.prefix { $0 != 0xFF }
        return value.count == 8 && significant.count >= 6 && value[significant.count...].allSatisfy { $0 == 0xFF }
    }
}
