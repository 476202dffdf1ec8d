import CardAgent
import Ceremony
import Foundation
import Groundwork

/// The people around one terminal: lines are shown as they enter the transcript, answers are typed, passphrases come
/// through a ``PINSource``.
struct CeremonyTable: CeremonyService {
    let entry: PINEntry
    let isUnattended: Bool

    init(passphrases: PINSource, isUnattended: Bool) {
        entry = PINEntry(source: passphrases)
        self.isUnattended = isUnattended
    }

    func show(_ line: String) async { Console.say(line) }

    func answer(_ question: LocalisedText, expected: String, by person: String) async throws -> String {
        if isUnattended { return expected }
        return try await entry.pool.run {
            Console.ask("\(person)>")
            guard let line = readLine(strippingNewline: true) else {
                throw Refusal(CeremonyRefusal.ceremonyStopped, detail: "the input has ended")
            }
            return String(line.trimmingCharacters(in: .whitespaces).prefix(64))
        }
    }

    /// A slip of one custodian does not send the others home: three tries.
    func newPassphrase(of custodian: String) async throws -> SecretBytes {
        var tries = isUnattended ? 1 : 3
        while true {
            tries -= 1
            do { return try await enterTwice(custodian) } catch let refusal as Refusal
                where tries > 0 && (refusal.isBecause(CeremonyRefusal.weakPassphrase) || refusal.detail == Self.differ)
            {
                Console.report(refusal)
            }
        }
    }

    private static let differ = "the two entries differ"

    private func enterTwice(_ custodian: String) async throws -> SecretBytes {
        let first = try await entry.ask(
            LocalisedText(zh: "\(custodian)：请设置保护本人密钥分量的口令", en: "\(custodian): a new passphrase for your share"))
        try CustodianPassphrase.check(first)
        let second = try await entry.ask(
            LocalisedText(zh: "\(custodian)：请再次输入口令", en: "\(custodian): the same passphrase again"))
        guard first.equals(second) else { throw Refusal(CardAgentRefusal.noPIN, detail: Self.differ) }
        return first
    }

    func passphrase(of custodian: String) async throws -> SecretBytes {
        try await entry.ask(LocalisedText(zh: "\(custodian)：请输入口令", en: "\(custodian): your passphrase"))
    }
}
