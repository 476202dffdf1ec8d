internal import Foundation
package import Groundwork
package import PIV
internal import Synchronization

/// A virtual card in memory, as a transport: what PC/SC is to a real one. It can be pulled out at a chosen command.
package final class VirtualCardTransport: CardTransport {
    /// When the card is pulled out, counted from 1 over the frames since it was inserted.
    package enum Vanishing: Hashable, Sendable {
        /// The frame never reaches the card.
        case before(Int)
        /// The card carries the frame out, and its answer is lost.
        case after(Int)
    }

    fileprivate struct Slot: Sendable {
        var card: VirtualCard
        var isInserted = true
        var frames = 0
        var vanishing: Vanishing?
    }
    private let slot: Mutex<Slot>

    package init(_ card: VirtualCard, vanishing: Vanishing? = nil) {
        slot = Mutex(Slot(card: card, vanishing: vanishing))
    }

    package func transmit(_ command: [UInt8], within limit: Duration) async throws(CardError) -> [UInt8] {
        let outcome: Result<[UInt8], CardError> = slot.withLock { slot in
            guard slot.isInserted else { return .failure(.cardRemoved) }
            slot.frames += 1
            if slot.vanishing == .before(slot.frames) {
                slot.pull()
                return .failure(.cardRemoved)
            }
            let answer = slot.card.process(command)
            if slot.vanishing == .after(slot.frames) {
                slot.pull()
                return .failure(.cardRemoved)
            }
            return answer.map { .success($0) } ?? .failure(.timedOut)
        }
        return try outcome.get()
    }

    /// The card in memory takes an array: it is wiped when the card has answered, as the frame is.
    package func transmit(
        secret frame: consuming SecretBytes, within limit: Duration
    ) async throws(CardError) -> [UInt8] {
        var command = frame.withBytes { Array($0) }
        defer {
            command.withUnsafeMutableBytes { bytes in
                if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
            }
        }
        return try await transmit(command, within: limit)
    }

    package func reset() async throws(CardError) {
        let isInserted = slot.withLock { slot in
            slot.card.reset()
            return slot.isInserted
        }
        guard isInserted else { throw .cardRemoved }
    }

    package func close() async { slot.withLock { $0.card.reset() } }

    /// Puts the card in again, to vanish at another command or not at all.
    package func insert(vanishing: Vanishing? = nil) {
        slot.withLock { slot in
            slot.card.reset()
            slot.isInserted = true
            slot.frames = 0
            slot.vanishing = vanishing
        }
    }

    /// Frames since the card was inserted.
    package var frames: Int { slot.withLock { $0.frames } }
    package var isInserted: Bool { slot.withLock { $0.isInserted } }
    /// What the card keeps without power.
    package var state: VirtualCardState { slot.withLock { $0.card.state } }
}

extension VirtualCardTransport.Slot {
    fileprivate mutating func pull() {
        card.reset()
        isInserted = false
    }
}
