import Foundation
import Testing

/// What `Tools/run --once --out` left, in the hands of openssl, gnutls, pkilint, pyHanko, pdfsig and qpdf.
struct LifeOutput {
    let folder: String
    let algorithm: String
    var isSM2: Bool { algorithm == "sm2" }

    private func files(_ path: String, _ suffix: String) -> [String] {
        let base = folder + "/" + path
        let walk = FileManager.default.enumerator(atPath: base)
        return (walk?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(suffix) }.sorted().map {
            base + "/" + $0
        }
    }

    private func succeeds(_ command: [String], saying expected: String? = nil) throws {
        let outcome = try Shell.run(command)
        #expect(outcome.succeeded, "\(command.joined(separator: " "))\n\(outcome.output)")
        if let expected { #expect(outcome.output.contains(expected), "\(command[0]): \(outcome.output)") }
    }

    func reportHasEveryStep(_ codes: [String]) throws {
        struct Report: Decodable {
            struct Step: Decodable { var code, name, outcome, detail: String; var milliseconds: Int }
            var algorithm: String
            var steps: [Step]
        }
        let data = try Data(contentsOf: URL(filePath: folder + "/report.json"))
        let report = try JSONDecoder().decode(Report.self, from: data)
        #expect(report.algorithm == algorithm)
        #expect(report.steps.map(\.code) == codes)
        for step in report.steps { #expect(step.outcome == "ok", "\(step.code): \(step.detail)") }
    }

    /// openssl's strict path building for P-256 and RSA. For SM2 the option that sets the signer's ID reaches the leaf
    /// alone, so each certificate is checked under its own issuer.
    func certificatesVerify() throws {
        let keys = files("keys", ".cer")
        #expect(keys.count >= 4, "\(keys)")
        let issuers = files("ca", ".cer")
        #expect(issuers.count >= 2)
        for certificate in keys {
            if isSM2 {
                let accepted = try issuers.contains { issuer in
                    let pem = folder + "/issuer.pem"
                    try succeeds(["openssl", "x509", "-inform", "DER", "-in", issuer, "-out", pem])
                    return try Shell.run([
                        "openssl", "verify", "-partial_chain", "-no_check_time", "-vfyopt",
                        "distid:1234567812345678", "-CAfile", pem, certificate,
                    ]).succeeded
                }
                #expect(accepted, "no issuer verifies \(certificate)")
            } else {
                try succeeds(
                    ["openssl", "verify", "-x509_strict", "-CAfile", folder + "/ca/chain.pem", certificate],
                    saying: "OK")
            }
            try succeeds(["certtool", "-i", "--inder", "--infile", certificate])
        }
    }

    /// pkilint reads P-256 and RSA; what it calls an error or a warning is one. It takes most of a second to start, so
    /// two files are judged at a time.
    func lintersFindNothing() throws {
        guard !isSM2 else { return }
        try judge(files("keys", ".cer") + files("ca", ".cer"), by: "lint_pkix_cert lint -s WARNING")
        try judge(files("status", ".crl"), by: "lint_crl lint -t CRL -p PKIX -s WARNING")
    }

    private func judge(_ files: [String], by linter: String) throws {
        #expect(!files.isEmpty)
        let one = "\(linter) \"$1\" || { echo \"$1\"; exit 1; }"
        let all = "printf '%s\\0' \"$@\" | xargs -0 -n 1 -P 2 sh -c '\(one)' sh"
        let outcome = try Shell.run(["sh", "-c", all, "sh"] + files)
        #expect(outcome.succeeded, "\(linter)\n\(outcome.output)")
    }

    func listsAndAnswersVerify() throws {
        let lists = files("status", ".crl")
        #expect(!lists.isEmpty)
        for list in lists where !isSM2 {
            try succeeds(
                ["openssl", "crl", "-inform", "DER", "-in", list, "-noout", "-CAfile", folder + "/ca/chain.pem"],
                saying: "verify OK")
        }
        let answers = files("status", ".ocsp")
        #expect(!answers.isEmpty)
        for answer in answers {
            try succeeds(
                ["openssl", "ocsp", "-respin", answer, "-noverify", "-resp_text"], saying: "successful")
            if !isSM2 {
                try succeeds(
                    ["openssl", "ocsp", "-respin", answer, "-CAfile", folder + "/ca/chain.pem", "-no_nonce"],
                    saying: "Response verify OK")
            }
        }
    }

    func timeStampsVerify() throws {
        let answers = files("time", ".tsr")
        #expect(!answers.isEmpty)
        for answer in answers {
            let question = answer.replacing(".tsr", with: ".tsq")
            try succeeds(["openssl", "ts", "-reply", "-in", answer, "-text"], saying: "Granted")
            if !isSM2 {
                try succeeds(
                    [
                        "openssl", "ts", "-verify", "-in", answer, "-queryfile", question, "-CAfile",
                        folder + "/ca/chain.pem",
                    ], saying: "Verification: OK")
            }
        }
    }

    func sealedDocumentsVerify() throws {
        let documents = files("seals", ".pdf")
        #expect(!documents.isEmpty)
        for document in documents {
            try succeeds(["qpdf", "--check", document])
            guard !isSM2 else { continue }
            let signatures = try Shell.run(["pdfsig", "-nocert", document])
            #expect(signatures.output.contains("Signature is Valid"), "\(signatures.output)")
            #expect(signatures.output.contains("Total document signed"), "\(signatures.output)")
            let root = folder + "/ca/chain.pem"
            let validation = try Shell.run([
                "pyhanko", "sign", "validate", "--pretty-print", "--no-revocation-check", "--trust", root, document,
            ])
            #expect(
                validation.output.contains("INTACT:TRUSTED") || validation.output.contains("judged VALID"),
                "\(validation.output)")
        }
        if isSM2 {
            // What `yzt seal export` wrote beside each document: DER(signedAttrs) as a SET, signature, public key.
            for attributes in files("seals", ".signed-attributes.der") {
                let base = attributes.replacing(".signed-attributes.der", with: "")
                try succeeds(
                    [
                        "openssl", "dgst", "-sm3", "-verify", base + ".public-key.pem", "-sigopt",
                        "distid:1234567812345678", "-signature", base + ".signature.der", attributes,
                    ], saying: "Verified OK")
            }
            #expect(!files("seals", ".signed-attributes.der").isEmpty)
        }
    }

    func auditVerifies() throws {
        let audit = folder + "/audit"
        try succeeds([Shell.programs + "/yzt", "audit", "verify", audit], saying: "last counter-signed")
        // The stand-alone verifier says the same, and finds a flipped byte in any of the files.
        try succeeds(["Tools/verify-audit", audit], saying: "holds")
        let parts: [(String, String?)] = [
            ("events.jsonl", nil), ("leaves.hex", nil), ("checkpoints.jsonl", "body"),
            ("checkpoints.jsonl", "signature"), ("checkpoints.jsonl", "token"), ("proofs.jsonl", "path"),
            ("countersignatures.jsonl", "request"), ("countersignatures.jsonl", "signature"),
            ("personal.jsonl", "commitment"),
        ]
        for (name, member) in parts {
            let file = URL(filePath: audit + "/" + name)
            let whole = try Data(contentsOf: file)
            var bent = whole
            bent[try place(of: member, in: whole)] ^= 0x01
            try bent.write(to: file)
            let outcome = try Shell.run(["Tools/verify-audit", audit])
            #expect(outcome.status == 1, "\(name) \(member ?? ""): \(outcome.output)")
            try whole.write(to: file)
        }
    }

    /// Where a byte is bent: in the middle of the file, or of that member's first text. Not every bit of a token or of a
    /// chain is signed, so there a place is named that says something.
    private func place(of member: String?, in whole: Data) throws -> Int {
        guard let member else { return whole.count / 2 }
        let name = try #require(whole.firstRange(of: Data("\"\(member)\":".utf8)), "\(member)")
        let begin = try #require(whole[name.upperBound...].dropFirst().firstIndex(of: 0x22)) + 1
        let text = whole[name.upperBound] == 0x22 ? name.upperBound + 1 : begin
        let end = try #require(whole[text...].firstIndex(of: 0x22))
        try #require(end - text > 60)
        // Of a time stamp the last bytes are its signature.
        return member == "token" ? end - 20 : (text + end) / 2
    }

    /// The life's PINs are markers; none may stand in a log, the database or anything that was left.
    ///
    /// Digits in a longer hexadecimal number are a serial number, a hash or a time by chance, once in some hundred lives.
    /// In the database each value is looked at by itself too, for in the file the next one follows without a gap.
    func nothingHoldsTheMarkerPIN(state: String) throws {
        let found = try Shell.run([
            "python3", "-c", Self.search, "officer.enrolled", "28461379|39517264|73915528|84620715", state, folder,
        ])
        #expect(found.succeeded && found.output.contains("looked"), "\(found.output)")
    }

    private static let search = """
        import os, re, sqlite3, sys
        known, markers, *places = sys.argv[1:]
        marker = re.compile(rb"(?<![0-9A-Fa-f])(" + markers.encode() + rb")(?![0-9A-Fa-f])")
        seen = False
        def look(data, place):
            global seen
            seen = seen or known.encode() in data
            if marker.search(data): sys.exit("a PIN stands in " + place)
        for place in places:
            for folder, _, names in os.walk(place):
                for path in (os.path.join(folder, name) for name in names):
                    if not re.search(r"\\.(log|json|jsonl)$|\\.sqlite", path): continue
                    with open(path, "rb") as file: look(file.read(), path)
                    if not path.endswith(".sqlite"): continue
                    store = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
                    store.text_factory = bytes
                    for table, in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                        for row in store.execute('SELECT * FROM "%s"' % table.decode()):
                            for value in row:
                                look(value if isinstance(value, bytes) else str(value).encode(), path)
        print("looked" if seen else "the database was not found")
        """
}
