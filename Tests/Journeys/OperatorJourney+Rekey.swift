import Foundation
import Testing

/// The responder's machine was stolen: two officers exchange its key while the service runs, and openssl, asking over
/// HTTP as everybody does, hears the new responder from then on.
extension OperatorJourney {
    func exchangeResponder(_ code: String) throws {
        let service = try ServedAuthority(configuration: desk.configuration, environment: [:])
        defer { service.stop() }
        let base = try #require(service.address["status"])
        let asked = try OCSPQuestion(desk, code, at: base)
        let before = try asked.answer()
        #expect(before.isVerified && before.isGood, "\(before.text)")
        // Stored, given from memory, and signed for the requester alone: each has to change hands.
        let fresh = try asked.answer(withNonce: true)
        #expect(fresh.isVerified && fresh.isGood, "\(fresh.text)")

        try refuseExchanges()
        let unchanged = try asked.answer()
        #expect(unchanged.isVerified)
        let (old, new) = try orderExchange()
        #expect(before.names(old) && fresh.names(old) && unchanged.names(old), "\(before.text)")
        #expect(!before.names(new))

        // The help promises seconds.
        let begun = ProcessInfo.processInfo.systemUptime
        var after = try asked.answer()
        while !after.names(new), ProcessInfo.processInfo.systemUptime - begun < 60 {
            poll(nil, 0, 100)
            after = try asked.answer()
        }
        for answer in [after, try asked.answer(withNonce: true)] {
            #expect(answer.isVerified && answer.isGood, "\(answer.text)")
            #expect(answer.names(new) && !answer.names(old), "\(answer.text)")
        }
        #expect(try desk.done("certificate", "show", old).contains("revoked"))
        try listed(old, at: base)
        let served = try desk.done("reconcile", "--served")
        #expect(served.contains("nothing differs"), "\(served)")
    }

    private var exchange: [String] {
        ["certificate", "rekey-service", "--role", "ocspResponder", "--because", "keyCompromise"]
    }

    /// The serial numbers of the responder before and after.
    private func orderExchange() throws -> (old: String, new: String) {
        let outcome = try desk.yzt(
            exchange + [
                "--reason", "the machine was stolen", "--officer", desk.reader(.requester), "--officer",
                desk.reader(.approver),
            ], secrets: [first, second])
        try #require(outcome.status == 0, "\(outcome.output)")
        let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        try #require(
            lines.count == 2 && lines[0].starts(with: ["p256-entity-1", "ocspResponder"]) && lines[0].count == 3,
            "\(outcome.output)")
        #expect(outcome.output.contains("revoked"), "\(outcome.output)")
        return (old: lines[1][0], new: lines[0][2])
    }

    /// Each is told before a PIN is asked for, but for the wrong role, which the register knows by the signatures.
    private func refuseExchanges() throws {
        let (one, two) = (desk.reader(.requester), desk.reader(.approver))
        func refused(_ code: String, _ arguments: [String], by readers: [String], secrets: [String]? = nil) throws {
            let outcome = try desk.yzt(
                arguments + readers.flatMap { ["--officer", $0] }, secrets: secrets)
            #expect(outcome.status == 1, "\(outcome.output)")
            #expect(outcome.output.contains("拒绝 · refused [\(code)]"), "\(outcome.output)")
        }
        let words = ["--reason", "stolen"]
        try refused("command.too-few-officers", exchange + words, by: [one])
        try refused("command.no-reason", exchange + ["--reason", " "], by: [one, two])
        // Who ordered the certificates is not who approves a ceremony.
        try refused("officers.wrong-role", exchange + words, by: [two, one], secrets: [second, first])
        // The root certifies no service.
        for issuer in ["p256-entity-9", "p256-root-1"] {
            try refused(
                "certificate-authority.unknown-issuer", exchange + words + ["--issuer", issuer], by: [one, two])
        }
        try refused(
            "certificate-authority.invalidity-date", exchange + words + ["--invalid-since", "2099-01-01T00:00:00Z"],
            by: [one, two])
        // A hold is no reason to give up a key: the text names those that are.
        for (option, value) in [("--because", "certificateHold"), ("--role", "nonsense")] {
            let outcome = try desk.yzt(
                exchange + words + [option, value, "--officer", one, "--officer", two])
            #expect(outcome.status == 64, "\(outcome.output)")
            #expect(
                outcome.output.contains("keyCompromise") || outcome.output.contains("ocspResponder"),
                "\(outcome.output)")
        }
    }

    /// The full list says so, with the reason.
    private func listed(_ old: String, at base: String) throws {
        try desk.done("certificate", "publish-lists")
        let list = desk.folder + "/rekeyed.crl"
        try #require(try Shell.run(["curl", "-sf", "-o", list, base + "/crl/p256-entity-1/full.crl"]).succeeded)
        let text = try Shell.run(["openssl", "crl", "-inform", "DER", "-in", list, "-noout", "-text"]).output
        let entry = text.split(separator: "Serial Number: ").first { $0.lowercased().hasPrefix(old) }
        #expect(entry?.contains("Key Compromise") == true, "\(text)")
    }
}

/// What openssl asks the responder about one of an entity's certificates.
private struct OCSPQuestion {
    let certificate: String, issuer: String, chain: String, address: String

    init(_ desk: OperatorDesk, _ code: String, at base: String) throws {
        func path(_ name: String) -> String { desk.folder + "/ocsp-" + name }
        let lines = try desk.done("certificate", "show", code).split(separator: "\n")
        let line = try #require(lines.last { $0.contains("  signature  ") && $0.contains(" active ") }, "\(lines)")
        let serial = try #require(line.split(separator: " ").first.map(String.init))
        certificate = path("holder.pem")
        try desk.done("certificate", "show", serial, "--pem")
            .write(toFile: certificate, atomically: true, encoding: .utf8)
        var pem = ""
        for name in ["p256-entity-1", "p256-root-1"] {
            let der = path(name + ".cer")
            try #require(try Shell.run(["curl", "-sf", "-o", der, base + "/ca/\(name).cer"]).succeeded)
            let read = try Shell.run(["openssl", "x509", "-inform", "DER", "-in", der])
            try #require(read.succeeded, "\(read.output)")
            if pem.isEmpty { try read.output.write(toFile: path("issuer.pem"), atomically: true, encoding: .utf8) }
            pem += read.output
        }
        issuer = path("issuer.pem")
        chain = path("chain.pem")
        try pem.write(toFile: chain, atomically: true, encoding: .utf8)
        address = base + "/ocsp/p256-entity-1"
    }

    struct Answer {
        var text: String
        var certificate: String
        var isVerified: Bool { text.contains("Response verify OK") }
        var isGood: Bool { text.contains("\(certificate): good") }

        /// Whether the responder whose certificate comes along has this serial number.
        func names(_ serial: String) -> Bool {
            text.lowercased().filter { !$0.isWhitespace && $0 != ":" }.contains("serialnumber\(serial)")
        }
    }

    func answer(withNonce: Bool = false) throws -> Answer {
        let asked = try Shell.run(
            [
                "openssl", "ocsp", "-issuer", issuer, "-cert", certificate, "-url", address, "-CAfile", chain,
                "-resp_text",
            ] + (withNonce ? ["-nonce"] : ["-no_nonce"]))
        #expect(asked.succeeded, "\(asked.output)")
        return Answer(text: asked.output, certificate: certificate)
    }
}
