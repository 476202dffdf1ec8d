import Foundation
import Testing

/// The shipped service under clients that open more connections than it has files, and send requests without an end.
@Suite(.serialized, .timeLimit(.minutes(20))) struct FloodJourney {
    /// Opens connections with the beginning of a request to each address, more than one process may have files, keeps
    /// them for some seconds, adding a byte now and then, and asks each address by another client meanwhile.
    private static let program = """
        import http.client, json, resource, select, socket, sys, time
        resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
        count, held, asked = int(sys.argv[1]), [], []
        places = [a.split("//")[1].rsplit(":", 1) for a in sys.argv[2:]]
        body = (b"POST /api/v1/auth/challenges HTTP/1.1\\r\\nHost: a\\r\\nContent-Type: application/json\\r\\n"
                b"Content-Length: 999\\r\\n\\r\\n{")
        head = b"GET /healthz HTTP/1.1\\r\\nHost: a\\r\\nX-Never-Ends: x"
        def ask():
            for host, port in places:
                begun = time.time()
                try:
                    c = http.client.HTTPConnection(host, int(port), timeout=15, source_address=("127.0.0.99", 0))
                    c.request("GET", "/healthz"); status = c.getresponse().status; c.close()
                except OSError as e: status = str(e)
                asked.append([status, round(time.time() - begun, 2)])
        for place in range(len(places)):
            host, port = places[place]
            for number in range(count):
                s = socket.socket(); s.settimeout(5)
                try: s.connect((host, int(port))); s.sendall(body if number % 2 else head)
                except OSError: continue
                held.append(s)
            ask()
        for _ in range(3):
            for s in held:
                try: s.send(b"x")
                except OSError: pass
            time.sleep(1); ask()
        print(json.dumps({"held": len(held), "asked": asked}))
        """

    private struct Report: Decodable {
        var held: Int
        var asked: [[Answer]]
        enum Answer: Decodable, Equatable {
            case number(Double)
            case text(String)
            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                do { self = .number(try container.decode(Double.self)) } catch {
                    self = .text(try container.decode(String.self))
                }
            }
        }
    }

    @Test(arguments: ["1024:1024", "1024:4096"])
    func noClientEndsOrSilencesTheService(_ limit: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-flood-\(UUID().uuidString.prefix(8))")
            .path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let configuration = folder + "/configuration.yaml"
        let made = try Shell.run([
            Shell.programs + "/yzt", "init", "--evaluation", "--algorithm", "p256", "--configuration", configuration,
        ])
        try #require(made.succeeded, "\(made.output)")
        let held = try HeldPorts(configuration: configuration)
        defer { withExtendedLifetime(held) {} }
        let served = try ServedAuthority(
            configuration: configuration, environment: [:], before: ["prlimit", "--nofile=" + limit])
        defer { served.stop() }
        // The soft limit is raised as far as the hard one goes.
        #expect(served.openFiles == (limit.hasSuffix("1024") ? 1024 : 4096))
        let places = try ["login", "status", "public", "staff"].map { try #require(served.address[$0]) }
        let outcome = try Shell.run(["python3", "-c", Self.program, "1100"] + places)
        try #require(outcome.succeeded, "\(outcome.output)")
        let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
        #expect(report.held > 1100)
        #expect(report.asked.count == 28)
        #expect(report.asked.allSatisfy { $0.first == .number(200) }, "\(report.asked)")
        #expect(served.isRunning)
        #expect(!served.log.contains("Waiting on child channel"))
    }
}
