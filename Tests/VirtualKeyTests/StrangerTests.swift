import Cryptography
import Foundation
import Groundwork
import OtherPrograms
import PCSC
import PIV
import Testing
import VirtualKey

/// Programs that we did not write take the virtual key for a PIV card. They look into every reader, so each has the
/// reader service to itself.
@Suite struct StrangerTests {
    /// A certificate of the card's own key, signed by that key, on the card.
    private static func certify(_ place: Place, _ algorithm: PIVAlgorithm, on card: PIVCard) async throws {
        let key = try await card.generateKey(in: place, algorithm: algorithm, pinPolicy: .once)
        let name = DistinguishedName([.init(.commonName, "stranger \(place.shown)")])
        let now = Surroundings.real.now().truncatedToSecond
        let body = CertificateBody(
            serialNumber: .random(in: .real), signatureAlgorithm: algorithm.family.signatureAlgorithm, issuer: name,
            notBefore: now, notAfter: now.adding(days: 30), subject: name, publicKey: key, extensions: [])
        try await card.verifyPIN(secret("123456"))
        let signature = try await card.sign(body.der, in: place, algorithm: algorithm, publicKey: key)
        let certificate = try Certificate.assemble(
            body: body.der, algorithm: algorithm.family.signatureAlgorithm, signature: signature)
        try await card.putCertificate(certificate.der, in: place)
    }

    private static func prepare(_ key: InsertedKey, _ readers: PCSCReaders, _ algorithm: PIVAlgorithm) async throws {
        let card = PIVCard(try await readers.connect(to: key.reader.name))
        try await card.select()
        try await card.authenticateManagement(factoryKey())
        let name = try #require(CardHolderIdentifier(guid: Surroundings.real.randomBytes(16)))
        try await card.setCardHolderIdentifier(name)
        try await certify(.authentication, algorithm, on: card)
        await card.close()
    }

