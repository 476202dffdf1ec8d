import Authentication
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import OtherPrograms
import Synchronization
import Testing
import WebService

/// The shipped configuration of nginx, before the service.
@Suite(.timeLimit(.minutes(20))) struct NginxTests {
    @Test func theShippedConfigurationServes() async throws {
        try await WebHouse.serve { house in
            house.rates.withLock {
                $0 = LoginPolicy.Rates(
                    clientPerMinute: 1, clientBurst: 2, applicationPerMinute: 6000, applicationBurst: 600,
                    allPerMinute: 6000, allBurst: 600)
            }
            let nginx = try await Nginx(before: house)
            try await nginx.whileItRuns {
                try await questionsInAPathArriveAsTheyWere(house, nginx)
                try await onlyTLS13IsSpoken(house, nginx)
                try await clientsAreKnownByTheirOwnAddress(house, nginx)
                try await whatIsTooMuchStaysOutside(house, nginx)
            }
        }
    }

    private func questionsInAPathArriveAsTheyWere(_ house: WebHouse, _ nginx: Nginx) async throws {
        let record = try await house.certificate()
        let question = try house.question(record.serialNumber, nonce: [UInt8](repeating: 0xFF, count: 32))
        let text = Base64.encode(question)
        try #require(text.contains("//"))
        let base = nginx.base(.status) + "/ocsp/\(try house.issuing.generation)/"
        for path in [text, text.replacing("/", with: "%2F").replacing("+", with: "%2B").replacing("=", with: "%3D")] {
            let answer = try await house.caller.fetch(base + path)
            try #require(answer.status == 200, "\(answer.text)")
            #expect(answer.header("content-type") == "application/ocsp-response")
            try house.caller.write(answer.body, "answer.der")
            let shown = try await house.caller.run("openssl ocsp -respin answer.der -noverify -resp_text")
            // Had a slash been lost, the request would be malformed, or the nonce another.
            #expect(shown.contains("successful (0x0)") && shown.contains(record.serialNumber.hex.uppercased()))
            #expect(shown.uppercased().contains(String(repeating: "F", count: 40)), "\(shown)")
        }
        let list = try await house.caller.fetch(
            try #require(record.certificate().facts.crlAddresses.first)
                .replacing("http://127.0.0.1:1", with: nginx.base(.status)))
        #expect(list.status == 200 && list.header("content-type") == "application/pkix-crl")
    }

    private func onlyTLS13IsSpoken(_ house: WebHouse, _ nginx: Nginx) async throws {
        for address in [ServiceAddress.login, .public, .staff] {
            let answer = try await house.caller.fetch(nginx.base(address) + "/healthz", "--cacert", "tls.pem")
            #expect(answer.status == 200 && answer.header("strict-transport-security") != nil)
            #expect(answer.header("x-content-type-options") == "nosniff")
            let older = try await house.caller.run([
                "curl", "--silent", "--cacert", "tls.pem", "--tls-max", "1.2", nginx.base(address) + "/healthz",
            ])
            #expect(older.status == 35, "\(older.said)")
        }
    }

    private func clientsAreKnownByTheirOwnAddress(_ house: WebHouse, _ nginx: Nginx) async throws {
        func ask(_ source: String) async throws -> Int {
            try await house.caller.post(
                Array(#"{"client":"tax-portal","origin":"\#(WebHouse.page)"}"#.utf8), as: "application/json",
                to: nginx.base(.login) + "/api/v1/auth/challenges", "--cacert", "tls.pem", "--interface", source,
                "--header", "X-Forwarded-For: 203.0.113.\(Int.random(in: 1...250))"
            ).status
        }
        var statuses: [Int] = []
        for source in ["127.0.0.31", "127.0.0.31", "127.0.0.31", "127.0.0.32"] {
            statuses.append(try await ask(source))
        }
        #expect(statuses == [201, 201, 429, 201])
    }

    private func whatIsTooMuchStaysOutside(_ house: WebHouse, _ nginx: Nginx) async throws {
        let large = try await house.caller.post(
            [UInt8](repeating: 1, count: 100_000), as: "application/ocsp-request", to: nginx.base(.status) + "/tsa")
        #expect(large.status == 413 && !large.isProblem)
        let inside = try await house.caller.fetch(nginx.base(.public) + "/readyz", "--cacert", "tls.pem")
        #expect(inside.status == 404)
        let staff = try await house.caller.fetch(
            nginx.base(.staff) + "/healthz", "--cacert", "tls.pem", "--interface", "127.0.0.77")
        #expect(staff.status == 403)
    }
}

/// nginx with `Tools/nginx/nginx.conf`, in the caller's folder.
final class Nginx: Sendable {
    private let folder: URL
    private let held: [ServiceAddress: HeldPort]

    init(before house: WebHouse) async throws {
        folder = house.caller.folder
        var held: [ServiceAddress: HeldPort] = [:]
        for address in ServiceAddress.allCases { held[address] = try HeldPort() }
        self.held = held
        var text = try String(contentsOf: WebHouse.root.appending(path: "Tools/nginx/nginx.conf"), encoding: .utf8)
        var words = [
            "pid": folder.path + "/nginx.pid", "error_log": folder.path + "/nginx.error",
            "access_log": folder.path + "/nginx.access", "temp": folder.path, "tls": folder.path,
            "staff network": "127.0.0.1",
        ]
        for address in ServiceAddress.allCases {
            words["listen.\(address.rawValue)"] = "127.0.0.1:\(house.port(address))"
            words["address.\(address.rawValue)"] = "127.0.0.1:\(held[address]?.number ?? 0)"
            words["name.\(address.rawValue)"] = "127.0.0.1"
        }
        for (word, value) in words {
            try #require(text.contains("<\(word)>"))
            text = text.replacing("<\(word)>", with: value)
        }
        try house.caller.write(text, "nginx.conf")
        for name in ["login", "public", "staff"] {
            let made = try await house.caller.run([
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                name + ".key", "-out", name + ".pem", "-subj", "/CN=127.0.0.1", "-addext",
                "subjectAltName=IP:127.0.0.1",
            ])
            try #require(made.status == 0, "\(made.said)")
        }
        let all = try ["login", "public", "staff"].flatMap { try house.caller.read($0 + ".pem") }
        try house.caller.write(all, "tls.pem")
        let checked = try OtherProgram.run(
            ["nginx", "-t", "-q", "-e", "stderr", "-c", folder.path + "/nginx.conf"], environment: Self.path)
        try #require(checked.status == 0 && !checked.said.contains("[warn]"), "\(checked.said)")
    }

    private static let path = ["PATH": (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin"]

    func base(_ address: ServiceAddress) -> String {
        "\(address == .status ? "http" : "https")://127.0.0.1:\(held[address]?.number ?? 0)"
    }

    func whileItRuns(_ body: () async throws -> Void) async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "nginx", "-e", folder.path + "/nginx.error", "-c", folder.path + "/nginx.conf", "-g", "daemon off;",
        ]
        process.environment = ProcessInfo.processInfo.environment.merging(Self.path) { $1 }
        process.standardInput = FileHandle.nullDevice
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        let pid = folder.appending(path: "nginx.pid").path
        for _ in 0..<600 where process.isRunning && !FileManager.default.fileExists(atPath: pid) {
            try await Task.sleep(for: .milliseconds(50))  // bounded wait
        }
        try #require(process.isRunning)
        try await body()
    }
}
