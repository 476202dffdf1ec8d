import CardAgent
import Foundation
import Groundwork
import PCSC
import PIV

/// Readers and the keys in them: what hands do.
extension Life {
    func reader(_ place: LifePlace) throws -> String {
        if place == .holder, let real = options.realKey { return real.reader }
        return try virtualReader(place)
    }

    private func virtualReader(_ place: LifePlace) throws -> String {
        guard place.rawValue < readers.count else {
            throw Refusal(CardAgentRefusal.noReader, facts: ["reader": "\(place)"])
        }
        return readers[place.rawValue]
    }

    /// The words that name the readers of who orders an act, requester first.
    func officers(_ places: LifePlace...) throws -> [String] {
        try places.flatMap { ["--officer", try reader($0)] }
    }

    /// Both officers, where two must agree.
    var both: [String] { get throws { try officers(.firstOfficer, .secondOfficer) } }

    /// Puts a virtual key into a reader and waits until the reader has seen it.
    func insert(_ card: String, into place: LifePlace, with options: [String] = []) async throws {
        if place == .holder, self.options.realKey != nil { return }
        let slot = slots[place.rawValue]
        slot.remove()
        let file = self.options.state + "/cards/\(card).plist"
        let attestation = self.options.state + "/cards/maker.json"
        let reader = try virtualReader(place)
        do throws(CardError) {
            let watch = PCSCReaders(surroundings: .real)
            try await watch.waitForRemoval(from: reader, within: .seconds(10))
            do { try slot.insert(state: file, options: ["--attestation", attestation] + options) } catch {
                throw CardError.noCard
            }
            _ = try await watch.waitForCard(in: reader, within: .seconds(10))
        } catch { throw error.refusal }
    }

    /// The virtual readers' names, in the order of their ports.
    func findReaders() throws {
        let shown = try yzt.done(["key", "status"]).lines
        readers = shown.compactMap { line in
            guard let start = line.range(of: "Virtual Evaluation Reader")?.lowerBound else { return nil }
            return String(line[start...])
        }.sorted()
        guard readers.count >= slots.count else {
            throw Refusal(CardAgentRefusal.noReader, facts: ["reader": "Virtual Evaluation Reader"])
        }
    }

    /// A real key must be the one that was named; that it is factory-fresh is stock-in's own condition. Until then it
    /// has received SELECT and reads alone.
    func recogniseRealKey() throws {
        guard let real = options.realKey else { return }
        let shown = try yzt.done(["key", "status", "--reader", real.reader]).text
        guard shown.firstMatch(of: /serial ([0-9]+)/)?.1 == "\(real.serial)" else {
            throw Refusal(CommandRefusal.wrongCard, detail: shown)
        }
    }

    /// A card without spare places: renewal on it is in place.
    static let plainCard = [
        "--serial", "1002", "--firmware", "1.0.0", "--tries", "5", "--without",
        "retired-places,attest,set-pin-retries",
    ]
}