    /// The reader's number in the order in which OpenSC counts.
    private static func number(of key: InsertedKey, _ readers: PCSCReaders) async throws -> String {
        String(try #require(try await readers.list().firstIndex { $0.name == key.reader.name }))
    }

    @Test func openscToolSeesTheCard() async throws {
        try await withInsertedKey(alone: true) { key, readers in
            let list = try await OtherProgram.running(["opensc-tool", "-l"])
            #expect(list.status == 0 && list.said.contains(key.reader.name), "\(list.said)")
            let named = try await OtherProgram.running(["opensc-tool", "-n", "-r", Self.number(of: key, readers)])
            #expect(named.said.contains("Personal Identity Verification Card"), "\(named.said)")
        }
    }

    @Test func pivToolReadsTheNameAndProvesTheManagementKey() async throws {
        try await withInsertedKey(alone: true) { key, readers in
            try await Self.prepare(key, readers, .p256)
            let number = try await Self.number(of: key, readers)
            let name = try await OtherProgram.running(["piv-tool", "-r", number, "-n"])
            #expect(name.status == 0 && name.said.contains("Personal Identity"), "\(name.said)")
            let serial = try await OtherProgram.running(["piv-tool", "-r", number, "--serial"])
            #expect(serial.status == 0, "\(serial.said)")
            try await withFolder { folder in
                let hex = VirtualCardState.factoryManagementKey(.tripleDES).map { Hex.encode([$0]) }
                let file = folder.appending(path: "key")
                try hex.joined(separator: ":").write(to: file, atomically: true, encoding: .utf8)
                let proved = try await OtherProgram.running(
                    ["piv-tool", "-r", number, "-A", "M:9B:03"], environment: ["PIV_EXT_AUTH_KEY": file.path])
                #expect(proved.status == 0, "\(proved.said)")
                let wrong = folder.appending(path: "wrong")
                try hex.reversed().joined(separator: ":").write(to: wrong, atomically: true, encoding: .utf8)
                let refused = try await OtherProgram.running(
                    ["piv-tool", "-r", number, "-A", "M:9B:03"], environment: ["PIV_EXT_AUTH_KEY": wrong.path])
                #expect(refused.status != 0, "\(refused.said)")
            }
        }
    }

    @Test(arguments: [PIVAlgorithm.p256, .rsa2048])
    func pkcs11ToolTestsTheCardAndSigns(algorithm: PIVAlgorithm) async throws {
        try await withInsertedKey(alone: true) { key, readers in
            try await Self.prepare(key, readers, algorithm)
            try await withFolder { folder in
                // OpenSC shows four readers unless it is told that there are more.
                let configuration = folder.appending(path: "opensc.conf")
                try """
                app default { }
                app opensc-pkcs11 { pkcs11 { max_virtual_slots = 64; slots_per_card = 1; } }
                """.write(to: configuration, atomically: true, encoding: .utf8)
                let slot = ["--slot-description", key.reader.name]
                func tool(_ arguments: [String], pin: String = "123456") async throws -> OtherProgram.Outcome {
                    try await OtherProgram.running(
                        ["pkcs11-tool"] + arguments + slot + ["--login", "--pin", pin],
                        environment: ["OPENSC_CONF": configuration.path])
                }
                let tested = try await tool(["--test"])
                #expect(tested.status == 0 && tested.said.contains("No errors"), "\(tested.said)")

                let message = folder.appending(path: "message")
                let signature = folder.appending(path: "signature").path
                let certificate = folder.appending(path: "certificate").path
                let publicKey = folder.appending(path: "key").path
                try Data("a message".utf8).write(to: message)
                let mechanism = algorithm == .p256 ? "ECDSA-SHA256" : "SHA256-RSA-PKCS"
                let signed = try await tool([
                    "--sign", "--id", "01", "--mechanism", mechanism, "--input-file", message.path, "--output-file",
                    signature, "--signature-format", "openssl",
                ])
                #expect(signed.status == 0, "\(signed.said)")
                let read = try await tool([
                    "--read-object", "--type", "cert", "--id", "01", "--output-file", certificate,
                ])
                #expect(read.status == 0, "\(read.said)")
                let opened = try await OtherProgram.running(
                    ["openssl", "x509", "-inform", "DER", "-in", certificate, "-noout", "-pubkey", "-out", publicKey])
                #expect(opened.status == 0, "\(opened.said)")
                let verified = try await OtherProgram.running(
                    ["openssl", "dgst", "-sha256", "-verify", publicKey, "-signature", signature, message.path])
                #expect(verified.said.contains("Verified OK"), "\(verified.said)")
                let wrong = try await tool(["--test"], pin: "000000")
                #expect(wrong.status != 0 && wrong.said.contains("CKR_PIN_INCORRECT"), "\(wrong.said)")
            }
        }
    }

    @Test(arguments: [PIVAlgorithm.p256, .rsa2048])
    func yubicoPIVToolManagesTheCard(algorithm: PIVAlgorithm) async throws {
        try await withInsertedKey(["--serial", "4711", "--tries", "5"], alone: true) { key, readers in
            try await Self.prepare(key, readers, algorithm)
            try await withFolder { folder in
                let file = folder.appending(path: "out").path
                func tool(_ arguments: String...) async throws -> OtherProgram.Outcome {
                    try await OtherProgram.running(["yubico-piv-tool", "-r", key.reader.name] + arguments)
                }
                let status = try await tool("-a", "status")
                #expect(
                    status.said.contains("4711") && status.said.contains("PIN tries left:\t5"), "\(status.said)")
                #expect(status.said.contains("stranger 9a"), "\(status.said)")
                #expect(try await tool("-a", "version").said.contains("5.4.3"))
                #expect(try await tool("-a", "verify-pin", "-P", "000000").status != 0)
                #expect(try await tool("-a", "verify-pin", "-P", "123456").status == 0)
                #expect(try await tool("-a", "set-chuid", "-a", "set-ccc").status == 0)
                #expect(try await tool("-a", "read-certificate", "-s", "9a", "-o", file).status == 0)
                let signed = try await tool(
                    "-a", "verify-pin", "-P", "123456", "-a", "test-signature", "-s", "9a", "-i", file)
                #expect(signed.status == 0, "\(signed.said)")
                let name = algorithm == .p256 ? "ECCP256" : "RSA2048"
                let made = try await tool("-a", "generate", "-s", "9c", "-A", name, "-o", file)
                #expect(made.status == 0, "\(made.said)")
                #expect(try await tool("-a", "attest", "-s", "9c", "-o", file).status == 0)
                #expect(try await tool("-a", "change-pin", "-P", "123456", "-N", "654321").status == 0)
                #expect(try await tool("-a", "unblock-pin", "-P", "12345678", "-N", "123456").status == 0)
                let key = "0102030405060708090a0b0c0d0e0f101112131415161718"
                #expect(try await tool("-a", "set-mgm-key", "-n", key).status == 0)
                #expect(try await tool("-a", "generate", "-s", "9d", "-A", "ECCP256", "-o", file).status != 0)
                #expect(
                    try await tool("--key=\(key)", "-a", "generate", "-s", "9d", "-A", "ECCP256", "-o", file).status
                        == 0)
            }
        }
    }
}
