import Cryptography
import Foundation
import Groundwork

/// The entity gets its key.
extension Life {
    func enrol() throws -> String {
        let name = try enrol(at: .holder)
        let shown = try onKey(at: .holder)
        try expect(name == cast.first && shown.count == 2 && shown.allSatisfy(\.isActive), "two active certificates")
        let origins = try yzt.done(["certificate", "show", cast.code]).text.matches(of: /key origin (\S+)/)
        try expect(
            origins.count == 2 && origins.allSatisfy { $0.1.hasPrefix("attested") } || options.realKey != nil,
            "attested keys, not \(origins.map(\.1))")
        return "\(name): " + shown.map { "\($0.purpose) \($0.serial.prefix(8))…" }.joined(separator: ", ")
    }

    /// The holder chooses the PIN of their place; the medium number.
    func enrol(at place: LifePlace) throws -> String {
        let said = try yzt.done(enrolment(at: place), pins: [pins.requester] + pins.chosen(at: place))
        return said.text.firstMatch(of: #/([0-9a-f]{32})\s/#).map { String($0.1) } ?? ""
    }

    func enrolment(at place: LifePlace) throws -> [String] {
        ["key", "enrol", cast.code, "--reader", try reader(place)] + (try officers(.firstOfficer))
    }

    /// The certificates of the key in a reader, newest first, the ended ones too; each is left in `keys/`.
    func onKey(at place: LifePlace) throws -> [ShownCertificate] {
        let said = try yzt.done(["key", "status", "--reader", reader(place)]).text
        let shown = ShownCertificate.all(in: said)
        let unread = shown.filter { certificates[$0.serial] == nil }
        guard !unread.isEmpty, let name = said.firstMatch(of: #/(?m)^([0-9a-f]{32}) /#)?.1 else { return shown }
        for block in try PEM.decode(yzt.done(["certificate", "show", cast.code, "--pem"]).text) {
            let certificate = try Certificate(der: block.der)
            certificates[certificate.serialNumber.hex] = certificate
        }
        for each in unread {
            try output.write(certificate(each).der, "keys/\(name)/\(each.purpose)-\(each.serial).cer")
        }
        return shown
    }

    func certificate(_ shown: ShownCertificate) throws -> Certificate {
        guard let certificate = certificates[shown.serial] else {
            throw Refusal(CommandRefusal.stepFailed, facts: ["step": "certificate show \(shown.serial)"])
        }
        return certificate
    }

    /// The active certificate of a purpose on the key in a reader.
    func active(_ purpose: String, at place: LifePlace) throws -> ShownCertificate {
        guard let found = try onKey(at: place).first(where: { $0.purpose == purpose && $0.isActive }) else {
            throw Refusal(
                CommandRefusal.stepFailed, detail: "no active \(purpose) certificate",
                facts: ["step": "key status"])
        }
        return found
    }

    /// The newest certificates on the key in a reader: those of its last plan.
    func newest(at place: LifePlace) throws -> [ShownCertificate] { Array(try onKey(at: place).prefix(2)) }
}
