import Foundation
import Groundwork
import Installation
import OtherPrograms
import Testing
import WebService

/// Clients that hold connections instead of asking, over real sockets.
@Suite(.serialized, .timeLimit(.minutes(20))) struct ConnectionLimitTests {
    private var limits: NetworkLimits {
        var limits = NetworkLimits()
        limits.trustedProxies = []
        limits.connections = [.status: 64, .login: 64, .public: 64, .staff: 64]
        limits.connectionsPerClient = 20
        limits.headSeconds = 2
        limits.bodySeconds = 3
        return limits
    }

    @Test func oneClientHoldsSoManyAndOthersAreAnswered() async throws {
        var limits = limits
        limits.headSeconds = 60
        limits.bodySeconds = 60
        try await WebHouse.serve(limits: limits) { house in
            for serviceAddress in ServiceAddress.allCases {
                let flood = Flood(house, serviceAddress, source: "127.0.0.9", count: 100, keeps: 20)
                let held = try await flood.whileHeld { held in
                    let answer = try await house.caller.fetch(
                        house.base(serviceAddress) + "/healthz", "--interface", "127.0.0.10", "--max-time", "10")
                    #expect(answer.status == 200)
                    return held
                }
                #expect(held == 20, "\(serviceAddress): \(held)")
            }
        }
    }

    @Test func manyClientsTogetherLoseTheirPlacesToWhoAsks() async throws {
        var limits = limits
        limits.headSeconds = 60
        limits.bodySeconds = 60
        try await WebHouse.serve(limits: limits) { house in
            func floods(_ left: Int) async throws {
                guard left > 0 else {
                    for _ in 0..<20 {
                        let answer = try await house.caller.fetch(
                            house.base(.login) + "/healthz", "--interface", "127.0.1.1", "--max-time", "10")
                        #expect(answer.status == 200)
                    }
                    return
                }
                let flood = Flood(house, .login, source: "127.0.0.\(20 + left)", count: 20, keeps: 20)
                try await flood.whileHeld { _ in try await floods(left - 1) }
            }
            try await floods(6)
        }
    }

    @Test func whoDripsIsCutOffAtTheDeadlineOfTheWholeRequest() async throws {
        try await WebHouse.serve(limits: limits) { house in
            let port = house.port(.login)
            let head = try await house.caller.exchange(port, "GET /healthz HTTP/1.1\r\nHost: ", drips: 80)
            #expect(head.statuses.isEmpty && head.seconds < 10, "\(head)")
            let body = try await house.caller.exchange(
                port,
                "POST /api/v1/auth/challenges HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 1000\r\n\r\n", drips: 80)
            #expect(body.statuses == [408] && body.seconds < 12, "\(body)")
            #expect(body.text.contains("web-service.request-too-slow"))
            // On a path that reads no body, the answer comes at once and the rest is not waited for.
            let unread = try await house.caller.exchange(
                port, "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n", drips: 80)
            #expect(unread.statuses == [405] && unread.seconds < 10, "\(unread)")
        }
    }
}

/// A client that opens connections, sends the beginning of a request on each, and keeps them.
struct Flood {
    private let house: WebHouse
    private let port: Int
    private let source: String
    private let count: Int
    private let keeps: Int
    private let beginning: String
    private let name = UUID().uuidString

    /// - Parameter keeps: how many the service will not close.
    init(_ house: WebHouse, _ address: ServiceAddress, source: String, count: Int, keeps: Int) {
        self.house = house
        port = house.port(address)
        beginning = Self.beginning(address)
        self.source = source
        self.count = count
        self.keeps = keeps
    }

    /// A request whose body does not end, where the address reads bodies; otherwise one whose header section does not.
    private static func beginning(_ address: ServiceAddress) -> String {
        let (path, type) =
            switch address {
            case .status: ("/tsa", "application/timestamp-query")
            case .login: ("/api/v1/auth/challenges", "application/json")
            case .public: ("/api/v1/validity", "application/pkix-cert")
            case .staff: ("", "")
            }
        guard !path.isEmpty else { return "GET /metrics HTTP/1.1\r\nHost: a\r\nX-Never-Ends: x" }
        return "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Type: \(type)\r\nContent-Length: 99\r\n\r\nabc"
    }

    private static let program = """
        import os, select, socket, sys, time
        port, source, count, keeps, name = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
        held = []
        for _ in range(count):
            s = socket.socket(); s.bind((source, 0)); s.connect(("127.0.0.1", port))
            try: s.sendall(open(name + ".request", "rb").read())
            except OSError: continue
            held.append(s)
        end = time.time() + 90
        def left():
            alive = []
            for s in held:
                if select.select([s], [], [], 0)[0]:
                    try: data = s.recv(65536)
                    except OSError: data = b""
                    if not data: continue
                alive.append(s)
            return alive
        # Those that the service does not keep are closed by it.
        while time.time() < end - 30 and len(held) > keeps: held = left(); time.sleep(0.02)
        open(name + ".new", "w").write(str(len(held))); os.rename(name + ".new", name)
        while time.time() < end and not os.path.exists(name + ".done"): time.sleep(0.02)
        """

    /// - Parameter body: is given how many connections the service kept.
    @discardableResult
    func whileHeld<Value: Sendable>(_ body: (Int) async throws -> Value) async throws -> Value {
        let words = ["python3", "-c", Self.program, "\(port)", source, "\(count)", "\(keeps)", name]
        let caller = house.caller
        try caller.write(beginning, name + ".request")
        async let ended = caller.run(words)
        for _ in 0..<1800 where !FileManager.default.fileExists(atPath: caller.folder.path + "/" + name) {
            try await Task.sleep(for: .milliseconds(50))  // bounded wait
        }
        let outcome: Result<Value, any Error>
        do {
            let held = try #require(Int(String(decoding: try caller.read(name), as: UTF8.self)))
            outcome = .success(try await body(held))
        } catch { outcome = .failure(error) }
        try caller.write("", name + ".done")
        let how = try await ended
        #expect(how.status == 0, "\(how.complaints)")
        return try outcome.get()
    }
}
